import type { TenantId } from '@muster/core'
import { type RawBuilder, sql } from 'kysely'
import type { Tx } from '../platform/db/db.ts'
import { rowsParameter } from '../platform/db/json-parameter.ts'
import type { LookedFor, SeenEndpoint } from './coverage.ts'

/** A present location not seen since the scan began. */
export type StaleLocation = {
  readonly id: string
  readonly credentialId: string
  readonly machineId: string
  readonly kind: string
  readonly place: string
  readonly path: string | null
  readonly host: string | null
  readonly port: number | null
  readonly sni: string | null
  readonly protocol: string | null
  readonly starttls: string | null
  /** What a named credential belongs to in its source; null for others. */
  readonly scope: string | null
}

type StaleRow = { id: string; credential_id: string; machine_id: string; kind: string; place: string; path: string | null; host: string | null; port: number | null; sni: string | null; protocol: string | null; starttls: string | null; scope: string | null }

const PAGE_ROWS = 20_000

const lineKinds = sql`('file-line', 'repository-line', 'image-line')`

/** Stale locations in files of `machineIds` that a scan for keys, or one for secrets in text, would find; a page at a time. */
export function staleFileLocations(tx: Tx, tenantId: TenantId, machineIds: readonly string[], lookedFor: LookedFor, startedAt: Date): AsyncGenerator<StaleLocation[], void, void> {
  const found = lookedFor === 'secrets' ? sql`l.kind IN ${lineKinds}` : sql`l.kind NOT IN ${lineKinds}`
  return pages(tx, tenantId, startedAt, sql`l.path IS NOT NULL AND ${found} AND l.machine_id IN (SELECT json_array_elements_text(${rowsParameter(machineIds)})::uuid)`)
}

/**
 * Stale CI variables of `machineIds` that nobody listed and no pipeline there takes any more: of a variable seen in use alone,
 * its use is all that is known.
 */
export function staleUnusedVariables(tx: Tx, tenantId: TenantId, machineIds: readonly string[], startedAt: Date): AsyncGenerator<StaleLocation[], void, void> {
  return pages(tx, tenantId, startedAt, sql`l.kind = 'ci-variable' AND l.facts ->> 'protected' IS NULL AND l.facts ->> 'masked' IS NULL
    AND l.machine_id IN (SELECT json_array_elements_text(${rowsParameter(machineIds)})::uuid)
    AND NOT EXISTS (SELECT 1 FROM relation r WHERE r.tenant_id = ${tenantId} AND r.to_type = 'credential' AND r.to_id = l.credential_id AND r.machine_id = l.machine_id AND r.type = 'uses' AND r.gone_at IS NULL)`)
}

/** Stale CI variables and entries of Kubernetes Secrets of `machineIds`, a page at a time. */
export function staleNamedLocations(tx: Tx, tenantId: TenantId, machineIds: readonly string[], startedAt: Date): AsyncGenerator<StaleLocation[], void, void> {
  return pages(tx, tenantId, startedAt, sql`l.kind IN ('ci-variable', 'kubernetes-secret') AND l.machine_id IN (SELECT json_array_elements_text(${rowsParameter(machineIds)})::uuid)`)
}

/** Stale CI variables that somebody listed in repositories and groups below a scope, a page at a time. */
export function staleHeldVariables(tx: Tx, tenantId: TenantId, below: string, startedAt: Date): AsyncGenerator<StaleLocation[], void, void> {
  return pages(tx, tenantId, startedAt, sql`l.kind = 'ci-variable' AND (l.facts ->> 'protected' IS NOT NULL OR l.facts ->> 'masked' IS NOT NULL) AND l.machine_id IN ${holdersBelow(tenantId, below)}`)
}

/** Repositories and groups below a scope, and those that have left their name to another. */
function holdersBelow(tenantId: TenantId, below: string): RawBuilder<unknown> {
  const prefix = `git:${below}/`
  return sql`(SELECT i.machine_id FROM machine_identifier i WHERE i.tenant_id = ${tenantId} AND (i.type = 'source-id' AND starts_with(i.value, ${prefix})
    OR i.type = 'source-uid' AND NOT EXISTS (SELECT 1 FROM machine_identifier n WHERE n.tenant_id = ${tenantId} AND n.machine_id = i.machine_id AND n.type = 'source-id')))`
}

/** Stale locations at endpoints of `hosts`, a page at a time. */
export function staleEndpointLocations(tx: Tx, tenantId: TenantId, hosts: readonly string[], startedAt: Date): AsyncGenerator<StaleLocation[], void, void> {
  return pages(tx, tenantId, startedAt, sql`l.host IN (SELECT json_array_elements_text(${rowsParameter(hosts)}))`)
}

