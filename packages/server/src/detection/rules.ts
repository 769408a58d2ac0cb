import { createHash } from 'node:crypto'
import type { DetectionRule } from '@muster/core/api'
import { defaultRules, drawExample, type Rule, seededRandom } from '@muster/detect'
import { ruleSetWith } from './rule-set.ts'

const MAX_EXAMPLES = 5

/** Every rule in use, one's own after the built-in ones, with what it found so far. */
export function describeRules(toml: string, hits: ReadonlyMap<string, number>): DetectionRule[] {
  const builtIn = new Set(defaultRules().rules)
  return ruleSetWith(toml, true).rules.map((rule) => ({
    id: rule.id, description: rule.description, kind: rule.kind, tags: [...rule.tags], keywords: [...rule.keywords],
    origin: builtIn.has(rule) ? 'built-in' : 'custom', hits: hits.get(rule.id) ?? 0, examples: examplesOf(rule, builtIn.has(rule)),
  }))
}

/** Built-in examples are patterns to draw from, the same at every look; one's own are shown as they were written. */
function examplesOf({ id, examples }: Rule, drawn: boolean): DetectionRule['examples'] {
  const random = seededRandom(createHash('sha256').update(id).digest().readUInt32BE())
  const shown = (texts: readonly string[]) => texts.slice(0, MAX_EXAMPLES).map((text) => (drawn ? drawExample(text, random) : text))
  return { matches: shown(examples.matches), others: shown(examples.others) }
}
