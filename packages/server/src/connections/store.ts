import type { TenantId } from '@muster/core'
import type { Connection, ConnectionKind, SignInMethod } from '@muster/core/api'
import type { Queryable, Tx } from '../platform/db/db.ts'
import { storableJson } from '../platform/db/json-parameter.ts'

/** A connection as the store keeps it. */
export type StoredConnection = Connection & { readonly sealedToken: string }

type Row = {
  tenant_id: TenantId; id: string; kind: ConnectionKind; name: string; base_url: string; egress: string; ca_pem: string | null; sealed_token: string; signs_in_with: SignInMethod
  changed_by: string; changed_at: Date; last_used_at: Date | null
}

const tables = (queryable: Queryable) => queryable.withTables<{ connection: Row }>()

export async function listConnections(queryable: Queryable, tenantId: TenantId): Promise<StoredConnection[]> {
  return (await tables(queryable).selectFrom('connection').selectAll().where('tenant_id', '=', tenantId).orderBy('name').limit(1000).execute()).map(toConnection)
}

/** Null when there is none; `lock` keeps it as it is until the transaction ends. */
export async function findConnection(queryable: Queryable, tenantId: TenantId, id: string, lock: 'lock' | 'read' = 'read'): Promise<StoredConnection | null> {
  let query = tables(queryable).selectFrom('connection').selectAll().where('tenant_id', '=', tenantId).where('id', '=', id)
  if (lock === 'lock') query = query.forUpdate()
  const row = await query.executeTakeFirst()
  return row === undefined ? null : toConnection(row)
}

/** Writes it, over the one of the same id. False when another has the name. */
export async function writeConnection(tx: Tx, tenantId: TenantId, connection: StoredConnection): Promise<boolean> {
  const namesake = await tables(tx).selectFrom('connection').select('id').where('tenant_id', '=', tenantId).where('name', '=', connection.name).where('id', '!=', connection.id).executeTakeFirst()
  if (namesake !== undefined) return false
  const { kind, name, baseUrl: base_url, caPem: ca_pem, sealedToken: sealed_token, signsInWith: signs_in_with, changedBy: changed_by } = connection
  const values = { kind, name, base_url, ca_pem, sealed_token, signs_in_with, changed_by, egress: storableJson(connection.egress), changed_at: new Date(connection.changedAt) }
  await tables(tx).insertInto('connection').values({ tenant_id: tenantId, id: connection.id, last_used_at: null, ...values }).onConflict((conflict) => conflict.columns(['tenant_id', 'id']).doUpdateSet(values)).execute()
  return true
}

/** False when there is none. */
export async function deleteConnection(tx: Tx, tenantId: TenantId, id: string): Promise<boolean> {
  const { numDeletedRows } = await tables(tx).deleteFrom('connection').where('tenant_id', '=', tenantId).where('id', '=', id).executeTakeFirst()
  return Number(numDeletedRows) === 1
}

export async function markUsed(queryable: Queryable, tenantId: TenantId, id: string, at: Date): Promise<void> {
  await tables(queryable).updateTable('connection').set({ last_used_at: at }).where('tenant_id', '=', tenantId).where('id', '=', id).execute()
}

function toConnection(row: Row): StoredConnection {
  return {
    id: row.id, kind: row.kind, name: row.name, baseUrl: row.base_url, egress: JSON.parse(row.egress) as string[], caPem: row.ca_pem, sealedToken: row.sealed_token, signsInWith: row.signs_in_with,
    changedBy: row.changed_by, changedAt: row.changed_at.toISOString(), lastUsedAt: row.last_used_at?.toISOString() ?? null,
  }
}
