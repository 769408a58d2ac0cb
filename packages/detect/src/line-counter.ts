/** Where a byte stands: its line, from 1, and where that line begins. */
export type LinePlace = { readonly line: number; readonly lineStart: number }

/** Lines of one text, counted once where places are asked for in ascending order. */
export class LineCounter {
  readonly #bytes: Uint8Array
  #seen = 0
  #last: LinePlace = { line: 1, lineStart: 0 }

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  /** The line of a byte that is not before the last one asked for. */
  at(offset: number): LinePlace {
    this.#last = this.ahead(offset)
    this.#seen = Math.max(this.#seen, Math.min(offset, this.#bytes.length))
    return this.#last
  }

  /** The same for a byte not before the last one asked for by {@link at}, which others may be behind of. */
  ahead(offset: number): LinePlace {
    const end = Math.min(offset, this.#bytes.length)
    const count = newlinesIn(this.#bytes, this.#seen, end)
    return count === 0 ? this.#last : { line: this.#last.line + count, lineStart: this.#bytes.lastIndexOf(0x0a, end - 1) + 1 }
  }
}

/** How many line feeds stand in `from` ≤ offset < `to`; four bytes are compared at a time. */
export function newlinesIn(bytes: Uint8Array, from: number, to: number): number {
  let count = 0
  let at = from
  for (; at < to && (bytes.byteOffset + at) % 4 !== 0; at++) count += Number(bytes[at] === 0x0a)
  if (to - at >= 4) {
    const words = new Int32Array(bytes.buffer, bytes.byteOffset + at, (to - at) >> 2)
    for (let index = 0; index < words.length; index++) {
      const word = words[index]! ^ 0x0a0a0a0a
      // The highest bit of each byte that is zero, and of no other.
      const zeros = ~(((word & 0x7f7f7f7f) + 0x7f7f7f7f) | word | 0x7f7f7f7f)
      if (zeros !== 0) count += Math.imul(zeros >>> 7, 0x01010101) >>> 24
    }
    at += words.length * 4
  }
  for (; at < to; at++) count += Number(bytes[at] === 0x0a)
  return count
}
