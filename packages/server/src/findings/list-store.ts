import { type FindingObjectType, type FindingState, instantSchema, severities, type Severity, severityRank, type TenantId } from '@muster/core'
import type { FindingFilter, FindingRow, FindingsByRule } from '@muster/core/api'
import { ruleById } from '@muster/rules'
import { type RawBuilder, sql } from 'kysely'
import { z } from 'zod'
import { idsOnMachine, secretTypeOf } from '../inventory/index.ts'
import type { Authorized } from '../platform/actor.ts'
import type { Queryable, Tx } from '../platform/db/db.ts'
import { rowsParameter } from '../platform/db/json-parameter.ts'

type Row = {
  id: string; rule_id: string; severity_rank: number; state: FindingState; object_type: FindingObjectType; object_id: string; object_name: string; secret_type: string | null
  evidence: string; places: string[]; due: Date | null; owner: string | null; assignee: string | null; opened_at: Date; changed_at: Date
  closed_at: Date | null; accepted_reason: string | null; accepted_until: Date | null; accepted_by: string | null
}

const columns = (tenantId: TenantId) => sql`f.id, f.rule_id, f.severity_rank, f.state, f.object_type, f.object_id, f.object_name, f.evidence, f.places, f.due, f.owner, f.assignee,
  f.opened_at, f.changed_at, f.closed_at, f.accepted_reason, f.accepted_until, f.accepted_by, ${secretTypeOf(tenantId, sql`f.object_id`)} AS secret_type`

// Instants go through text: the client would take `infinity` for a date and fail.
export const findingSorts = {
  severity: { order: sql`f.severity_rank, f.sort_due, f.id`, after: ([rank, due, id]: FindingKey) => sql`(f.severity_rank, f.sort_due, f.id) > (${rank}, ${due}::text::timestamptz, ${id}::uuid)` },
  due: { order: sql`f.sort_due, f.id`, after: ([, due, id]: FindingKey) => sql`(f.sort_due, f.id) > (${due}::text::timestamptz, ${id}::uuid)` },
  openedAt: { order: sql`f.opened_at DESC, f.id DESC`, after: ([, , id, openedAt]: FindingKey) => sql`(f.opened_at, f.id) < (${openedAt}::text::timestamptz, ${id}::uuid)` },
} as const
export type FindingSort = keyof typeof findingSorts

/** What {@link cursorKeyOf} makes: rank, due, id, opened. */
export const cursorKeySchema = z.tuple([z.number().int().min(0).max(severities.length), z.union([instantSchema, z.literal('infinity')]), z.uuid(), instantSchema])
export type FindingKey = z.infer<typeof cursorKeySchema>

/** The key a page's cursor carries, whatever the order. */
export function cursorKeyOf(row: FindingRow): FindingKey {
  return [severityRank(row.severity), row.due ?? 'infinity', row.id, row.openedAt]
}

/** A filter as the store takes it: whoever asks for their own is named by `callers`, in lower case. */
export type FindingWhere = Omit<FindingFilter, 'mine'> & { readonly callers?: readonly string[] }

/** Findings in order, after `after` where one is given. */
export async function listFindings(queryable: Queryable, { tenantId }: Authorized, filter: FindingWhere, sort: FindingSort, after: FindingKey | null, limit: number): Promise<FindingRow[]> {
  const { order, after: condition } = findingSorts[sort]
  const { rows } = await sql<Row>`
    SELECT ${columns(tenantId)} FROM finding f
    WHERE f.tenant_id = ${tenantId} AND ${matches(tenantId, filter)} ${after === null ? sql`` : sql`AND ${condition(after)}`}
    ORDER BY ${order} LIMIT ${limit}`.execute(queryable)
  return rows.map(toFindingRow)
}

