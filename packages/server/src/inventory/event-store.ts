import type { TenantId } from '@muster/core'
import type { HistoryEntry } from '@muster/core/api'
import { sql } from 'kysely'
import { copyTables, instant, rowsFor, type TableRows, text, uuid } from '../platform/db/copy.ts'
import type { Queryable, Tx } from '../platform/db/db.ts'

/** Something that happened to a credential; `id` is a UUID v7 and orders the history. */
export type CredentialEvent = {
  readonly id: string
  readonly credentialId: string
  readonly event: HistoryEntry['event']
  readonly summary: string
}

/** Appends to histories. */
export function insertEvents(tx: Tx, tenantId: TenantId, events: readonly CredentialEvent[], at: Date, scanId: string | null): Promise<void> {
  return copyTables(tx, [eventRows(tenantId, events, at, scanId)])
}

/** Rows that append to histories. */
export function eventRows(tenantId: TenantId, events: Iterable<CredentialEvent>, at: Date, scanId: string | null): TableRows {
  return rowsFor('credential_event', {
    tenant_id: text(() => tenantId), credential_id: uuid((one) => one.credentialId), id: uuid((one) => one.id), at: instant(() => at), event: text((one) => one.event),
    summary: text((one) => one.summary), scan_id: uuid(() => scanId),
  }, events)
}

type EventRow = { id: string; at: Date; event: HistoryEntry['event']; summary: string; scan_id: string | null }

const toEntry = (row: EventRow): HistoryEntry => ({ at: row.at.toISOString(), event: row.event, summary: row.summary, scanId: row.scan_id })

/** A credential's history, newest first, before the event `beforeId`. */
export async function listEvents(queryable: Queryable, tenantId: TenantId, credentialId: string, beforeId: string | null, limit: number): Promise<{ id: string; entry: HistoryEntry }[]> {
  const { rows } = await sql<EventRow>`
    SELECT id, at, event, summary, scan_id FROM credential_event
    WHERE tenant_id = ${tenantId} AND credential_id = ${credentialId} ${beforeId === null ? sql`` : sql`AND id < ${beforeId}`}
    ORDER BY id DESC LIMIT ${limit}`.execute(queryable)
  return rows.map((row) => ({ id: row.id, entry: toEntry(row) }))
}

/** The tenant's newest changes, leaving out what only trust stores hold. Looks at the newest thousand events. */
export async function newestEvents(queryable: Queryable, tenantId: TenantId, limit: number): Promise<(HistoryEntry & { credentialId: string; credentialName: string })[]> {
  const { rows } = await sql<EventRow & { credential_id: string; name: string }>`
    SELECT e.*, c.name FROM (SELECT * FROM credential_event WHERE tenant_id = ${tenantId} ORDER BY id DESC LIMIT 1000) AS e
    JOIN credential c ON c.tenant_id = ${tenantId} AND c.id = e.credential_id
    WHERE NOT c.trust_store_only ORDER BY e.id DESC LIMIT ${limit}`.execute(queryable)
  return rows.map((row) => ({ ...toEntry(row), credentialId: row.credential_id, credentialName: row.name }))
}
