import type { Observation, ScanProblem, ScanProgress } from '@muster/core'
import type { SourceFinding } from './finding.ts'
import type { PlacedFinding } from './observing.ts'

/** What a stretch of a target's scan gave. Everything before `position` is then done. */
export type TargetStep = {
  readonly findings: readonly PlacedFinding[]
  readonly reports: readonly SourceFinding[]
  readonly observations: readonly Observation[]
  readonly problems: readonly ScanProblem[]
  readonly position: string
  readonly progress: Omit<ScanProgress, 'done'>
  /** Files or blobs looked at in this step. */
  readonly done: number
}

/** A target on its way through the scan. */
export type TargetScan = {
  /** What has to be known before anything in the target is spoken of: its source. Asked for again after a resume. */
  readonly introduction: readonly Observation[]
  /** What a repository looked like before it was read; see `RepositoryFacts`. */
  readonly state?: string
  /** Goes on from `position`, null for the beginning; a position that is none of this target's starts it over. */
  readonly run: (position: string | null) => AsyncGenerator<TargetStep, void, void>
}
