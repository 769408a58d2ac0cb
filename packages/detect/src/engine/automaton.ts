import { lowerByte } from '../regex/byte-set.ts'

/** Where in a buffer patterns end: the accepting state reached, and the offset behind the last byte, ascending. */
export type Hits = { states: Int32Array; ends: Int32Array; count: number }

/** Room for hits that grows as needed and is used again for the next buffer. */
export function createHits(): Hits {
  return { states: new Int32Array(1024), ends: new Int32Array(1024), count: 0 }
}

function reserve(hits: Hits, room: number): void {
  const wanted = hits.count + room
  if (hits.ends.length >= wanted) return
  const [states, ends] = [new Int32Array(wanted * 2), new Int32Array(wanted * 2)]
  states.set(hits.states.subarray(0, hits.count))
  ends.set(hits.ends.subarray(0, hits.count))
  Object.assign(hits, { states, ends })
}

/** What an {@link Automaton} goes by: plain data that can be sent to other threads, the transition table in memory they share. */
export type AutomatonTables = {
  readonly classes: Uint8Array
  readonly table: Uint16Array | Uint32Array
  readonly width: number
  readonly firstAccepting: number
  /** Length of the longest pattern. */
  readonly longest: number
  /** By accepting state: the patterns that end there. */
  readonly outputs: readonly Int32Array[]
}

/**
 * All occurrences of a fixed set of byte strings, ASCII letters in either case, in one pass (Aho and Corasick 1975). The transition table
 * is complete: byte classes as columns, states multiplied by the row width, and accepting states last, so that the loop makes one lookup and one
 * comparison per byte.
 */
export class Automaton {
  readonly #tables: AutomatonTables
  /** Hits in the second half of a buffer, until those of the first are complete. */
  readonly #second: Hits = createHits()

  /** For patterns as {@link automatonTables} takes them, or tables made of them. */
  constructor(source: readonly string[] | AutomatonTables) {
    this.#tables = 'table' in source ? source : automatonTables(source)
  }

  /** The patterns that end where a hit is in `state`, by their indexes. */
  patternsOf(state: number): Int32Array {
    return this.#tables.outputs[this.outputOf(state)]!
  }

  /** The number of an accepting state: its place in {@link AutomatonTables.outputs}. */
  outputOf(state: number): number {
    return (state - this.#tables.firstAccepting) / this.#tables.width
  }

  /** Adds the occurrences that end in `from` < end ≤ `to` to `hits`; an occurrence that begins before `from` is not seen. */
  find(buffer: Uint8Array, from: number, to: number, hits: Hits): void {
    const half = (to - from) >> 1
    reserve(hits, to - from)
    if (half < MIN_HALF_BYTES + this.#tables.longest) {
      this.#run(buffer, from, to, 0, hits)
      return
    }
    const second = this.#second
    second.count = 0
    reserve(second, half + 1)
    // What ends in the second half may begin in the first.
    const entered = this.#stateAt(buffer, from + half - this.#tables.longest, from + half)
    const state = this.#runBoth(buffer, from, half, entered, hits, second)
    this.#run(buffer, from + half * 2, to, state, second)
    hits.states.set(second.states.subarray(0, second.count), hits.count)
    hits.ends.set(second.ends.subarray(0, second.count), hits.count)
    hits.count += second.count
  }

  #stateAt(buffer: Uint8Array, from: number, to: number): number {
    const { table, classes } = this.#tables
    let state = 0
    for (let at = from; at < to; at++) state = table[state + classes[buffer[at]!]!]!
    return state
  }