async function* pages(tx: Tx, tenantId: TenantId, startedAt: Date, where: RawBuilder<unknown>): AsyncGenerator<StaleLocation[], void, void> {
  let after = '00000000-0000-0000-0000-000000000000'
  for (;;) {
    const { rows } = await sql<StaleRow>`
      SELECT l.id, l.credential_id, l.machine_id, l.kind, l.place, l.path, l.host, l.port, l.sni, l.protocol, CASE WHEN l.host IS NOT NULL THEN l.facts ->> 'starttls' END AS starttls,
        CASE l.kind WHEN 'ci-variable' THEN l.facts ->> 'scope' WHEN 'kubernetes-secret' THEN l.facts ->> 'namespace' END AS scope
      FROM location l WHERE l.tenant_id = ${tenantId} AND l.gone_at IS NULL AND l.last_seen < ${startedAt} AND l.id > ${after} AND ${where}
      ORDER BY l.id LIMIT ${sql.lit(PAGE_ROWS)}`.execute(tx)
    if (rows.length > 0) yield rows.map((row) => ({ ...row, credentialId: row.credential_id, machineId: row.machine_id }))
    const last = rows.at(-1)
    if (last === undefined || rows.length < PAGE_ROWS) return
    after = last.id
  }
}

/** Retires locations. */
export async function retireLocations(tx: Tx, tenantId: TenantId, ids: readonly string[], at: Date): Promise<void> {
  if (ids.length === 0) return
  await sql`
    UPDATE location l SET gone_at = ${at} FROM json_array_elements_text(${rowsParameter(ids)}) AS x(id)
    WHERE l.tenant_id = ${tenantId} AND l.id = x.id::uuid AND l.gone_at IS NULL`.execute(tx)
}

/** Endpoints of `hosts` that were seen since the scan began. */
export async function seenEndpoints(tx: Tx, tenantId: TenantId, hosts: readonly string[], startedAt: Date): Promise<SeenEndpoint[]> {
  if (hosts.length === 0) return []
  const { rows } = await sql<SeenEndpoint & { machine_id: string }>`
    SELECT e.host, e.port, e.sni, e.starttls, e.protocol, e.machine_id FROM endpoint e
    WHERE e.tenant_id = ${tenantId} AND e.host IN (SELECT json_array_elements_text(${rowsParameter(hosts)})) AND e.gone_at IS NULL AND e.last_seen >= ${startedAt}`.execute(tx)
  return rows.map((row) => ({ ...row, machineId: row.machine_id }))
}

/** Present endpoints of `hosts` that were not. */
export async function staleEndpoints(tx: Tx, tenantId: TenantId, hosts: readonly string[], startedAt: Date): Promise<(SeenEndpoint & { id: string })[]> {
  if (hosts.length === 0) return []
  const { rows } = await sql<SeenEndpoint & { id: string; machine_id: string }>`
    SELECT e.id, e.machine_id, e.host, e.port, e.sni, e.starttls, e.protocol FROM endpoint e
    WHERE e.tenant_id = ${tenantId} AND e.host IN (SELECT json_array_elements_text(${rowsParameter(hosts)})) AND e.gone_at IS NULL AND e.last_seen < ${startedAt}`.execute(tx)
  return rows.map((row) => ({ ...row, machineId: row.machine_id }))
}

/** Retires endpoints or configurations. */
export async function retireRows(tx: Tx, tenantId: TenantId, table: 'endpoint' | 'configuration', ids: readonly string[], at: Date): Promise<void> {
  if (ids.length === 0) return
  await sql`
    UPDATE ${sql.table(table)} t SET gone_at = ${at} FROM json_array_elements_text(${rowsParameter(ids)}) AS x(id)
    WHERE t.tenant_id = ${tenantId} AND t.id = x.id::uuid AND t.gone_at IS NULL`.execute(tx)
}

/** Present configurations of `machineIds` not seen since the scan began, of the formats that a scan for keys, or one for secrets in text, reads. */
export async function staleConfigurations(tx: Tx, tenantId: TenantId, machineIds: readonly string[], lookedFor: LookedFor, startedAt: Date): Promise<{ id: string; machineId: string; path: string }[]> {
  if (machineIds.length === 0) return []
  const { rows } = await sql<{ id: string; machine_id: string; path: string }>`
    SELECT c.id, c.machine_id, c.path FROM configuration c
    WHERE c.tenant_id = ${tenantId} AND c.machine_id IN (SELECT json_array_elements_text(${rowsParameter(machineIds)})::uuid) AND c.gone_at IS NULL AND c.last_seen < ${startedAt}
      AND (c.format = 'sshd-config') = ${lookedFor === 'keys'}`.execute(tx)
  return rows.map((row) => ({ id: row.id, machineId: row.machine_id, path: row.path }))
}

