import type { CredentialFilter, CredentialListQuery, CredentialRow } from '@muster/core/api'
import { z } from 'zod'
import type { Authorized } from '../platform/actor.ts'
import type { Db, Tx } from '../platform/db/db.ts'
import { decodeCursor, encodeCursor } from '../platform/http/cursor.ts'
import { readTallies } from './count-store.ts'
import { reading, readingInOrder } from './filter-store.ts'
import type { ListPage } from './page.ts'
import { countRows, listRows } from './list-store.ts'

const instant = z.string().refine((text) => text === 'infinity' || (z.iso.date().safeParse(text.slice(0, 10)).success && /^ (?:[01]\d|2[0-3])(?::[0-5]\d){2}(?:\.\d{1,6})?[+-](?:0\d|1[0-4])(?::[0-5]\d)?$/.test(text.slice(10))))
/** What rows are ordered by, as the store writes it. */
const sortValues = { name: z.string(), notAfter: instant, firstSeen: instant, lastSeen: instant, severity: z.string().regex(/^\d{1,3}$/) } as const satisfies Record<CredentialListQuery['sort'], z.ZodType<string>>

/** A page of credentials; the first one says how many there are. @throws MusterError page.cursor-invalid */
export async function listCredentials(db: Db, { tenantId }: Authorized, query: CredentialListQuery): Promise<ListPage<CredentialRow>> {
  const { cursor, limit, sort, order, ...filter } = query
  const scope = ['credentials', sort, order, filter]
  const after = decodeCursor(scope, cursor, z.tuple([sortValues[sort], z.uuid()]))
  const found = await readingInOrder(db, (tx) => listRows(tx, tenantId, filter, { sort, order }, after, limit + 1))
  const items = found.slice(0, limit)
  const last = items.at(-1)
  const more = found.length > items.length && last !== undefined
  return {
    items: items.map(({ row }) => row),
    nextCursor: more ? encodeCursor(scope, last.key) : null,
    count: after !== null ? null : more ? await count(db, tenantId, filter) : { value: items.length, exact: true },
  }
}

function count(db: Db, tenantId: Authorized['tenantId'], filter: CredentialFilter): Promise<{ value: number; exact: boolean }> {
  return reading(db, async (tx) => (await countFromTallies(tx, tenantId, filter)) ?? countRows(tx, tenantId, filter))
}

/** The plain list, by kind or not, is counted already. Null for any other filter. */
async function countFromTallies(tx: Tx, tenantId: Authorized['tenantId'], filter: CredentialFilter): Promise<{ value: number; exact: boolean } | null> {
  const { kind, presence, trustStore, ...rest } = filter
  if (presence !== 'present' || trustStore || Object.values(rest).some((value) => value !== undefined && value !== false)) return null
  const tallies = await readTallies(tx, tenantId, ['seen'])
  const counted = tallies.filter((tally) => kind === undefined || kind.some((one) => one === tally.kind))
  return { value: counted.reduce((sum, tally) => sum + tally.count, 0), exact: true }
}
