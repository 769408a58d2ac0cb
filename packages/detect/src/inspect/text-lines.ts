import { MAX_CONTEXT } from './found-secret.ts'

export type ByteRange = { readonly start: number; readonly end: number }

/** Stands for every value, so that its length tells nothing. */
const BLOT = '•••'
/** Bytes of a line looked at on either side of what is shown. */
const AROUND = 320

/** Lines of one buffer as they are shown: each of `found` blotted out, and every other place on them that reads like one of `values`. */
export class TextLines {
  readonly #bytes: Buffer
  /** In the order they begin. */
  readonly #found: readonly ByteRange[]
  readonly #longest: number
  readonly #values: readonly string[]

  constructor(bytes: Buffer, found: readonly ByteRange[], values: readonly string[]) {
    this.#bytes = bytes
    this.#found = found.toSorted((a, b) => a.start - b.start)
    this.#longest = found.reduce((longest, { start, end }) => Math.max(longest, end - start), 0)
    this.#values = values
  }

  /** The line of `range`. Control characters become blanks; empty where the line is no text. */
  context(range: ByteRange): string {
    const bytes = this.#bytes
    // Looked for near by alone: a line may be as long as the file.
    const first = Math.max(0, range.start - AROUND)
    const lineStart = first + bytes.subarray(first, range.start).lastIndexOf(0x0a) + 1
    const last = Math.min(bytes.length, Math.max(range.start, Math.min(range.end, range.start + AROUND)) + AROUND)
    const newline = bytes.subarray(range.start, last).indexOf(0x0a)
    const lineEnd = newline < 0 ? last : range.start + newline
    if (bytes.subarray(lineStart, lineEnd).includes(0)) return ''
    let text = ''
    let at = lineStart
    for (let i = this.#firstFrom(lineStart - this.#longest); i < this.#found.length && this.#found[i]!.start < lineEnd; i++) {
      const each = this.#found[i]!
      if (each.end <= lineStart || each.end <= each.start) continue
      if (each.start > at) text += this.#plain(at, each.start)
      if (each.end > at) text += BLOT
      at = Math.max(at, each.end)
    }
    return shown(text + (at < lineEnd ? this.#plain(at, lineEnd) : ''))
  }

  /** The index of the first that begins at `place` or behind it. */
  #firstFrom(place: number): number {
    let [low, high] = [0, this.#found.length]
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#found[middle]!.start < place) low = middle + 1
      else high = middle
    }
    return low
  }

  #plain(from: number, to: number): string {
    let text = this.#bytes.toString('latin1', from, to)
    for (const value of this.#values) if (text.includes(value)) text = text.replaceAll(value, BLOT_BYTES)
    return Buffer.from(text, 'latin1').toString('utf8')
  }
}

const BLOT_BYTES = Buffer.from(BLOT, 'utf8').toString('latin1')

/** Cut around the first blot, where it is too long. */
function shown(text: string): string {
  // oxlint-disable-next-line no-control-regex
  const clean = text.replaceAll(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, ' ').trimEnd()
  if (clean.length <= MAX_CONTEXT) return clean.toWellFormed()
  const from = Math.max(0, Math.min(clean.indexOf(BLOT) - MAX_CONTEXT / 2, clean.length - MAX_CONTEXT))
  return clean.slice(from, from + MAX_CONTEXT).toWellFormed()
}
