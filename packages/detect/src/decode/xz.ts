import type { Inflated } from './inflate.ts'
import { lzma2Extent, unpackLzma2 } from './lzma2.ts'

const MAX_BLOCKS = 1_000_000
const CHECK_BYTES = [0, 4, 4, 4, 8, 8, 8, 16, 16, 16, 32, 32, 32, 64, 64, 64] as const
const DELTA = 3
const LZMA2 = 0x21
/** Branch filters alter addresses in machine code, never text: what they did is left as it is. */
const isBranchFilter = (id: number): boolean => id >= 4 && id <= 11

type Block = { readonly start: number; readonly unpacked: number; readonly delta: number }

/** True for a buffer that begins as the xz format does. */
export function isXz(bytes: Uint8Array): boolean {
  return bytes.length >= 32 && bytes[0] === 0xfd && bytes[1] === 0x37 && bytes[2] === 0x7a && bytes[3] === 0x58 && bytes[4] === 0x5a && bytes[5] === 0
}

/**
 * Unpacks an xz file of one or more streams (The .xz File Format 1.2.1). Sizes are added up from the headers first, so that what is too large costs
 * nothing. Checksums are not compared: whatever unpacks is worth looking at.
 */
export function unpackXz(bytes: Uint8Array, maxBytes: number, isStopped: () => boolean): Inflated {
  const blocks = blocksOf(bytes)
  if (blocks === null) return { ok: false, reason: 'invalid' }
  const size = blocks.reduce((sum, { unpacked }) => sum + unpacked, 0)
  if (size > maxBytes) return { ok: false, reason: 'limit' }
  const out = new Uint8Array(size)
  let at = 0
  for (const { start, unpacked, delta } of blocks) {
    const ended = unpackLzma2(bytes, start, out, at, isStopped)
    if (ended !== 'done') return { ok: false, reason: ended === 'stopped' ? 'limit' : 'invalid' }
    if (delta > 0) undoDelta(out.subarray(at, at + unpacked), delta)
    at += unpacked
  }
  return { ok: true, bytes: out }
}

/** Adds to each byte the one `distance` before it, in place. */
export function undoDelta(bytes: Uint8Array, distance: number): void {
  for (let at = distance; at < bytes.length; at++) bytes[at] = (bytes[at]! + bytes[at - distance]!) & 0xff
}

/** The blocks of all streams in order; null where the file is damaged, cut off or filtered in a way nobody knows. */
function blocksOf(bytes: Uint8Array): readonly Block[] | null {
  const blocks: Block[] = []
  let pos = 0
  while (pos < bytes.length) {
    if (!isXz(bytes.subarray(pos))) return null
    const check = CHECK_BYTES[bytes[pos + 7]! & 15]!
    for (pos += 12; bytes[pos] !== 0; ) {
      const block = blockAt(bytes, pos)
      if (block === null || blocks.length >= MAX_BLOCKS) return null
      blocks.push(block)
      pos = block.end + ((pos - block.end) & 3) + check
    }
    const after = behindIndex(bytes, pos)
    if (after === null) return null
    pos = after
    while (pos + 4 <= bytes.length && bytes[pos] === 0 && bytes[pos + 1] === 0 && bytes[pos + 2] === 0 && bytes[pos + 3] === 0) pos += 4
  }
  return blocks
}

function blockAt(bytes: Uint8Array, at: number): (Block & { readonly end: number }) | null {
  const start = at + (bytes[at]! + 1) * 4
  if (Number.isNaN(start) || start >= bytes.length) return null
  const flags = bytes[at + 1]!
  const fields = new Fields(bytes, at + 2)
  if ((flags & 0x40) !== 0) fields.next()
  if ((flags & 0x80) !== 0) fields.next()
  let delta = 0
  for (let left = flags & 3; left >= 0; left--) {
    const id = fields.next()
    const size = fields.next()
    if (fields.pos + size > start) return null
    if (id === DELTA && left > 0 && delta === 0) delta = bytes[fields.pos]! + 1
    else if (id === LZMA2 ? left > 0 : left === 0 || !isBranchFilter(id)) return null
    fields.pos += size
  }
  const extent = lzma2Extent(bytes, start)
  return extent === null ? null : { start, unpacked: extent.unpacked, delta, end: extent.end }
}

/** The end of the stream whose index begins at `at`: records, padding, checksum and footer. */
function behindIndex(bytes: Uint8Array, at: number): number | null {
  const fields = new Fields(bytes, at + 1)
  const records = fields.next()
  if (records > MAX_BLOCKS) return null
  for (let left = records * 2; left > 0 && fields.pos < bytes.length; left--) fields.next()
  const end = fields.pos + ((at - fields.pos) & 3) + 4 + 12
  return end <= bytes.length && bytes[end - 2] === 0x59 && bytes[end - 1] === 0x5a ? end : null
}

/** Numbers of seven bits a byte, lowest first (§1.2). */
class Fields {
  readonly #bytes: Uint8Array
  pos: number

  constructor(bytes: Uint8Array, pos: number) {
    this.#bytes = bytes
    this.pos = pos
  }

  next(): number {
    let value = 0
    for (let factor = 1, count = 0; count < 9; count++, factor *= 128) {
      const byte = this.#bytes[this.pos++] ?? 0
      value += (byte & 0x7f) * factor
      if (byte < 0x80) break
    }
    return value
  }
}
