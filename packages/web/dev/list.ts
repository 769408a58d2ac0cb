import { severityRank, type Severity } from '@muster/core'
import type { CredentialListQuery, CredentialFilter, Page } from '@muster/core/api'
import { credentialAt, credentialName, issuerAt, sketchAt } from './credentials.ts'
import { profileAt, secretStateAt, sourcesOf } from './secrets.ts'
import type { World } from './world.ts'

/** A page of `count` things; the cursor is the position, as opaque to clients as a real one. */
export function page<Row>(count: number, query: { cursor?: string | undefined; limit: number }, at: (position: number) => Row): Page<Row> & { items: Row[] } {
  const from = query.cursor === undefined ? 0 : Number.parseInt(atob(query.cursor).slice(2), 10)
  const until = Math.min(count, from + query.limit)
  const items: Row[] = []
  for (let position = from; position < until; position++) items.push(at(position))
  return { items, nextCursor: until < count ? btoa(`p:${until}`) : null, count: query.cursor === undefined ? { value: count, exact: count <= 10_000 } : null }
}

/** A page of an array. */
export function pageOfArray<Row>(rows: readonly Row[], query: { cursor?: string | undefined; limit: number }): Page<Row> & { items: Row[] } {
  return page(rows.length, query, (position) => rows[position]!)
}

function matcher(world: World, filter: CredentialFilter): (n: number) => boolean {
  const needsRow = filter.owner !== undefined || filter.unowned === true || filter.criticality !== undefined || filter.environment !== undefined || filter.locationKind !== undefined
  const q = filter.q?.toLowerCase()
  return (n) => {
    const s = sketchAt(world, n)
    if (filter.presence !== 'all' && s.gone !== (filter.presence === 'gone')) return false
    if (s.trust && !filter.trustStore) return false
    if (filter.kind !== undefined && !filter.kind.includes(s.kind)) return false
    if (filter.algorithm !== undefined && (s.algorithm === null || !filter.algorithm.includes(s.algorithm))) return false
    if (filter.maxKeySizeBits !== undefined && (s.bits === null || s.bits > filter.maxKeySizeBits)) return false
    if (filter.severity !== undefined && (s.severity === null || !filter.severity.includes(s.severity))) return false
    if (filter.expiresFrom !== undefined && !(s.notAfter >= Date.parse(filter.expiresFrom))) return false
    if (filter.expiresBefore !== undefined && !(s.notAfter < Date.parse(filter.expiresBefore))) return false
    if (filter.issuer !== undefined && !(s.kind === 'certificate' && issuerAt(n).toLowerCase().includes(filter.issuer.toLowerCase()))) return false
    if (filter.machineId?.startsWith('b') === true) { if (s.kind !== 'secret' || !sourcesOf(n).includes(Number.parseInt(filter.machineId.slice(24), 16))) return false }
    else if (filter.machineId !== undefined && n % world.machines !== Number.parseInt(filter.machineId.slice(24), 16)) return false
    if (filter.secretState !== undefined && (s.kind !== 'secret' || !filter.secretState.includes(secretStateAt(world, n)))) return false
    if (filter.secretType !== undefined && (s.kind !== 'secret' || !filter.secretType.includes(profileAt(n).type))) return false
    if (filter.detectionRule !== undefined && (s.kind !== 'secret' || filter.detectionRule !== profileAt(n).ruleId)) return false
    if (filter.rule === 'x509.expired' && !(s.notAfter < world.start)) return false
    if (q !== undefined && !credentialName(world, n, s.kind).toLowerCase().includes(q) && (q.length < 16 || credentialAt(world, n).fingerprint !== q)) return false
    if (!needsRow) return true
    const { labels } = credentialAt(world, n)
    if (filter.owner !== undefined && labels.owner !== filter.owner) return false
    if (filter.unowned === true && labels.owner !== null) return false
    if (filter.criticality !== undefined && (labels.criticality === null || !filter.criticality.includes(labels.criticality))) return false
    return filter.environment === undefined || (labels.environment !== null && filter.environment.includes(labels.environment))
  }
}

const cache = new Map<string, Uint32Array>()

/** Positions of the credentials that match, in order; remembered per filter and order until labels change. */
export function matching(world: World, query: Omit<CredentialListQuery, 'cursor' | 'limit'>, generation: number): Uint32Array {
  const key = JSON.stringify([generation, query])
  const known = cache.get(key)
  if (known !== undefined) return known
  const match = matcher(world, query)
  const found: number[] = []
  for (let n = 0; n < world.rows; n++) if (match(n)) found.push(n)
  const rank = (severity: Severity | null): number => (severity === null ? 9 : severityRank(severity))
  const number = (value: (n: number) => number): void => {
    const keys = new Map(found.map((n) => [n, value(n)]))
    found.sort((a, b) => keys.get(a)! - keys.get(b)! || a - b)
  }
  if (query.sort === 'notAfter') number((n) => Math.min(8e15, sketchAt(world, n).notAfter))
  if (query.sort === 'lastSeen') number((n) => sketchAt(world, n).lastSeen)
  if (query.sort === 'firstSeen') number((n) => sketchAt(world, n).firstSeen)
  if (query.sort === 'severity') number((n) => rank(sketchAt(world, n).severity))
  if (query.sort === 'name') {
    const names = new Map(found.map((n) => [n, credentialName(world, n, sketchAt(world, n).kind)]))
    found.sort((a, b) => (names.get(a)! < names.get(b)! ? -1 : names.get(a) === names.get(b) ? a - b : 1))
  }
  if (query.order === 'desc') found.reverse()
  const result = Uint32Array.from(found)
  if (cache.size > 20) cache.clear()
  cache.set(key, result)
  return result
}
