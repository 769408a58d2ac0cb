import { severities, type TenantId } from '@muster/core'
import type { ConfigurationRow } from '@muster/core/api'
import { type RawBuilder, sql } from 'kysely'
import type { Queryable } from '../platform/db/db.ts'
import { rowsParameter } from '../platform/db/json-parameter.ts'
import { boundedCount, likeAnywhere } from './machine-list-store.ts'

/** Which configurations to list. */
export type ConfigurationFilter = { readonly q?: string | undefined; readonly machineId?: string | undefined; readonly format?: readonly string[] | undefined; readonly presence: 'present' | 'gone' | 'all' }

type Row = Omit<ConfigurationRow, 'worstSeverity' | 'firstSeen' | 'lastSeen' | 'goneAt'> & { worst: number | null; firstSeen: Date; lastSeen: Date; goneAt: Date | null }

const columns = sql`c.id, c.machine_id AS "machineId", m.name AS "machineName", m.machine_kind AS "machineKind", c.path, c.entry, c.format, c.settings, c.worst_severity AS worst,
  c.finding_count AS "findingCount", c.first_seen AS "firstSeen", c.last_seen AS "lastSeen", c.gone_at AS "goneAt"`

function toRow({ worst, firstSeen, lastSeen, goneAt, ...row }: Row): ConfigurationRow {
  return { ...row, worstSeverity: worst === null ? null : (severities[worst] ?? null), firstSeen: firstSeen.toISOString(), lastSeen: lastSeen.toISOString(), goneAt: goneAt?.toISOString() ?? null }
}

function conditions(tenantId: TenantId, { q, machineId, format, presence }: ConfigurationFilter): RawBuilder<unknown>[] {
  const all = [sql`c.tenant_id = ${tenantId}`]
  if (presence !== 'all') all.push(presence === 'present' ? sql`c.gone_at IS NULL` : sql`c.gone_at IS NOT NULL`)
  if (machineId !== undefined) all.push(sql`c.machine_id = ${machineId}`)
  if (format !== undefined) all.push(sql`c.format IN (SELECT json_array_elements_text(${rowsParameter(format)}))`)
  if (q !== undefined && q.trim() !== '') all.push(sql`lower(c.path || '#' || c.entry || ' ' || coalesce(c.settings ->> 'target', '') || ' ' || coalesce(c.settings ->> 'issuer', '')) LIKE ${likeAnywhere(q)}`)
  return all
}

/** Configurations by path and part, after the one named; `key` is what the next page is asked for with. */
export async function listConfigurationRows(queryable: Queryable, tenantId: TenantId, filter: ConfigurationFilter, after: readonly [string, string] | null, limit: number): Promise<{ row: ConfigurationRow; key: readonly [string, string] }[]> {
  const beyond = after === null ? [] : [sql`(c.path, c.id) > (${after[0]}, ${after[1]}::uuid)`]
  const { rows } = await sql<Row>`
    SELECT ${columns} FROM configuration c JOIN machine m ON m.tenant_id = ${tenantId} AND m.id = c.machine_id
    WHERE ${sql.join([...conditions(tenantId, filter), ...beyond], sql` AND `)} ORDER BY c.path, c.id LIMIT ${limit}`.execute(queryable)
  return rows.map((row) => ({ row: toRow(row), key: [row.path, row.id] }))
}

/** How many configurations a filter matches: exact up to ten thousand. */
export function countConfigurations(queryable: Queryable, tenantId: TenantId, filter: ConfigurationFilter): Promise<{ value: number; exact: boolean }> {
  return boundedCount(queryable, sql`SELECT 1 FROM configuration c WHERE ${sql.join(conditions(tenantId, filter), sql` AND `)}`)
}

/** One configuration; null when the tenant has none of that id. */
export async function readConfigurationRow(queryable: Queryable, tenantId: TenantId, id: string): Promise<ConfigurationRow | null> {
  const { rows } = await sql<Row>`SELECT ${columns} FROM configuration c JOIN machine m ON m.tenant_id = ${tenantId} AND m.id = c.machine_id WHERE c.tenant_id = ${tenantId} AND c.id = ${id}`.execute(queryable)
  return rows[0] === undefined ? null : toRow(rows[0])
}
