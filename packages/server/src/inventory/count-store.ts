import { DAY_MS, type SecretState, type TenantId } from '@muster/core'
import { sql } from 'kysely'
import type { Queryable, Tx } from '../platform/db/db.ts'
import { rowsParameter } from '../platform/db/json-parameter.ts'

/** A credential whose presence the counting changed. */
export type Presence = { readonly id: string; readonly change: 'gone' | 'returned' }

/**
 * Counts the present places of `ids` anew, keeps the totals true and says whose last place went and who came back. Which
 * kinds of place, whether only trust stores hold it and when it went follow from the same rows. It reads every present
 * place of theirs: what merely gained some is counted by {@link addPlaces}.
 */
export async function recount(tx: Tx, tenantId: TenantId, ids: readonly string[], at: Date): Promise<Presence[]> {
  if (ids.length === 0) return []
  const { rows } = await sql<Counted & { id: string; was_gone: boolean; is_gone: boolean; did_count: boolean; does_count: boolean }>`
    WITH asked AS MATERIALIZED (
      SELECT c.id, c.gone, c.trust_store_only, c.kind, c.not_after, c.first_seen, c.owner IS NULL AS unowned
      FROM (SELECT DISTINCT x.id::uuid FROM json_array_elements_text(${rowsParameter(ids)}) AS x(id)) AS wanted(id)
      JOIN credential c ON c.tenant_id = ${tenantId} AND c.id = wanted.id
    ), counted AS MATERIALIZED (
      SELECT asked.id, count(l.id)::integer AS locations, count(DISTINCT l.machine_id)::integer AS machines,
        bool_and(l.trust_store) AS trusted, array_remove(array_agg(DISTINCT 'loc:' || l.kind ORDER BY 'loc:' || l.kind), NULL) AS kinds
      FROM asked LEFT JOIN location l ON l.tenant_id = ${tenantId} AND l.credential_id = asked.id AND l.gone_at IS NULL
      GROUP BY asked.id
    ), seen AS (
      UPDATE credential_seen s SET gone = counted.locations = 0 FROM counted
      WHERE s.tenant_id = ${tenantId} AND s.credential_id = counted.id AND s.gone <> (counted.locations = 0)
    ), changed AS (
      UPDATE credential c SET location_count = counted.locations, machine_count = counted.machines, location_kinds = counted.kinds,
        trust_store_only = coalesce(counted.trusted, c.trust_store_only),
        gone_at = CASE WHEN counted.locations > 0 THEN NULL ELSE coalesce(c.gone_at, ${at}::timestamptz) END
      FROM counted WHERE c.tenant_id = ${tenantId} AND c.id = counted.id
        AND (c.location_count, c.machine_count, c.location_kinds, c.trust_store_only, c.gone)
          IS DISTINCT FROM (counted.locations, counted.machines, counted.kinds, coalesce(counted.trusted, c.trust_store_only), counted.locations = 0)
    ), compared AS (
      SELECT asked.*, counted.locations = 0 AS is_gone, NOT asked.gone AND NOT asked.trust_store_only AS did_count,
        counted.locations > 0 AND NOT coalesce(counted.trusted, asked.trust_store_only) AS does_count
      FROM asked JOIN counted ON counted.id = asked.id
    )
    SELECT id, gone AS was_gone, is_gone, did_count, does_count, kind, not_after AS "notAfter", first_seen AS "firstSeen", unowned
    FROM compared WHERE gone <> is_gone OR did_count <> does_count`.execute(tx)
  await addTallies(tx, tenantId, rows.filter((row) => row.did_count !== row.does_count).map((row) => ({ ...row, sign: row.does_count ? 1 : -1 })))
  return rows.filter((row) => row.was_gone !== row.is_gone).map((row) => ({ id: row.id, change: row.is_gone ? 'gone' : 'returned' }))
}

/** Places a present credential gained; none of them is stored yet. */
export type Gained = {
  readonly id: string
  readonly locations: number
  readonly machines: readonly string[]
  /** As facets: `loc:file`. */
  readonly kinds: readonly string[]
}

