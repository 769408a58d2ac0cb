import { compileConfig, defaultRules, type RuleSet } from '@muster/detect'

/**
 * The built-in rules and an installation's own beside them; one of its own with a built-in's id takes its place. A text that
 * extends the built-in rules itself says which of them to leave out.
 *
 * @throws MusterError config.invalid as `compileConfig` does.
 */
export function ruleSetWith(toml: string): RuleSet {
  const builtIn = defaultRules()
  if (toml.trim() === '') return builtIn
  let extendsBuiltIn = false
  const own = compileConfig(toml, { defaults: () => { extendsBuiltIn = true; return builtIn } })
  if (extendsBuiltIn) return own
  const replaced = new Set(own.rules.map(({ id }) => id))
  return { rules: [...builtIn.rules.filter(({ id }) => !replaced.has(id)), ...own.rules], allowlists: [...builtIn.allowlists, ...own.allowlists] }
}

/** How many rules of a set are the installation's own. */
export function ownRuleCount({ rules }: RuleSet): number {
  const builtIn = new Set(defaultRules().rules)
  return rules.filter((rule) => !builtIn.has(rule)).length
}
