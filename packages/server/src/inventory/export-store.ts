import type { TenantId } from '@muster/core'
import { sql } from 'kysely'
import type { Tx } from '../platform/db/db.ts'
import { rowsParameter } from '../platform/db/json-parameter.ts'

/** Documents and at most `mostPlaces` present places (`machine: place`) of credentials, by id. */
export async function readExportDetails(tx: Tx, tenantId: TenantId, ids: readonly string[], mostPlaces: number): Promise<Map<string, { facts: unknown; der: Uint8Array | null; places: string[] }>> {
  if (ids.length === 0) return new Map()
  const { rows } = await sql<{ id: string; facts: unknown; der: Uint8Array | null; places: string[] | null }>`
    SELECT d.credential_id AS id, d.facts, d.der, somewhere.places
    FROM json_array_elements_text(${rowsParameter(ids)}) AS asked(id)
    JOIN credential_document d ON d.tenant_id = ${tenantId} AND d.credential_id = asked.id::uuid
    CROSS JOIN LATERAL (SELECT json_agg(m.name || ': ' || l.place) AS places FROM (
      SELECT o.machine_id, o.place FROM location o WHERE o.tenant_id = ${tenantId} AND o.credential_id = d.credential_id AND o.gone_at IS NULL LIMIT ${mostPlaces}) AS l
      JOIN machine m ON m.tenant_id = ${tenantId} AND m.id = l.machine_id) AS somewhere`.execute(tx)
  return new Map(rows.map((row) => [row.id, { facts: row.facts, der: row.der, places: row.places ?? [] }]))
}
