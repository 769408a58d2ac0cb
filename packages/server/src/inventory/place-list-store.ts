import { severities, type TenantId } from '@muster/core'
import type { EndpointRow, IdentityRow } from '@muster/core/api'
import { type RawBuilder, sql } from 'kysely'
import type { Queryable } from '../platform/db/db.ts'
import { rowsParameter } from '../platform/db/json-parameter.ts'
import { boundedCount, likeAnywhere } from './machine-list-store.ts'

/** Which endpoints to list. */
export type EndpointFilter = { readonly q?: string | undefined; readonly machineId?: string | undefined; readonly protocol?: readonly string[] | undefined; readonly presence: 'present' | 'gone' | 'all' }

type EndpointRecord = {
  id: string; machine_id: string; machine_name: string; host: string; port: number; sni: string | null; starttls: string | null; protocol: EndpointRow['protocol']; name: string
  tls: EndpointRow['tls']; ssh: EndpointRow['ssh']; process: EndpointRow['process']; worst_severity: number | null; first_seen: Date; last_seen: Date; gone_at: Date | null
}

const toEndpoint = (record: EndpointRecord): EndpointRow => ({
  id: record.id, machineId: record.machine_id, machineName: record.machine_name, host: record.host, port: record.port, sni: record.sni, starttls: record.starttls,
  protocol: record.protocol, tls: record.tls, ssh: record.ssh, process: record.process,
  worstSeverity: record.worst_severity === null ? null : (severities[record.worst_severity] ?? null),
  firstSeen: record.first_seen.toISOString(), lastSeen: record.last_seen.toISOString(), goneAt: record.gone_at?.toISOString() ?? null,
})

const endpointColumns = sql`e.id, e.machine_id, m.name AS machine_name, e.host, e.port, e.sni, e.starttls, e.protocol, e.name, e.tls, e.ssh, e.process, e.worst_severity, e.first_seen, e.last_seen, e.gone_at`

function endpointConditions(tenantId: TenantId, filter: EndpointFilter, gone: readonly boolean[]): RawBuilder<unknown>[] {
  const conditions = [sql`e.tenant_id = ${tenantId}`, sql`e.gone IN (${sql.join(gone.map((value) => sql.lit(value)))})`]
  if (filter.machineId !== undefined) conditions.push(sql`e.machine_id = ${filter.machineId}`)
  if (filter.protocol !== undefined) conditions.push(sql`e.protocol IN (SELECT json_array_elements_text(${rowsParameter(filter.protocol)}))`)
  if (filter.q !== undefined && filter.q.trim() !== '') conditions.push(sql`e.name LIKE ${likeAnywhere(filter.q)}`)
  return conditions
}

const presenceValues = (filter: EndpointFilter): boolean[] => (filter.presence === 'present' ? [false] : filter.presence === 'gone' ? [true] : [false, true])

/** Endpoints by address, after the one named. */
export async function listEndpointRows(queryable: Queryable, tenantId: TenantId, filter: EndpointFilter, after: readonly [string, string] | null, limit: number): Promise<{ row: EndpointRow; key: readonly [string, string] }[]> {
  const beyond = after === null ? [] : [sql`(e.name, e.id) > (${after[0]}, ${after[1]}::uuid)`]
  const branches = presenceValues(filter).map((gone) => sql`(SELECT ${endpointColumns} FROM endpoint e JOIN machine m ON m.tenant_id = ${tenantId} AND m.id = e.machine_id
    WHERE ${sql.join([...endpointConditions(tenantId, filter, [gone]), ...beyond], sql` AND `)} ORDER BY e.name, e.id LIMIT ${limit})`)
  const { rows } = await sql<EndpointRecord>`SELECT * FROM (${sql.join(branches, sql` UNION ALL `)}) AS page ORDER BY name, id LIMIT ${limit}`.execute(queryable)
  return rows.map((record) => ({ row: toEndpoint(record), key: [record.name, record.id] }))
}

/** How many endpoints a filter matches: exact up to ten thousand. */
export function countEndpoints(queryable: Queryable, tenantId: TenantId, filter: EndpointFilter): Promise<{ value: number; exact: boolean }> {
  return boundedCount(queryable, sql`SELECT 1 FROM endpoint e WHERE ${sql.join(endpointConditions(tenantId, filter, presenceValues(filter)), sql` AND `)}`)
}

