import { randomBytes } from 'node:crypto'
import { existsSync, statSync } from 'node:fs'
import { createSecretsConnector } from '@muster/connectors'
import { MusterError, type ScanProblem, Secret, type SecretFingerprints, type Severity, severityRank } from '@muster/core'
import { keyedFingerprint } from '@muster/detect'
import { createClient, type ServerAccess } from '../api/client.ts'
import { serverAccess } from '../api/login.ts'
import type { Environment } from '../environment.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { gitIn } from '../git/git.ts'
import { writeOutput } from '../output.ts'
import { LocalInventory } from '../scan/local-inventory.ts'
import { findingsOf, problemText } from '../scan/report.ts'
import { runScan } from '../scan/run.ts'
import { beginUpload } from '../scan/upload.ts'
import { progressLine } from '../terminal/progress.ts'
import { version } from '../version.ts'
import { addToBaseline, openBaseline } from './baseline-file.ts'
import { collectCommits, collectStream, type Collected, type Placed, type PlacedAt, placing, withWholeCommits } from './collect.ts'
import { allowedCommits } from './allowed-commits.ts'
import { judge } from './judge.ts'
import { knownSources } from './known-sources.ts'
import type { Leak } from './leak.ts'
import { logOptions } from './log-options.ts'
import { renderGitleaks, renderSecrets, type SecretsReport } from './report.ts'
import { chooseRules, type ChosenRules } from './rule-choice.ts'
import { scanSettings, type SecretsScanFlags, type SecretsScanSettings } from './scan-options.ts'
import { sendStates } from './send-states.ts'

/** What a local scan finds is at least this bad where no rule says how bad it is. */
const UNJUDGED: Severity = 'high'
const DEFAULT_MAX_BYTES = 64 * 1024 * 1024

/** Scans for secrets as the flags say, reports them, and sends them where a server was named. */
export async function scanForSecrets(targets: readonly string[], flags: SecretsScanFlags, environment: Environment): Promise<ExitCode> {
  const settings = scanSettings(flags)
  refuseToShow(settings, flags, environment)
  const stream = flags.pipe || targets.includes('-')
  if (stream && targets.some((target) => target !== '-')) throw new MusterError('usage.invalid', 'standard input is scanned alone')
  const paths = stream ? [] : targets.length === 0 ? ['.'] : targets
  for (const path of paths) if (!existsSync(path)) throw new MusterError('file.unreadable', `cannot read ${path}: there is no such file or directory`, { path })
  const sending = flags.send || flags.server !== undefined
  const staged = flags.staged || flags['pre-commit']
  if (staged && flags['log-opts'] !== undefined) throw new MusterError('usage.invalid', 'choose one of --staged and --log-opts')
  const partly = staged || flags['log-opts'] !== undefined
  if (sending && (stream || partly)) throw new MusterError('usage.invalid', 'only whole targets are sent to a server: leave out --log-opts, --staged and standard input')
  const directories = paths.filter((path) => statSync(path).isDirectory())
  const rules = await chooseRules({ config: flags.config, environmentPath: environment.rulesPath, environmentToml: environment.rulesToml, targets: directories, hostileTargets: true, enabled: settings.enabledRules })
  const sources = await knownSources({ baselinePath: flags['baseline-path'], ignorePath: flags['gitleaks-ignore-path'], targets: directories, ruleIds: new Set(rules.ruleSet.rules.map(({ id }) => id)) })
  const target = flags['write-baseline'] === undefined ? null : await openBaseline(flags['write-baseline'])
  const scan = new SecretsScan(environment, settings, rules, Buffer.from(target?.salt ?? sources.baseline?.own?.salt ?? randomBytes(32).toString('hex'), 'hex'), sending ? await serverAccess(flags, environment) : null)

  const startedAt = environment.clock.now()
  const collected = stream ? collectStream(await environment.readStdin(), rules, scan.decode, environment.clock)
    : partly ? await scan.commits(paths, staged ? null : logOptions(flags['log-opts'] ?? ''))
    : await scan.targets(paths, flags)
  const { leaks, suppressed } = judge(collected.placed, {
    fingerprintOf: scan.fingerprintOf, known: sources.known, isAllowedCommit: allowedCommits(rules.ruleSet), ignoreAllowComments: flags['ignore-gitleaks-allow'], maxDecodeDepth: settings.maxDecodeDepth, maxArchiveDepth: settings.maxArchiveDepth,
  })
  const fresh = leaks.filter(({ known }) => known === null)
  const report: SecretsReport = {
    version, startedAt, finishedAt: environment.clock.now(), complete: collected.complete, leaks: flags['include-known'] ? leaks : fresh, knownCount: leaks.length - fresh.length, suppressed,
    problems: collected.problems, rules: rules.ruleSet.rules, tags: new Map(rules.ruleSet.rules.map(({ id, tags }) => [id, tags])), redactPercent: settings.redactPercent, verbose: flags.verbose,
  }
  await writeReports(report, settings, flags, environment)
  for (const line of [...rules.warnings, ...sources.warnings, ...collected.problems.slice(0, 5).map(problemText)]) environment.terminal.say(line)
  if (target !== null && !scan.cancelled) environment.terminal.say(`${await addToBaseline(target, leaks)} added to ${target.path}, which knows ${target.entries.size} values`)
  if (scan.sent !== null) environment.terminal.say(`sent to the server as scan ${scan.sent}`)
  if (scan.access !== null) for (const line of await sendStates(createClient(scan.access, environment.signal), leaks)) environment.terminal.say(line)
  if (scan.cancelled) return exitCodes.cancelled
  if (target === null && scan.counts(fresh)) return settings.exitCode as ExitCode
  if (!scan.timedOut) return exitCodes.ok
  environment.terminal.say(`muster: not everything was looked at within ${settings.timeoutSeconds} seconds`)
  return exitCodes.input
}

