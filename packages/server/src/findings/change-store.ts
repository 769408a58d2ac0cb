import { type FindingObjectType, type FindingState, severities } from '@muster/core'
import type { Change } from '@muster/core/api'
import { ruleById } from '@muster/rules'
import { type RawBuilder, sql } from 'kysely'
import { type ChangeSpan, secretTypeOf, withinSpan } from '../inventory/index.ts'
import type { Authorized } from '../platform/actor.ts'
import type { Queryable } from '../platform/db/db.ts'

const eventOf = { open: 'finding-opened', accepted: 'finding-accepted', closed: 'finding-closed' } as const satisfies Record<FindingState, Change['event']>
/** The evaluation's own hand: what it writes was decided by nobody. */
const NOBODY = 'muster'

type Row = { id: string; at: Date; state: FindingState; by_whom: string; note: string; finding_id: string; rule_id: string; severity_rank: number; object_type: FindingObjectType; object_id: string; object_name: string; secret_type: string | null }

/** What happened to findings, newest first, before the event `beforeId`. */
export async function listFindingChanges(queryable: Queryable, { tenantId }: Authorized, span: ChangeSpan, beforeId: string | null, limit: number): Promise<Change[]> {
  const states = (['open', 'accepted', 'closed'] as const).filter((state) => span.event?.includes(eventOf[state]) ?? true)
  if (states.length === 0 || span.scanId !== undefined) return []
  const { rows } = await sql<Row>`
    SELECT e.id, e.at, e.state, e.by_whom, e.note, e.finding_id, f.rule_id, f.severity_rank, f.object_type, f.object_id, f.object_name, ${secretTypeOf(tenantId, sql`f.object_id`)} AS secret_type
    FROM finding_event e JOIN finding f ON f.tenant_id = ${tenantId} AND f.id = e.finding_id
    WHERE ${inSpan(tenantId, span, beforeId)} ${states.length === 3 ? sql`` : sql`AND e.state IN (${sql.join(states.map((state) => sql`${state}`))})`}
    ORDER BY e.id DESC LIMIT ${limit}`.execute(queryable)
  return rows.map((row) => ({
    id: row.id, at: row.at.toISOString(), event: eventOf[row.state], summary: row.note, objectType: row.object_type, objectId: row.object_id, objectName: row.object_name,
    kind: null, secretType: row.secret_type, scanId: null, by: row.by_whom === NOBODY ? null : row.by_whom,
    finding: { id: row.finding_id, ruleId: row.rule_id, title: ruleById(row.rule_id)?.title ?? row.rule_id, severity: severities[row.severity_rank]! },
  }))
}

/** How many of each event there are in the span, counted among the newest `bound`. */
export async function countFindingChanges(queryable: Queryable, { tenantId }: Authorized, span: ChangeSpan, bound: number): Promise<{ event: Change['event']; count: number }[]> {
  if (span.scanId !== undefined) return []
  const { rows } = await sql<{ state: FindingState; count: number }>`
    SELECT state, count(*)::int AS count FROM (SELECT e.state FROM finding_event e WHERE ${inSpan(tenantId, span, null)} ORDER BY e.id DESC LIMIT ${bound}) AS bounded GROUP BY state`.execute(queryable)
  return rows.map(({ state, count }) => ({ event: eventOf[state], count }))
}

function inSpan(tenantId: Authorized['tenantId'], span: ChangeSpan, beforeId: string | null): RawBuilder<unknown> {
  return sql`e.tenant_id = ${tenantId} AND ${withinSpan(sql`e.id`, span, beforeId)}`
}
