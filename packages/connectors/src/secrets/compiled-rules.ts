import { createHash } from 'node:crypto'
import { compileConfig, defaultRules, defaultRuleTexts, prepareRules } from '@muster/detect'
import type { ReadyRules } from './ready-rules.ts'

/**
 * The rules of a configuration, null for the built-in ones, prepared from their texts: that takes longer than looking at many files.
 * @throws MusterError config.invalid
 */
export function compiledRules(config: string | null): ReadyRules {
  // Whoever chose the rules had their cost tested.
  const rules = prepareRules(config === null ? defaultRules() : compileConfig(config, { defaults: defaultRules, trusted: true }))
  return { rules, given: config !== null, digest: createHash('sha256').update(JSON.stringify([config, defaultRuleTexts])).digest('hex') }
}
