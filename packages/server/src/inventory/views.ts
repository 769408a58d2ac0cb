import { type Clock, MusterError, uuidV7 } from '@muster/core'
import type { SavedView } from '@muster/core/api'
import type { Audit } from '../audit/index.ts'
import { type Actor, authorize, type Authorized } from '../platform/actor.ts'
import { type Db, inTx } from '../platform/db/db.ts'
import { notFound } from './detail.ts'
import { countOwnViews, deleteView, insertView, viewOwner } from './view-store.ts'

type Deps = { readonly db: Db; readonly clock: Clock; readonly audit: Audit }

const MAX_VIEWS = 200

/** Saves a view of the actor's. @throws MusterError object.conflict beyond 200 */
export function createSavedView(deps: Deps, may: Authorized, fields: Omit<SavedView, 'id' | 'createdBy'>): Promise<SavedView> {
  return inTx(deps.db, async (tx) => {
    if ((await countOwnViews(tx, may)) >= MAX_VIEWS) throw new MusterError('object.conflict', `you have ${MAX_VIEWS} views already; delete some first`)
    const view = await insertView(tx, may, { ...fields, id: uuidV7(deps.clock) })
    await deps.audit.append(tx, { actor: may.actor, action: 'view.created', objectType: 'view', objectId: view.id, detail: { name: view.name, page: view.page, shared: view.shared } })
    return view
  })
}

/** Deletes a view: its author may, and an administrator. @throws MusterError object.not-found, access.denied */
export function deleteSavedView(deps: Deps, actor: Actor, may: Authorized, id: string): Promise<void> {
  return inTx(deps.db, async (tx) => {
    const view = await viewOwner(tx, may, id)
    if (view === null || (!view.visible && actor.role !== 'administrator')) throw notFound(id, 'view')
    const mayDelete = authorize(actor, 'view.write', { type: 'view', id, ownerId: view.ownerId })
    await deleteView(tx, mayDelete, id)
    await deps.audit.append(tx, { actor, action: 'view.deleted', objectType: 'view', objectId: id })
  })
}
