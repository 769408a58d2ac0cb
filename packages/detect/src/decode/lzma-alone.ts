import type { Inflated } from './inflate.ts'
import { LzmaDecoder } from './lzma.ts'

const HEADER = 13
const NOT_STATED = 0xffffffffffffffffn

/** True for a name that ends as files of LZMA alone do; little in such a file says what it is. */
export function isLzmaAlone(bytes: Uint8Array, path: string): boolean {
  return bytes.length > HEADER && bytes[0]! < 225 && bytes[HEADER] === 0 && /\.(?:lzma|tlz)$/i.test(path)
}

/** Unpacks a file of LZMA alone: properties, dictionary size, and the size, or all ones where an end mark closes the stream. */
export function unpackLzmaAlone(bytes: Uint8Array, maxBytes: number, isStopped: () => boolean): Inflated {
  const stated = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getBigUint64(5, true)
  const packed = { bytes, start: HEADER, properties: bytes[0]!, isStopped }
  if (stated !== NOT_STATED) return stated > maxBytes ? { ok: false, reason: 'limit' } : inflateLzma(packed, Number(stated), false)
  for (let size = Math.min(maxBytes, bytes.length * 16); ; size = Math.min(maxBytes, size * 8)) {
    const unpacked = inflateLzma(packed, size, true)
    if (unpacked.ok || unpacked.reason === 'invalid' || size === maxBytes || isStopped()) return unpacked
  }
}

type Packed = { readonly bytes: Uint8Array; readonly start: number; readonly properties: number; readonly isStopped: () => boolean }

/** Decodes into `size` bytes, or into at most as many up to an end mark; `limit` where the mark is still to come. */
export function inflateLzma({ bytes, start, properties, isStopped }: Packed, size: number, untilMark: boolean): Inflated {
  const out = new Uint8Array(size)
  const decoder = new LzmaDecoder(out, 0, isStopped)
  if (!decoder.setProperties(properties)) return { ok: false, reason: 'invalid' }
  const ended = decoder.decode(bytes, start, bytes.length, size)
  if (ended === 'stopped') return { ok: false, reason: 'limit' }
  const isWhole = untilMark ? ended === 'marker' || (ended === 'size' && decoder.endMark()) : ended === 'size'
  if (isWhole) return { ok: true, bytes: out.subarray(0, decoder.at) }
  // What does not fit looks like damage; only input that was used up is damage for certain.
  return { ok: false, reason: untilMark && decoder.read <= bytes.length ? 'limit' : 'invalid' }
}