/** Counts gained places by one look at an index for each machine (as a join it would read all places there are). Whether only trust stores hold a credential must not change by them. */
export async function addPlaces(tx: Tx, tenantId: TenantId, gained: readonly Gained[]): Promise<void> {
  if (gained.length === 0) return
  await sql`
    WITH input AS MATERIALIZED (SELECT * FROM json_to_recordset(${rowsParameter(gained)}) AS x(id uuid, locations integer, machines uuid[], kinds text[]))
    UPDATE credential c SET location_count = c.location_count + input.locations,
      machine_count = c.machine_count + (SELECT count(*)::integer FROM unnest(input.machines) AS m(id) WHERE (
        SELECT true FROM location l WHERE l.tenant_id = ${tenantId} AND l.credential_id = input.id AND l.machine_id = m.id AND l.gone_at IS NULL LIMIT 1) IS NULL),
      location_kinds = ARRAY(SELECT DISTINCT kind FROM unnest(c.location_kinds || input.kinds) AS k(kind) ORDER BY kind)
    FROM input WHERE c.tenant_id = ${tenantId} AND c.id = input.id`.execute(tx)
}

const UNDATED = 'none'

/** What a present credential outside trust stores adds to the totals. */
const contributions = (tenantId: TenantId, ids: unknown, sign: 1 | -1) => sql`
  WITH mine AS MATERIALIZED (
    SELECT c.kind, c.owner IS NULL AS unowned, coalesce(to_char(c.not_after AT TIME ZONE 'UTC', 'YYYY-MM-DD'), ${sql.lit(UNDATED)}) AS expires,
      to_char(c.first_seen AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS seen
    FROM (SELECT DISTINCT x.id::uuid FROM json_array_elements_text(${ids}) AS x(id)) AS wanted(id)
    JOIN credential c ON c.tenant_id = ${tenantId} AND c.id = wanted.id WHERE NOT c.gone AND NOT c.trust_store_only)
  INSERT INTO inventory_tally (tenant_id, dimension, kind, bucket, count)
  SELECT ${tenantId}::text, dimension, kind, bucket, ${sql.lit(sign)} * count(*) FROM (
    SELECT 'expires' AS dimension, kind, expires AS bucket FROM mine UNION ALL SELECT 'seen', kind, seen FROM mine
    UNION ALL SELECT 'unowned', kind, '' FROM mine WHERE unowned) AS parts
  GROUP BY dimension, kind, bucket
  ON CONFLICT (tenant_id, dimension, kind, bucket) DO UPDATE SET count = inventory_tally.count + excluded.count`

/** Keeps the tenant's totals true across `change`: takes what `ids` contribute out before it and puts it back after. */
export async function tallied<Result>(tx: Tx, tenantId: TenantId, ids: readonly string[], change: () => Promise<Result>): Promise<Result> {
  if (ids.length === 0) return change()
  await contributions(tenantId, rowsParameter(ids), -1).execute(tx)
  const result = await change()
  await contributions(tenantId, rowsParameter(ids), 1).execute(tx)
  return result
}

/** What decides where a credential is counted. */
type Counted = { readonly kind: string; readonly notAfter: Date | string | null; readonly firstSeen: Date; readonly unowned: boolean }

/** Adds new credentials, which nobody owns yet, to the totals. */
export function tallyNew(tx: Tx, tenantId: TenantId, credentials: readonly { readonly kind: string; readonly notAfter: string | null; readonly trustStoreOnly: boolean }[], seenAt: Date): Promise<void> {
  const counted = credentials.filter(({ trustStoreOnly }) => !trustStoreOnly)
  return addTallies(tx, tenantId, counted.map(({ kind, notAfter }) => ({ kind, notAfter, firstSeen: seenAt, unowned: true, sign: 1 })))
}

