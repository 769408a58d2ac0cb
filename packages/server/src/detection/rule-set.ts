import { compileConfig, defaultRules, type RuleSet } from '@muster/detect'

/**
 * The text scans use: an installation's own rules beside the built-in ones. A text that extends others itself says what it
 * wants of them; otherwise that is added behind it, so that problems name its lines. Null when there are no rules of one's own.
 */
export function scanConfig(toml: string): string | null {
  if (toml.trim() === '') return null
  return /^\s*(?:\[\s*extend\s*\]|extend\s*[.=])/m.test(toml) ? toml : `${toml}\n[extend]\nuseDefault = true\n`
}

/**
 * The rules scans use; see {@link scanConfig}. `trusted` leaves out the cost test of rules that have passed it before.
 *
 * @throws MusterError config.invalid as `compileConfig` does.
 */
export function ruleSetWith(toml: string, trusted = false): RuleSet {
  const config = scanConfig(toml)
  return config === null ? defaultRules() : compileConfig(config, { defaults: defaultRules, trusted })
}

/** How many rules of a set are the installation's own, or a built-in one that it changed. */
export function ownRuleCount({ rules }: RuleSet): number {
  const builtIn = new Set(defaultRules().rules)
  return rules.filter((rule) => !builtIn.has(rule)).length
}