/** One run: its key, its time, its way to the server. */
class SecretsScan {
  readonly #environment: Environment
  readonly #settings: SecretsScanSettings
  readonly #rules: ChosenRules
  readonly #key: Secret
  readonly #answers = new Map<string, string>()
  readonly #timeout: AbortSignal
  readonly #signal: AbortSignal
  readonly #inventory = new LocalInventory()
  readonly access: ServerAccess | null
  sent: string | null = null

  constructor(environment: Environment, settings: SecretsScanSettings, rules: ChosenRules, key: Uint8Array, access: ServerAccess | null) {
    this.#environment = environment
    this.#settings = settings
    this.#rules = rules
    this.#key = new Secret(key)
    this.access = access
    this.#timeout = settings.timeoutSeconds === null ? new AbortController().signal : AbortSignal.timeout(settings.timeoutSeconds * 1000)
    this.#signal = AbortSignal.any([environment.signal, this.#timeout])
  }

  get cancelled(): boolean {
    return this.#environment.signal.aborted
  }

  get timedOut(): boolean {
    return this.#timeout.aborted
  }

  get decode(): boolean {
    return this.#settings.maxDecodeDepth !== 0 || this.#settings.maxArchiveDepth !== 0
  }

  /** The server's fingerprint where it was asked, else one under this run's key. */
  readonly fingerprintOf = (digest: string, credential: string | null = null): string =>
    (this.access === null ? null : (this.#answers.get(digest) ?? credential)) ?? keyedFingerprint(this.#key, digest)

  /** True when one of `leaks` is bad enough for `--fail-on`. */
  counts(leaks: readonly Leak[]): boolean {
    const { threshold } = this.#settings
    if (threshold === null || leaks.length === 0) return leaks.length > 0
    const severities = new Map(findingsOf(this.#inventory, this.#environment.clock.now()).toReversed().map(({ fingerprint, severity }) => [fingerprint, severity]))
    return leaks.some(({ credential }) => severityRank(severities.get(credential) ?? UNJUDGED) <= severityRank(threshold))
  }

  /** Files, directories, repositories and images. */
  async targets(paths: readonly string[], flags: SecretsScanFlags): Promise<Collected> {
    const title = `secrets ${paths.slice(0, 3).join(' ')}${paths.length > 3 ? ` and ${paths.length - 3} more` : ''}`.slice(0, 200)
    const placed: PlacedAt[] = []
    const problems: ScanProblem[] = []
    const place = placing()
    const connector = createSecretsConnector({ fingerprints: this.#fingerprints(), onFinding: (finding) => { placed.push(place(finding)) } })
    const parsed = connector.options.safeParse({
      targets: paths, config: this.#rules.config, formats: this.#rules.formats, decode: this.decode, exclude: flags.exclude, ...flags['no-git'] ? { history: false, as: paths.every((path) => statSync(path).isDirectory()) ? 'directory' : null } : {},
      ...this.#settings.maxFileBytes === null ? {} : { maxFileBytes: this.#settings.maxFileBytes }, ...flags.threads === undefined ? {} : { threads: Number(flags.threads) },
    })
    if (!parsed.success) throw new MusterError('usage.invalid', parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; '))
    const upload = this.access === null ? null : await beginUpload(this.access, { kind: 'secrets', title }, this.#environment.signal)
    const { cancelled, complete } = await runScan(connector, parsed.data, [], { ...this.#environment, signal: this.#signal }, async (batch) => {
      this.#inventory.add(batch.observations, batch.problems)
      problems.push(...batch.problems)
      await upload?.add(batch)
    }).catch(async (error: unknown) => {
      await upload?.finish('incomplete').catch(() => undefined)
      throw error
    })
    await upload?.finish(this.cancelled ? 'cancelled' : cancelled ? 'incomplete' : 'complete')
    this.sent = upload?.scanId ?? null
    return { placed: await withWholeCommits(this.#withCredentials(placed), this.#signal), problems, complete }
  }

  /** What is found beside what the inventory made of it. */
  #withCredentials(placed: readonly PlacedAt[]): readonly Placed[] {
    const credentials = new Map(this.#inventory.credentials.flatMap(({ credential, sightings }) => sightings.flatMap(({ location }): [string, string][] =>
      'column' in location ? [[`${location.path}\0${location.line}\0${location.column}`, credential.fingerprint]] : [])))
    return placed.map((each) => ({ ...each, credential: credentials.get(`${each.path}\0${each.found.line}\0${each.found.column}`) ?? null }))
  }

  /** What chosen commits, or the index, bring into repositories. */
  async commits(paths: readonly string[], selection: readonly string[] | null): Promise<Collected> {
    const line = progressLine(this.#environment.terminal, this.#environment.clock.now)
    const parts: Collected[] = []
    try {
      for (const path of paths) {
        parts.push(await collectCommits({
          git: gitIn(path, this.#environment.signal), selection, rules: this.#rules, decode: this.decode, maxBytes: this.#settings.maxFileBytes ?? DEFAULT_MAX_BYTES, clock: this.#environment.clock, signal: this.#signal,
          onProgress: (done, total, current) => line.update({ done, total, unit: 'blobs', current }, 0),
        }))
      }
    } finally {
      line.end()
    }
    return { placed: parts.flatMap(({ placed }) => placed), problems: parts.flatMap(({ problems }) => problems), complete: parts.every(({ complete }) => complete) }
  }

  /** Digests alone go to the server. */
  #fingerprints(): SecretFingerprints {
    if (this.access === null) return async (digests) => digests.map((digest) => this.fingerprintOf(digest))
    const client = createClient(this.access, this.#environment.signal)
    return async (digests) => {
      const { fingerprints } = await client.call('fingerprintSecrets', { body: { digests: [...digests] } })
      for (const [i, digest] of digests.entries()) this.#answers.set(digest, fingerprints[i]!)
      return fingerprints
    }
  }
}

/** Values are shown to whoever asks for them at a terminal, or into a file, never into the log of a pipeline. */
function refuseToShow({ redactPercent, report }: SecretsScanSettings, flags: SecretsScanFlags, { terminal }: Environment): void {
  if (redactPercent >= 100 || terminal.outputIsTerminal) return
  const toStdout = report === null ? flags.output === undefined : report.path === '-'
  if (toStdout) throw new MusterError('usage.invalid', `--redact=${redactPercent} shows secrets: name a file with --report-path, or run it on a terminal`)
}

async function writeReports(report: SecretsReport, { report: extra, format }: SecretsScanSettings, flags: SecretsScanFlags, { terminal }: Environment): Promise<void> {
  if (extra !== null && extra.path !== '-') await writeOutput(extra.path, [renderGitleaks(extra.format, report)])
  if (extra?.path === '-') return terminal.out(renderGitleaks(extra.format, report))
  const text = renderSecrets(format, report, flags['no-color'] ? { ...terminal, colours: false } : terminal)
  if (flags.output === undefined) await terminal.out(text)
  else await writeOutput(flags.output, [text])
}
