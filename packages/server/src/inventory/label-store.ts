import type { TenantId } from '@muster/core'
import { type RawBuilder, sql } from 'kysely'
import type { Tx } from '../platform/db/db.ts'
import { rowsParameter, storableText } from '../platform/db/json-parameter.ts'

/** Labels to set by hand; null takes a label off and leaves it to the rules again. */
export type LabelChange = { readonly owner?: string | null | undefined; readonly criticality?: string | null | undefined; readonly environment?: string | null | undefined; readonly purpose?: string | null | undefined }

const labelNames = ['owner', 'criticality', 'environment', 'purpose'] as const

/** Sets labels by hand on credentials or machines; returns the ids that exist. */
export async function setLabels(tx: Tx, tenantId: TenantId, table: 'credential' | 'machine', ids: readonly string[], change: LabelChange): Promise<string[]> {
  const given = labelNames.filter((name) => change[name] !== undefined)
  if (given.length === 0 || ids.length === 0) return []
  const pinned = given.filter((name) => change[name] !== null)
  const assignments: RawBuilder<unknown>[] = given.map((name) => {
    const value = change[name]
    return sql`${sql.ref(name)} = ${value === null || value === undefined ? null : storableText(value)}::text`
  })
  const kept = sql`SELECT p FROM unnest(o.pinned_labels) AS p WHERE p NOT IN (${sql.join(given)})`
  const { rows } = await sql<{ id: string }>`
    UPDATE ${sql.table(table)} o SET ${sql.join(assignments)}, pinned_labels = ARRAY(${kept} UNION SELECT json_array_elements_text(${rowsParameter(pinned)}))
    FROM (SELECT DISTINCT x.id::uuid FROM json_array_elements_text(${rowsParameter(ids)}) AS x(id)) AS asked(id)
    WHERE o.tenant_id = ${tenantId} AND o.id = asked.id RETURNING o.id`.execute(tx)
  return rows.map((row) => row.id)
}
