import { anything } from '../engine/guard.ts'
import { type EngineTables, engineTables } from '../engine/matching.ts'
import type { RegexNode } from '../regex/ast.ts'
import type { Rule, RuleSet } from '../rule.ts'
import { watchedTexts } from './format-choice.ts'

/** Rules and all that is made of them before the first file is looked at: plain data that can be sent to other threads. */
export type PreparedRules = RuleSet & { readonly tables: EngineTables }

/** Prepares rules for inspectors; what is only needed to prepare them, their trees, guards and examples, is left out. */
export function prepareRules({ rules, allowlists }: RuleSet): PreparedRules {
  const tables = engineTables(rules, watchedTexts)
  const bare = new Map(rules.map((rule) => [rule, withoutTree(rule)]))
  return { rules: [...bare.values()], allowlists, tables: { ...tables, plans: tables.plans.map((plan) => ({ ...plan, rule: bare.get(plan.rule)!, body: null, guard: plan.guard === null ? null : anything })) } }
}

const nothing: RegexNode = { type: 'alternation', options: [] }

function withoutTree(rule: Rule): Rule {
  return { ...rule, regex: rule.regex === null ? null : { ...rule.regex, root: nothing }, examples: { matches: [], others: [] } }
}
