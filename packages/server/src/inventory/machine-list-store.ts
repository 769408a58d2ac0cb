import { type MachineKind, severities, type TenantId } from '@muster/core'
import type { MachineRow } from '@muster/core/api'
import { type RawBuilder, sql } from 'kysely'
import type { Queryable } from '../platform/db/db.ts'
import { rowsParameter, storableText } from '../platform/db/json-parameter.ts'

type MachineRecord = {
  id: string; name: string; machine_kind: MachineRow['machineKind']; operating_system: string | null; identifiers: MachineRow['identifiers'] | null
  owner: string | null; criticality: MachineRow['labels']['criticality']; environment: MachineRow['labels']['environment']; purpose: string | null
  credential_count: number; endpoint_count: number; worst_severity: number | null; finding_count: number; first_seen: Date; last_seen: Date; sort_name: string
}

/** What to list. */
export type MachineFilter = { readonly q?: string | undefined; readonly kind?: readonly MachineKind[] | undefined; readonly owner?: string | undefined; readonly criticality?: readonly string[] | undefined; readonly environment?: readonly string[] | undefined }

const toRow = (record: MachineRecord): MachineRow => ({
  id: record.id, name: record.name, machineKind: record.machine_kind, operatingSystem: record.operating_system, identifiers: record.identifiers ?? [],
  labels: { owner: record.owner, criticality: record.criticality, environment: record.environment, purpose: record.purpose },
  credentialCount: record.credential_count, endpointCount: record.endpoint_count, worstSeverity: record.worst_severity === null ? null : (severities[record.worst_severity] ?? null),
  findingCount: record.finding_count, firstSeen: record.first_seen.toISOString(), lastSeen: record.last_seen.toISOString(),
})

/** Machines by name, after the one named, with what is on each counted. */
export async function listMachineRows(queryable: Queryable, tenantId: TenantId, filter: MachineFilter, after: readonly [string, string] | null, limit: number): Promise<{ row: MachineRow; key: readonly [string, string] }[]> {
  const conditions = machineConditions(tenantId, filter)
  if (after !== null) conditions.push(sql`(m.sort_name, m.id) > (${after[0]}, ${after[1]}::uuid)`)
  const rows = await withCounts(queryable, tenantId, sql`SELECT m.* FROM machine m WHERE ${sql.join(conditions, sql` AND `)} ORDER BY m.sort_name, m.id LIMIT ${limit}`)
  return rows.map((record) => ({ row: toRow(record), key: [record.sort_name, record.id] }))
}

/** One machine; also by the id of a machine that was merged into it. Null when there is none. */
export async function readMachineRow(queryable: Queryable, tenantId: TenantId, id: string): Promise<MachineRow | null> {
  const rows = await withCounts(queryable, tenantId, sql`
    SELECT m.* FROM machine m WHERE m.tenant_id = ${tenantId} AND m.id = coalesce((SELECT into_id FROM machine_merge WHERE tenant_id = ${tenantId} AND from_id = ${id}), ${id}::uuid)`)
  return rows[0] === undefined ? null : toRow(rows[0])
}

async function withCounts(queryable: Queryable, tenantId: TenantId, page: RawBuilder<unknown>): Promise<MachineRecord[]> {
  const { rows } = await sql<MachineRecord>`
    WITH page AS MATERIALIZED (${page})
    SELECT page.*, known.identifiers, held.credential_count, listening.endpoint_count, least(held.worst, listening.worst, configured.worst) AS worst_severity,
      held.findings + listening.findings + configured.findings AS finding_count
    FROM page
    CROSS JOIN LATERAL (SELECT json_agg(json_build_object('type', i.type, 'value', i.value) ORDER BY i.type, i.value) AS identifiers
      FROM machine_identifier i WHERE i.tenant_id = ${tenantId} AND i.machine_id = page.id) AS known
    CROSS JOIN LATERAL (SELECT (count(*) FILTER (WHERE NOT c.trust_store_only))::integer AS credential_count, min(c.worst_severity) AS worst, coalesce(sum(c.finding_count), 0)::integer AS findings
      FROM credential c WHERE c.tenant_id = ${tenantId} AND c.id IN (SELECT l.credential_id FROM location l WHERE l.tenant_id = ${tenantId} AND l.machine_id = page.id AND l.gone_at IS NULL)) AS held
    CROSS JOIN LATERAL (SELECT count(*)::integer AS endpoint_count, min(e.worst_severity) AS worst, coalesce(sum(e.finding_count), 0)::integer AS findings
      FROM endpoint e WHERE e.tenant_id = ${tenantId} AND e.machine_id = page.id AND NOT e.gone) AS listening
    CROSS JOIN LATERAL (SELECT min(f.worst_severity) AS worst, coalesce(sum(f.finding_count), 0)::integer AS findings
      FROM configuration f WHERE f.tenant_id = ${tenantId} AND f.machine_id = page.id AND f.gone_at IS NULL) AS configured
    ORDER BY page.sort_name, page.id`.execute(queryable)
  return rows
}

function machineConditions(tenantId: TenantId, filter: MachineFilter): RawBuilder<unknown>[] {
  const conditions: RawBuilder<unknown>[] = [sql`m.tenant_id = ${tenantId}`]
  conditions.push(sql`m.machine_kind IN (SELECT json_array_elements_text(${rowsParameter(filter.kind ?? ['device', 'workload'])}))`)
  if (filter.owner !== undefined) conditions.push(sql`m.owner = ${storableText(filter.owner)}`)
  if (filter.criticality !== undefined) conditions.push(sql`m.criticality IN (SELECT json_array_elements_text(${rowsParameter(filter.criticality)}))`)
  if (filter.environment !== undefined) conditions.push(sql`m.environment IN (SELECT json_array_elements_text(${rowsParameter(filter.environment)}))`)
  if (filter.q !== undefined && filter.q.trim() !== '') {
    const pattern = likeAnywhere(filter.q)
    conditions.push(sql`(m.sort_name LIKE ${pattern} OR EXISTS (SELECT 1 FROM machine_identifier i WHERE i.tenant_id = ${tenantId} AND i.machine_id = m.id AND i.value LIKE ${pattern}))`)
  }
  return conditions
}

/** The LIKE pattern of texts that contain `text`, in lower case. */
export function likeAnywhere(text: string): string {
  return `%${storableText(text.trim().toLowerCase()).replaceAll(/[\\%_]/g, String.raw`\$&`)}%`
}

/** How many machines a filter matches: exact up to ten thousand. */
export async function countMachines(queryable: Queryable, tenantId: TenantId, filter: MachineFilter): Promise<{ value: number; exact: boolean }> {
  return boundedCount(queryable, sql`SELECT 1 FROM machine m WHERE ${sql.join(machineConditions(tenantId, filter), sql` AND `)}`)
}

const BOUND = 10_000

/** Counts what `select` yields: exact up to ten thousand, at least that beyond. */
export async function boundedCount(queryable: Queryable, select: RawBuilder<unknown>): Promise<{ value: number; exact: boolean }> {
  const { rows } = await sql<{ count: string }>`SELECT count(*) AS count FROM (${select} LIMIT ${sql.lit(BOUND + 1)}) AS bounded`.execute(queryable)
  const value = Number(rows[0]!.count)
  return value > BOUND ? { value: BOUND, exact: false } : { value, exact: true }
}
