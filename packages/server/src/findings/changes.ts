import { changeEvents, type ChangeListQuery, type ChangePage } from '@muster/core/api'
import { z } from 'zod'
import { countCredentialChanges, listCredentialChanges } from '../inventory/index.ts'
import type { Authorized } from '../platform/actor.ts'
import type { Db } from '../platform/db/db.ts'
import { decodeCursor, encodeCursor } from '../platform/http/cursor.ts'
import { countFindingChanges, listFindingChanges } from './change-store.ts'

/** Of credentials and of findings each; beyond it nobody reads a total. */
const COUNT_BOUND = 20_001

/**
 * What happened to credentials and findings, newest first: both histories in one, by the ids of their entries.
 *
 * @throws MusterError page.cursor-invalid
 */
export async function listChanges(db: Db, may: Authorized, query: ChangeListQuery): Promise<ChangePage> {
  const { cursor, limit, ...span } = query
  const scope = ['changes', span]
  const key = decodeCursor(scope, cursor, z.tuple([z.uuid()]))
  const before = key === null ? null : String(key[0])
  const [credentials, findings] = await Promise.all([listCredentialChanges(db, may.tenantId, span, before, limit + 1), listFindingChanges(db, may, span, before, limit + 1)])
  const found = [...credentials, ...findings].sort((a, b) => (a.id < b.id ? 1 : -1))
  const items = found.slice(0, limit)
  const totals = before === null ? await totalsOf(db, may, span) : null
  const wanted = totals?.filter(({ event }) => span.event?.includes(event) ?? true)
  return {
    items,
    nextCursor: found.length > limit ? encodeCursor(scope, [items.at(-1)!.id]) : null,
    count: wanted === undefined ? null : { value: wanted.reduce((sum, { count }) => sum + count, 0), exact: true },
    totals,
  }
}

async function totalsOf(db: Db, may: Authorized, span: Omit<ChangeListQuery, 'cursor' | 'limit'>): Promise<ChangePage['totals']> {
  const counts = await Promise.all([countCredentialChanges(db, may.tenantId, span, COUNT_BOUND), countFindingChanges(db, may, span, COUNT_BOUND)])
  if (counts.some((part) => part.reduce((sum, { count }) => sum + count, 0) >= COUNT_BOUND)) return null
  const byEvent = new Map(counts.flat().map(({ event, count }) => [event, count]))
  return changeEvents.flatMap((event) => { const count = byEvent.get(event) ?? 0; return count === 0 ? [] : [{ event, count }] })
}
