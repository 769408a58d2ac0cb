import { printRegex } from '../regex/print.ts'
import type { Rule } from '../rule.ts'
import type { Automaton } from './automaton.ts'
import { createHits } from './automaton.ts'

/** A match of a rule's pattern, in bytes. */
export type TextbookMatch = { readonly ruleId: string; readonly start: number; readonly end: number }

/**
 * The usual way, which the engine is held against: one pass tells which keywords the file has, then every rule with a keyword there is applied to the
 * whole file. `automaton` finds `keywords`.
 */
export function textbookMatches(buffer: Buffer, rules: readonly { readonly rule: Rule; readonly regex: RegExp }[], automaton: Automaton, keywords: readonly string[]): TextbookMatch[] {
  const hits = createHits()
  automaton.find(buffer, 0, buffer.length, hits)
  const present = new Set<string>()
  for (let i = 0; i < hits.count; i++) for (const pattern of automaton.patternsOf(hits.states[i]!)) present.add(keywords[pattern]!)
  const text = buffer.toString('latin1')
  const matches: TextbookMatch[] = []
  for (const { rule, regex } of rules) {
    if (rule.keywords.length > 0 && !rule.keywords.some((keyword) => present.has(keyword))) continue
    for (const found of text.matchAll(regex)) if (found[0].length > 0) matches.push({ ruleId: rule.id, start: found.index, end: found.index + found[0].length })
  }
  return matches
}

/** The rules that have a pattern, with the pattern for {@link textbookMatches}. */
export function textbookRules(rules: readonly Rule[]): { readonly rule: Rule; readonly regex: RegExp }[] {
  return rules.flatMap((rule) => rule.regex === null ? [] : [{ rule, regex: new RegExp(printRegex(rule.regex.root), 'g') }])
}
