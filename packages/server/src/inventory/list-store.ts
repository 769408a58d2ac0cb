import { severities, type TenantId, toHex } from '@muster/core'
import type { CredentialFilter, CredentialListQuery, CredentialRow } from '@muster/core/api'
import { type RawBuilder, sql } from 'kysely'
import type { Queryable, Tx } from '../platform/db/db.ts'
import { rowsParameter } from '../platform/db/json-parameter.ts'
import { type Condition, conditionsOf, presences } from './filter-store.ts'

/** A row with the key it sorts by, as text. */
export type SortedRow = { readonly row: CredentialRow; readonly key: readonly [string, string] }

type CredentialRecord = {
  id: string; kind: CredentialRow['kind']; fingerprint: Uint8Array; spki_sha256: Uint8Array | null; ssh_fingerprint: string | null; name: string; issuer: string | null
  algorithm: CredentialRow['algorithm']; key_size_bits: number | null; curve: string | null; not_before: Date | null; not_after: Date | null; state: CredentialRow['state']
  secret_state: CredentialRow['secretState']; secret_type: string | null; trust_store_only: boolean; owner: string | null; criticality: CredentialRow['labels']['criticality']; environment: CredentialRow['labels']['environment']; purpose: string | null
  location_count: number; machine_count: number; worst_severity: number | null; finding_count: number; first_seen: Date; last_seen: Date; gone_at: Date | null; place: CredentialRow['place']
}

const columns = sql`c.id, c.kind, c.fingerprint, c.spki_sha256, c.ssh_fingerprint, c.name, c.issuer, c.algorithm, c.key_size_bits, c.curve, c.not_before, c.not_after,
  c.state, c.secret_state, c.secret_type, c.trust_store_only, c.owner, c.criticality, c.environment, c.purpose, c.location_count, c.machine_count, c.worst_severity, c.finding_count, c.first_seen,
  s.last_seen, c.gone_at`

/** Any place of the credential `id`: the first the index has, for which of them does not matter. */
function anyPlace(tenantId: TenantId, id: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`(SELECT json_build_object('machine', m.name, 'place', l.place) FROM location l JOIN machine m ON m.tenant_id = ${tenantId} AND m.id = l.machine_id
    WHERE l.tenant_id = ${tenantId} AND l.credential_id = ${id} AND l.gone_at IS NULL LIMIT 1) AS place`
}

/** The API's row of a stored one. */
export function toRow(record: CredentialRecord): CredentialRow {
  return {
    id: record.id,
    kind: record.kind,
    fingerprint: toHex(record.fingerprint),
    spkiSha256: record.spki_sha256 === null ? null : toHex(record.spki_sha256),
    sshFingerprint: record.ssh_fingerprint,
    name: record.name,
    issuer: record.issuer,
    algorithm: record.algorithm,
    keySizeBits: record.key_size_bits,
    curve: record.curve,
    notBefore: record.not_before?.toISOString() ?? null,
    notAfter: record.not_after?.toISOString() ?? null,
    state: record.state,
    secretState: record.secret_state,
    secretType: record.secret_type,
    trustStoreOnly: record.trust_store_only,
    labels: { owner: record.owner, criticality: record.criticality, environment: record.environment, purpose: record.purpose },
    locationCount: record.location_count,
    machineCount: record.machine_count,
    place: record.place,
    worstSeverity: record.worst_severity === null ? null : (severities[record.worst_severity] ?? null),
    findingCount: record.finding_count,
    firstSeen: record.first_seen.toISOString(),
    lastSeen: record.last_seen.toISOString(),
    goneAt: record.gone_at?.toISOString() ?? null,
  }
}

const sortColumns = {
  name: { column: sql`c.sort_name`, type: sql`text COLLATE "C"` },
  notAfter: { column: sql`c.expires`, type: sql`timestamptz` },
  firstSeen: { column: sql`c.first_seen`, type: sql`timestamptz` },
  lastSeen: { column: sql`s.last_seen`, type: sql`timestamptz` },
  severity: { column: sql`c.severity_rank`, type: sql`smallint` },
} as const satisfies Record<CredentialListQuery['sort'], { column: RawBuilder<unknown>; type: RawBuilder<unknown> }>

/**
 * Rows of a filter in an order, after the row `after`. Ascending severity begins with the worst; what never expires comes
 * last. Each presence and, ordered by expiry, each kind is a branch of its own that reads its index in order and stops.
 */
