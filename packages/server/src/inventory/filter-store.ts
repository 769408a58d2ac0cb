import { severityRank, type TenantId } from '@muster/core'
import type { CredentialFilter } from '@muster/core/api'
import { type RawBuilder, sql } from 'kysely'
import { type Db, inTx, type Tx } from '../platform/db/db.ts'
import { storableText } from '../platform/db/json-parameter.ts'
import { readSearch, type Search } from './search.ts'

/** Reads with plans made for the values at hand: what is selective here decides which index is right. */
export function reading<Result>(db: Db, work: (tx: Tx) => Promise<Result>): Promise<Result> {
  return inTx(db, async (tx) => {
    await sql`SELECT set_config('plan_cache_mode', 'force_custom_plan', true), set_config('jit', 'off', true)`.execute(tx)
    return work(tx)
  })
}

/** How long an ordered read may look for its rows before it is taken for a search in vain. */
const WALK_MS = 150
const QUERY_CANCELED = '57014'

/**
 * Reads the first rows in an index's order, and where they do not turn up soon gathers all that match and sorts them. The
 * planner takes filters for independent: where they exclude one another it would walk the whole index to find nothing.
 */
export async function readingInOrder<Result>(db: Db, work: (tx: Tx) => Promise<Result>, walkMs = WALK_MS): Promise<Result> {
  try {
    return await reading(db, async (tx) => {
      await sql`SELECT set_config('statement_timeout', ${String(walkMs)}, true)`.execute(tx)
      return work(tx)
    })
  } catch (error) {
    if (!isCanceled(error)) throw error
    return reading(db, async (tx) => {
      await sql`SELECT set_config('enable_indexscan', 'off', true), set_config('enable_indexonlyscan', 'off', true)`.execute(tx)
      return work(tx)
    })
  }
}

function isCanceled(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === QUERY_CANCELED
}

/** A condition on `credential AS c`. */
export type Condition = RawBuilder<unknown>

/** Present, gone or both, as values of the index's leading column. */
export function presences(filter: Pick<CredentialFilter, 'presence'>): boolean[] {
  return filter.presence === 'present' ? [false] : filter.presence === 'gone' ? [true] : [false, true]
}

const anyOf = (prefix: string, values: readonly (string | number)[]): Condition => {
  // Plain parameters: the planner looks their frequency up, which it cannot behind a subselect.
  return sql`c.facets && ARRAY[${sql.join(values.map((value) => `${prefix}${value}`))}]::text[]`
}

/** What the filter says besides presence. Everything with few distinct values is one array index (`facets`). */
export function conditionsOf(tenantId: TenantId, filter: CredentialFilter): Condition[] {
  const conditions: Condition[] = []
  const facet = (prefix: string, values: readonly (string | number)[] | undefined) => {
    if (values !== undefined && values.length > 0) conditions.push(anyOf(prefix, values.map((value) => (typeof value === 'string' ? storableText(value) : value))))
  }
  if (!filter.trustStore) conditions.push(sql`NOT c.trust_store_only`)
  facet('kind:', filter.kind)
  facet('alg:', filter.algorithm)
  facet('cri:', filter.criticality)
  facet('env:', filter.environment)
  facet('sev:', filter.severity?.map(severityRank))
  facet('loc:', filter.locationKind)
  facet('own:', filter.owner === undefined ? undefined : [filter.owner])
  facet('rule:', filter.rule === undefined ? undefined : [filter.rule])
  if (filter.unowned === true) facet('own?', [''])
  if (filter.secretState !== undefined && filter.secretState.length > 0) conditions.push(sql`c.secret_state IN (${sql.join(filter.secretState)})`)
  if (filter.secretType !== undefined && filter.secretType.length > 0) conditions.push(sql`c.secret_type IN (${sql.join(filter.secretType.map(storableText))})`)
  if (filter.detectionRule !== undefined) {
    conditions.push(sql`c.id IN (SELECT l.credential_id FROM location l WHERE l.tenant_id = ${tenantId} AND l.kind IN ('file-line', 'repository-line', 'image-line')
      AND l.facts ->> 'ruleId' = ${storableText(filter.detectionRule)} ${presentOnly(filter)})`)
  }
  if (filter.maxKeySizeBits !== undefined) conditions.push(sql`c.key_size_bits <= ${filter.maxKeySizeBits}`)
  if (filter.expiresFrom !== undefined) conditions.push(sql`c.expires >= ${filter.expiresFrom}::timestamptz AND c.expires < 'infinity'`)
  if (filter.expiresBefore !== undefined) conditions.push(sql`c.expires < ${filter.expiresBefore}::timestamptz`)
  if (filter.machineId !== undefined) {
    conditions.push(sql`c.id IN (SELECT l.credential_id FROM location l WHERE l.tenant_id = ${tenantId} AND l.machine_id = ${filter.machineId} ${presentOnly(filter)})`)
  }
  if (filter.issuer !== undefined) conditions.push(sql`c.issuer ILIKE ${contains(filter.issuer)}`, sql`c.id IN (${textMatches(tenantId, [filter.issuer.toLowerCase()])})`)
  if (filter.q !== undefined && filter.q.trim() !== '') conditions.push(searchCondition(tenantId, readSearch(filter.q)))
  return conditions
}

const presentOnly = (filter: Pick<CredentialFilter, 'presence'>): Condition => (filter.presence === 'present' ? sql`AND l.gone_at IS NULL` : sql``)

function contains(text: string): string {
  return `%${storableText(text).replaceAll(/[\\%_]/g, String.raw`\$&`)}%`
}

function textMatches(tenantId: TenantId, words: readonly string[]): Condition {
  const all = sql.join(words.map((word) => sql`t.search LIKE ${contains(word)}`), sql` AND `)
  return sql`SELECT t.credential_id FROM credential_search t WHERE t.tenant_id = ${tenantId} AND ${all}`
}

/** At most so many hits by fingerprint or serial number: nobody pages through a prefix of digits. */
const MAX_DIGIT_HITS = 10_000

function searchCondition(tenantId: TenantId, search: Search): Condition {
  if (search.kind === 'words') return sql`c.id IN (${textMatches(tenantId, search.words)})`
  if (search.kind === 'ssh-fingerprint') {
    return sql`c.id IN (SELECT i.id FROM credential i WHERE i.tenant_id = ${tenantId} AND i.ssh_fingerprint >= ${search.prefix} AND i.ssh_fingerprint < ${`${search.prefix}\u{10FFFF}`})`
  }
  const { from, to, digits, word } = search
  const inRange = (column: string) => sql`i.${sql.ref(column)} >= decode(${from}, 'hex') AND i.${sql.ref(column)} <= decode(${to}, 'hex')`
  return sql`c.id IN (
    (SELECT i.id FROM credential i WHERE i.tenant_id = ${tenantId} AND ${inRange('fingerprint')} LIMIT ${sql.lit(MAX_DIGIT_HITS)})
    UNION (SELECT i.id FROM credential i WHERE i.tenant_id = ${tenantId} AND i.spki_sha256 IS NOT NULL AND ${inRange('spki_sha256')} LIMIT ${sql.lit(MAX_DIGIT_HITS)})
    UNION (SELECT i.id FROM credential i WHERE i.tenant_id = ${tenantId} AND i.serial_number >= ${digits} AND i.serial_number < ${`${digits}g`} LIMIT ${sql.lit(MAX_DIGIT_HITS)})
    UNION (${textMatches(tenantId, [word])} LIMIT ${sql.lit(MAX_DIGIT_HITS)}))`
}
