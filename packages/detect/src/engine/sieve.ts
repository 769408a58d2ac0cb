import type { RegexNode } from '../regex/ast.ts'
import type { ByteSet } from '../regex/byte-set.ts'
import { SIEVE_ACCEPTS, SIEVE_REJECTS } from './kernel-code.ts'

/** More states than this are not made; what follows the last ones may be anything. */
const MAX_STATES = 160
/** More turns of a repetition than this are not told apart. */
const MAX_TURNS = 24
const MAX_STEPS = 4_000

/** A step of a nondeterministic automaton: over a byte of a set, to either of two steps, or done. */
type Step = { readonly set: ByteSet; readonly next: number } | { readonly next: number; readonly other: number } | null

/**
 * A deterministic automaton that tells early that a pattern does not match where it begins: it lets through every match and little else. What a pattern
 * insists on between bytes and the bounds of its repetitions are left out, and what comes after many states is not looked at. Null where it would not tell anything.
 *
 * As the kernel reads it: by byte its column (256 bytes), then rows of 16-bit distances from the first row, in bytes.
 */
export function sieveOf(body: RegexNode): Uint16Array<ArrayBuffer> | null {
  const steps: Step[] = [null]
  const start = compiled(body, 0, steps)
  if (start === null) return null
  const { columns, width, samples } = columnsOf(steps)
  if (width > 127) return null
  const states = new States(steps, samples)
  if (!states.begin(start)) return null
  const rows: number[] = []
  for (let state = 0; state < states.count; state++) states.addRow(state, rows)
  const sieve = new Uint16Array(128 + rows.length)
  const bytes = new Uint8Array(sieve.buffer)
  for (let byte = 0; byte < 256; byte++) bytes[byte] = columns[byte]! * 2
  sieve.set(rows, 128)
  return sieve
}

/** Sets of steps over bytes that can come next, each a row of bits; numbered as they are met. */
class States {
  count = 0
  readonly #steps: readonly Step[]
  readonly #columns: number
  /** By step: its bit, where it is over a byte. */
  readonly #bits: Int32Array
  readonly #words: number
  /** By column: the steps that take its bytes. */
  readonly #takers: Int32Array
  /** By bit: the steps it leads to, where that was asked; null where it leads to the end. */
  readonly #next: (Int32Array | null | undefined)[] = []
  readonly #targets: number[] = []
  /** By state: its steps. */
  readonly #all: Int32Array
  readonly #taken: Int32Array
  readonly #known = new Map<string, number>()

