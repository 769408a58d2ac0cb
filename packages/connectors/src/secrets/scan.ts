import { createHash } from 'node:crypto'
import { MusterError, type Observation, type ScanBatch, type ScanContext, type ScanProblem, type SecretFingerprints } from '@muster/core'
import { pairedAcrossFiles } from '@muster/detect'
import type { VerifiedFacts } from '../api/index.ts'
import { formatCursor, parseCursor, type SecretsCursor } from './cursor.ts'
import type { SourceFinding } from './finding.ts'
import { InspectionPool } from './inspection-pool.ts'
import { observationsOf, type PlacedFinding } from './observing.ts'
import { openTarget, type TargetWorld } from './open-target.ts'
import type { SecretsOptions } from './options.ts'
import type { TargetStep } from './target.ts'

export type SecretsScanParts = TargetWorld & {
  readonly fingerprints: SecretFingerprints
  /** Asks whose a value is; null asks nobody. */
  readonly verifiedFacts: VerifiedFacts | null
  /** Hears of every finding in the order of the scan, suppressed ones too; after a resume of those behind the cursor only. */
  readonly onFinding: ((finding: SourceFinding) => void) | null
}

/** Observations of one batch; the contract allows twice as many. */
const BATCH_OBSERVATIONS = 10_000

/**
 * One scan: the targets in order, each told by looking. What cannot be read is a problem; the rest goes on.
 * @throws MusterError usage.invalid for a target that is no path, config.invalid for rules that do not compile
 */
export async function* scanSecrets(parts: SecretsScanParts, options: SecretsOptions, context: ScanContext): AsyncGenerator<ScanBatch, void, void> {
  if (options.targets.some((target) => target.includes('\0'))) throw new MusterError('usage.invalid', 'a target is no path')
  const { config, formats, decode, maxFileBytes } = options
  const pool = new InspectionPool({ config, formats, decode, maxFileBytes }, options.threads, context.clock)
  try {
    const scan = createHash('sha256').update(JSON.stringify({ ...options, threads: 0 })).digest('hex')
    let at: SecretsCursor = parseCursor(context.resumeFrom, scan) ?? { scan, target: 0, position: null, done: 0 }
    for (let index = at.target; index < options.targets.length && !context.signal.aborted; index++) {
      const target = await openTarget(options.targets[index]!, parts, options, pool, context)
      if ('problem' in target) {
        at = { ...at, target: index + 1, position: null }
        yield batchOf([], [target.problem], at, { total: null, unit: 'files', current: target.problem.where })
        continue
      }
      let introduction = target.introduction
      for await (const step of target.run(at.position)) {
        const observations = [...introduction, ...step.observations.filter(({ observation }) => observation !== 'coverage'), ...await observationsOf(paired(step.findings), parts.fingerprints, parts.verifiedFacts, context.passphrases), ...step.observations.filter(({ observation }) => observation === 'coverage')]
        introduction = []
        for (const finding of step.reports) parts.onFinding?.(finding)
        const next = { ...at, position: step.position, done: at.done + step.done }
        yield* batches(observations, step, at, next)
        at = next
      }
      if (context.signal.aborted) return
      at = { ...at, target: index + 1, position: null }
      yield batchOf([], [], at, { total: null, unit: 'files', current: options.targets[index]! })
    }
  } finally {
    await pool.close()
  }
}

/** Halves of key pairs brought together where both are in one step of the scan, which most targets take in one. */
function paired(findings: readonly PlacedFinding[]): readonly PlacedFinding[] {
  const found = pairedAcrossFiles(findings.map(({ found, place }) => ({ found, path: place.path, tree: treeOf(place) })))
  return findings.map((finding, index) => (found[index] === finding.found ? finding : { ...finding, found: found[index]! }))
}

/** What belongs together: a version of a repository, an image; of a machine's files a directory, for what lies elsewhere on it may be anybody's. */
function treeOf(place: PlacedFinding['place']): string {
  if (place.kind === 'file-line') return `${place.machine} ${place.path.slice(0, Math.max(0, place.path.lastIndexOf('/')))}`
  if (place.kind !== 'repository-line') return place.machine
  return `${place.machine} ${place.presence === 'head' ? 'head' : place.commit?.id ?? place.blob ?? ''}`
}

/** A step as one batch, or as several of which only the last moves the cursor. */
function* batches(observations: readonly Observation[], step: TargetStep, before: SecretsCursor, after: SecretsCursor): Generator<ScanBatch, void, void> {
  let from = 0
  for (; observations.length - from > BATCH_OBSERVATIONS; from += BATCH_OBSERVATIONS) yield batchOf(observations.slice(from, from + BATCH_OBSERVATIONS), [], before, step.progress)
  yield batchOf(observations.slice(from), step.problems.slice(0, BATCH_OBSERVATIONS), after, step.progress)
}

function batchOf(observations: readonly Observation[], problems: readonly ScanProblem[], cursor: SecretsCursor, progress: TargetStep['progress']): ScanBatch {
  return {
    observations: [...observations], problems: problems.map((problem) => ({ ...problem, where: problem.where.slice(0, 4096).toWellFormed(), message: problem.message.slice(0, 1024) })),
    cursor: formatCursor(cursor), progress: { ...progress, done: cursor.done, current: progress.current.slice(0, 4096).toWellFormed() },
  }
}
