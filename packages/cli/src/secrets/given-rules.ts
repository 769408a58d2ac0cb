import { readFileSync, statSync } from 'node:fs'
import { MusterError } from '@muster/core'
import { compileConfig, defaultRules, namedHere, refuseCostly, type Rule } from '@muster/detect'
import { resolveConfig } from './resolve-config.ts'
import type { ChosenRules, GivenRules } from './rule-choice.ts'

/**
 * The rules of a text, or the built-in ones of which some alone are wanted.
 *
 * @throws MusterError config.invalid, file.unreadable, usage.invalid for an enabled rule that does not exist.
 */
export function givenRules({ origin, text, isHostile, enabled: wanted }: GivenRules): ChosenRules {
  // An id of gitleaks' default rules means ours, unless the text has a rule of this name.
  const enabled = wanted.flatMap((id) => (text?.includes(`"${id}"`) ? [id] : (namedHere(id) ?? [id])))
  const defaultIds = defaultRules().rules.map(({ id }) => id)
  const compiled = (leftOut: ReadonlySet<string>) => guarded(origin, () => {
    const resolved = resolveConfig(text ?? '[extend]\nuseDefault = true\n', readExtended, { enabled, defaultIds, leftOut })
    // Rules that somebody named are theirs to answer for; what is found in a target is put to the test below.
    return { config: resolved, ruleSet: compileConfig(resolved, { defaults: defaultRules, trusted: true }) }
  })
  let chosen = compiled(new Set())
  if (wanted.length > 0 && enabled.length === 0) throw new MusterError('usage.invalid', `--enable-rule: there is no rule here for ${wanted.join(', ')}`)
  const unknown = enabled.find((id) => !chosen.ruleSet.rules.some((rule) => rule.id === id))
  if (unknown !== undefined) throw new MusterError('usage.invalid', `--enable-rule: there is no rule ${JSON.stringify(unknown)}`)
  const costly = isHostile ? costlyOnes(chosen.ruleSet.rules) : []
  if (costly.length > 0) chosen = compiled(new Set(costly))
  return {
    ...chosen, formats: enabled.length === 0 && /^usedefault = true$/m.test(chosen.config),
    warnings: chosen.ruleSet.rules.length === 0 ? [`${origin} has no rules, so nothing is looked for: [extend] with useDefault = true uses the built-in ones`] : costly.length === 0 ? [] : [`${origin}: left out, since a hostile file could make them take too long: ${costly.join(', ')}; --config ${origin} uses them all the same`],
  }
}

const MAX_EXTENDED_BYTES = 16 * 1024 * 1024

/** Ids of rules that are not among the built-in ones and fail their test. */
function costlyOnes(rules: readonly Rule[]): readonly string[] {
  const known = new Set(defaultRules().rules)
  return rules.filter((rule) => {
    if (known.has(rule) || rule.regex === null) return false
    try {
      refuseCostly(rule)
      return false
    } catch {
      return true
    }
  }).map(({ id }) => id)
}

/** Paths of `extend` count from where the command runs, as in gitleaks. A scanned repository may name them, so only a file is read, and no endless one. */
function readExtended(path: string): string {
  try {
    const stats = statSync(path)
    if (!stats.isFile() || stats.size > MAX_EXTENDED_BYTES) throw new MusterError('config.invalid', `the rules ${path}, which are extended, are no file of at most ${MAX_EXTENDED_BYTES} bytes`)
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (error instanceof MusterError) throw error
    throw new MusterError('file.unreadable', `the rules ${path}, which are extended, cannot be read: ${error instanceof Error && 'code' in error ? String(error.code) : 'unreadable'}`, {}, { cause: error })
  }
}

function guarded<T>(name: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (error instanceof MusterError) throw new MusterError(error.code, `${name}: ${error.message}`, error.detail, { cause: error })
    throw error
  }
}
