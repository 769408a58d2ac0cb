import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { MusterError } from '@muster/core'
import { compileConfig, defaultRules, namedHere, refuseCostly, type Rule, type RuleSet } from '@muster/detect'
import { readText } from './baseline.ts'
import { resolveConfig } from './resolve-config.ts'

/** What says which rules are used. */
export type RuleWishes = {
  /** `--config`. */
  readonly config: string | undefined
  /** A path, and a text, in the environment. */
  readonly environmentPath: string | null
  readonly environmentToml: string | null
  /** Directories that may have a `.gitleaks.toml`, the first one counts. */
  readonly targets: readonly string[]
  /** The targets are somebody else's: costly rules of theirs are left out. */
  readonly hostileTargets: boolean
  /** `--enable-rule`: these alone. */
  readonly enabled: readonly string[]
}

/** Rules in use. */
export type ChosenRules = {
  readonly ruleSet: RuleSet
  /** The same as text, null for the built-in ones as they are. */
  readonly config: string | null
  /** Whether the structure of file formats is read too: not where somebody said which rules alone count. */
  readonly formats: boolean
  /** Rules that were left out. */
  readonly warnings: readonly string[]
}

/**
 * The rules by the first of: `--config`, the environment's path, the environment's text, a target's `.gitleaks.toml`; the built-in ones without any.
 *
 * @throws MusterError config.invalid, file.unreadable, usage.invalid for an enabled rule that does not exist.
 */
export async function chooseRules({ config, environmentPath, environmentToml, targets, hostileTargets, enabled: wanted }: RuleWishes): Promise<ChosenRules> {
  const named = config ?? environmentPath ?? undefined
  const found = named === undefined && environmentToml === null ? targets.map((target) => join(target, '.gitleaks.toml')).find(isFile) : undefined
  const path = named ?? found
  const origin = path ?? (environmentToml === null ? '--enable-rule' : 'GITLEAKS_CONFIG_TOML')
  const text = path === undefined ? environmentToml : await readText(path, 'rules')
  if (text === null && wanted.length === 0) return { ruleSet: defaultRules(), config: null, formats: true, warnings: [] }
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
  const costly = found !== undefined && hostileTargets ? costlyOnes(chosen.ruleSet.rules) : []
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

function isFile(path: string): boolean {
  return existsSync(path) && statSync(path).isFile()
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
