import { flatten, type RegexNode } from '../regex/ast.ts'
import { perlClasses } from '../regex/byte-set.ts'

/** How many bytes of a match are known in front of trying it. */
export const POSITIONS = 16

/** What tells cheaply that a pattern cannot match at a place: most places where a short anchor stands. */
export type Guard = {
  /** By byte: a bit for each of the first positions of a match it may stand at. */
  readonly positions: Uint16Array
  /** A match begins a word: the byte before it is of none. */
  readonly beginsWord: boolean
}

/** Lets everything through. */
export const anything: Guard = { positions: new Uint16Array(256).fill(0xffff), beginsWord: false }

/** The guard of a pattern. */
export function guardOf(body: RegexNode): Guard {
  const positions = new Uint16Array(256)
  // What follows a match that is shorter can be anything.
  const open = beyond(body, 1, positions)
  const free = open === 0 ? 0 : 0xffff & ~((open & -open) - 1)
  if (free !== 0) for (let byte = 0; byte < 256; byte++) positions[byte]! |= free
  const first = flatten(body)[0]
  const beginsWord = first?.type === 'place' && first.place === 'word-boundary' && positions.every((bits, byte) => (bits & 1) === 0 || word[byte] === 1)
  return { positions, beginsWord }
}

const word = perlClasses['w']!

/** Notes the bytes `node` may have when it begins at the positions of `from` (bits), and returns the positions it may end at. */
function beyond(node: RegexNode, from: number, positions: Uint16Array): number {
  if (from === 0) return 0
  switch (node.type) {
    case 'set':
      for (let byte = 0; byte < 256; byte++) if (node.set[byte] === 1) positions[byte]! |= from
      return (from << 1) & 0xffff
    case 'place': return from
    case 'capture': return beyond(node.body, from, positions)
    case 'concat': return node.parts.reduce((at, part) => beyond(part, at, positions), from)
    case 'alternation': return node.options.reduce((ends, option) => ends | beyond(option, from, positions), 0)
    case 'repeat': {
      let at = from
      for (let turn = 0; turn < node.min && at !== 0; turn++) at = beyond(node.body, at, positions)
      let ends = at
      for (let turn = node.min; turn < node.max && at !== 0; turn++) {
        at = beyond(node.body, at, positions) & ~ends
        ends |= at
      }
      return ends
    }
  }
}
