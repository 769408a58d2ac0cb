import { MAX_CONTEXT } from './found-secret.ts'

export type ByteRange = { readonly start: number; readonly end: number }

/** Stands for every value, so that its length tells nothing. */
const BLOT = '•••'
/** Bytes of a line looked at on either side of what is shown. */
const AROUND = 320

/** Lines of one buffer as they are shown. */
export class TextLines {
  readonly #bytes: Buffer

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  /**
   * The line of `range` with each of `found` blotted out, and every other place on it that reads like one of `values`. Control characters become
   * blanks; empty where the line is no text.
   */
  context(range: ByteRange, found: readonly ByteRange[], values: readonly string[]): string {
    const bytes = this.#bytes
    const before = bytes.lastIndexOf(0x0a, range.start - 1)
    const lineStart = Math.max(range.start === 0 ? 0 : before + 1, range.start - AROUND)
    const newline = bytes.indexOf(0x0a, range.start)
    const lineEnd = Math.min(newline < 0 ? bytes.length : newline, Math.max(range.start, Math.min(range.end, range.start + AROUND)) + AROUND)
    if (bytes.subarray(lineStart, lineEnd).includes(0)) return ''
    let text = ''
    let at = lineStart
    for (const each of found.filter(({ start, end }) => start < lineEnd && end > lineStart && end > start).toSorted((a, b) => a.start - b.start)) {
      if (each.start > at) text += this.#plain(at, each.start, values)
      if (each.end > at) text += BLOT
      at = Math.max(at, each.end)
    }
    return shown(text + (at < lineEnd ? this.#plain(at, lineEnd, values) : ''))
  }

  #plain(from: number, to: number, values: readonly string[]): string {
    let text = this.#bytes.toString('latin1', from, to)
    for (const value of values) if (text.includes(value)) text = text.replaceAll(value, BLOT_BYTES)
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
