import { DEFAULT_TENANT, type TenantId } from '@muster/core'
import { z } from 'zod'
import { inTx, type Tx } from '../platform/db/db.ts'
import type { JobDefinition, Jobs } from '../platform/jobs/job.ts'
import { drainEvaluationQueue, enqueueEndedAcceptances, enqueueForTime, type EvaluationDeps } from './evaluation.ts'

const tenantData = z.object({ tenantId: z.string().max(64).transform((text) => text as TenantId) })
type TenantData = z.output<typeof tenantData>

/** Evaluates what is on the queue; one per tenant waits at most, so that what comes while one runs is not missed. */
export function evaluateJob(deps: EvaluationDeps): JobDefinition<TenantData> {
  return {
    queue: 'findings.evaluate',
    data: tenantData,
    title: () => 'Evaluate rules for what changed',
    key: ({ tenantId }) => tenantId,
    keyCovers: 'queued',
    retryLimit: 5,
    run: async ({ tenantId }, { signal }) => { await drainEvaluationQueue(deps, tenantId, signal) },
  }
}

/** Time alone changes findings: once a day everything is evaluated again. */
export function sweepJob(deps: EvaluationDeps, jobs: () => Jobs, evaluate: JobDefinition<TenantData>): JobDefinition<TenantData> {
  return {
    queue: 'findings.sweep',
    data: tenantData,
    title: () => 'Daily evaluation of everything',
    key: ({ tenantId }) => tenantId,
    retryLimit: 3,
    cron: { expression: '10 0 * * *', data: { tenantId: DEFAULT_TENANT } },
    run: ({ tenantId }) => inTx(deps.db, async (tx) => {
      await enqueueForTime(deps, tx, tenantId)
      await jobs().enqueue(tx, evaluate, { tenantId })
    }),
  }
}

/** Acceptances end at their hour, not at the next sweep. */
export function acceptanceJob(deps: EvaluationDeps, jobs: () => Jobs, evaluate: JobDefinition<TenantData>): JobDefinition<TenantData> {
  return {
    queue: 'findings.end-acceptances',
    data: tenantData,
    title: () => 'End acceptances that are due',
    key: ({ tenantId }) => tenantId,
    retryLimit: 3,
    cron: { expression: '5 * * * *', data: { tenantId: DEFAULT_TENANT } },
    run: ({ tenantId }) => inTx(deps.db, async (tx) => {
      if (await enqueueEndedAcceptances(deps, tx, tenantId)) await jobs().enqueue(tx, evaluate, { tenantId })
    }),
  }
}

/** Asks, inside the caller's transaction, for an evaluation of what it put on the queue. */
export function requestEvaluation(jobs: () => Jobs, evaluate: JobDefinition<TenantData>): (tx: Tx, tenantId: TenantId) => Promise<void> {
  return async (tx, tenantId) => { await jobs().enqueue(tx, evaluate, { tenantId }) }
}
