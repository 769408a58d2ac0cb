import { createHash } from 'node:crypto'
import { MusterError, type Observation, type ScanBatch, type ScanContext, type ScanProblem, type SecretFingerprints } from '@muster/core'
import type { VerifiedFacts } from '../api/index.ts'
import { formatCursor, parseCursor, type SecretsCursor } from './cursor.ts'
import type { SourceFinding } from './finding.ts'
import type { TargetWorld } from './open-target.ts'
import type { SecretsOptions } from './options.ts'
import type { TargetStep } from './target.ts'
import { TargetOutcome } from './target-outcome.ts'
import type { TargetReader } from './target-reader.ts'

/** Which values are asked about, so that what was told of them before may be different now. */
export type AskedAbout = {
  /** The same as long as the same would be asked. */
  readonly policy: string
  readonly concerns: (found: Parameters<VerifiedFacts>[0]) => boolean
}

export type SecretsScanParts = TargetWorld & {
  readonly fingerprints: SecretFingerprints
  /** Asks whose a value is; null asks nobody. */
  readonly verifiedFacts: VerifiedFacts | null
  /** Null when that is not known: then a scan that asks is never told from memory. */
  readonly askedAbout: AskedAbout | null
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
  const scan = createHash('sha256').update(JSON.stringify({ ...options, threads: 0 })).digest('hex')
  let at: SecretsCursor = parseCursor(context.resumeFrom, scan) ?? { scan, target: 0, position: null, halves: [], done: 0 }
  let reader: TargetReader | null = null
  try {
    for (let index = at.target; index < options.targets.length && !context.signal.aborted; index++) {
      const name = options.targets[index]!
      const outcome = at.position === null ? await TargetOutcome.of(name, parts, options, context) : null
      const told = outcome?.told ?? null
      for (const { observations, ...step } of told ?? []) {
        const next = { ...at, position: step.position, done: at.done + step.done }
        yield* batches(observations, { ...step, problems: [] }, at, next)
        at = next
      }
      if (told === null) {
        // Rules and everything that looks with them are loaded when something is to be looked at.
        reader ??= await (await import('./target-reader.ts')).TargetReader.of(parts, options, context)
        const target = await reader.open(name, at.position === null ? undefined : at.halves)
        if ('problem' in target) {
          at = { ...at, target: index + 1, position: null, halves: [] }
          yield batchOf([], [target.problem], at, { total: null, unit: 'files', current: target.problem.where })
          continue
        }
        let introduction = target.introduction
        for await (const step of target.run(at.position)) {
          for (const finding of step.reports) parts.onFinding?.(finding)
          const observations = [...introduction, ...step.observations.filter(({ observation }) => observation !== 'coverage'), ...await reader.observations(step), ...step.observations.filter(({ observation }) => observation === 'coverage')]
          introduction = []
          const next = { ...at, position: step.position, halves: reader.halves, done: at.done + step.done }
          outcome?.take({ observations, position: step.position, progress: step.progress, done: step.done }, step.problems, step.findings.map(({ found }) => found))
          yield* batches(observations, step, at, next)
          at = next
        }
        if (context.signal.aborted) return
        const pairs = await reader.pairs()
        if (pairs.length > 0) {
          const step = { position: at.position ?? '', progress: { total: null, unit: 'files' as const, current: name }, problems: [] }
          outcome?.take({ ...step, observations: pairs, done: 0 }, [], [])
          yield* batches(pairs, step, at, at)
        }
        outcome?.keep(target.state ?? null)
      }
      at = { ...at, target: index + 1, position: null, halves: [] }
      yield batchOf([], [], at, { total: null, unit: 'files', current: name })
    }
  } finally {
    await reader?.close()
  }
}

/** A step as one batch, or as several of which only the last moves the cursor. */
function* batches(observations: readonly Observation[], step: Pick<TargetStep, 'problems' | 'progress'>, before: SecretsCursor, after: SecretsCursor): Generator<ScanBatch, void, void> {
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
