import { lowerByte } from '../regex/byte-set.ts'

/**
 * A complete automaton for a fixed set of byte strings, ASCII letters in either case (Aho and Corasick 1975): byte classes as columns, states multiplied by the
 * row width, and accepting states last.
 */
export type AutomatonTables = {
  readonly classes: Uint8Array
  readonly table: Uint32Array
  readonly width: number
  readonly firstAccepting: number
  /** By pattern; and of the longest. */
  readonly lengths: readonly number[]
  readonly longest: number
  /** By accepting state: the patterns that end there. */
  readonly outputs: readonly Int32Array[]
}

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
  const table = new Uint32Array(order.length * width)
  for (const [to, from] of order.entries()) {
    for (let column = 0; column < width; column++) table[to * width + column] = renamed[next[from * width + column]!]!
  }
  const silent = outputs.filter((output) => output.length === 0).length
  return { classes, table, width, firstAccepting: silent * width, lengths: patterns.map(({ length }) => length), longest: patterns.reduce((most, { length }) => Math.max(most, length), 1), outputs: order.slice(silent).map((state) => Int32Array.from(outputs[state]!)) }
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
    // Where a text does not go on, another goes on that is its end; at the root none does.
    next.copyWithin(state * width, failure[state]! * width, (failure[state]! + 1) * width)
    for (const [column, child] of children[state]!) {
      const fallback = state === 0 ? 0 : next[state * width + column]!
      next[state * width + column] = child
      failure[child] = fallback
      all[child]!.push(...all[fallback]!)
      queue.push(child)
    }
  }
  return { next, outputs: all }
}
