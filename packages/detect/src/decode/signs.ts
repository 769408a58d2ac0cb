import { SIGNS_BEHIND, SIGNS_BLOCK, signsLayout, signsModule } from './signs-code.ts'

export { MIN_HEX_RUN, WRAPPED_LINE } from './signs-code.ts'

/** What one pass over a text tells of what may be decoded out of it: more than there is at times, never less. */
export type TextSigns = {
  /** Begin and end of each run of twenty letters of base64 or more that may decode to what is worth reading, one after another. */
  readonly runs: readonly number[]
  readonly hasZero: boolean
  /** How often `%` stands in front of two hex digits. */
  readonly percents: number
  /** How often `\\x` and `\\u` occur. */
  readonly escapes: number
}

/** By byte: 1 for letters of the base64 alphabets, 3 for hex digits too. */
export const letterClasses = new Uint8Array(256)
/** By byte: its value as a letter of either base64 alphabet. */
export const sextets = new Uint8Array(256)
for (const [value, char] of [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'].entries()) {
  letterClasses[char.charCodeAt(0)] = /[\dA-Fa-f]/.test(char) ? 3 : 1
  sextets[char.charCodeAt(0)] = value
}
for (const [char, value] of [['-', 62], ['_', 63]] as const) {
  letterClasses[char.charCodeAt(0)] = 1
  sextets[char.charCodeAt(0)] = value
}
const readable = Uint8Array.from({ length: 256 }, (_, byte) => (byte === 0 ? 16 : Number((byte >= 0x20 && byte < 0x7f) || byte === 0x0a || byte === 0x0d || byte === 0x09)))

type Looker = { readonly bytes: Uint8Array; readonly words: Int32Array; readonly look: (end: number, to: number, isLast: number) => number }

let looker: Looker | null = null

function makeLooker(): Looker {
  const { memory, look } = new WebAssembly.Instance(new WebAssembly.Module(signsModule())).exports as unknown as { readonly memory: WebAssembly.Memory; readonly look: Looker['look'] }
  const bytes = new Uint8Array(memory.buffer)
  bytes.set(letterClasses, signsLayout.classes)
  bytes.set(sextets, signsLayout.sextets)
  bytes.set(readable, signsLayout.readable)
  return { bytes, words: new Int32Array(memory.buffer), look }
}

const none: number[] = []

/** The signs of a text. */
export function textSigns(bytes: Uint8Array): TextSigns {
  looker ??= makeLooker()
  const { bytes: memory, words, look } = looker
  const { percents, escapes, zeros, runsEnd, data, runs: runsAt } = signsLayout
  words[percents / 4] = 0
  words[escapes / 4] = 0
  words[zeros / 4] = 0
  let runs = none
  for (let from = 0; from < bytes.length;) {
    const to = Math.min(bytes.length, from + SIGNS_BLOCK)
    const last = Math.min(bytes.length, to + SIGNS_BEHIND)
    memory.set(from === 0 && last === bytes.length ? bytes : bytes.subarray(from, last), data)
    // Runs of the last block end before what is put behind it; those of others may go on in the next.
    const isLast = to === bytes.length
    const open = look(data + to - from, runsAt, Number(isLast))
    const behind = words[runsEnd / 4]! / 4
    if (behind > runsAt / 4 && runs === none) runs = []
    for (let at = runsAt / 4; at < behind; at++) runs.push(words[at]! + from - data)
    if (!isLast && open === to - from) {
      const end = runEnd(bytes, to)
      runs = [...runs, from, end]
      from = end
    } else from = isLast ? to : to - open
  }
  return { runs, hasZero: words[zeros / 4] === 1, percents: words[percents / 4]!, escapes: words[escapes / 4]! }
}

/** Where the run of letters that `from` lies in, or behind, ends. */
export function runEnd(bytes: Uint8Array, from: number): number {
  let pos = from
  while (pos < bytes.length && letterClasses[bytes[pos]!] !== 0) pos++
  return pos
}
