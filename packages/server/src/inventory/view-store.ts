import type { SavedView } from '@muster/core/api'
import { sql } from 'kysely'
import type { Authorized } from '../platform/actor.ts'
import type { Queryable, Tx } from '../platform/db/db.ts'
import { storableText } from '../platform/db/json-parameter.ts'

type ViewRow = { id: string; page: SavedView['page']; name: string; query: string; shared: boolean; created_by: string; created_by_id: string }

const toView = (row: ViewRow): SavedView => ({ id: row.id, page: row.page, name: row.name, query: row.query, shared: row.shared, createdBy: row.created_by })

/** The actor's own views and those others share, by name. */
export async function listViews(queryable: Queryable, { tenantId, actor }: Authorized): Promise<SavedView[]> {
  const { rows } = await sql<ViewRow>`
    SELECT * FROM saved_view WHERE tenant_id = ${tenantId} AND (shared OR created_by_id = ${actor.id}) ORDER BY lower(name), id LIMIT 1000`.execute(queryable)
  return rows.map(toView)
}

/** How many views the actor has. */
export async function countOwnViews(tx: Tx, { tenantId, actor }: Authorized): Promise<number> {
  return (await sql<{ n: number }>`SELECT count(*)::int AS n FROM saved_view WHERE tenant_id = ${tenantId} AND created_by_id = ${actor.id}`.execute(tx)).rows[0]!.n
}

/** Adds a view of the actor's. */
export async function insertView(tx: Tx, { tenantId, actor }: Authorized, view: Omit<SavedView, 'createdBy'>): Promise<SavedView> {
  const { rows } = await sql<ViewRow>`
    INSERT INTO saved_view (tenant_id, id, page, name, query, shared, created_by, created_by_id)
    VALUES (${tenantId}, ${view.id}, ${view.page}, ${storableText(view.name)}, ${storableText(view.query)}, ${view.shared}, ${actor.name}, ${actor.id}) RETURNING *`.execute(tx)
  return toView(rows[0]!)
}

/** Whose view it is; null when the tenant has none of that id. */
export async function viewOwner(queryable: Queryable, { tenantId, actor }: Authorized, id: string): Promise<{ readonly ownerId: string; readonly visible: boolean } | null> {
  const { rows } = await sql<{ created_by_id: string; shared: boolean }>`SELECT created_by_id, shared FROM saved_view WHERE tenant_id = ${tenantId} AND id = ${id}`.execute(queryable)
  return rows[0] === undefined ? null : { ownerId: rows[0].created_by_id, visible: rows[0].shared || rows[0].created_by_id === actor.id }
}

/** Removes a view. */
export async function deleteView(tx: Tx, { tenantId }: Authorized, id: string): Promise<void> {
  await sql`DELETE FROM saved_view WHERE tenant_id = ${tenantId} AND id = ${id}`.execute(tx)
}
