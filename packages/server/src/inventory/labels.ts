import { type Clock, MusterError, type TenantId } from '@muster/core'
import type { CredentialFilter, CredentialRow, MachineRow } from '@muster/core/api'
import type { Audit } from '../audit/index.ts'
import type { Authorized } from '../platform/actor.ts'
import { type Db, inTx, type Tx } from '../platform/db/db.ts'
import { tallied } from './count-store.ts'
import { notFound } from './detail.ts'
import { insertEvents } from './event-store.ts'
import { reading } from './filter-store.ts'
import { orderedIds } from './ids.ts'
import { applyLabelRules } from './label-rules.ts'
import { type LabelChange, setLabels } from './label-store.ts'
import { idsMatching, readRows } from './list-store.ts'
import { lockInventory } from './machine-store.ts'
import { readMachineRow } from './machine-list-store.ts'
import { enqueueEvaluation } from './queue-store.ts'

type Deps = { readonly db: Db; readonly clock: Clock; readonly audit: Audit; readonly onInventoryChanged: (tx: Tx, tenantId: TenantId) => Promise<void> }

/** Labels one credential by hand. @throws MusterError object.not-found, request.invalid */
export function labelCredential(deps: Deps, may: Authorized, id: string, change: LabelChange): Promise<CredentialRow> {
  return inTx(deps.db, async (tx) => {
    if ((await relabel(deps, tx, may, [id], change)) === 0) throw notFound(id)
    await deps.audit.append(tx, { actor: may.actor, action: 'credential.labelled', objectType: 'credential', objectId: id, detail: { set: change } })
    return (await readRows(tx, may.tenantId, [id]))[0]!
  })
}

const CHUNK = 5000

/**
 * Labels many credentials by hand: those named, or those a filter matches now. Large selections are written in several
 * transactions, each with its audit record; returns how many credentials were labelled.
 */
export async function labelCredentials(deps: Deps, may: Authorized, select: { readonly ids: readonly string[] } | { readonly filter: CredentialFilter }, change: LabelChange): Promise<number> {
  const apply = (ids: readonly string[]) => inTx(deps.db, async (tx) => {
    const changed = await relabel(deps, tx, may, ids, change)
    const detail = { set: change, count: changed, ...('filter' in select ? { filter: select.filter } : { ids: ids.slice(0, 100) }) }
    await deps.audit.append(tx, { actor: may.actor, action: 'credentials.labelled', objectType: 'credential', objectId: 'many', detail })
    return changed
  })
  if ('ids' in select) {
    let changed = 0
    for (let start = 0; start < select.ids.length; start += CHUNK) changed += await apply(select.ids.slice(start, start + CHUNK))
    return changed
  }
  let changed = 0
  for (let after: string | null = null; ;) {
    const ids: string[] = await reading(deps.db, (tx) => idsMatching(tx, may.tenantId, select.filter, after, CHUNK))
    if (ids.length > 0) changed += await apply(ids)
    if (ids.length < CHUNK) return changed
    after = ids.at(-1)!
  }
}

async function relabel(deps: Deps, tx: Tx, { tenantId, actor }: Authorized, ids: readonly string[], change: LabelChange): Promise<number> {
  requireChange(change)
  await lockInventory(tx, tenantId)
  const at = deps.clock.now()
  const labelled = await tallied(tx, tenantId, ids, () => setLabels(tx, tenantId, 'credential', ids, change))
  // A label taken off by hand goes back to the rules.
  await applyLabelRules(tx, tenantId, { credentials: labelled, machines: [] }, at)
  const nextId = orderedIds(deps.clock)
  const summary = `${describe(change)} by ${actor.name}`
  await insertEvents(tx, tenantId, labelled.map((credentialId) => ({ id: nextId(), credentialId, event: 'labels-changed', summary })), at, null)
  await enqueueEvaluation(tx, tenantId, 'credential', labelled, at)
  await deps.onInventoryChanged(tx, tenantId)
  return labelled.length
}

/** Labels a machine by hand. @throws MusterError object.not-found, request.invalid */
export function labelMachine(deps: Deps, may: Authorized, id: string, change: LabelChange): Promise<MachineRow> {
  requireChange(change)
  const { tenantId, actor } = may
  return inTx(deps.db, async (tx) => {
    await lockInventory(tx, tenantId)
    const at = deps.clock.now()
    const labelled = await setLabels(tx, tenantId, 'machine', [id], change)
    if (labelled.length === 0) throw notFound(id, 'machine')
    await applyLabelRules(tx, tenantId, { credentials: [], machines: labelled }, at)
    await enqueueEvaluation(tx, tenantId, 'machine', labelled, at)
    await deps.onInventoryChanged(tx, tenantId)
    const row = await readMachineRow(tx, tenantId, id)
    await deps.audit.append(tx, { actor, action: 'machine.labelled', objectType: 'machine', objectId: id, detail: { set: change } })
    return row!
  })
}

function requireChange(change: LabelChange): void {
  if (Object.values(change).every((value) => value === undefined)) throw new MusterError('request.invalid', 'name at least one label to set')
}

function describe(change: LabelChange): string {
  return Object.entries(change).filter(([, value]) => value !== undefined).map(([name, value]) => (value === null ? `${name} cleared` : `${name} set to ${value}`)).join(', ')
}
