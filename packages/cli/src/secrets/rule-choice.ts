import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Clock } from '@muster/core'
import type { RuleSet } from '@muster/detect'
import { readText } from './baseline.ts'

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
  readonly clock: Clock
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

/** Rules that somebody gave: where they come from, and their text where there is one. */
export type GivenRules = { readonly origin: string; readonly text: string | null; /** They lie in a target of somebody else's. */ readonly isHostile: boolean; readonly enabled: readonly string[] }

/**
 * The rules by the first of: `--config`, the environment's path, the environment's text, a target's `.gitleaks.toml`; the built-in ones without any, as an earlier run prepared them.
 *
 * @throws MusterError config.invalid, file.unreadable, usage.invalid for an enabled rule that does not exist.
 */
export async function chooseRules({ config, environmentPath, environmentToml, targets, hostileTargets, enabled, clock }: RuleWishes): Promise<ChosenRules> {
  const named = config ?? environmentPath ?? undefined
  const found = named === undefined && environmentToml === null ? targets.map((target) => join(target, '.gitleaks.toml')).find(isFile) : undefined
  const path = named ?? found
  const text = path === undefined ? environmentToml : await readText(path, 'rules')
  if (text === null && enabled.length === 0) {
    const { readyRules } = await import('@muster/connectors/secrets')
    return { ruleSet: (await readyRules(null, clock)).rules, config: null, formats: true, warnings: [] }
  }
  const origin = path ?? (environmentToml === null ? '--enable-rule' : 'GITLEAKS_CONFIG_TOML')
  // What reads the texts of rules is loaded for those alone.
  return (await import('./given-rules.ts')).givenRules({ origin, text, isHostile: found !== undefined && hostileTargets, enabled })
}

function isFile(path: string): boolean {
  return existsSync(path) && statSync(path).isFile()
}
