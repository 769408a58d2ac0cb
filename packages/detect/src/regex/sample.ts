import type { RegexNode } from './ast.ts'
import { bytesOf, type ByteSet } from './byte-set.ts'

/** A number in 0 ≤ x < 1. */
export type Random = () => number

/** A seeded generator (mulberry32): the same seed gives the same examples everywhere. Not for keys. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** How many turns an unbounded repetition takes beyond its minimum, at most. */
const MAX_EXTRA_TURNS = 12

/**
 * A text, one character per byte, that the tree would match where its places (anchors, word boundaries) allow it. Printable bytes are
 * preferred where the set has any.
 */
export function sampleRegex(node: RegexNode, random: Random): string {
  switch (node.type) {
    case 'set': return String.fromCharCode(pick(node.set, random))
    case 'place': return ''
    case 'capture': return sampleRegex(node.body, random)
    case 'concat': return node.parts.map((part) => sampleRegex(part, random)).join('')
    case 'alternation': return sampleRegex(node.options[Math.floor(random() * node.options.length)]!, random)
    case 'repeat': {
      const turns = node.min + Math.floor(random() * (Math.min(node.max - node.min, MAX_EXTRA_TURNS) + 1))
      return Array.from({ length: turns }, () => sampleRegex(node.body, random)).join('')
    }
  }
}

function pick(set: ByteSet, random: Random): number {
  const all = bytesOf(set)
  const printable = all.filter((byte) => byte > 0x20 && byte < 0x7f)
  const from = printable.length > 0 ? printable : all
  return from[Math.floor(random() * from.length)] ?? 0x78
}
