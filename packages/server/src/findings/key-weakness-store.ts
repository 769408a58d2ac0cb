import type { TenantId } from '@muster/core'
import { sql } from 'kysely'
import type { Queryable, Tx } from '../platform/db/db.ts'
import { rowsParameter } from '../platform/db/json-parameter.ts'

/** The keys of a comparison: how many, and the digest that tells them from others. */
export type ComparedKeys = { readonly count: number; readonly digest: string }

/** The digest of the keys that were last compared; null before the first comparison. */
export async function comparedKeys(queryable: Queryable, tenantId: TenantId): Promise<string | null> {
  const { rows } = await sql<{ digest: string | null }>`SELECT keys_digest AS digest FROM key_comparison WHERE tenant_id = ${tenantId}`.execute(queryable)
  return rows[0]?.digest ?? null
}

/** Makes `weak` the keys known to share a prime; returns the SPKIs for which that changed anything. */
export async function replaceSharedPrimes(tx: Tx, tenantId: TenantId, weak: readonly { readonly spki: string; readonly note: string }[], compared: ComparedKeys, now: Date): Promise<string[]> {
  await sql`
    INSERT INTO key_comparison (tenant_id, compared_keys, keys_digest, compared_at) VALUES (${tenantId}, ${compared.count}, ${compared.digest}, ${now})
    ON CONFLICT (tenant_id) DO UPDATE SET compared_keys = excluded.compared_keys, keys_digest = excluded.keys_digest, compared_at = excluded.compared_at`.execute(tx)
  const { rows: gone } = await sql<{ spki: string }>`
    DELETE FROM key_weakness WHERE tenant_id = ${tenantId} AND reason = 'shared-prime'
      AND encode(spki_sha256, 'hex') NOT IN (SELECT w.spki FROM json_to_recordset(${rowsParameter(weak)}) AS w(spki text))
    RETURNING encode(spki_sha256, 'hex') AS spki`.execute(tx)
  const { rows: changed } = await sql<{ spki: string }>`
    INSERT INTO key_weakness AS k (tenant_id, spki_sha256, reason, note, found_at)
    SELECT ${tenantId}, decode(w.spki, 'hex'), 'shared-prime', min(w.note), ${now} FROM json_to_recordset(${rowsParameter(weak)}) AS w(spki text, note text) GROUP BY w.spki
    ON CONFLICT (tenant_id, spki_sha256, reason) DO UPDATE SET note = excluded.note, found_at = excluded.found_at WHERE k.note <> excluded.note
    RETURNING encode(spki_sha256, 'hex') AS spki`.execute(tx)
  return [...gone, ...changed].map((row) => row.spki)
}