  #run(buffer: Uint8Array, from: number, to: number, entered: number, hits: Hits): void {
    const { table, classes, firstAccepting } = this.#tables
    const { states, ends } = hits
    let { count } = hits
    let state = entered
    for (let at = from; at < to; at++) {
      state = table[state + classes[buffer[at]!]!]!
      if (state >= firstAccepting) {
        states[count] = state
        ends[count++] = at + 1
      }
    }
    hits.count = count
  }

  /** Both halves at once: each step waits for the memory the one before asked for, and two chains wait at the same time. Returns the state behind the second half. */
  #runBoth(buffer: Uint8Array, from: number, half: number, entered: number, first: Hits, second: Hits): number {
    const { table, classes, firstAccepting } = this.#tables
    const { states: states1, ends: ends1 } = first
    const { states: states2, ends: ends2 } = second
    let count1 = first.count
    let count2 = second.count
    let state1 = 0
    let state2 = entered
    for (let at = from, ahead = from + half; at < from + half; at++, ahead++) {
      state1 = table[state1 + classes[buffer[at]!]!]!
      state2 = table[state2 + classes[buffer[ahead]!]!]!
      if (state1 >= firstAccepting) {
        states1[count1] = state1
        ends1[count1++] = at + 1
      }
      if (state2 >= firstAccepting) {
        states2[count2] = state2
        ends2[count2++] = ahead + 1
      }
    }
    first.count = count1
    second.count = count2
    return state2
  }
}

/** Shorter halves are not worth the bookkeeping. */
const MIN_HALF_BYTES = 128

/** The tables for `patterns`: latin1 texts of at least one character, told by their index. */
export function automatonTables(patterns: readonly string[]): AutomatonTables {
  const bytes = patterns.map((pattern) => Array.from(pattern, (char) => lowerByte(char.charCodeAt(0))))
  const { classes, used } = classesOf(bytes)
  const width = used + 1
  const trie = buildTrie(bytes.map((pattern) => pattern.map((byte) => classes[byte]!)), width)
  const { next, outputs } = complete(trie, width)
  const order = [...outputs.keys()].sort((a, b) => Number(outputs[a]!.length > 0) - Number(outputs[b]!.length > 0))
  const renamed = new Uint32Array(order.length)
  for (const [to, from] of order.entries()) renamed[from] = to * width
  const size = order.length * width
  const table = size <= 0xffff ? new Uint16Array(new SharedArrayBuffer(size * 2)) : new Uint32Array(new SharedArrayBuffer(size * 4))
  for (const [to, from] of order.entries()) {
    for (let column = 0; column < width; column++) table[to * width + column] = renamed[next[from * width + column]!]!
  }
  const silent = outputs.filter((output) => output.length === 0).length
  return { classes, table, width, firstAccepting: silent * width, longest: Math.max(1, ...patterns.map(({ length }) => length)), outputs: order.slice(silent).map((state) => Int32Array.from(outputs[state]!)) }
}

function classesOf(patterns: readonly (readonly number[])[]): { readonly classes: Uint8Array; readonly used: number } {
  const classes = new Uint8Array(256)
  let used = 0
  for (const byte of new Set(patterns.flat())) {
    classes[byte] = ++used
    if (byte >= 0x61 && byte <= 0x7a) classes[byte - 32] = used
  }
  return { classes, used }
}

type Trie = { readonly children: readonly Map<number, number>[]; readonly outputs: readonly number[][] }

function buildTrie(patterns: readonly (readonly number[])[], width: number): Trie {
  const children: Map<number, number>[] = [new Map()]
  const outputs: number[][] = [[]]
  if (width > 256) throw new TypeError('more byte classes than bytes')
  for (const [index, pattern] of patterns.entries()) {
    if (pattern.length === 0) throw new TypeError('a pattern of no bytes occurs everywhere')
    let state = 0
    for (const column of pattern) {
      let child = children[state]!.get(column)
      if (child === undefined) {
        child = children.length
        children[state]!.set(column, child)
        children.push(new Map())
        outputs.push([])
      }
      state = child
    }
    outputs[state]!.push(index)
  }
  return { children, outputs }
}

/** Fills in every transition by the failure links, breadth first. */
function complete({ children, outputs }: Trie, width: number): { readonly next: Uint32Array; readonly outputs: readonly (readonly number[])[] } {
  const next = new Uint32Array(children.length * width)
  const all = outputs.map((output) => [...output])
  const failure = new Uint32Array(children.length)
  const queue = [0]
  for (let head = 0; head < queue.length; head++) {
    const state = queue[head]!
    for (let column = 0; column < width; column++) {
      const child = children[state]!.get(column)
      const fallback = state === 0 ? 0 : next[failure[state]! * width + column]!
      next[state * width + column] = child ?? fallback
      if (child === undefined) continue
      failure[child] = fallback
      all[child]!.push(...all[fallback]!)
      queue.push(child)
    }
  }
  return { next, outputs: all }
}
