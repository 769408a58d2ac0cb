import { randomBytes } from 'node:crypto'
import { type MusterError, Secret } from '@muster/core'
import { keyedFingerprint } from '@muster/detect/inspect'
import type { OptionValues } from '../command.ts'
import type { Environment } from '../environment.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { commitFacts } from '../git/changes.ts'
import { type Git, gitIn } from '../git/git.ts'
import { problemText } from '../scan/report.ts'
import { judge, Sieve } from '../secrets/judge.ts'
import { knownSources } from '../secrets/known-sources.ts'
import { secretsTable } from '../secrets/report.ts'
import { chooseRules } from '../secrets/rule-choice.ts'
import { scanChanges } from '../secrets/scan-changes.ts'
import { type detectionOptions, detectionSettings } from '../secrets/scan-options.ts'
import type { HookKind } from './hook-file.ts'
import { incomingChanges } from './incoming.ts'

export const DEFAULT_TIMEOUT_SECONDS = 60
const DEFAULT_MAX_BYTES = 16 * 1024 * 1024
/** More are counted only. */
const MAX_SHOWN = 50

const deeds = { 'pre-commit': 'commit', 'pre-push': 'push', 'pre-receive': 'push' } as const satisfies Record<HookKind, string>

/** Looks at what git is about to take and says on standard error why it must not: 0 lets it through, anything else does not. */
export async function runHook(kind: HookKind, args: readonly string[], flags: OptionValues<typeof detectionOptions>, environment: Environment): Promise<ExitCode> {
  const { terminal } = environment
  // Who receives does not ask the sender's leave.
  if (kind !== 'pre-receive' && environment.skip.includes('muster')) {
    terminal.say('muster: left out by SKIP')
    return exitCodes.ok
  }
  const settings = detectionSettings(flags)
  const seconds = settings.timeoutSeconds ?? DEFAULT_TIMEOUT_SECONDS
  const timeout = AbortSignal.timeout(seconds * 1000)
  const git = gitIn('.', AbortSignal.any([environment.signal, timeout]))
  const outcome = await look(kind, args, flags, git, timeout, environment).catch((error: MusterError | Error) => {
    if (timeout.aborted && !environment.signal.aborted) return null
    throw error
  })
  if (outcome === null) {
    terminal.say(`muster: this ${deeds[kind]} is refused: not everything was looked at within ${seconds} seconds (--timeout)${escape(kind)}`)
    return exitCodes.found
  }
  for (const line of outcome.notes) terminal.say(line)
  if (outcome.table === null && outcome.complete) return exitCodes.ok
  if (outcome.table === null) {
    terminal.say(`muster: this ${deeds[kind]} is refused: not everything was looked at to its end${escape(kind)}`)
    return exitCodes.found
  }
  terminal.say(`muster: this ${deeds[kind]} is refused: it brings in secrets\n\n${outcome.table}`)
  terminal.say(`Take them out${kind === 'pre-commit' ? '' : ' of the commits that brought them in'}. One that is none can have a comment \`muster:allow\` on its line, or an entry in .muster-baseline${kind === 'pre-commit' ? ':\n  muster scan secrets --staged --write-baseline .muster-baseline' : '.'}${escape(kind)}`)
  return exitCodes.found
}

const escape = (kind: HookKind) => (kind === 'pre-receive' ? '' : `\n\`SKIP=muster git ${deeds[kind]} …\` lets this one through.`)

type Outcome = { readonly table: string | null; readonly complete: boolean; readonly notes: readonly string[] }

/** Null when the time was up. */
async function look(kind: HookKind, args: readonly string[], flags: OptionValues<typeof detectionOptions>, git: Git, timeout: AbortSignal, environment: Environment): Promise<Outcome | null> {
  const settings = detectionSettings(flags)
  const input = kind === 'pre-commit' ? '' : new TextDecoder().decode(await environment.readStdin())
  const changes = await incomingChanges(kind, git, args, input)
  if (changes.length === 0) return { table: null, complete: true, notes: [] }
  // What is received does not say itself what is allowed in it.
  const roots = kind === 'pre-receive' ? [] : [await git.line(['rev-parse', '--show-toplevel'])]
  const rules = await chooseRules({ config: flags.config, environmentPath: environment.rulesPath, environmentToml: environment.rulesToml, targets: roots, hostileTargets: false, enabled: settings.enabledRules, clock: environment.clock })
  const sources = await knownSources({ baselinePath: flags['baseline-path'], ignorePath: flags['gitleaks-ignore-path'] ?? roots[0], targets: roots, ruleIds: new Set(rules.ruleSet.rules.map(({ id }) => id)) })
  const { introduced, problems, complete } = await scanChanges(changes, {
    git, rules, sieve: new Sieve({ ...settings, ignoreAllowComments: flags['ignore-gitleaks-allow'] }), decode: settings.maxDecodeDepth !== 0 || settings.maxArchiveDepth !== 0, maxBytes: settings.maxFileBytes ?? DEFAULT_MAX_BYTES,
    clock: environment.clock, signal: timeout, onProgress: () => {},
  })
  if (!complete && timeout.aborted) return null
  const facts = await commitFacts(git, new Set(introduced.flatMap(({ commit }) => (commit === null ? [] : [commit]))))
  const key = new Secret(sources.baseline?.own == null ? randomBytes(32) : Buffer.from(sources.baseline.own.salt, 'hex'))
  const leaks = judge(introduced.map(({ found, commit }) => ({ found, file: found.path, commit: commit === null ? null : (facts.get(commit) ?? null), gone: false, repository: null, credential: null, verified: null })), {
    fingerprintOf: (digest) => keyedFingerprint(key, digest), known: sources.known, now: environment.clock.now(),
  })
  const fresh = leaks.filter(({ known }) => known === null)
  const more = fresh.length > MAX_SHOWN ? `… and ${fresh.length - MAX_SHOWN} more\n` : ''
  const notes = [...rules.warnings, ...sources.warnings, ...problems.slice(0, 5).map(problemText)]
  return { table: fresh.length === 0 ? null : `${secretsTable(fresh.slice(0, MAX_SHOWN), environment.terminal)}${more}`, complete, notes }
}
