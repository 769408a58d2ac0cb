import type { Observation, ScanContext } from '@muster/core'
import { type FindingInTree, isHalf, pairedAcrossFiles, pairedInSource, sessionTokenOf } from '@muster/detect/inspect'
import { InspectionPool } from './inspection-pool.ts'
import type { NotedPairs } from './noted-pairs.ts'
import { OpenPairs } from './open-pairs.ts'
import { observationsOf, type PlacedFinding } from './observing.ts'
import { openTarget } from './open-target.ts'
import type { SecretsOptions } from './options.ts'
import { readyRules } from './ready-rules.ts'
import type { SecretsScanParts } from './scan.ts'
import type { TargetStep } from './target.ts'

/** Looks at targets with rules and threads, which a scan that only tells again does without. {@link close} it. */
export class TargetReader {
  readonly #parts: SecretsScanParts
  readonly #options: SecretsOptions
  readonly #context: ScanContext
  readonly #pool: InspectionPool
  /** Halves of pairs of the target that is read; null where an earlier scan saw a part of it, or there are too many. */
  #halves: PlacedFinding[] | null = []
  /** What of them whoever goes on is told. */
  #open = new OpenPairs([])

  private constructor(parts: SecretsScanParts, options: SecretsOptions, context: ScanContext, pool: InspectionPool) {
    this.#parts = parts
    this.#options = options
    this.#context = context
    this.#pool = pool
  }

  /** @throws MusterError config.invalid */
  static async of(parts: SecretsScanParts, options: SecretsOptions, context: ScanContext): Promise<TargetReader> {
    const { config, formats, decode, maxFileBytes, threads } = options
    const { clock, signal } = context
    return new TargetReader(parts, options, context, new InspectionPool(await readyRules(config, clock), { formats, decode, maxFileBytes }, { threads, clock, signal }))
  }

  /** `before`: halves of pairs that an earlier scan saw, which left the target in its midst; undefined from its beginning. */
  open(target: string, before?: NotedPairs): ReturnType<typeof openTarget> {
    this.#halves = before === undefined ? [] : null
    this.#open = new OpenPairs(before === undefined ? [] : before)
    return openTarget(target, this.#parts, this.#options, this.#pool, this.#context)
  }

  /** What the findings of a step mean to the inventory. */
  async observations({ findings }: TargetStep): Promise<readonly Observation[]> {
    const pairs = paired(findings)
    const halves = pairs.filter(({ found }) => isHalf(found))
    this.#halves?.push(...halves, ...pairs.filter(({ found }) => found.kind === 'aws-session-token' && !isHalf(found)))
    if (this.#halves !== null && this.#halves.length > MAX_HALVES) this.#halves = null
    const observations = await this.#told(pairs)
    this.#open.take(halves, observations)
    return observations
  }

  /** Halves of pairs seen so far, for whoever goes on. */
  get halves(): NotedPairs {
    return this.#open.noted
  }

  /** What can be said of pairs when all of a target was seen: a half that has exactly one partner in it, however far away. */
  async pairs(): Promise<readonly Observation[]> {
    if (this.#halves === null) return this.#open.told()
    const halves = this.#halves
    this.#halves = null
    const inSource = halves.map(({ found, place }) => ({ found, path: place.path, tree: place.machine }))
    const found = pairedInSource(inSource)
    return this.#told(withSessionTokens(halves.map((half, index) => ({ ...half, found: found[index]! })), inSource.map((each, index) => ({ ...each, found: found[index]! }))).filter((_, index) => found[index] !== halves[index]!.found))
  }

  #told(findings: readonly PlacedFinding[]): Promise<readonly Observation[]> {
    return observationsOf(findings, this.#parts.fingerprints, this.#parts.verifiedFacts, this.#context.passphrases)
  }

  close(): Promise<void> {
    return this.#pool.close()
  }
}

/** Halves of key pairs brought together where both are in one step of the scan, which most targets take in one. */
function paired(findings: readonly PlacedFinding[]): readonly PlacedFinding[] {
  const inTrees = findings.map(({ found, place }) => ({ found, path: place.path, tree: treeOf(place) }))
  const found = pairedAcrossFiles(inTrees)
  return withSessionTokens(findings.map((finding, index) => (found[index] === finding.found ? finding : { ...finding, found: found[index]! })), inTrees.map((each, index) => ({ ...each, found: found[index]! })))
}

/** Temporary keys with the token they are nothing without. */
function withSessionTokens(findings: readonly PlacedFinding[], inTrees: readonly FindingInTree[]): readonly PlacedFinding[] {
  if (!findings.some(({ found }) => found.kind === 'aws-session-token')) return findings
  return findings.map((finding, index) => {
    const sessionToken = sessionTokenOf(inTrees[index]!, inTrees)
    return sessionToken === null ? finding : { ...finding, sessionToken }
  })
}

/** More halves than this in one target have no single partner. */
const MAX_HALVES = 5000

/** What belongs together: a version of a repository, an image; of a machine's files a directory, for what lies elsewhere on it may be anybody's. */
function treeOf(place: PlacedFinding['place']): string {
  if (place.kind === 'file-line') return `${place.machine} ${place.path.slice(0, Math.max(0, place.path.lastIndexOf('/')))}`
  if (place.kind !== 'repository-line') return place.machine
  return `${place.machine} ${place.presence === 'head' ? 'head' : place.commit?.id ?? place.blob ?? ''}`
}
