import type { Coverage, ScanProblem, ScanProgress, TenantId } from '@muster/core'
import type { ScanState } from '@muster/core/api'
import { type RawBuilder, sql } from 'kysely'
import type { Queryable, Tx } from '../platform/db/db.ts'
import { rowsParameter, storableJson } from '../platform/db/json-parameter.ts'
import type { LocalIdentifier, Scan, ScanKind } from './scan.ts'

/** Problems kept per scan; all are counted. */
export const MAX_STORED_PROBLEMS = 10_000

type Row = {
  id: string; kind: ScanKind; origin: 'server' | 'import'; state: ScanState; title: string; options: Record<string, unknown>; with_passphrases: boolean
  progress: ScanProgress | null; cursor: string | null; next_sequence: number; local_identifiers: LocalIdentifier[]; requested_by: string; schedule_id: string | null
  message: string | null; created_at: Date; started_at: Date | null; finished_at: Date | null
  sightings: string; credentials_new: string; locations_new: string; locations_gone: string; problems: string
}

const columns = sql`id, kind, origin, state, title, options, with_passphrases, progress, cursor, next_sequence, local_identifiers, requested_by, schedule_id, message,
  created_at, started_at, finished_at, sightings, credentials_new, locations_new, locations_gone, problems`

/** A JSON value as one parameter. */
function json(value: unknown): RawBuilder<unknown> {
  return sql`${storableJson(value)}::text::json`
}

export type NewScan = Pick<Scan, 'id' | 'kind' | 'origin' | 'state' | 'title' | 'options' | 'withPassphrases' | 'requestedBy' | 'scheduleId'>

/** Adds a scan's row. */
export async function insertScan(tx: Tx, tenantId: TenantId, scan: NewScan, now: Date): Promise<void> {
  await sql`
    INSERT INTO scan (tenant_id, id, kind, origin, state, title, options, with_passphrases, requested_by, schedule_id, created_at, moved_at, started_at)
    VALUES (${tenantId}, ${scan.id}, ${scan.kind}, ${scan.origin}, ${scan.state}, ${scan.title}, ${json(scan.options)}, ${scan.withPassphrases}, ${scan.requestedBy},
      ${scan.scheduleId}, ${now}, ${now}, ${scan.state === 'running' ? now : null})`.execute(tx)
}

/** One scan, or null. */
export async function findScan(queryable: Queryable, tenantId: TenantId, id: string): Promise<Scan | null> {
  const { rows } = await sql<Row>`SELECT ${columns} FROM scan WHERE tenant_id = ${tenantId} AND id = ${id}`.execute(queryable)
  return rows[0] === undefined ? null : toScan(rows[0])
}

/** One scan, locked until the transaction ends, or null. */
export async function lockScan(tx: Tx, tenantId: TenantId, id: string): Promise<Scan | null> {
  const { rows } = await sql<Row>`SELECT ${columns} FROM scan WHERE tenant_id = ${tenantId} AND id = ${id} FOR UPDATE`.execute(tx)
  return rows[0] === undefined ? null : toScan(rows[0])
}

/** Scans newest first, before the scan `beforeId` where one is given: ids are made in the order of time. */
export async function listScans(queryable: Queryable, tenantId: TenantId, filter: { readonly state?: ScanState | undefined; readonly kind?: ScanKind | undefined }, beforeId: string | null, limit: number): Promise<Scan[]> {
  const { rows } = await sql<Row>`
    SELECT ${columns} FROM scan WHERE tenant_id = ${tenantId} ${filterSql(filter)} ${beforeId === null ? sql`` : sql`AND id < ${beforeId}`}
    ORDER BY id DESC LIMIT ${limit}`.execute(queryable)
  return rows.map(toScan)
}

