import { findAnchors, withoutLazyPrefix } from '../regex/anchors.ts'
import { lengthsOf, looksAtTextEnd, type RegexNode } from '../regex/ast.ts'
import type { ByteSet } from '../regex/byte-set.ts'
import { parseRegex } from '../regex/parse.ts'
import { printRegex } from '../regex/print.ts'
import type { Rule } from '../rule.ts'
import { type Guard, guardOf } from './guard.ts'

/** How far past its start a pattern without a bound of its own is followed, in bytes. */
export const WINDOW_BYTES = 8_192
/** A bounded pattern longer than this is windowed too. */
const MAX_REACH_BYTES = 8_192

/**
 * How a rule is looked for. `sticky`: only at the anchors, which stand at a fixed distance from the start. `window`: around anchors at a varying
 * distance. `whole`: over the text, for patterns without an anchor.
 */
export type Strategy = 'sticky' | 'window' | 'whole'

export type Plan = {
  readonly rule: Rule
  readonly strategy: Strategy
  /** Lower-case texts to look for. Every match holds one at `lo` to `hi` bytes after the start of {@link body}. */
  readonly anchors: readonly string[]
  readonly lo: number
  readonly hi: number
  /** The longest match in bytes; {@link WINDOW_BYTES} where the pattern has no bound. */
  readonly reach: number
  readonly bounded: boolean
  readonly looksAtEnd: boolean
  /** A match found at an anchor is continued to the left through these bytes. */
  readonly prefix: { readonly set: ByteSet; readonly max: number } | null
  /** Null where only its source was kept. */
  readonly body: RegexNode | null
  /** Finds; sticky, but for the strategy `whole`. */
  readonly regex: RegExp
  /** Tells at once of most anchors that no match is there; null where the distance between them varies. */
  readonly guard: Guard | null
  /** An anchor implies a keyword, so that keywords need not be looked for apart. */
  readonly keywordImplied: boolean
}

/** A plan with all of its tree. */
export type FullPlan = Plan & { readonly body: RegexNode }

/** How `rule`, which has a regex, is to be looked for. */
export function planRule(rule: Rule): FullPlan {
  if (rule.regex === null) throw new TypeError(`the rule ${rule.id} has no pattern`)
  const { root } = rule.regex
  const anchors = findAnchors(root)
  const strategy: Strategy = anchors === null ? 'whole' : anchors.lo === anchors.hi ? 'sticky' : 'window'
  const body = anchors?.body ?? root
  const { max } = lengthsOf(body)
  const bounded = max <= MAX_REACH_BYTES
  const source = printRegex(body)
  const flags = strategy === 'whole' ? 'g' : 'y'
  return {
    rule, strategy, body, bounded,
    anchors: anchors?.texts ?? [], lo: anchors?.lo ?? 0, hi: anchors?.hi ?? 0, prefix: anchors?.prefix ?? null,
    reach: bounded ? max : WINDOW_BYTES,
    looksAtEnd: looksAtTextEnd(body), guard: strategy === 'sticky' ? guardOf(body) : null,
    regex: new RegExp(source, flags),
    keywordImplied: rule.keywords.length === 0 || (anchors !== null && anchors.texts.every((text) => rule.keywords.some((keyword) => text.includes(keyword)))),
  }
}

/** What the anchors of a plan stand in, parsed again where it was not kept. */
export function bodyOf({ rule, body, prefix }: Plan): RegexNode {
  if (body !== null) return body
  const { root } = parseRegex(rule.regex!.source)
  return prefix === null ? root : withoutLazyPrefix(root).body
}
