import type { ByteSet } from './byte-set.ts'

/** Places a pattern may insist on without consuming a byte. */
export type Place = 'text-start' | 'text-end' | 'line-start' | 'line-end' | 'word-boundary' | 'not-word-boundary'

/** A regular expression over bytes. Flags are resolved: case is in the sets, dot and anchors say what they mean. */
export type RegexNode =
  | { readonly type: 'set'; readonly set: ByteSet }
  | { readonly type: 'concat'; readonly parts: readonly RegexNode[] }
  | { readonly type: 'alternation'; readonly options: readonly RegexNode[] }
  /** `max` is Infinity where the pattern sets no bound. */
  | { readonly type: 'repeat'; readonly body: RegexNode; readonly min: number; readonly max: number; readonly lazy: boolean }
  | { readonly type: 'capture'; readonly body: RegexNode; readonly index: number; readonly name: string | null }
  | { readonly type: 'place'; readonly place: Place }

/** A parsed pattern, as it was written, and how many capturing groups it has. */
export type Regex = { readonly root: RegexNode; readonly captures: number; readonly source: string }

/** Shortest and longest match in bytes; `max` may be Infinity. */
export function lengthsOf(node: RegexNode): { readonly min: number; readonly max: number } {
  switch (node.type) {
    case 'set': return { min: 1, max: 1 }
    case 'place': return { min: 0, max: 0 }
    case 'capture': return lengthsOf(node.body)
    case 'concat': {
      const all = node.parts.map(lengthsOf)
      return { min: all.reduce((sum, { min }) => sum + min, 0), max: all.reduce((sum, { max }) => sum + max, 0) }
    }
    case 'alternation': {
      const all = node.options.map(lengthsOf)
      return { min: Math.min(...all.map(({ min }) => min)), max: Math.max(...all.map(({ max }) => max)) }
    }
    case 'repeat': {
      const { min, max } = lengthsOf(node.body)
      return { min: min * node.min, max: max === 0 || node.max === 0 ? 0 : max * node.max }
    }
  }
}

/** True when some part of the pattern looks at where the text ends (`$`, `\z`). */
export function looksAtTextEnd(node: RegexNode): boolean {
  switch (node.type) {
    case 'set': return false
    case 'place': return node.place === 'text-end' || node.place === 'line-end' || node.place === 'not-word-boundary' || node.place === 'word-boundary'
    case 'capture': case 'repeat': return looksAtTextEnd(node.body)
    case 'concat': return node.parts.some(looksAtTextEnd)
    case 'alternation': return node.options.some(looksAtTextEnd)
  }
}

/** The parts of a pattern read in a row, with captures and nested concatenations opened. */
export function flatten(node: RegexNode): readonly RegexNode[] {
  if (node.type === 'capture') return flatten(node.body)
  return node.type === 'concat' ? node.parts.flatMap(flatten) : [node]
}