  constructor(steps: readonly Step[], samples: readonly number[]) {
    this.#steps = steps
    this.#columns = samples.length
    this.#bits = new Int32Array(steps.length)
    for (const [at, step] of steps.entries()) if (step !== null && 'set' in step) this.#bits[at] = this.#targets.push(step.next) - 1
    this.#words = (this.#targets.length + 31) >> 5
    this.#takers = new Int32Array(samples.length * this.#words)
    const rows = new Map<ByteSet, number[]>()
    for (const [at, step] of steps.entries()) {
      if (step === null || !('set' in step)) continue
      let takers = rows.get(step.set)
      if (takers === undefined) rows.set(step.set, takers = samples.flatMap((sample, column) => step.set[sample] === 1 ? [column * this.#words] : []))
      const bit = this.#bits[at]!
      for (const row of takers) this.#takers[row + (bit >> 5)]! |= 1 << (bit & 31)
    }
    this.#all = new Int32Array(MAX_STATES * this.#words)
    this.#taken = new Int32Array(samples.length * this.#words)
  }

  /** False where the pattern can be done before its first byte. */
  begin(start: number): boolean {
    const first = this.#closure(start)
    if (first !== null) this.#numberOf(first)
    return first !== null
  }

  /** Appends what follows the state by column. */
  addRow(state: number, rows: number[]): void {
    const words = this.#words
    const taken = this.#taken
    const followers: number[] = []
    for (let column = 0; column < this.#columns; column++) {
      const at = followers.length * words
      for (let word = 0; word < words; word++) taken[at + word] = this.#all[state * words + word]! & this.#takers[column * words + word]!
      // Most bytes lead where another did.
      let same = 0
      while (!sameWords(taken, same * words, at, words)) same++
      if (same === followers.length) followers.push(this.#after(taken.subarray(at, at + words)))
      rows.push(followers[same]!)
    }
  }

  /** What follows when these steps take the next byte. */
  #after(taken: Int32Array): number {
    const reached = new Int32Array(this.#words)
    let any = false
    for (let word = 0; word < taken.length; word++) {
      for (let left = taken[word]!; left !== 0; left &= left - 1) {
        any = true
        const bit = word * 32 + 31 - Math.clz32(left & -left)
        const next = this.#next[bit] === undefined ? this.#next[bit] = this.#closure(this.#targets[bit]!) : this.#next[bit]
        if (next === null) return SIEVE_ACCEPTS
        for (let each = 0; each < reached.length; each++) reached[each]! |= next[each]!
      }
    }
    return any ? this.#numberOf(reached) : SIEVE_REJECTS
  }

  /** Where the row of a state is. */
  #numberOf(state: Int32Array): number {
    const key = state.join()
    const known = this.#known.get(key)
    if (known !== undefined) return known
    if (this.count >= MAX_STATES) return SIEVE_ACCEPTS
    this.#all.set(state, this.count * this.#words)
    const made = this.count++ * this.#columns * 2
    this.#known.set(key, made)
    return made
  }

  /** The steps over bytes that come first from `start` on; null where the pattern can be done. */
  #closure(start: number): Int32Array | null {
    const reached = new Int32Array(this.#words)
    const seen = new Set<number>()
    const open = [start]
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      if (seen.has(at)) continue
      seen.add(at)
      const step = this.#steps[at]!
      if (step === null) return null
      if ('other' in step) open.push(step.next, step.other)
      else reached[this.#bits[at]! >> 5]! |= 1 << (this.#bits[at]! & 31)
    }
    return reached
  }
}

function sameWords(words: Int32Array, a: number, b: number, count: number): boolean {
  for (let word = 0; word < count; word++) if (words[a + word] !== words[b + word]) return false
  return true
}

/** Adds the steps of `node` in front of the step `then` and returns the first of them; null where there would be too many. */
function compiled(node: RegexNode, then: number | null, steps: Step[]): number | null {
  if (then === null || steps.length > MAX_STEPS) return null
  switch (node.type) {
    case 'set': return steps.push({ set: node.set, next: then }) - 1
    case 'place': return then
    case 'capture': return compiled(node.body, then, steps)
    case 'concat': return node.parts.reduceRight<number | null>((next, part) => compiled(part, next, steps), then)
    case 'alternation': return node.options.map((option) => compiled(option, then, steps)).reduce((other, next) => next === null || other === null ? null : steps.push({ next, other }) - 1)
    case 'repeat': {
      // After so many turns it counts as done with the whole pattern.
      if (node.min > MAX_TURNS) return repeated(node.body, MAX_TURNS, 0, steps)
      if (node.max === 0) return then
      if (node.min === 0 && node.max === 1) return optional(node.body, then, steps)
      if (node.max === node.min) return repeated(node.body, node.min, then, steps)
      const again = steps.push(null) - 1
      const body = compiled(node.body, again, steps)
      if (body === null) return null
      steps[again] = { next: body, other: then }
      return repeated(node.body, node.min, again, steps)
    }
  }
}

function repeated(node: RegexNode, turns: number, then: number, steps: Step[]): number | null {
  let next: number | null = then
  for (let turn = 0; turn < turns; turn++) next = compiled(node, next, steps)
  return next
}

function optional(node: RegexNode, then: number, steps: Step[]): number | null {
  const next = compiled(node, then, steps)
  return next === null ? null : steps.push({ next, other: then }) - 1
}

/** By byte its column, and a byte of each: bytes that every set holds or leaves out together share one. */
function columnsOf(steps: readonly Step[]): { readonly columns: Uint8Array; readonly width: number; readonly samples: readonly number[] } {
  let columns = new Uint8Array(256)
  let width = 1
  for (const set of new Set(steps.flatMap((step) => step !== null && 'set' in step ? [step.set] : []))) {
    const renamed = new Int16Array(512).fill(-1)
    const next = new Uint8Array(256)
    let used = 0
    for (let byte = 0; byte < 256; byte++) {
      const key = columns[byte]! * 2 + set[byte]!
      if (renamed[key] === -1) renamed[key] = used++
      next[byte] = renamed[key]!
    }
    columns = next
    width = used
  }
  return { columns, width, samples: Array.from({ length: width }, (_, column) => columns.indexOf(column)) }
}
