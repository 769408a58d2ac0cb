import { leastUuidV7, type TenantId } from '@muster/core'
import type { Change, ChangeListQuery } from '@muster/core/api'
import { type RawBuilder, sql } from 'kysely'
import type { Queryable } from '../platform/db/db.ts'

/** Which changes: recorded in a span of time, of some events, by a scan. */
export type ChangeSpan = Pick<ChangeListQuery, 'since' | 'until' | 'event' | 'scanId'>

/** The span as a condition on ids, which are UUIDs version 7 and so in order of time. */
export function withinSpan(id: RawBuilder<unknown>, { since, until }: ChangeSpan, beforeId: string | null): RawBuilder<unknown> {
  return sql.join([
    sql`true`,
    ...(since === undefined ? [] : [sql`${id} >= ${leastUuidV7(new Date(since))}::uuid`]),
    ...(until === undefined ? [] : [sql`${id} < ${leastUuidV7(new Date(until))}::uuid`]),
    ...(beforeId === null ? [] : [sql`${id} < ${beforeId}::uuid`]),
  ], sql` AND `)
}

type Row = { id: string; at: Date; event: Change['event']; summary: string; scan_id: string | null; credential_id: string; name: string; kind: Change['kind']; secret_type: string | null }

/** What happened to credentials, newest first, before the event `beforeId`; what only trust stores hold is left out. */
export async function listCredentialChanges(queryable: Queryable, tenantId: TenantId, span: ChangeSpan, beforeId: string | null, limit: number): Promise<Change[]> {
  const { rows } = await sql<Row>`
    SELECT e.id, e.at, e.event, e.summary, e.scan_id, e.credential_id, c.name, c.kind, c.secret_type FROM ${credentialEvents(tenantId, span, beforeId)}
    ${span.event === undefined ? sql`` : sql`AND e.event IN (${sql.join(span.event.map((event) => sql`${event}`))})`}
    ORDER BY e.id DESC LIMIT ${limit}`.execute(queryable)
  return rows.map((row) => ({
    id: row.id, at: row.at.toISOString(), event: row.event, summary: row.summary, objectType: 'credential', objectId: row.credential_id, objectName: row.name,
    kind: row.kind, secretType: row.secret_type, scanId: row.scan_id, by: null, finding: null,
  }))
}

/** How many of each event there are in the span, counted among the newest `bound`. */
export async function countCredentialChanges(queryable: Queryable, tenantId: TenantId, span: ChangeSpan, bound: number): Promise<{ event: Change['event']; count: number }[]> {
  const { rows } = await sql<{ event: Change['event']; count: number }>`
    SELECT event, count(*)::int AS count FROM (SELECT e.event FROM ${credentialEvents(tenantId, span, null)} ORDER BY e.id DESC LIMIT ${bound}) AS bounded GROUP BY event`.execute(queryable)
  return rows
}

function credentialEvents(tenantId: TenantId, span: ChangeSpan, beforeId: string | null): RawBuilder<unknown> {
  return sql`credential_event e JOIN credential c ON c.tenant_id = ${tenantId} AND c.id = e.credential_id
    WHERE e.tenant_id = ${tenantId} AND NOT c.trust_store_only AND ${withinSpan(sql`e.id`, span, beforeId)} ${span.scanId === undefined ? sql`` : sql`AND e.scan_id = ${span.scanId}`}`
}
