import type { FilterName, RuleSet } from '../rule.ts'
import { filterNames } from '../rule.ts'
import { compileConfig } from '../toml/compile.ts'
import { aiRules } from './ai.ts'
import { cloudRules } from './clouds.ts'
import { formRules } from './forms.ts'
import { hostingRules } from './hosting.ts'
import { messagingRules } from './messaging.ts'
import { observabilityRules } from './observability.ts'
import { paymentRules } from './payments.ts'
import { registryRules } from './registries.ts'
import { secretStoreRules } from './secret-stores.ts'
import { sourceHostRules } from './source-hosts.ts'

const allFilters: ReadonlySet<FilterName> = new Set(filterNames)

/** The texts of Muster's own rules. */
export const defaultRuleTexts: readonly string[] = [
  ...sourceHostRules, ...registryRules, ...cloudRules, ...hostingRules, ...secretStoreRules, ...messagingRules, ...paymentRules, ...aiRules, ...observabilityRules, ...formRules,
]

let compiled: RuleSet | null = null

/** Muster's own rules, every filter on; compiled once per process. They pass the cost test in the tests, so not again here. */
export function defaultRules(): RuleSet {
  compiled ??= compileConfig(defaultRuleTexts.join('\n'), { filters: allFilters, trusted: true })
  return compiled
}
