import type { TenantId } from '@muster/core'
import type { Authorized } from '../platform/actor.ts'
import type { Tx } from '../platform/db/db.ts'
import type { Jobs } from '../platform/jobs/job.ts'
import type { Slice } from '../platform/slice.ts'
import { compareKeysJob, KEYS_AFTER_A_SCAN } from './key-comparison.ts'
import type { EvaluationDeps } from './evaluation.ts'
import { acceptanceJob, evaluateJob, requestEvaluation, sweepJob } from './jobs.ts'
import { findingsOverview, type FindingsOverview } from './overview.ts'
import { findingHandlers, type FindingRouteDeps } from './routes.ts'
import { findingsMigrations } from './schema.ts'

export type { FindingsListener, FindingSummary, InventoryFeed, ObjectKey, ReadPolicy } from './ports.ts'
export { type KeyList, loadKeyLists } from './key-lists.ts'
export { findingsById } from './list-store.ts'
export type { FindingsOverview } from './overview.ts'

/** The findings slice and what others ask of it. */
export type Findings = {
  readonly slice: Slice
  /** To be called in the transaction that put objects on the evaluation queue. */
  readonly requestEvaluation: (tx: Tx, tenantId: TenantId) => Promise<void>
  /** To be called in the transaction that ended a scan. */
  readonly requestKeyComparison: (tx: Tx, tenantId: TenantId) => Promise<void>
  readonly overview: (may: Authorized) => Promise<FindingsOverview>
}

/** `jobs` is asked for when needed: the engine starts after the slices are built. */
export function createFindings(deps: EvaluationDeps & FindingRouteDeps & { readonly jobs: () => Jobs }): Findings {
  const evaluate = evaluateJob(deps)
  const request = requestEvaluation(deps.jobs, evaluate)
  const compare = compareKeysJob(deps, request)
  return {
    slice: {
      name: 'findings',
      migrations: findingsMigrations,
      handlers: findingHandlers(deps),
      jobs: [evaluate, sweepJob(deps, deps.jobs, evaluate), acceptanceJob(deps, deps.jobs, evaluate), compare],
    },
    requestEvaluation: request,
    requestKeyComparison: async (tx, tenantId) => { await deps.jobs().enqueue(tx, compare, { tenantId, maxKeys: KEYS_AFTER_A_SCAN }) },
    overview: (may) => findingsOverview(deps, may),
  }
}
