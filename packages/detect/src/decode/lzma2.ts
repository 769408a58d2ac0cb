import type { Inflated } from './inflate.ts'
import { LzmaDecoder } from './lzma.ts'

/** What the headers of LZMA2 chunks say before anything is decoded. `end` is behind the end mark. */
export type Lzma2Extent = { readonly unpacked: number; readonly end: number }

/** Adds up the chunks that begin at `start`; null when they are cut off or no chunks. */
export function lzma2Extent(bytes: Uint8Array, start: number): Lzma2Extent | null {
  let unpacked = 0
  for (let pos = start; pos < bytes.length;) {
    const control = bytes[pos]!
    if (control === 0) return { unpacked, end: pos + 1 }
    const size = unpackedSize(bytes, pos)
    unpacked += size
    if (control >= 0x80) pos += (control >= 0xc0 ? 6 : 5) + packedSize(bytes, pos)
    else if (control <= 2) pos += 3 + size
    else return null
  }
  return null
}

const unpackedSize = (bytes: Uint8Array, pos: number): number => (bytes[pos]! >= 0x80 ? (bytes[pos]! & 0x1f) << 16 : 0) + (bytes[pos + 1]! << 8) + bytes[pos + 2]! + 1
const packedSize = (bytes: Uint8Array, pos: number): number => (bytes[pos + 3]! << 8) + bytes[pos + 4]! + 1

/** Decodes the chunks from `start` on into `out` at `at`, which has room for their extent. Stops when `isStopped` says so. */
export function unpackLzma2(bytes: Uint8Array, start: number, out: Uint8Array, at: number, isStopped: () => boolean): 'done' | 'invalid' | 'stopped' {
  const decoder = new LzmaDecoder(out, at, isStopped)
  let isBegun = false
  let hasProperties = false
  for (let pos = start; ;) {
    const control = bytes[pos]
    if (control === 0) return 'done'
    if (control === undefined) return 'invalid'
    const end = decoder.at + unpackedSize(bytes, pos)
    if (control === 1 || control >= 0xe0) decoder.resetDictionary()
    else if (!isBegun) return 'invalid'
    isBegun = true
    if (control < 0x80) {
      decoder.copy(bytes.subarray(pos + 3, pos + 3 + end - decoder.at))
      pos += 3 + unpackedSize(bytes, pos)
      continue
    }
    const from = pos + (control >= 0xc0 ? 6 : 5)
    const to = from + packedSize(bytes, pos)
    if (control >= 0xc0) {
      if (!decoder.setProperties(bytes[pos + 5]!)) return 'invalid'
      hasProperties = true
    } else if (!hasProperties) return 'invalid'
    else if (control >= 0xa0) decoder.resetState()
    const ended = decoder.decode(bytes, from, to, end)
    if (ended === 'stopped') return 'stopped'
    if (ended !== 'size' || !decoder.isFinished || decoder.read !== to) return 'invalid'
    pos = to
  }
}

/** Chunks alone, as 7z keeps them. */
export function inflateLzma2(bytes: Uint8Array, maxBytes: number, isStopped: () => boolean): Inflated {
  const extent = lzma2Extent(bytes, 0)
  if (extent === null) return { ok: false, reason: 'invalid' }
  if (extent.unpacked > maxBytes) return { ok: false, reason: 'limit' }
  const out = new Uint8Array(extent.unpacked)
  const ended = unpackLzma2(bytes, 0, out, 0, isStopped)
  return ended === 'done' ? { ok: true, bytes: out } : { ok: false, reason: ended === 'stopped' ? 'limit' : 'invalid' }
}
