import type { AuditRecord } from '@muster/core/api'
import { type Actor, authorize, type Authorized } from '../platform/actor.ts'
import type { Db } from '../platform/db/db.ts'
import { decodeCursor, encodeCursor } from '../platform/http/cursor.ts'
import { requireActor, type RouteHandlers } from '../platform/http/handler.ts'
import { z } from 'zod'
import { verifyChain } from './chain.ts'
import { type AuditFilter, countRecords, listRecords, readChain, readHead } from './store.ts'

const COUNT_BOUND = 10_001
const seqKey = z.tuple([z.number().int().nonnegative()])

/** The audit log's routes: list, verification, export. */
export function auditHandlers({ db }: { readonly db: Db }): RouteHandlers {
  return {
    listAudit: async ({ query }, { actor }) => {
      const may = mayRead(requireActor(actor))
      const filter: AuditFilter = { actor: query.actor, action: query.action, objectId: query.objectId }
      const scope = ['audit', filter]
      const [before] = decodeCursor(scope, query.cursor, seqKey) ?? [null]
      const records = await listRecords(db, may, filter, before, query.limit + 1)
      const items = records.slice(0, query.limit)
      const last = items.at(-1)
      return {
        items,
        nextCursor: records.length > items.length && last !== undefined ? encodeCursor(scope, [last.seq]) : null,
        count: before === null ? await count(db, may, filter) : null,
      }
    },
    verifyAudit: async (_input, { actor }) => {
      const may = mayRead(requireActor(actor))
      const head = await readHead(db, may)
      const found = await verifyChain(readChain(db, may, head?.seq ?? Number.MAX_SAFE_INTEGER), head)
      // Records without a head: somebody removed the head row.
      return head === null && found.records > 0 ? { ...found, intact: false, brokenAtSeq: found.brokenAtSeq ?? 1 } : found
    },
    exportAudit: async (_input, { actor }) => {
      const may = mayRead(requireActor(actor))
      const head = await readHead(db, may)
      const headers = new Headers({ 'content-type': 'application/x-ndjson', 'content-disposition': 'attachment; filename="muster-audit.ndjson"' })
      if (head !== null) headers.set('x-muster-audit-head', `${head.seq}:${head.hash}`)
      return new Response(ndjson(readChain(db, may, head?.seq ?? 0)), { headers })
    },
  }
}

function mayRead(actor: Actor): Authorized {
  return authorize(actor, 'audit.read', { type: 'audit' })
}

async function count(db: Db, may: Authorized, filter: AuditFilter): Promise<{ value: number; exact: boolean }> {
  const value = await countRecords(db, may, filter, COUNT_BOUND)
  return value < COUNT_BOUND ? { value, exact: true } : { value: COUNT_BOUND - 1, exact: false }
}

function ndjson(records: AsyncGenerator<AuditRecord, void, void>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  return new ReadableStream({
    async pull(controller) {
      const lines: string[] = []
      while (lines.length < 200) {
        const next = await records.next()
        if (next.done === true) break
        lines.push(`${JSON.stringify(next.value)}\n`)
      }
      if (lines.length > 0) controller.enqueue(encoder.encode(lines.join('')))
      else controller.close()
    },
    async cancel() {
      await records.return()
    },
  })
}