/** One endpoint; null when the tenant has none of that id. */
export async function readEndpointRow(queryable: Queryable, tenantId: TenantId, id: string): Promise<EndpointRow | null> {
  const { rows } = await sql<EndpointRecord>`
    SELECT ${endpointColumns} FROM endpoint e JOIN machine m ON m.tenant_id = ${tenantId} AND m.id = e.machine_id WHERE e.tenant_id = ${tenantId} AND e.id = ${id}`.execute(queryable)
  return rows[0] === undefined ? null : toEndpoint(rows[0])
}

/** Which identities to list. */
export type IdentityFilter = { readonly q?: string | undefined; readonly machineId?: string | undefined }

type IdentityRecord = { id: string; machine_id: string; machine_name: string; system: string; name: string; sort_name: string; identity_kind: IdentityRow['identityKind']; attributes: Record<string, unknown>; credential_count: number; first_seen: Date; last_seen: Date }

function identityConditions(tenantId: TenantId, filter: IdentityFilter): RawBuilder<unknown>[] {
  const conditions = [sql`i.tenant_id = ${tenantId}`]
  if (filter.machineId !== undefined) conditions.push(sql`i.machine_id = ${filter.machineId}`)
  if (filter.q !== undefined && filter.q.trim() !== '') conditions.push(sql`i.sort_name LIKE ${likeAnywhere(filter.q)}`)
  return conditions
}

/** Identities by name, after the one named, with how many credentials let someone in as each. */
export async function listIdentityRows(queryable: Queryable, tenantId: TenantId, filter: IdentityFilter, after: readonly [string, string] | null, limit: number): Promise<{ row: IdentityRow; key: readonly [string, string] }[]> {
  const beyond = after === null ? [] : [sql`(i.sort_name, i.id) > (${after[0]}, ${after[1]}::uuid)`]
  const { rows } = await sql<IdentityRecord>`
    WITH page AS MATERIALIZED (SELECT i.* FROM identity i WHERE ${sql.join([...identityConditions(tenantId, filter), ...beyond], sql` AND `)} ORDER BY i.sort_name, i.id LIMIT ${limit})
    SELECT page.*, m.name AS machine_name, (SELECT count(DISTINCT r.from_id)::integer FROM relation r WHERE r.tenant_id = ${tenantId} AND r.to_type = 'identity' AND r.to_id = page.id
      AND r.type = 'authenticates' AND r.from_type = 'credential' AND r.gone_at IS NULL) AS credential_count
    FROM page JOIN machine m ON m.tenant_id = ${tenantId} AND m.id = page.machine_id ORDER BY page.sort_name, page.id`.execute(queryable)
  return rows.map((record) => ({
    row: {
      id: record.id, machineId: record.machine_id, machineName: record.machine_name, system: record.system, name: record.name, identityKind: record.identity_kind,
      attributes: record.attributes, credentialCount: record.credential_count, firstSeen: record.first_seen.toISOString(), lastSeen: record.last_seen.toISOString(),
    },
    key: [record.sort_name, record.id],
  }))
}

/** How many identities a filter matches: exact up to ten thousand. */
export function countIdentities(queryable: Queryable, tenantId: TenantId, filter: IdentityFilter): Promise<{ value: number; exact: boolean }> {
  return boundedCount(queryable, sql`SELECT 1 FROM identity i WHERE ${sql.join(identityConditions(tenantId, filter), sql` AND `)}`)
}

/** Present machines, sources, endpoints and identities of a tenant. */
export async function countSurroundings(queryable: Queryable, tenantId: TenantId): Promise<{ machines: number; sources: number; endpoints: number; identities: number }> {
  const { rows } = await sql<{ machines: string; sources: string; endpoints: string; identities: string }>`
    SELECT (SELECT count(*) FROM machine WHERE tenant_id = ${tenantId} AND machine_kind <> 'source') AS machines,
      (SELECT count(*) FROM machine WHERE tenant_id = ${tenantId} AND machine_kind = 'source') AS sources, (SELECT count(*) FROM endpoint WHERE tenant_id = ${tenantId} AND NOT gone) AS endpoints,
      (SELECT count(*) FROM identity WHERE tenant_id = ${tenantId}) AS identities`.execute(queryable)
  const row = rows[0]!
  return { machines: Number(row.machines), sources: Number(row.sources), endpoints: Number(row.endpoints), identities: Number(row.identities) }
}
