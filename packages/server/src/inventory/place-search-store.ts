import type { TenantId } from '@muster/core'
import { sql } from 'kysely'
import type { Tx } from '../platform/db/db.ts'
import { rowsParameter } from '../platform/db/json-parameter.ts'
import { isComparable } from './same-place.ts'
import type { LocationSight } from './sighting-store.ts'

const MAX_SEARCH_CHARS = 2000

/**
 * Lets a credential be found by new places it is written into, besides the first, until its words are as many as are kept.
 * One value stands in few files; a certificate is served at thousands of endpoints, which have a search of their own.
 */
export async function searchByPlaces(tx: Tx, tenantId: TenantId, places: readonly LocationSight[]): Promise<void> {
  const written = Map.groupBy(places.filter(({ kind }) => isComparable(kind)), ({ credentialId }) => credentialId)
  if (written.size === 0) return
  const words = Array.from(written, ([id, at]) => ({ id, words: [...new Set(at.map(({ place }) => place.toLowerCase()))].join(' ').slice(0, MAX_SEARCH_CHARS).toWellFormed() }))
  await sql`
    UPDATE credential_search s SET search = left(s.search || ' ' || x.words, ${sql.lit(MAX_SEARCH_CHARS)}) FROM json_to_recordset(${rowsParameter(words)}) AS x(id uuid, words text)
    WHERE s.tenant_id = ${tenantId} AND s.credential_id = x.id AND length(s.search) < ${sql.lit(MAX_SEARCH_CHARS)} AND strpos(s.search, x.words) = 0`.execute(tx)
}
