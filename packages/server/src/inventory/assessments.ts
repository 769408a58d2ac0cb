import { type Clock, DAY_MS, DEFAULT_TENANT, MusterError, type TenantId } from '@muster/core'
import type { AssessSecrets } from '@muster/core/api'
import { z } from 'zod'
import type { Audit } from '../audit/index.ts'
import { type Actor, type Authorized, systemActor } from '../platform/actor.ts'
import { type Db, inTx, type Tx } from '../platform/db/db.ts'
import type { JobDefinition } from '../platform/jobs/job.ts'
import { endedAcceptances, secretFingerprints, type Statement, writeAssessments } from './assessment-store.ts'
import { insertEvents } from './event-store.ts'
import { reading } from './filter-store.ts'
import { orderedIds } from './ids.ts'
import { idsMatching } from './list-store.ts'
import { lockInventory } from './machine-store.ts'
import { enqueueEvaluation } from './queue-store.ts'

type Deps = { readonly db: Db; readonly clock: Clock; readonly audit: Audit; readonly onInventoryChanged: (tx: Tx, tenantId: TenantId) => Promise<void> }

const CHUNK = 5000
const MAX_ACCEPTANCE_DAYS = 366

/**
 * Says of secrets what they are: of those named, those a filter matches now, or those with these fingerprints, known already
 * or not. Large selections are written in several transactions, each with its audit record; returns of how many it was said.
 *
 * @throws MusterError request.invalid for an acceptance without an end within a year, or an end of anything else.
 */
export async function assessSecrets(deps: Deps, may: Authorized, { select, state, reason, until }: AssessSecrets): Promise<number> {
  const said: Statement = { state, reason, by: may.actor.name, at: deps.clock.now(), until: endOf(state, until, deps.clock.now()) }
  const say = (fingerprints: readonly string[], selection: object) => inTx(deps.db, async (tx) => {
    await record(deps, tx, may.tenantId, may.actor, fingerprints, said, selection)
    return fingerprints.length
  })
  let changed = 0
  if (!('filter' in select)) {
    const all = 'ids' in select ? await secretFingerprints(deps.db, may.tenantId, select.ids) : [...new Set(select.fingerprints)]
    for (let start = 0; start < all.length; start += CHUNK) changed += await say(all.slice(start, start + CHUNK), {})
    return changed
  }
  const filter = { ...select.filter, kind: ['secret' as const] }
  for (let after: string | null = null; ;) {
    const ids: string[] = await reading(deps.db, (tx) => idsMatching(tx, may.tenantId, filter, after, CHUNK))
    if (ids.length > 0) changed += await say(await secretFingerprints(deps.db, may.tenantId, ids), { filter })
    if (ids.length < CHUNK) return changed
    after = ids.at(-1)!
  }
}

function endOf(state: AssessSecrets['state'], until: string | null, now: Date): Date | null {
  const refuse = (message: string) => new MusterError('request.invalid', message, { errors: [{ path: 'body.until', message }] })
  if (state !== 'accepted') {
    if (until !== null) throw refuse('only an acceptance ends at a date')
    return null
  }
  const end = until === null ? null : new Date(until)
  const daysAhead = end === null ? 0 : (end.getTime() - now.getTime()) / DAY_MS
  if (!(daysAhead > 0 && daysAhead <= MAX_ACCEPTANCE_DAYS)) throw refuse(`an acceptance ends at a date ahead, at most ${MAX_ACCEPTANCE_DAYS} days`)
  return end
}

async function record(deps: Deps, tx: Tx, tenantId: TenantId, actor: Actor, fingerprints: readonly string[], said: Statement, selection: object): Promise<void> {
  if (fingerprints.length === 0) return
  await lockInventory(tx, tenantId)
  const ids = await writeAssessments(tx, tenantId, fingerprints, said)
  const nextId = orderedIds(deps.clock)
  const until = said.until === null ? '' : ` until ${said.until.toISOString().slice(0, 10)}`
  const summary = `${said.state}${until}, says ${said.by}${said.reason === '' ? '' : `: ${said.reason}`}`
  await insertEvents(tx, tenantId, ids.map((credentialId) => ({ id: nextId(), credentialId, event: 'state-changed', summary })), said.at, null)
  await enqueueEvaluation(tx, tenantId, 'credential', ids, said.at)
  await deps.onInventoryChanged(tx, tenantId)
  const detail = { state: said.state, reason: said.reason, until: said.until?.toISOString() ?? null, count: fingerprints.length, known: ids.length, ids: ids.slice(0, 100), ...selection }
  await deps.audit.append(tx, { actor, action: 'secrets.assessed', objectType: 'credential', objectId: ids.length === 1 ? ids[0]! : 'many', detail })
}

/** Every hour: secrets whose acceptance has ended are `new` again. */
export function endSecretAcceptancesJob(deps: Deps): JobDefinition<{ tenantId: TenantId }> {
  return {
    queue: 'inventory.end-secret-acceptances',
    data: z.object({ tenantId: z.string().max(64).transform((text) => text as TenantId) }),
    title: () => 'End acceptances of secrets that are due',
    key: ({ tenantId }) => tenantId,
    retryLimit: 3,
    cron: { expression: '5 * * * *', data: { tenantId: DEFAULT_TENANT } },
    run: async ({ tenantId }) => { while (await endSome(deps, tenantId)) { /* the next few */ } },
  }
}

function endSome(deps: Deps, tenantId: TenantId): Promise<boolean> {
  return inTx(deps.db, async (tx) => {
    const now = deps.clock.now()
    const actor = systemActor(tenantId)
    const ended = await endedAcceptances(tx, tenantId, now, CHUNK)
    await record(deps, tx, tenantId, actor, ended, { state: 'new', reason: 'the acceptance has ended', by: actor.name, at: now, until: null }, {})
    return ended.length === CHUNK
  })
}