export async function listRows(tx: Tx, tenantId: TenantId, filter: CredentialFilter, order: Pick<CredentialListQuery, 'sort' | 'order'>, after: readonly [string, string] | null, limit: number): Promise<SortedRow[]> {
  const { column, type } = sortColumns[order.sort]
  const direction = order.order === 'asc' ? sql`ASC` : sql`DESC`
  const id = order.sort === 'lastSeen' ? sql`s.credential_id` : sql`c.id`
  // Through text: the client would take `infinity` for a date and fail.
  const beyond = after === null ? [] : [sql`(${column}, ${id}) ${order.order === 'asc' ? sql`>` : sql`<`} (${after[0]}::text::${type}, ${after[1]}::uuid)`]
  const branches = branchesOf(tenantId, filter, order.sort).map((conditions) => sql`(
    SELECT ${columns}, ${column} AS sort_key FROM credential c JOIN credential_seen s ON s.tenant_id = ${tenantId} AND s.credential_id = c.id
    WHERE ${sql.join([...conditions, ...beyond], sql` AND `)} ORDER BY ${column} ${direction}, ${id} ${direction} LIMIT ${limit})`)
  const { rows } = await sql<CredentialRecord & { key_text: string }>`
    SELECT page.*, sort_key::text AS key_text, ${anyPlace(tenantId, sql`page.id`)} FROM (${sql.join(branches, sql` UNION ALL `)}) AS page ORDER BY sort_key ${direction}, id ${direction} LIMIT ${limit}`.execute(tx)
  return rows.map((record) => ({ row: toRow(record), key: [record.key_text, record.id] }))
}

const MAX_KIND_BRANCHES = 3

function branchesOf(tenantId: TenantId, filter: CredentialFilter, sort: CredentialListQuery['sort']): Condition[][] {
  const byKind = sort === 'notAfter' && filter.kind !== undefined && filter.kind.length > 0 && filter.kind.length <= MAX_KIND_BRANCHES
  const conditions = conditionsOf(tenantId, byKind ? { ...filter, kind: undefined } : filter)
  const kinds = byKind ? filter.kind!.map((kind) => [sql`c.kind = ${kind}`]) : [[]]
  return presences(filter).flatMap((gone) => kinds.map((kind) => [
    sql`c.tenant_id = ${tenantId}`, sql`c.gone = ${sql.lit(gone)}`, ...(sort === 'lastSeen' ? [sql`s.gone = ${sql.lit(gone)}`] : []), ...kind, ...conditions,
  ]))
}

function matching(tenantId: TenantId, filter: CredentialFilter): Condition {
  const gone = presences(filter)
  const presence = gone.length === 1 ? [sql`c.gone = ${sql.lit(gone[0]!)}`] : []
  return sql.join([sql`c.tenant_id = ${tenantId}`, ...presence, ...conditionsOf(tenantId, filter)], sql` AND `)
}

const EXACT_BOUND = 10_000
/** Where the planner expects more than this, its estimate is close enough and counting would cost more than the page. */
const NOT_WORTH_COUNTING = 5000

/** How many rows the filter matches: exact up to some thousands, the planner's estimate beyond. */
export async function countRows(tx: Tx, tenantId: TenantId, filter: CredentialFilter): Promise<{ value: number; exact: boolean }> {
  const where = matching(tenantId, filter)
  const plan = await sql<{ 'QUERY PLAN': [{ Plan: { 'Plan Rows': number } }] }>`EXPLAIN (FORMAT JSON) SELECT 1 FROM credential c WHERE ${where}`.execute(tx)
  const estimate = Math.round(plan.rows[0]!['QUERY PLAN'][0].Plan['Plan Rows'])
  if (estimate > NOT_WORTH_COUNTING) return { value: estimate, exact: false }
  const { rows } = await sql<{ count: string }>`SELECT count(*) AS count FROM (SELECT 1 FROM credential c WHERE ${where} LIMIT ${sql.lit(EXACT_BOUND + 1)}) AS bounded`.execute(tx)
  const counted = Number(rows[0]!.count)
  return counted <= EXACT_BOUND ? { value: counted, exact: true } : { value: Math.max(estimate, counted), exact: false }
}

/** Rows by id, in the order asked; unknown ids are left out. */
export async function readRows(queryable: Queryable, tenantId: TenantId, ids: readonly string[]): Promise<CredentialRow[]> {
  if (ids.length === 0) return []
  const { rows } = await sql<CredentialRecord>`
    SELECT ${columns}, ${anyPlace(tenantId, sql`c.id`)} FROM json_array_elements_text(${rowsParameter(ids)}) WITH ORDINALITY AS asked(id, position)
    JOIN credential c ON c.tenant_id = ${tenantId} AND c.id = asked.id::uuid JOIN credential_seen s ON s.tenant_id = ${tenantId} AND s.credential_id = c.id
    ORDER BY asked.position`.execute(queryable)
  return rows.map(toRow)
}

/** Ids a filter matches, in id order after `afterId`. */
export async function idsMatching(tx: Tx, tenantId: TenantId, filter: CredentialFilter, afterId: string | null, limit: number): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    SELECT c.id FROM credential c WHERE ${matching(tenantId, filter)} ${afterId === null ? sql`` : sql`AND c.id > ${afterId}::uuid`} ORDER BY c.id LIMIT ${limit}`.execute(tx)
  return rows.map((row) => row.id)
}

/** Ids of present credentials in id order, after `afterId`. */
export async function presentIdsAfter(tx: Tx, tenantId: TenantId, afterId: string | null, limit: number): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    SELECT id FROM credential WHERE tenant_id = ${tenantId} AND NOT gone ${afterId === null ? sql`` : sql`AND id > ${afterId}::uuid`} ORDER BY id LIMIT ${limit}`.execute(tx)
  return rows.map((row) => row.id)
}
