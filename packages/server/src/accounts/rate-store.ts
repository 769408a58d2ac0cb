import { sql } from 'kysely'
import type { Authorized } from '../platform/actor.ts'
import type { Queryable } from '../platform/db/db.ts'
import type { AccountsTables } from './tables.ts'

/** A token bucket: `burst` at once, then `perMinute`. */
export type RateLimit = { readonly burst: number; readonly perMinute: number }

/**
 * Takes one token of the bucket `key`, in one statement, so that servers sharing the store share the bucket. Returns 0 when
 * granted, else the seconds until the next one.
 */
export async function takeFromBucket(queryable: Queryable, { tenantId }: Authorized, key: string, limit: RateLimit, now: Date): Promise<number> {
  const perSecond = limit.perMinute / 60
  const refilled = sql<number>`LEAST(${limit.burst}::float8, rate_buckets.tokens + GREATEST(0, EXTRACT(EPOCH FROM (${now}::timestamptz - rate_buckets.refilled_at))) * ${perSecond}::float8)`
  const row = await queryable
    .withTables<AccountsTables>()
    .insertInto('rate_buckets')
    .values({ tenant_id: tenantId, key, tokens: limit.burst - 1, granted: true, refilled_at: now })
    .onConflict((conflict) =>
      conflict.columns(['tenant_id', 'key']).doUpdateSet({
        tokens: sql<number>`CASE WHEN ${refilled} >= 1 THEN ${refilled} - 1 ELSE ${refilled} END`,
        granted: sql<boolean>`${refilled} >= 1`,
        refilled_at: sql<Date>`GREATEST(${now}::timestamptz, rate_buckets.refilled_at)`,
      }),
    )
    .returning(['tokens', 'granted'])
    .executeTakeFirstOrThrow()
  return row.granted ? 0 : (1 - Number(row.tokens)) / perSecond
}

/** Gives a token back: what it was taken for turned out to be in order. */
export async function returnToBucket(queryable: Queryable, { tenantId }: Authorized, key: string, limit: RateLimit): Promise<void> {
  await queryable
    .withTables<AccountsTables>()
    .updateTable('rate_buckets')
    .set({ tokens: sql<number>`LEAST(${limit.burst}::float8, tokens + 1)` })
    .where('tenant_id', '=', tenantId)
    .where('key', '=', key)
    .execute()
}
