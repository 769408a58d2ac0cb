import { MusterError } from '@muster/core'
import type { RouteOutput } from '@muster/core/api'
import { z } from 'zod'
import { summarised } from '../audit/index.ts'
import { type Actor, authorize } from '../platform/actor.ts'
import { decodeCursor, encodeCursor, idKey } from '../platform/http/cursor.ts'
import { requireActor, type RouteHandlers } from '../platform/http/handler.ts'
import { applyBatch, endScan } from './progress.ts'
import { beginImport, cancelScan, type RequestDeps, requestScan } from './requests.ts'
import type { Scan } from './scan.ts'
import { countScans, findScan, listProblems, listScans, MAX_STORED_PROBLEMS, readCoverage } from './store.ts'

const COUNT_BOUND = 10_001
const MAX_SHOWN_COVERAGE = 2000

type ScanRow = RouteOutput<'getScan'>

/** Scans and imports. */
export function scanHandlers(deps: RequestDeps): RouteHandlers {
  const { db } = deps
  return {
    listScans: async ({ query }, { actor }) => {
      const { tenantId } = mayRead(requireActor(actor))
      const { cursor, limit, ...filter } = query
      const scope = ['scans', filter]
      const [before] = decodeCursor(scope, cursor, idKey) ?? [null]
      const rows = await listScans(db, tenantId, filter, before, limit + 1)
      const items = rows.slice(0, limit)
      const count = before === null ? await countScans(db, tenantId, filter, COUNT_BOUND) : null
      return {
        items: items.map(toListedScan),
        nextCursor: rows.length > limit ? encodeCursor(scope, [items.at(-1)!.id]) : null,
        count: count === null ? null : { value: Math.min(count, COUNT_BOUND - 1), exact: count < COUNT_BOUND },
      }
    },
    getScan: async ({ params }, { actor }) => toScanRow(await requireKnown(deps, requireActor(actor), params.id)),
    createScan: async ({ body }, { actor }) => {
      return toScanRow(await requestScan(deps, mayRun(requireActor(actor)), body))
    },
    cancelScan: async ({ params }, { actor }) => {
      const scan = await cancelScan(deps, mayRun(requireActor(actor)), params.id)
      return toScanRow(scan)
    },
    listScanProblems: async ({ params, query }, { actor }) => {
      const scan = await requireKnown(deps, requireActor(actor), params.id)
      const scope = ['scan-problems', scan.id]
      const [from] = decodeCursor(scope, query.cursor, z.tuple([z.number().int().nonnegative()])) ?? [null]
      const rows = await listProblems(db, requireActor(actor).tenantId, scan.id, from ?? 0, query.limit + 1)
      const items = rows.slice(0, query.limit)
      return {
        items: items.map(({ code, where, message }) => ({ code, where, message })),
        nextCursor: rows.length > query.limit ? encodeCursor(scope, [rows.at(-1)!.position]) : null,
        count: from === null ? { value: scan.counts.problems, exact: scan.counts.problems <= MAX_STORED_PROBLEMS } : null,
      }
    },
    getScanCoverage: async ({ params }, { actor }) => {
      const scan = await requireKnown(deps, requireActor(actor), params.id)
      return { items: await readCoverage(db, requireActor(actor).tenantId, scan.id, MAX_SHOWN_COVERAGE) }
    },
    ...importHandlers(deps),
  }
}

function importHandlers(deps: RequestDeps): RouteHandlers {
  return {
    createImport: async ({ body }, { actor }) => toScanRow(await beginImport(deps, mayRun(requireActor(actor)), body)),
    addImportBatch: async ({ params, body }, { actor }) => {
      const may = mayRun(requireActor(actor))
      await requireImport(deps, may.actor, params.id)
      const applied = await applyBatch(deps, may.tenantId, params.id, body.sequence, body.batch)
      if (applied === null) throw new MusterError('object.conflict', 'the scan has ended and takes no more batches', { id: params.id })
      return toScanRow(applied.scan)
    },
    finishImport: async ({ params, body }, { actor }) => {
      const may = mayRun(requireActor(actor))
      await requireImport(deps, may.actor, params.id)
      const { scan } = await endScan(deps, may.tenantId, params.id, { ...body, actor: may.actor })
      return toScanRow(scan)
    },
  }
}

const mayRead = (actor: Actor) => authorize(actor, 'scan.read', { type: 'scan' })
const mayRun = (actor: Actor) => authorize(actor, 'scan.run', { type: 'scan' })

async function requireKnown({ db }: RequestDeps, actor: Actor, id: string): Promise<Scan> {
  const scan = await findScan(db, mayRead(actor).tenantId, id)
  if (scan === null) throw new MusterError('object.not-found', 'there is no such scan', { id })
  return scan
}

async function requireImport(deps: RequestDeps, actor: Actor, id: string): Promise<void> {
  const scan = await requireKnown(deps, actor, id)
  if (scan.origin !== 'import') throw new MusterError('object.conflict', 'this scan runs on the server and takes no batches from outside', { id })
}

/** A scan in a list: of long options, such as thousands of targets, only how they begin. */
export function toListedScan(scan: Scan): ScanRow {
  return { ...toScanRow(scan), options: summarised(scan.options) }
}

/** A scan as the API shows it. */
export function toScanRow(scan: Scan): ScanRow {
  const { id, kind, origin, state, title, options, progress, requestedBy, scheduleId, counts, message } = scan
  return {
    id, kind, origin, state, title, options: { ...options }, progress, requestedBy, scheduleId, counts, message,
    createdAt: scan.createdAt.toISOString(), startedAt: scan.startedAt?.toISOString() ?? null, finishedAt: scan.finishedAt?.toISOString() ?? null,
  }
}