/** How many scans the filter matches, up to `bound`. */
export async function countScans(queryable: Queryable, tenantId: TenantId, filter: { readonly state?: ScanState | undefined; readonly kind?: ScanKind | undefined }, bound: number): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    SELECT count(*)::int AS n FROM (SELECT 1 FROM scan WHERE tenant_id = ${tenantId} ${filterSql(filter)} LIMIT ${bound}) AS matching`.execute(queryable)
  return rows[0]!.n
}

/** Scans that have not ended, of any tenant when none is given. */
export async function unfinishedScans(queryable: Queryable, origin: 'server' | 'import', movedBefore: Date | null): Promise<{ tenantId: TenantId; id: string }[]> {
  const { rows } = await sql<{ tenant_id: TenantId; id: string }>`
    SELECT tenant_id, id FROM scan WHERE state IN ('queued', 'running') AND origin = ${origin} ${movedBefore === null ? sql`` : sql`AND moved_at < ${movedBefore}`}
    ORDER BY moved_at LIMIT 1000`.execute(queryable)
  return rows.map((row) => ({ tenantId: row.tenant_id, id: row.id }))
}

/** Whether a scan that the schedule started has not ended yet. */
export async function isScheduleBusy(queryable: Queryable, tenantId: TenantId, scheduleId: string): Promise<boolean> {
  return (await sql`SELECT 1 FROM scan WHERE tenant_id = ${tenantId} AND state IN ('queued', 'running') AND schedule_id = ${scheduleId} LIMIT 1`.execute(queryable)).rows.length > 0
}

/** Marks a locked scan as begun; its start is the first one, whatever resumed it. */
export async function markRunning(tx: Tx, tenantId: TenantId, id: string, localIdentifiers: readonly LocalIdentifier[], now: Date): Promise<void> {
  await sql`
    UPDATE scan SET state = 'running', started_at = coalesce(started_at, ${now}), moved_at = ${now}, local_identifiers = ${json(localIdentifiers)}
    WHERE tenant_id = ${tenantId} AND id = ${id}`.execute(tx)
}

/** What a batch moved. */
export type BatchMove = {
  readonly progress: ScanProgress
  readonly cursor: string | null
  readonly sightings: number
  readonly credentialsNew: number
  readonly locationsNew: number
  readonly problems: readonly ScanProblem[]
  readonly coverage: readonly Coverage[]
  readonly localIdentifiers: readonly LocalIdentifier[]
}

/** Moves a locked scan past one batch. */
export async function recordBatch(tx: Tx, tenantId: TenantId, scan: Scan, move: BatchMove, now: Date): Promise<void> {
  await insertProblems(tx, tenantId, scan.id, scan.counts.problems, move.problems)
  const { rows } = await sql<{ count: number }>`
    UPDATE scan SET progress = ${json(move.progress)}, cursor = ${move.cursor}, next_sequence = next_sequence + 1, moved_at = ${now},
      local_identifiers = ${json(move.localIdentifiers)}, sightings = sightings + ${move.sightings}, credentials_new = credentials_new + ${move.credentialsNew},
      locations_new = locations_new + ${move.locationsNew}, problems = problems + ${move.problems.length}, coverage_count = coverage_count + ${move.coverage.length}
    WHERE tenant_id = ${tenantId} AND id = ${scan.id} RETURNING coverage_count - ${move.coverage.length} AS count`.execute(tx)
  const from = rows[0]!.count
  const statements = move.coverage.map((statement, i) => ({ position: from + i, statement }))
  if (statements.length === 0) return
  await sql`
    INSERT INTO scan_coverage (tenant_id, scan_id, position, statement)
    SELECT ${tenantId}, ${scan.id}, c.position, c.statement FROM json_to_recordset(${rowsParameter(statements)}) AS c(position int, statement json)`.execute(tx)
}

/** Adds problems found outside any batch. */
export async function addProblems(tx: Tx, tenantId: TenantId, scan: Scan, problems: readonly ScanProblem[]): Promise<void> {
  await insertProblems(tx, tenantId, scan.id, scan.counts.problems, problems)
  await sql`UPDATE scan SET problems = problems + ${problems.length} WHERE tenant_id = ${tenantId} AND id = ${scan.id}`.execute(tx)
}

async function insertProblems(tx: Tx, tenantId: TenantId, scanId: string, from: number, problems: readonly ScanProblem[]): Promise<void> {
  const rows = problems.slice(0, Math.max(0, MAX_STORED_PROBLEMS - from)).map((problem, i) => ({ position: from + i, ...problem }))
  if (rows.length === 0) return
  await sql`
    INSERT INTO scan_problem (tenant_id, scan_id, position, code, place, message)
    SELECT ${tenantId}, ${scanId}, p.position, p.code, p."where", p.message FROM json_to_recordset(${rowsParameter(rows)}) AS p(position bigint, code text, "where" text, message text)`.execute(tx)
}

/** Ends a locked scan. */
export async function markEnded(tx: Tx, tenantId: TenantId, id: string, state: ScanState, message: string | null, locationsGone: number, now: Date): Promise<void> {
  await sql`
    UPDATE scan SET state = ${state}, message = ${message}, locations_gone = locations_gone + ${locationsGone}, finished_at = ${now}, moved_at = ${now}, cursor = NULL
    WHERE tenant_id = ${tenantId} AND id = ${id}`.execute(tx)
}

/** A scan's problems in the order they were met, from `position` on. */
export async function listProblems(queryable: Queryable, tenantId: TenantId, scanId: string, position: number, limit: number): Promise<(ScanProblem & { readonly position: number })[]> {
  const { rows } = await sql<{ position: string; code: string; place: string; message: string }>`
    SELECT position, code, place, message FROM scan_problem WHERE tenant_id = ${tenantId} AND scan_id = ${scanId} AND position >= ${position}
    ORDER BY position LIMIT ${limit}`.execute(queryable)
  return rows.map((row) => ({ position: Number(row.position), code: row.code, where: row.place, message: row.message }))
}

/** A scan's coverage statements, in order. */
export async function readCoverage(queryable: Queryable, tenantId: TenantId, scanId: string, limit: number): Promise<Coverage[]> {
  const { rows } = await sql<{ statement: Coverage }>`
    SELECT statement FROM scan_coverage WHERE tenant_id = ${tenantId} AND scan_id = ${scanId} ORDER BY position LIMIT ${limit}`.execute(queryable)
  return rows.map((row) => row.statement)
}

function filterSql({ state, kind }: { readonly state?: ScanState | undefined; readonly kind?: ScanKind | undefined }): RawBuilder<unknown> {
  return sql`${state === undefined ? sql`` : sql`AND state = ${state}`} ${kind === undefined ? sql`` : sql`AND kind = ${kind}`}`
}

function toScan(row: Row): Scan {
  return {
    id: row.id, kind: row.kind, origin: row.origin, state: row.state, title: row.title, options: row.options, withPassphrases: row.with_passphrases,
    progress: row.progress, cursor: row.cursor, nextSequence: row.next_sequence, localIdentifiers: row.local_identifiers, requestedBy: row.requested_by,
    scheduleId: row.schedule_id, message: row.message, createdAt: row.created_at, startedAt: row.started_at, finishedAt: row.finished_at,
    counts: {
      sightings: Number(row.sightings), credentialsNew: Number(row.credentials_new), locationsNew: Number(row.locations_new),
      locationsGone: Number(row.locations_gone), problems: Number(row.problems),
    },
  }
}
