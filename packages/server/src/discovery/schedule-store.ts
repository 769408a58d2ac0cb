import type { TenantId } from '@muster/core'
import type { Schedule } from '@muster/core/api'
import { sql } from 'kysely'
import type { Queryable, Tx } from '../platform/db/db.ts'
import { storableJson } from '../platform/db/json-parameter.ts'
import type { ScanKind } from './scan.ts'

type Row = { tenant_id: TenantId; id: string; name: string; kind: ScanKind; options: Record<string, unknown>; cron: string; time_zone: string; enabled: boolean; requested_by: string; last_run_at: Date | null; next_run_at: Date | null }

/** A schedule with who made it and for whom. */
export type StoredSchedule = { readonly tenantId: TenantId; readonly requestedBy: string; readonly nextRunAt: Date | null; readonly schedule: Schedule }

const columns = sql`tenant_id, id, name, kind, options, cron, time_zone, enabled, requested_by, last_run_at, next_run_at`

/** The tenant's schedules by name. */
export async function listSchedules(queryable: Queryable, tenantId: TenantId): Promise<Schedule[]> {
  const { rows } = await sql<Row>`SELECT ${columns} FROM scan_schedule WHERE tenant_id = ${tenantId} ORDER BY name, id LIMIT 1000`.execute(queryable)
  return rows.map((row) => toSchedule(row))
}

/** One schedule, locked, or null. */
export async function lockSchedule(tx: Tx, tenantId: TenantId, id: string): Promise<StoredSchedule | null> {
  const { rows } = await sql<Row>`SELECT ${columns} FROM scan_schedule WHERE tenant_id = ${tenantId} AND id = ${id} FOR UPDATE`.execute(tx)
  return rows[0] === undefined ? null : stored(rows[0])
}

/** The schedule of any tenant that is due longest, locked, or null; those another process holds are left to it. */
export async function lockDueSchedule(tx: Tx, now: Date): Promise<StoredSchedule | null> {
  const { rows } = await sql<Row>`
    SELECT ${columns} FROM scan_schedule WHERE enabled AND next_run_at <= ${now} ORDER BY next_run_at LIMIT 1 FOR UPDATE SKIP LOCKED`.execute(tx)
  return rows[0] === undefined ? null : stored(rows[0])
}

/** Adds or replaces a schedule. */
export async function putSchedule(tx: Tx, tenantId: TenantId, schedule: Omit<Schedule, 'lastRunAt' | 'nextRunAt'>, requestedBy: string, nextRunAt: Date | null): Promise<void> {
  const { id, name, kind, options, cron, timeZone, enabled } = schedule
  await sql`
    INSERT INTO scan_schedule (tenant_id, id, name, kind, options, cron, time_zone, enabled, requested_by, next_run_at)
    VALUES (${tenantId}, ${id}, ${name}, ${kind}, ${storableJson(options)}::text::json, ${cron}, ${timeZone}, ${enabled}, ${requestedBy}, ${nextRunAt})
    ON CONFLICT (tenant_id, id) DO UPDATE SET name = excluded.name, kind = excluded.kind, options = excluded.options, cron = excluded.cron,
      time_zone = excluded.time_zone, enabled = excluded.enabled, requested_by = excluded.requested_by, next_run_at = excluded.next_run_at`.execute(tx)
}

/** Lets a locked schedule wait for its next time without a run. */
export async function markNext(tx: Tx, tenantId: TenantId, id: string, nextRunAt: Date | null): Promise<void> {
  await sql`UPDATE scan_schedule SET next_run_at = ${nextRunAt} WHERE tenant_id = ${tenantId} AND id = ${id}`.execute(tx)
}

/** Notes that a locked schedule ran. */
export async function markRun(tx: Tx, tenantId: TenantId, id: string, now: Date, nextRunAt: Date | null): Promise<void> {
  await sql`UPDATE scan_schedule SET last_run_at = ${now}, next_run_at = ${nextRunAt} WHERE tenant_id = ${tenantId} AND id = ${id}`.execute(tx)
}

/** Removes a locked schedule. */
export async function deleteSchedule(tx: Tx, tenantId: TenantId, id: string): Promise<void> {
  await sql`DELETE FROM scan_schedule WHERE tenant_id = ${tenantId} AND id = ${id}`.execute(tx)
}

function stored(row: Row): StoredSchedule {
  return { tenantId: row.tenant_id, requestedBy: row.requested_by, nextRunAt: row.next_run_at, schedule: toSchedule(row) }
}

function toSchedule(row: Row): Schedule {
  return {
    id: row.id, name: row.name, kind: row.kind, options: row.options, cron: row.cron, timeZone: row.time_zone, enabled: row.enabled,
    lastRunAt: row.last_run_at?.toISOString() ?? null, nextRunAt: row.next_run_at?.toISOString() ?? null,
  }
}
