import { type Coverage, hostPort } from '@muster/core'
import { isLoopback } from './machine-match.ts'

/** A place of a machine's file system, or an endpoint. */
export type PathPlace = { readonly machineId: string; readonly path: string }
/** A variable of a CI system or an entry of a cluster's Secret; `scope` is what it belongs to there. */
export type NamedPlace = { readonly machineId: string; readonly kind: string; readonly scope: string | null }
export type EndpointPlace = { readonly machineId: string; readonly host: string; readonly port: number; readonly protocol: string; readonly sni: string | null; readonly starttls: string | null }

/** A coverage statement with its machine resolved. */
export type ResolvedCoverage = { readonly machineId: string | null; readonly scope: Coverage['scope'] }

/** What a scan of files looks for: keys and their stores, or credentials written into text. */
export type LookedFor = 'keys' | 'secrets'

/**
 * Answers whether a scan looked for something at a path of a machine. A statement speaks for everything below its path
 * except below its unread places, whole path components only: `/etc/ssl` covers `/etc/ssl/a` and not `/etc/ssl2`. Paths of a
 * source are relative: an empty path, or `/`, covers all of it. What lies in an archive lies below the archive.
 */
export function pathCoverage(statements: readonly ResolvedCoverage[], lookedFor: LookedFor): (place: PathPlace) => boolean {
  const unreadByPath = new Map<string, ReadonlySet<string>[]>()
  for (const { machineId, scope } of statements) {
    if (scope.kind !== 'path' || machineId === null || !scope.lookedFor.includes(lookedFor)) continue
    const key = `${machineId}\0${trimmed(scope.path)}`
    const unread = new Set(scope.unread.map(trimmed))
    const others = unreadByPath.get(key)
    if (others === undefined) unreadByPath.set(key, [unread])
    else others.push(unread)
  }
  return ({ machineId, path }) => {
    const ancestors = withAncestors(trimmed(path))
    return ancestors.some((ancestor) => unreadByPath.get(`${machineId}\0${ancestor}`)?.some((unread) => unread.size === 0 || !ancestors.some((one) => unread.has(one))) === true)
  }
}

function trimmed(path: string): string {
  return path.length > 1 ? path.replace(/\/+$/, '') : path === '/' ? '' : path
}

/** The path itself, every archive and directory above it, and the root or the whole of a source as ''. */
function withAncestors(path: string): string[] {
  const all = [path]
  for (let end = path.length - 1; end > 0; end--) {
    const mark = path[end]
    if (mark === '/' || mark === '!') all.push(path.slice(0, end))
  }
  if (path !== '') all.push('')
  return all
}

/**
 * Answers whether a scan listed a named credential: its kind, and its scope or everything of its source where the statement
 * names none.
 */
export function namedCoverage(statements: readonly ResolvedCoverage[]): (place: NamedPlace) => boolean {
  return ({ machineId, kind, scope }) => statements.some(({ machineId: listed, scope: said }) => said.kind === 'named' && listed === machineId
    && said.kinds.some((one) => one === kind) && (said.scope === '' || said.scope === scope))
}

/** Answers whether a scan listed who takes credentials where a relation was read: its source begins with the scope, whole names only. */
export function consumerCoverage(statements: readonly ResolvedCoverage[]): (edge: { readonly machineId: string; readonly source: string }) => boolean {
  const listed = Map.groupBy(statements.filter(({ scope }) => scope.kind === 'named' && scope.kinds.includes('consumers')), ({ machineId }) => machineId)
  return ({ machineId, source }) => (listed.get(machineId) ?? []).some(({ scope: said }) => said.kind === 'named' && (said.scope === '' || source.startsWith(`${said.scope}/`) || source.startsWith(`${said.scope} `)))
}

/** A scope as its holder: what stands behind `#` is a part of the holder's. */
export function holderOf(scope: string): string {
  const mark = scope.indexOf('#')
  return mark < 0 ? scope : scope.slice(0, mark)
}

/** Answers whether what holds a named credential was looked for where it must be, and is not there. */
export function holderIsGone(statements: readonly ResolvedCoverage[]): (place: NamedPlace) => boolean {
  const listed = statements.flatMap(({ scope }) => (scope.kind === 'holders' ? [{ kinds: new Set<string>(scope.kinds), below: `${scope.below}/`, present: new Set(scope.present) }] : []))
  return ({ kind, scope }) => scope !== null && listed.some(({ kinds, below, present }) => kinds.has(kind) && scope.startsWith(below) && !present.has(holderOf(scope)))
}

/** What the scan found listening, for {@link endpointCoverage}: endpoints seen since the scan began. */
export type SeenEndpoint = { readonly machineId: string; readonly host: string; readonly port: number; readonly sni: string | null; readonly starttls: string | null; readonly protocol: string }

/** Whose loopback addresses a statement without a machine speaks of: by host, the machines. */
export type LoopbackOwners = (host: string) => readonly string[]

/**
 * Answers whether a scan looked for something at an endpoint. Where a port did answer, only the SNI names and STARTTLS
 * ways the scan tried were looked for; where it was closed, or speaks no known protocol any more, all of them are gone.
 */
export function endpointCoverage(statements: readonly ResolvedCoverage[], seen: readonly SeenEndpoint[], owners: LoopbackOwners): (place: EndpointPlace) => boolean {
  const byHost = new Map<string, Listening[]>()
  for (const statement of statements) {
    if (!('hosts' in statement.scope)) continue
    const { scope } = statement
    const listening: Listening = { machineId: statement.machineId, protocols: scope.protocols, ports: scope.kind === 'endpoints' ? new Set(scope.ports) : null, unanswered: new Set(scope.unanswered) }
    for (const host of scope.hosts) {
      const others = byHost.get(host)
      if (others === undefined) byHost.set(host, [listening])
      else others.push(listening)
    }
  }
  const tried = new Map<string, Set<string>>()
  for (const endpoint of seen) {
    const key = `${endpoint.machineId} ${hostPort(endpoint.host, endpoint.port)}`
    const ways = tried.get(key) ?? new Set()
    tried.set(key, ways.add(endpoint.protocol === 'unknown' ? ANY_WAY : wayOf(endpoint)))
  }
  return (place) => {
    const address = hostPort(place.host, place.port)
    const ways = tried.get(`${place.machineId} ${address}`)
    if (ways !== undefined && !ways.has(ANY_WAY) && !ways.has(wayOf(place))) return false
    return (byHost.get(place.host) ?? []).some((one) => speaksOf(one, place, address, owners))
  }
}

type Listening = { readonly machineId: string | null; readonly protocols: readonly string[]; readonly ports: ReadonlySet<number> | null; readonly unanswered: ReadonlySet<string> }

function speaksOf(statement: Listening, place: EndpointPlace, address: string, owners: LoopbackOwners): boolean {
  if (place.protocol !== 'unknown' && !statement.protocols.includes(place.protocol)) return false
  if (statement.ports !== null && !statement.ports.has(place.port)) return false
  if (statement.unanswered.has(address)) return false
  if (statement.machineId !== null) return statement.machineId === place.machineId
  // A listening table without its machine says nothing; a loopback address belongs to whoever asked.
  if (statement.ports === null) return false
  return !isLoopback(place.host) || owners(place.host).includes(place.machineId)
}

const ANY_WAY = '*'

function wayOf({ sni, starttls }: { readonly sni: string | null; readonly starttls: string | null }): string {
  return `${starttls ?? ''} ${sni ?? ''}`
}
