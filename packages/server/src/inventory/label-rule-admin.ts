import { type Clock, MusterError, type TenantId, uuidV7 } from '@muster/core'
import type { LabelRule } from '@muster/core/api'
import { z } from 'zod'
import type { Audit } from '../audit/index.ts'
import type { Authorized } from '../platform/actor.ts'
import { type Db, inTx, type Tx } from '../platform/db/db.ts'
import type { JobDefinition, Jobs } from '../platform/jobs/job.ts'
import { notFound } from './detail.ts'
import { countLabelRules, deleteLabelRule, putLabelRule, readLabelRule } from './label-rule-store.ts'
import { applyLabelRules, checkLabelRule } from './label-rules.ts'
import { machineIdsAfter } from './machine-store.ts'
import { presentIdsAfter } from './list-store.ts'
import { lockInventory } from './machine-store.ts'

/** What changing label rules needs. */
export type LabelRuleDeps = {
  readonly db: Db
  readonly clock: Clock
  readonly audit: Audit
  readonly jobs: () => Jobs
  readonly onInventoryChanged: (tx: Tx, tenantId: TenantId) => Promise<void>
}

const jobData = z.object({ tenantId: z.string() })
type JobData = z.infer<typeof jobData>
const CHUNK = 2000
/** All of them go into one statement, which takes so many values and no more. */
const MAX_RULES = 500

/** Labels everything anew by the rules as they stand, some objects per transaction. Starting over does no harm. */
export function applyLabelRulesJob(deps: LabelRuleDeps): JobDefinition<JobData> {
  return {
    queue: 'inventory.apply-label-rules',
    data: jobData,
    title: () => 'Apply label rules',
    key: (data) => data.tenantId,
    // A rule changed while the job runs: it must run once more.
    keyCovers: 'queued',
    retryLimit: 3,
    run: async ({ tenantId }, { signal }) => {
      await relabelAll(deps, tenantId as TenantId, 'machines', (tx, after) => machineIdsAfter(tx, tenantId as TenantId, after, CHUNK), signal)
      await relabelAll(deps, tenantId as TenantId, 'credentials', (tx, after) => presentIdsAfter(tx, tenantId as TenantId, after, CHUNK), signal)
    },
  }
}

async function relabelAll(deps: LabelRuleDeps, tenantId: TenantId, which: 'machines' | 'credentials', next: (tx: Tx, after: string | null) => Promise<string[]>, signal: AbortSignal): Promise<void> {
  for (let after: string | null = null; !signal.aborted;) {
    const from: string | null = after
    const ids = await inTx(deps.db, async (tx) => {
      await lockInventory(tx, tenantId)
      const page = await next(tx, from)
      const targets = { credentials: [], machines: [], [which]: page }
      if ((await applyLabelRules(tx, tenantId, targets, deps.clock.now(), true)) > 0) await deps.onInventoryChanged(tx, tenantId)
      return page
    })
    if (ids.length < CHUNK) return
    after = ids.at(-1)!
  }
}

/** Adds a rule and puts it to work. @throws MusterError request.invalid; object.conflict beyond 500 rules */
export function createLabelRule(deps: LabelRuleDeps, job: JobDefinition<JobData>, may: Authorized, fields: Omit<LabelRule, 'id'>): Promise<LabelRule> {
  const rule: LabelRule = { ...fields, id: uuidV7(deps.clock) }
  checkLabelRule(rule)
  return change(deps, job, may, 'label-rule.created', rule.id, async (tx) => {
    if ((await countLabelRules(tx, may.tenantId)) >= MAX_RULES) throw new MusterError('object.conflict', `there are ${MAX_RULES} label rules already: each is tried on everything that is seen`)
    await putLabelRule(tx, may.tenantId, rule)
    return rule
  })
}

/** Changes a rule. @throws MusterError object.not-found, request.invalid */
export function changeLabelRule(deps: LabelRuleDeps, job: JobDefinition<JobData>, may: Authorized, id: string, fields: Partial<Omit<LabelRule, 'id'>>): Promise<LabelRule> {
  return change(deps, job, may, 'label-rule.changed', id, async (tx) => {
    const before = await readLabelRule(tx, may.tenantId, id)
    if (before === null) throw notFound(id, 'label rule')
    const given = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
    const rule: LabelRule = { ...before, ...given }
    checkLabelRule(rule)
    await putLabelRule(tx, may.tenantId, rule)
    return rule
  })
}

/** Removes a rule; what it set is cleared or set by the next one. @throws MusterError object.not-found */
export function removeLabelRule(deps: LabelRuleDeps, job: JobDefinition<JobData>, may: Authorized, id: string): Promise<null> {
  return change(deps, job, may, 'label-rule.deleted', id, async (tx) => {
    if (!(await deleteLabelRule(tx, may.tenantId, id))) throw notFound(id, 'label rule')
    return null
  })
}

function change<Result extends LabelRule | null>(deps: LabelRuleDeps, job: JobDefinition<JobData>, may: Authorized, action: string, id: string, work: (tx: Tx) => Promise<Result>): Promise<Result> {
  return inTx(deps.db, async (tx) => {
    const result = await work(tx)
    await deps.jobs().enqueue(tx, job, { tenantId: may.tenantId })
    const detail = result === null ? {} : { name: result.name, match: result.match, set: result.set, enabled: result.enabled, position: result.position }
    await deps.audit.append(tx, { actor: may.actor, action, objectType: 'label-rule', objectId: id, detail })
    return result
  })
}