/** How many findings the filter matches, counted up to `bound`. */
export async function countFindings(queryable: Queryable, { tenantId }: Authorized, filter: FindingWhere, bound: number): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    SELECT count(*)::int AS n FROM (SELECT 1 FROM finding f WHERE f.tenant_id = ${tenantId} AND ${matches(tenantId, filter)} LIMIT ${bound}) AS matching`.execute(queryable)
  return rows[0]!.n
}

/** One finding, or null. */
export async function findFinding(queryable: Queryable, { tenantId }: Authorized, id: string): Promise<FindingRow | null> {
  const { rows } = await sql<Row>`SELECT ${columns(tenantId)} FROM finding f WHERE f.tenant_id = ${tenantId} AND f.id = ${id}`.execute(queryable)
  return rows[0] === undefined ? null : toFindingRow(rows[0])
}

/** Findings by id, for the server's own use; ids that are gone are left out. */
export async function findingsById(queryable: Queryable, tenantId: TenantId, ids: readonly string[]): Promise<FindingRow[]> {
  const { rows } = await sql<Row>`
    SELECT ${columns(tenantId)} FROM finding f WHERE f.tenant_id = ${tenantId} AND f.id IN (SELECT value::uuid FROM json_array_elements_text(${rowsParameter(ids)}))`.execute(queryable)
  return rows.map(toFindingRow)
}

/** A finding's history, oldest first. */
export async function findingEvents(queryable: Queryable, { tenantId }: Authorized, id: string): Promise<{ at: string; state: FindingState; by: string; note: string }[]> {
  const { rows } = await sql<{ at: Date; state: FindingState; by: string; note: string }>`
    SELECT at, state, by_whom AS by, note FROM finding_event WHERE tenant_id = ${tenantId} AND finding_id = ${id} ORDER BY id LIMIT 500`.execute(queryable)
  return rows.map((row) => ({ ...row, at: row.at.toISOString() }))
}

/** How many findings the filter matches under each rule and the rank of the worst, worst first. */
export async function countByRule(queryable: Queryable, { tenantId }: Authorized, filter: FindingWhere): Promise<FindingsByRule['items']> {
  const { rows } = await sql<{ rule_id: string; worst: number; n: number }>`
    SELECT f.rule_id, min(f.severity_rank)::int AS worst, count(*)::int AS n FROM finding f
    WHERE f.tenant_id = ${tenantId} AND ${matches(tenantId, filter)} GROUP BY f.rule_id ORDER BY worst, n DESC, f.rule_id`.execute(queryable)
  return rows.map((row) => ({ ruleId: row.rule_id, title: ruleById(row.rule_id)?.title ?? row.rule_id, severity: severities[row.worst]!, count: row.n }))
}

/** Open findings per rule. */
export async function openByRule(queryable: Queryable, { tenantId }: Authorized): Promise<Map<string, number>> {
  const { rows } = await sql<{ rule_id: string; n: number }>`
    SELECT rule_id, count(*)::int AS n FROM finding WHERE tenant_id = ${tenantId} AND state = 'open' GROUP BY rule_id`.execute(queryable)
  return new Map(rows.map((row) => [row.rule_id, row.n]))
}

/** Open findings per severity, worst first, zeros included. */
export async function openBySeverity(queryable: Queryable, { tenantId }: Authorized): Promise<{ severity: Severity; count: number }[]> {
  const { rows } = await sql<{ rank: number; n: number }>`
    SELECT severity_rank AS rank, count(*)::int AS n FROM finding WHERE tenant_id = ${tenantId} AND state = 'open' GROUP BY severity_rank`.execute(queryable)
  const counts = new Map(rows.map((row) => [row.rank, row.n]))
  return severities.map((severity, rank) => ({ severity, count: counts.get(rank) ?? 0 }))
}

/** Open counts at the end of each recorded day from `from` on. */
export async function trend(queryable: Queryable, { tenantId }: Authorized, from: Date): Promise<{ day: string; counts: Record<Severity, number> }[]> {
  const { rows } = await sql<{ day: string; rank: number; count: number }>`
    SELECT to_char(day, 'YYYY-MM-DD') AS day, severity_rank AS rank, count FROM finding_day
    WHERE tenant_id = ${tenantId} AND day >= ${from.toISOString().slice(0, 10)}::text::date ORDER BY day`.execute(queryable)
  const days = new Map<string, Record<Severity, number>>()
  for (const { day, rank, count } of rows) {
    const counts = days.get(day) ?? { critical: 0, high: 0, medium: 0, low: 0, info: 0 }
    counts[severities[rank]!] = count
    days.set(day, counts)
  }
  return [...days].map(([day, counts]) => ({ day, counts }))
}

/** What a decision is about: ids, or whatever the filter matches. */
export type FindingSelection = { readonly ids: readonly string[] } | { readonly filter: FindingWhere }

/** Locks up to `limit` of the selected findings in one of `states`, in the order of their ids after `afterId`. */
export async function selectFindings(
  tx: Tx,
  { tenantId }: Authorized,
  select: FindingSelection,
  states: readonly FindingState[],
  afterId: string,
  limit: number,
): Promise<{ id: string; objectType: FindingObjectType; objectId: string }[]> {
  const chosen = 'ids' in select ? sql`f.id IN (SELECT value::uuid FROM json_array_elements_text(${rowsParameter(select.ids)}))` : matches(tenantId, select.filter)
  const { rows } = await sql<{ id: string; type: FindingObjectType; object: string }>`
    SELECT f.id, f.object_type AS type, f.object_id AS object FROM finding f
    WHERE f.tenant_id = ${tenantId} AND ${chosen} AND ${among(sql`f.state`, states)} AND f.id > ${afterId}
    ORDER BY f.id LIMIT ${limit} FOR UPDATE`.execute(tx)
  return rows.map((row) => ({ id: row.id, objectType: row.type, objectId: row.object }))
}

/** Accepts locked findings. */
export async function markAccepted(tx: Tx, { tenantId, actor }: Authorized, ids: readonly string[], reason: string, until: Date, now: Date): Promise<void> {
  await sql`
    UPDATE finding SET state = 'accepted', accepted_reason = ${reason}, accepted_until = ${until}, accepted_by = ${actor.name}, accepted_rank = severity_rank, changed_at = ${now}
    WHERE tenant_id = ${tenantId} AND id IN (SELECT value::uuid FROM json_array_elements_text(${rowsParameter(ids)}))`.execute(tx)
}

/** Opens locked findings again. */
export async function markOpen(tx: Tx, { tenantId }: Authorized, ids: readonly string[], now: Date): Promise<void> {
  await sql`
    UPDATE finding SET state = 'open', accepted_reason = NULL, accepted_until = NULL, accepted_by = NULL, accepted_rank = NULL, opened_at = ${now}, changed_at = ${now}
    WHERE tenant_id = ${tenantId} AND id IN (SELECT value::uuid FROM json_array_elements_text(${rowsParameter(ids)}))`.execute(tx)
}

/** Assigns locked findings; null takes the assignee off. */
export async function markAssigned(tx: Tx, { tenantId }: Authorized, ids: readonly string[], assignee: string | null, now: Date): Promise<void> {
  await sql`
    UPDATE finding SET assignee = ${assignee}, changed_at = ${now}
    WHERE tenant_id = ${tenantId} AND id IN (SELECT value::uuid FROM json_array_elements_text(${rowsParameter(ids)}))`.execute(tx)
}

function matches(tenantId: TenantId, filter: FindingWhere): RawBuilder<unknown> {
  const conditions = [among(sql`f.state`, filter.state ?? ['open'])]
  if (filter.severity !== undefined) conditions.push(among(sql`f.severity_rank`, filter.severity.map(severityRank)))
  if (filter.rule !== undefined) conditions.push(sql`f.rule_id = ${filter.rule}`)
  if (filter.objectType !== undefined) conditions.push(among(sql`f.object_type`, filter.objectType))
  if (filter.objectId !== undefined) conditions.push(sql`f.object_id = ${filter.objectId}`)
  if (filter.machineId !== undefined) conditions.push(sql`f.object_id IN ${idsOnMachine(tenantId, filter.machineId)}`)
  if (filter.owner !== undefined) conditions.push(sql`f.owner = ${filter.owner}`)
  if (filter.assignee !== undefined) conditions.push(sql`f.assignee = ${filter.assignee}`)
  if (filter.callers !== undefined) conditions.push(sql`(${meansOneOf(sql`f.assignee`, filter.callers)} OR ${meansOneOf(sql`f.owner`, filter.callers)})`)
  if (filter.criticality !== undefined) conditions.push(among(sql`f.criticality`, filter.criticality))
  if (filter.q !== undefined) {
    const pattern = `%${filter.q.replaceAll(/[\\%_]/g, (char) => `\\${char}`)}%`
    conditions.push(sql`(f.object_name ILIKE ${pattern} OR f.evidence ILIKE ${pattern} OR f.rule_id ILIKE ${pattern})`)
  }
  return sql.join(conditions, sql` AND `)
}

/** The label, or the address in angle brackets at its end. */
function meansOneOf(label: RawBuilder<unknown>, callers: readonly string[]): RawBuilder<unknown> {
  return sql`(${among(sql`lower(btrim(${label}))`, callers)} OR ${among(sql`lower(substring(${label} from '<([^<>]+)>\\s*$'))`, callers)})`
}

function among(column: RawBuilder<unknown>, values: readonly (string | number)[]): RawBuilder<unknown> {
  return values.length === 0 ? sql`false` : sql`${column} IN (${sql.join(values.map((value) => sql`${value}`))})`
}

function toFindingRow(row: Row): FindingRow {
  const acceptance =
    row.accepted_until === null || row.accepted_reason === null ? null : { reason: row.accepted_reason, until: row.accepted_until.toISOString(), by: row.accepted_by ?? '' }
  return {
    id: row.id, ruleId: row.rule_id, title: ruleById(row.rule_id)?.title ?? row.rule_id, severity: severities[row.severity_rank]!, state: row.state,
    objectType: row.object_type, objectId: row.object_id, objectName: row.object_name, secretType: row.secret_type, evidence: row.evidence, places: row.places,
    due: row.due?.toISOString() ?? null, owner: row.owner, assignee: row.assignee, openedAt: row.opened_at.toISOString(),
    changedAt: row.changed_at.toISOString(), closedAt: row.closed_at?.toISOString() ?? null, acceptance,
  }
}
