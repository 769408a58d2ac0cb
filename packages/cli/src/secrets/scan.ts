import { statSync } from 'node:fs'
import { createSecretsConnector, observationsOf, Verification, waitingPlaceAround } from '@muster/connectors'
import { type Credential, MusterError, type ScanProblem, Secret, type SecretFingerprints, type Severity, severityRank } from '@muster/core'
import { keyedFingerprint } from '@muster/detect/inspect'
import { createClient, type ServerAccess } from '../api/client.ts'
import type { Environment } from '../environment.ts'
import { gitIn } from '../git/git.ts'
import { LocalInventory } from '../scan/local-inventory.ts'
import { findingsOf } from '../scan/report.ts'
import { runScan } from '../scan/run.ts'
import { beginUpload } from '../scan/upload.ts'
import { progressLine } from '../terminal/progress.ts'
import { collectCommits, collectStream, type Collected, type Placed, type PlacedAt, placing, withWholeCommits } from './collect.ts'
import { Sieve } from './judge.ts'
import type { Leak } from './leak.ts'
import { namesOf, type PipelineFinding, pipelineFindings } from './pipeline-findings.ts'
import type { ChosenRules } from './rule-choice.ts'
import type { SecretsScanFlags, SecretsScanSettings } from './scan-options.ts'

/** What a local scan finds is at least this bad where no rule says how bad it is. */
const UNJUDGED: Severity = 'high'
const DEFAULT_MAX_BYTES = 64 * 1024 * 1024

/** One run: its key, its time, its way to the server. */
export class SecretsScan {
  readonly #environment: Environment
  readonly #settings: SecretsScanSettings
  readonly #rules: ChosenRules
  readonly #key: Secret
  readonly #answers = new Map<string, string>()
  #given: ReadonlySet<string> | null = null
  readonly #timeout: AbortSignal
  readonly #signal: AbortSignal
  readonly #inventory = new LocalInventory()
  readonly #verification: Verification | null
  readonly access: ServerAccess | null
  readonly sieve: Sieve
  sent: string | null = null

  constructor(environment: Environment, settings: SecretsScanSettings, rules: ChosenRules, key: Uint8Array, access: ServerAccess | null, ignoreAllowComments: boolean) {
    this.sieve = new Sieve({ ...settings, ignoreAllowComments })
    this.#environment = environment
    this.#settings = settings
    this.#rules = rules
    this.#key = new Secret(key)
    this.access = access
    this.#timeout = settings.timeoutSeconds === null ? new AbortController().signal : AbortSignal.timeout(settings.timeoutSeconds * 1000)
    this.#signal = AbortSignal.any([environment.signal, this.#timeout])
    this.#verification = settings.verification === null ? null : new Verification(settings.verification, { clock: environment.clock, signal: this.#signal })
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

  /** True for a fingerprint the server gave: keys and certificates have others, and nobody says of them what is said of secrets. */
  isServers(fingerprint: string): boolean {
    this.#given ??= new Set(this.#answers.values())
    return this.#given.has(fingerprint)
  }

  /** How pipelines of what was scanned prove themselves, where that is wrong; files by the names that reports give them. */
  pipelineFindings(targets: readonly string[]): readonly PipelineFinding[] {
    return pipelineFindings(this.#inventory, namesOf(targets), this.#environment.clock.now())
  }

  /** True when one of `leaks` is bad enough for `--fail-on`, or one of `findings`, which count with it alone. */
  counts(leaks: readonly Leak[], findings: readonly PipelineFinding[]): boolean {
    const { threshold } = this.#settings
    if (threshold === null) return leaks.length > 0
    if (findings.some(({ severity }) => severityRank(severity) <= severityRank(threshold))) return true
    if (leaks.length === 0) return false
    const severities = new Map(findingsOf(this.#inventory, this.#environment.clock.now()).toReversed().map(({ fingerprint, severity }) => [fingerprint, severity]))
    return leaks.some(({ credential }) => severityRank(severities.get(credential) ?? UNJUDGED) <= severityRank(threshold))
  }

  /** Files, directories, repositories and images. */
  async targets(paths: readonly string[], flags: SecretsScanFlags): Promise<Collected> {
    const title = `secrets ${paths.slice(0, 3).join(' ')}${paths.length > 3 ? ` and ${paths.length - 3} more` : ''}`.slice(0, 200)
    const placed: PlacedAt[] = []
    const problems: ScanProblem[] = []
    const place = placing(paths.length > 1)
    const connector = createSecretsConnector({ fingerprints: this.#fingerprints(), onFinding: (finding) => { if (this.sieve.lets(finding.found)) placed.push(place(finding)) }, verifiedFacts: this.#verification?.facts ?? null })
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

  /** What lies nowhere yet, judged as if it lay in the files of a repository; nobody asks how bad it is but `--fail-on`. */
  async judged(collected: Collected): Promise<Collected> {
    if (this.#settings.threshold === null) return collected
    const paths = new Map(collected.placed.map((each, index) => [each, `${index}/${each.file}`]))
    const findings = collected.placed.map((each) => ({
      found: { ...each.found, suppressedBy: null }, scope: '', place: { kind: 'repository-line', machine: 'change', path: paths.get(each)!, blob: null, commit: null, codeOwners: [], presence: 'head' },
    } as const))
    this.#inventory.add(await observationsOf(findings, this.#fingerprints()), [])
    return { ...collected, placed: this.#withCredentials(collected.placed.map((each) => ({ ...each, path: paths.get(each)! }))) }
  }

  /** What is found beside what the inventory made of it. */
  #withCredentials(placed: readonly PlacedAt[]): readonly Placed[] {
    const credentials = new Map(this.#inventory.credentials.flatMap(({ credential, sightings }) => sightings.flatMap(({ location }): [string, Credential][] =>
      'column' in location ? [[`${location.path}\0${location.line}\0${location.column}`, credential]] : [])))
    return placed.map((each) => {
      const credential = credentials.get(`${each.path}\0${each.found.line}\0${each.found.column}`) ?? null
      return { ...each, credential: credential?.fingerprint ?? null, verified: credential?.kind === 'secret' ? (credential.facts['verified'] ?? null) : null }
    })
  }

  /** Standard input. */
  stream(bytes: Buffer): Promise<Collected> {
    return collectStream(bytes, { rules: this.#rules, sieve: this.sieve, decode: this.decode, clock: this.#environment.clock, signal: this.#signal, isBounded: this.#settings.timeoutSeconds !== null })
  }

  /** What chosen commits, or the index, bring into repositories. */
  async commits(paths: readonly string[], selection: readonly string[] | null): Promise<Collected> {
    const line = progressLine(this.#environment.terminal, this.#environment.clock.now)
    const parts: Collected[] = []
    try {
      for (const path of paths) {
        const waiting = waitingPlaceAround(path)
        if (waiting !== null) throw new MusterError('file.unreadable', `${path}: ${waiting}; the repository was not read`, { path })
        const collected = collectCommits({
          git: gitIn(path, this.#signal), selection, rules: this.#rules, sieve: this.sieve, decode: this.decode, maxBytes: this.#settings.maxFileBytes ?? DEFAULT_MAX_BYTES, clock: this.#environment.clock, signal: this.#signal,
          onProgress: (done, total, current) => line.update({ done, total, unit: 'blobs', current }, 0),
        })
        parts.push(await collected.catch((error: unknown) => {
          // Git ends with the time as well.
          if (!this.timedOut || this.cancelled) throw error
          return { placed: [], problems: [], complete: false }
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
