import type { JobRow } from '@muster/core/api'
import { sql } from 'kysely'
import { z } from 'zod'
import type { Queryable } from '../db/index.ts'

/** A job as pg-boss keeps it, in our words. */
export type StoredJob = Omit<JobRow, 'title' | 'createdAt' | 'startedAt' | 'finishedAt'> & {
  readonly data: unknown
  readonly createdAt: Date
  readonly startedAt: Date | null
  readonly finishedAt: Date | null
  /** Microseconds since 1970 of its creation: what pages are cut by, as a decimal because it exceeds 2^53 one day. */
  readonly position: string
}

export type JobState = JobRow['state']

/** Ours on the left, pg-boss's on the right. */
const bossStates = {
  queued: ['created', 'retry'], active: ['active'], completed: ['completed'], failed: ['failed'], cancelled: ['cancelled'],
} as const satisfies Record<JobState, readonly string[]>

type Row = {
  id: string; name: string; state: string; data: unknown; output: unknown; retry_count: number
  created_on: Date; started_on: Date | null; completed_on: Date | null; position: string
}

const columns = sql`id, name, state::text AS state, data, output, retry_count, created_on, started_on, completed_on, (extract(epoch FROM created_on) * 1000000)::bigint::text AS position`
/** pg-boss keeps schedules moving by jobs of its own. */
const notInternal = sql`name NOT LIKE '\_\_pgboss\_\_%'`

/** The job, or null when there is none (pg-boss deletes ended jobs after a week). */
export async function findJob(store: Queryable, id: string, options: { readonly forUpdate?: boolean } = {}): Promise<StoredJob | null> {
  const { rows } = await sql<Row>`SELECT ${columns} FROM pgboss.job WHERE id = ${id}::uuid AND ${notInternal} ${options.forUpdate === true ? sql`FOR UPDATE` : sql``}`.execute(store)
  return rows[0] === undefined ? null : fromRow(rows[0])
}

export type JobFilter = {
  readonly tenantId: string
  readonly state: JobState | undefined
  /** Only jobs older than this one. */
  readonly after: { readonly position: string; readonly id: string } | null
  readonly limit: number
}

/** Jobs of a tenant, newest first; jobs that name no tenant are the default one's. */
export async function listStoredJobs(store: Queryable, filter: JobFilter): Promise<readonly StoredJob[]> {
  const { after } = filter
  const { rows } = await sql<Row>`
    SELECT ${columns} FROM pgboss.job
    WHERE ${belongsTo(filter.tenantId)} AND ${notInternal} AND ${inState(filter.state)}
      AND ${after === null ? sql`true` : sql`(created_on, id) < ('epoch'::timestamptz + ${after.position}::bigint * interval '1 microsecond', ${after.id}::uuid)`}
    ORDER BY created_on DESC, id DESC LIMIT ${filter.limit}`.execute(store)
  return rows.map(fromRow)
}

/** How many jobs match, counted up to `bound`. */
export async function countJobs(store: Queryable, filter: Pick<JobFilter, 'tenantId' | 'state'>, bound: number): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    SELECT count(*)::int AS count FROM (
      SELECT 1 FROM pgboss.job WHERE ${belongsTo(filter.tenantId)} AND ${notInternal} AND ${inState(filter.state)} LIMIT ${bound}) AS counted`.execute(store)
  return rows[0]?.count ?? 0
}

/** Jobs by queue and state, for /metrics. */
export async function jobCounts(store: Queryable): Promise<readonly { readonly queue: string; readonly state: JobState; readonly count: number }[]> {
  const { rows } = await sql<{ name: string; state: string; count: number }>`
    SELECT name, state::text AS state, count(*)::int AS count FROM pgboss.job WHERE ${notInternal} GROUP BY name, state`.execute(store)
  const totals = new Map<string, { queue: string; state: JobState; count: number }>()
  for (const { name, state, count } of rows) {
    const key = `${name} ${stateOf(state)}`
    totals.set(key, { queue: name, state: stateOf(state), count: count + (totals.get(key)?.count ?? 0) })
  }
  return [...totals.values()]
}

/** Forgets the schedules of queues other than `queues`; nothing to do before pg-boss has made its tables. */
export async function dropSchedulesExcept(store: Queryable, queues: readonly string[]): Promise<void> {
  const { rows } = await sql<{ there: boolean }>`SELECT to_regclass('pgboss.schedule') IS NOT NULL AS there`.execute(store)
  if (rows[0]?.there !== true) return
  const unwanted = queues.length === 0 ? sql`true` : sql`name NOT IN (${sql.join(queues.map((name) => sql.val(name)))})`
  await sql`DELETE FROM pgboss.schedule WHERE ${unwanted}`.execute(store)
}

function belongsTo(tenantId: string) {
  return sql<boolean>`coalesce(data->>'tenantId', 'default') = ${tenantId}`
}

function inState(state: JobState | undefined) {
  return state === undefined ? sql<boolean>`true` : sql<boolean>`state::text IN (${sql.join(bossStates[state].map((name) => sql.val(name)))})`
}

function stateOf(state: string): JobState {
  const found = (Object.keys(bossStates) as JobState[]).find((ours) => (bossStates[ours] as readonly string[]).includes(state))
  if (found === undefined) throw new Error(`pg-boss knows a job state we do not: ${state}`)
  return found
}

const outputSchema = z.object({ message: z.string() })

function fromRow(row: Row): StoredJob {
  const state = stateOf(row.state)
  const output = outputSchema.safeParse(row.output)
  return {
    id: row.id, queue: row.name, state, data: row.data, retryCount: row.retry_count,
    createdAt: row.created_on, startedAt: row.started_on, finishedAt: row.completed_on, position: row.position,
    error: output.success && state !== 'completed' ? output.data.message : null,
  }
}