async function addTallies(tx: Tx, tenantId: TenantId, credentials: readonly (Counted & { readonly sign: 1 | -1 })[]): Promise<void> {
  const tallies = Map.groupBy(credentials, ({ kind }) => kind).entries().flatMap(([kind, some]) => {
    const byBucket = (dimension: Tally['dimension'], totals: ReadonlyMap<string, number>) => Array.from(totals, ([bucket, count]): Tally => ({ dimension, kind, bucket, count }))
    return [
      ...byBucket('expires', byDay(some, ({ notAfter }) => notAfter)), ...byBucket('seen', byDay(some, ({ firstSeen }) => firstSeen)),
      { dimension: 'unowned', kind, bucket: '', count: some.reduce((sum, { unowned, sign }) => sum + (unowned ? sign : 0), 0) } as const,
    ]
  }).filter(({ count }) => count !== 0).toArray()
  if (tallies.length === 0) return
  await sql`
    INSERT INTO inventory_tally (tenant_id, dimension, kind, bucket, count)
    SELECT ${tenantId}::text, x.dimension, x.kind, x.bucket, x.count FROM json_to_recordset(${rowsParameter(tallies)}) AS x(dimension text, kind text, bucket text, count bigint)
    ON CONFLICT (tenant_id, dimension, kind, bucket) DO UPDATE SET count = inventory_tally.count + excluded.count`.execute(tx)
}

/** Sums by UTC day, named as the totals of known credentials name it. */
function byDay<One extends { readonly sign: 1 | -1 }>(some: readonly One[], of: (one: One) => Date | string | null): Map<string, number> {
  const totals = new Map<number | null, number>()
  for (const one of some) {
    const at = of(one)
    const day = at === null ? null : Math.floor((typeof at === 'string' ? Date.parse(at) : at.getTime()) / DAY_MS)
    totals.set(day, (totals.get(day) ?? 0) + one.sign)
  }
  return new Map(Array.from(totals, ([day, count]) => [day === null ? UNDATED : new Date(day * DAY_MS).toISOString().slice(0, 'YYYY-MM-DD'.length), count]))
}

/** A total of present credentials outside trust stores. `bucket` is a UTC day `YYYY-MM-DD`, `none`, or empty. */
export type Tally = { readonly dimension: 'expires' | 'seen' | 'unowned'; readonly kind: string; readonly bucket: string; readonly count: number }

/** The tenant's totals of these dimensions. */
export async function readTallies(queryable: Queryable, tenantId: TenantId, dimensions: readonly Tally['dimension'][]): Promise<Tally[]> {
  const { rows } = await sql<{ dimension: Tally['dimension']; kind: string; bucket: string; count: string }>`
    SELECT dimension, kind, bucket, count FROM inventory_tally WHERE tenant_id = ${tenantId} AND dimension IN (${sql.join(dimensions)}) AND count <> 0`.execute(queryable)
  return rows.map((row) => ({ ...row, count: Number(row.count) }))
}

/** Present secrets by what people say of them. */
export async function countSecretStates(queryable: Queryable, tenantId: TenantId): Promise<{ state: SecretState; count: number }[]> {
  const { rows } = await sql<{ state: SecretState; count: string }>`
    SELECT secret_state AS state, count(*) AS count FROM credential WHERE tenant_id = ${tenantId} AND secret_state IS NOT NULL AND NOT gone GROUP BY secret_state`.execute(queryable)
  return rows.map((row) => ({ ...row, count: Number(row.count) }))
}

/** Present credentials outside trust stores that expired from `from` until `now`, lists of revoked certificates aside. */
export async function countExpiredSince(queryable: Queryable, tenantId: TenantId, from: Date, now: Date): Promise<number> {
  const { rows } = await sql<{ count: string }>`
    SELECT count(*) AS count FROM credential WHERE tenant_id = ${tenantId} AND NOT gone AND expires >= ${from} AND expires < ${now} AND NOT trust_store_only AND kind <> 'crl'`.execute(queryable)
  return Number(rows[0]!.count)
}
