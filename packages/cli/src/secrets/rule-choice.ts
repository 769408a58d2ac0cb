import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { MusterError } from '@muster/core'
import { compileConfig, defaultRules, type RuleSet } from '@muster/detect'
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
  /** Whose they are, for people. */
  readonly origin: string
}

/**
 * The rules by the first of: `--config`, the environment's path, the environment's text, a target's `.gitleaks.toml`; the built-in ones without any.
 *
 * @throws MusterError config.invalid, file.unreadable, usage.invalid for an enabled rule that does not exist.
 */
export async function chooseRules({ config, environmentPath, environmentToml, targets, enabled }: RuleWishes): Promise<ChosenRules> {
  const path = config ?? environmentPath ?? (environmentToml === null ? targets.map((target) => join(target, '.gitleaks.toml')).find(isFile) : undefined)
  const origin = path ?? (environmentToml === null ? 'built-in rules' : 'GITLEAKS_CONFIG_TOML')
  const text = path === undefined ? environmentToml : await readText(path, 'rules')
  if (text === null && enabled.length === 0) return { ruleSet: defaultRules(), config: null, formats: true, origin }
  const resolved = guarded(origin, () => resolveConfig(text ?? '[extend]\nuseDefault = true\n', readExtended, enabled, defaultRules().rules.map(({ id }) => id)))
  const ruleSet = guarded(origin, () => compileConfig(resolved, { defaults: defaultRules }))
  const unknown = enabled.find((id) => !ruleSet.rules.some((rule) => rule.id === id))
  if (unknown !== undefined) throw new MusterError('usage.invalid', `--enable-rule: there is no rule ${JSON.stringify(unknown)}`)
  return { ruleSet, config: resolved, formats: enabled.length === 0 && /^usedefault = true$/m.test(resolved), origin }
}

function isFile(path: string): boolean {
  return existsSync(path) && statSync(path).isFile()
}

/** Paths of `extend` count from where the command runs, as in gitleaks. */
function readExtended(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
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
