import { type Clock, MusterError, uuidV7 } from '@muster/core'
import type { Audit } from '../audit/index.ts'
import type { Authorized } from '../platform/actor.ts'
import { type Db, inTx, type Tx } from '../platform/db/db.ts'
import { appendEvents, openSummaries, recordDay } from './evaluation-store.ts'
import { type FindingSelection, markAccepted, markAssigned, markOpen, selectFindings } from './list-store.ts'
import type { InventoryFeed } from './ports.ts'

const MAX_ACCEPTANCE_DAYS = 366
const BATCH = 5000
const NIL_UUID = '00000000-0000-0000-0000-000000000000'

export type DecisionDeps = { readonly db: Db; readonly clock: Clock; readonly audit: Audit; readonly inventory: InventoryFeed }

/**
 * Accepts the selected open findings until a date at most a year ahead; returns how many.
 *
 * @throws MusterError request.invalid when `until` is not ahead or too far ahead.
 */
export function accept(deps: DecisionDeps, may: Authorized, select: FindingSelection, reason: string, until: Date): Promise<number> {
  const now = deps.clock.now()
  const daysAhead = (until.getTime() - now.getTime()) / 86_400_000
  if (!(daysAhead > 0 && daysAhead <= MAX_ACCEPTANCE_DAYS)) {
    throw new MusterError('request.invalid', `an acceptance ends at a date ahead, at most ${MAX_ACCEPTANCE_DAYS} days`, { field: 'until' })
  }
  return decide(deps, may, select, ['open'], 'finding.accepted', { reason, until: until.toISOString() }, async (tx, ids) => {
    await markAccepted(tx, may, ids, reason, until, now)
    const events = ids.map((findingId) => ({ findingId, id: uuidV7(deps.clock), state: 'accepted' as const, note: `until ${until.toISOString().slice(0, 10)}: ${reason}` }))
    await appendEvents(tx, may.tenantId, events, may.actor.name, now)
  })
}

/** Takes acceptances back; returns how many findings are open again. */
export function reopen(deps: DecisionDeps, may: Authorized, select: FindingSelection): Promise<number> {
  const now = deps.clock.now()
  // "Open only" is the filter's default, which here would match nothing.
  const chosen: FindingSelection = 'filter' in select ? { filter: { ...select.filter, state: ['accepted'] } } : select
  return decide(deps, may, chosen, ['accepted'], 'finding.reopened', {}, async (tx, ids) => {
    await markOpen(tx, may, ids, now)
    await appendEvents(tx, may.tenantId, ids.map((findingId) => ({ findingId, id: uuidV7(deps.clock), state: 'open' as const, note: 'acceptance taken back' })), may.actor.name, now)
  })
}

/** Assigns the selected findings, or takes the assignee off; returns how many. */
export function assign(deps: DecisionDeps, may: Authorized, select: FindingSelection, assignee: string | null): Promise<number> {
  return decide(deps, may, select, ['open', 'accepted'], 'finding.assigned', { assignee }, (tx, ids) => markAssigned(tx, may, ids, assignee, deps.clock.now()))
}

async function decide(
  deps: DecisionDeps,
  may: Authorized,
  select: FindingSelection,
  states: readonly ('open' | 'accepted')[],
  action: string,
  detail: Readonly<Record<string, unknown>>,
  change: (tx: Tx, ids: readonly string[]) => Promise<void>,
): Promise<number> {
  return inTx(deps.db, async (tx) => {
    // Evaluations take the same locks in the same order, so neither waits for the other for ever.
    await deps.inventory.lock(tx, may.tenantId)
    const ids: string[] = []
    for (let after = NIL_UUID; ; ) {
      const chosen = await selectFindings(tx, may, select, states, after, BATCH)
      const last = chosen.at(-1)
      if (last === undefined) break
      after = last.id
      ids.push(...chosen.map((finding) => finding.id))
      await change(tx, chosen.map((finding) => finding.id))
      const objects = [...new Map(chosen.map((finding) => [`${finding.objectType} ${finding.objectId}`, { type: finding.objectType, id: finding.objectId }])).values()]
      await deps.inventory.setFindingSummaries(tx, may.tenantId, await openSummaries(tx, may.tenantId, objects))
    }
    if (ids.length === 0) return 0
    await recordDay(tx, may.tenantId, deps.clock.now())
    const objectId = ids.length === 1 ? ids[0]! : `${ids.length} findings`
    await deps.audit.append(tx, { actor: may.actor, action, objectType: 'finding', objectId, detail: { ...detail, count: ids.length, ids: ids.slice(0, 100) } })
    return ids.length
  })
}
