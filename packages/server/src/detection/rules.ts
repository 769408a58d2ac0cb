import { createHash } from 'node:crypto'
import type { DetectionRule } from '@muster/core/api'
import { defaultRules, drawExample, type Rule, type RuleSet, seededRandom } from '@muster/detect'
import { ruleSetWith } from './rule-set.ts'

const MAX_EXAMPLES = 5

/** Every rule in use, one's own after the built-in ones, with what it found so far. */
export function describeRules(toml: string, hits: ReadonlyMap<string, number>): DetectionRule[] {
  const builtIn = new Set(defaultRules().rules)
  return compiled(toml).rules.map((rule) => ({
    id: rule.id, description: rule.description, kind: rule.kind, tags: [...rule.tags], keywords: [...rule.keywords],
    origin: builtIn.has(rule) ? 'built-in' : 'custom', hits: hits.get(rule.id) ?? 0, examples: examplesOf(rule, builtIn.has(rule)),
  }))
}

let last: { readonly toml: string; readonly rules: RuleSet } | null = null

/** Whoever may look at rules may do so often; compiling them takes a while. */
function compiled(toml: string): RuleSet {
  if (last?.toml !== toml) last = { toml, rules: ruleSetWith(toml, true) }
  return last.rules
}

const shown = new WeakMap<Rule, DetectionRule['examples']>()

/** Built-in examples are patterns to draw from, the same at every look; one's own are shown as they were written. */
function examplesOf(rule: Rule, drawn: boolean): DetectionRule['examples'] {
  const known = shown.get(rule)
  if (known !== undefined) return known
  const random = seededRandom(createHash('sha256').update(rule.id).digest().readUInt32BE())
  const texts = (all: readonly string[]) => all.slice(0, MAX_EXAMPLES).map((text) => (drawn ? drawExample(text, random) : text))
  const examples = { matches: texts(rule.examples.matches), others: texts(rule.examples.others) }
  shown.set(rule, examples)
  return examples
}