/** Of the edges, those of sources, of secrets and of federated trust are read by scans for secrets, the others by scans for keys. */
function readFor(tenantId: TenantId, lookedFor: LookedFor): RawBuilder<unknown> {
  return sql`(r.type = 'can-assume' OR EXISTS (SELECT 1 FROM machine m WHERE m.tenant_id = ${tenantId} AND m.id = r.machine_id AND m.machine_kind = 'source')
    OR EXISTS (SELECT 1 FROM credential c WHERE c.tenant_id = ${tenantId} AND c.id IN (r.from_id, r.to_id) AND c.kind = 'secret')) = ${lookedFor === 'secrets'}`
}

/** What a code host lists is told with the scope there in front, which no file of the repository has. */
const listedAtHost = sql`EXISTS (SELECT 1 FROM machine_identifier i WHERE i.tenant_id = r.tenant_id AND i.machine_id = r.machine_id AND i.type = 'source-id' AND i.value LIKE 'git:%'
  AND (starts_with(r.source, substring(i.value FROM 5) || '#') OR starts_with(r.source, substring(i.value FROM 5) || ' ')))`

/** The sources of edges of `machineIds` not seen since the scan began, as a scan for keys or one for secrets reads them: from files, or from lists of a system. */
export async function staleRelationSources(tx: Tx, tenantId: TenantId, machineIds: readonly string[], lookedFor: LookedFor, from: 'files' | 'lists', startedAt: Date): Promise<{ machineId: string; source: string; sourceHash: string }[]> {
  if (machineIds.length === 0) return []
  const { rows } = await sql<{ machine_id: string; source: string; source_hash: string }>`
    SELECT DISTINCT r.machine_id, r.source, r.source_hash FROM relation r
    WHERE r.tenant_id = ${tenantId} AND r.machine_id IN (SELECT json_array_elements_text(${rowsParameter(machineIds)})::uuid) AND r.gone_at IS NULL AND r.last_seen < ${startedAt}
      AND ${readFor(tenantId, lookedFor)} AND (${from === 'lists'} OR NOT ${listedAtHost})`.execute(tx)
  return rows.map((row) => ({ machineId: row.machine_id, source: row.source, sourceHash: row.source_hash }))
}

/** The sources of edges that were listed in repositories and groups below a scope and not seen since the scan began, each with the scope it stands in. */
export async function staleHeldSources(tx: Tx, tenantId: TenantId, below: string, startedAt: Date): Promise<{ machineId: string; scope: string; sourceHash: string }[]> {
  const { rows } = await sql<{ machine_id: string; source: string; source_hash: string }>`
    SELECT DISTINCT r.machine_id, r.source, r.source_hash FROM relation r
    WHERE r.tenant_id = ${tenantId} AND starts_with(r.source, ${`${below}/`}) AND r.gone_at IS NULL AND r.last_seen < ${startedAt} AND r.machine_id IN ${holdersBelow(tenantId, below)}`.execute(tx)
  return rows.map((row) => ({ machineId: row.machine_id, scope: row.source.split(' ')[0]!, sourceHash: row.source_hash }))
}

/** Retires edges read from these sources and not seen since the scan began. */
export async function retireRelations(tx: Tx, tenantId: TenantId, sources: readonly { readonly machineId: string; readonly sourceHash: string }[], lookedFor: LookedFor, startedAt: Date, at: Date): Promise<void> {
  if (sources.length === 0) return
  await sql`
    UPDATE relation r SET gone_at = ${at} FROM json_to_recordset(${rowsParameter(sources)}) AS x("machineId" uuid, "sourceHash" uuid)
    WHERE r.tenant_id = ${tenantId} AND r.machine_id = x."machineId" AND r.source_hash = x."sourceHash" AND r.gone_at IS NULL AND r.last_seen < ${startedAt}
      AND ${readFor(tenantId, lookedFor)}`.execute(tx)
}

/** The machines known by one of these host ids. */
export async function machinesByHostId(tx: Tx, tenantId: TenantId, hostIds: readonly string[]): Promise<string[]> {
  if (hostIds.length === 0) return []
  const { rows } = await sql<{ machine_id: string }>`
    SELECT machine_id FROM machine_identifier WHERE tenant_id = ${tenantId} AND type = 'host-id' AND value IN (SELECT json_array_elements_text(${rowsParameter(hostIds)}))`.execute(tx)
  return rows.map((row) => row.machine_id)
}
