import type { TenantId } from '@muster/core'
import { sql } from 'kysely'
import { instant, rowsFor, type TableRows, text, uuid } from '../platform/db/copy.ts'
import type { Queryable, Tx } from '../platform/db/db.ts'
import { rowsParameter } from '../platform/db/json-parameter.ts'
import { lockInventory } from './machine-store.ts'

/** What can be put up for evaluation. A machine stands for everything on it. */
export type EvaluationObject = { readonly type: 'credential' | 'endpoint' | 'configuration' | 'machine'; readonly id: string }

/** Puts objects up for evaluation; asking twice is asking once. */
export async function enqueueEvaluation(tx: Tx, tenantId: TenantId, type: EvaluationObject['type'], ids: readonly string[], at: Date): Promise<void> {
  if (ids.length === 0) return
  await sql`
    INSERT INTO evaluation_queue (tenant_id, object_type, object_id, queued_at)
    SELECT ${tenantId}::text, ${type}::text, x.id::uuid, ${at}::timestamptz FROM json_array_elements_text(${rowsParameter([...new Set(ids)])}) AS x(id)
    ON CONFLICT DO NOTHING`.execute(tx)
}

/** Rows that put credentials up for evaluation which the same transaction makes. */
export function newcomerRows(tenantId: TenantId, credentials: Iterable<{ readonly id: string }>, at: Date): TableRows {
  return rowsFor('evaluation_queue', { tenant_id: text(() => tenantId), object_type: text(() => 'credential'), object_id: uuid((one) => one.id), queued_at: instant(() => at) }, credentials)
}

/**
 * Takes up to `limit` objects off the queue; they are back if the transaction rolls back. Locks the tenant's
 * inventory first, as everything does that writes many of its rows, so keep the transaction short.
 */
export async function takeEvaluationBatch(tx: Tx, tenantId: TenantId, limit: number): Promise<EvaluationObject[]> {
  await lockInventory(tx, tenantId)
  const { rows } = await sql<{ object_type: EvaluationObject['type']; object_id: string }>`
    DELETE FROM evaluation_queue q USING (
      SELECT object_type, object_id FROM evaluation_queue WHERE tenant_id = ${tenantId} ORDER BY object_type, object_id LIMIT ${limit}) AS taken
    WHERE q.tenant_id = ${tenantId} AND q.object_type = taken.object_type AND q.object_id = taken.object_id
    RETURNING q.object_type, q.object_id`.execute(tx)
  return rows.map((row) => ({ type: row.object_type, id: row.object_id }))
}

/** Puts everything present up for evaluation, e.g. after a policy change or when a day has passed. Returns how many. */
export async function enqueueEverything(tx: Tx, tenantId: TenantId, at: Date): Promise<number> {
  const result = await sql`
    INSERT INTO evaluation_queue (tenant_id, object_type, object_id, queued_at)
    SELECT tenant_id, 'credential', id, ${at}::timestamptz FROM credential WHERE tenant_id = ${tenantId} AND (NOT gone OR finding_count > 0)
    UNION ALL SELECT tenant_id, 'endpoint', id, ${at}::timestamptz FROM endpoint WHERE tenant_id = ${tenantId} AND (NOT gone OR finding_count > 0)
    UNION ALL SELECT tenant_id, 'configuration', id, ${at}::timestamptz FROM configuration WHERE tenant_id = ${tenantId} AND (gone_at IS NULL OR finding_count > 0)
    ON CONFLICT DO NOTHING`.execute(tx)
  return Number(result.numAffectedRows ?? 0n)
}

/** Puts everything that stands on `machines` up for evaluation. */
export async function objectsOnMachines(tx: Tx, tenantId: TenantId, machines: readonly string[], at: Date): Promise<void> {
  if (machines.length === 0) return
  await sql`
    WITH wanted AS (SELECT x.id::uuid FROM json_array_elements_text(${rowsParameter(machines)}) AS x(id))
    INSERT INTO evaluation_queue (tenant_id, object_type, object_id, queued_at)
    SELECT DISTINCT ${tenantId}::text, 'credential', l.credential_id, ${at}::timestamptz FROM wanted JOIN location l ON l.tenant_id = ${tenantId} AND l.machine_id = wanted.id AND l.gone_at IS NULL
    UNION ALL SELECT ${tenantId}::text, 'endpoint', e.id, ${at}::timestamptz FROM wanted JOIN endpoint e ON e.tenant_id = ${tenantId} AND e.machine_id = wanted.id
    UNION ALL SELECT ${tenantId}::text, 'configuration', c.id, ${at}::timestamptz FROM wanted JOIN configuration c ON c.tenant_id = ${tenantId} AND c.machine_id = wanted.id
    ON CONFLICT DO NOTHING`.execute(tx)
}

/** A key in more credentials than this says the same whatever their number: no more of them are evaluated again. */
const MAX_OF_ONE_KEY = 1000

/** Present credentials with these keys (SHA-256 of SPKI, lower-case hex), at most {@link MAX_OF_ONE_KEY} of each. */
export async function credentialsByKey(queryable: Queryable, tenantId: TenantId, spkis: readonly string[]): Promise<string[]> {
  if (spkis.length === 0) return []
  const { rows } = await sql<{ id: string }>`
    SELECT of_key.id FROM json_array_elements_text(${rowsParameter(spkis)}) AS asked(spki)
    CROSS JOIN LATERAL (
      SELECT c.id FROM credential c WHERE c.tenant_id = ${tenantId} AND c.spki_sha256 = decode(asked.spki, 'hex') AND NOT c.gone LIMIT ${MAX_OF_ONE_KEY}) AS of_key`.execute(queryable)
  return rows.map((row) => row.id)
}

/** The keys (SHA-256 of SPKI, lower-case hex) of credentials. */
export async function keysOf(queryable: Queryable, tenantId: TenantId, ids: readonly string[]): Promise<string[]> {
  if (ids.length === 0) return []
  const { rows } = await sql<{ spki: string }>`
    SELECT DISTINCT encode(c.spki_sha256, 'hex') AS spki FROM json_array_elements_text(${rowsParameter(ids)}) AS asked(id)
    JOIN credential c ON c.tenant_id = ${tenantId} AND c.id = asked.id::uuid WHERE c.spki_sha256 IS NOT NULL`.execute(queryable)
  return rows.map((row) => row.spki)
}
