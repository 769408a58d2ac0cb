import { type Clock, type Coverage, type TenantId } from '@muster/core'
import type { Tx } from '../platform/db/db.ts'
import { storableText } from '../platform/db/json-parameter.ts'
import { recount } from './count-store.ts'
import { consumerCoverage, endpointCoverage, holderIsGone, type LookedFor, namedCoverage, pathCoverage, type ResolvedCoverage } from './coverage.ts'
import { insertEvents } from './event-store.ts'
import { describePlaces } from './history.ts'
import { orderedIds } from './ids.ts'
import { type Identifier, isLoopback } from './machine-match.ts'
import { deleteScanMachines, lockInventory, readMachineNames, readScanMachines } from './machine-store.ts'
import { credentialsByKey, enqueueEvaluation, keysOf } from './queue-store.ts'
import {
  machinesByHostId, retireLocations, retireRelations, retireRows, seenEndpoints, staleConfigurations, staleEndpointLocations, staleEndpoints,
  staleFileLocations, staleHeldSources, staleHeldVariables, type StaleLocation, staleNamedLocations, staleRelationSources, staleUnusedVariables,
} from './retire-store.ts'

/** A scan that ran to its end. */
export type CompletedScan = {
  readonly tenantId: TenantId
  readonly scanId: string
  readonly startedAt: Date
  /** Everything it stated; statements that are not complete are left out of account here. */
  readonly coverage: readonly Coverage[]
  readonly localIdentifiers?: readonly Identifier[]
}

/**
 * Retires what a completed scan looked for and did not see: absence counts only where a complete coverage statement
 * speaks of the place, and never against a sighting made since the scan began, by whatever scan. Call it for scans that
 * ran to their end only; in the transaction that says so.
 */
export async function retireUncovered(tx: Tx, scan: CompletedScan, clock: Clock): Promise<{ readonly locationsGone: number }> {
  const { tenantId } = scan
  await lockInventory(tx, tenantId)
  const at = new Date(Math.max(clock.now().getTime(), scan.startedAt.getTime()))
  const run = { ...scan, at, nextId: orderedIds(clock) }
  const statements = await resolve(tx, scan)
  const files = await retireInFiles(tx, run, statements, 'keys')
  const texts = await retireInFiles(tx, run, statements, 'secrets')
  const named = await retireNamed(tx, run, statements)
  const held = await retireHeld(tx, run, statements)
  const endpoints = await retireAtEndpoints(tx, run, statements)
  return { locationsGone: files + texts + named + held + endpoints }
}

/** Forgets the names of a scan that has ended, however it ended. */
export async function forgetScan(tx: Tx, tenantId: TenantId, scanId: string): Promise<void> {
  await deleteScanMachines(tx, tenantId, scanId)
}

async function resolve(tx: Tx, scan: CompletedScan): Promise<ResolvedCoverage[]> {
  const complete = scan.coverage.filter((statement) => statement.complete)
  const refs = [...new Set(complete.flatMap((statement) => (statement.machine === null ? [] : [storableText(statement.machine)])))]
  const machines = await readScanMachines(tx, scan.tenantId, scan.scanId, refs)
  return complete.flatMap((statement): ResolvedCoverage[] => {
    if (statement.machine === null) return [{ machineId: null, scope: statement.scope }]
    const machineId = machines.get(storableText(statement.machine))
    // Coverage of a machine nobody sighted retires nothing.
    return machineId === undefined ? [] : [{ machineId, scope: statement.scope }]
  })
}

type Run = CompletedScan & { readonly at: Date; readonly nextId: () => string }

async function retireInFiles(tx: Tx, scan: Run, statements: readonly ResolvedCoverage[], lookedFor: LookedFor): Promise<number> {
  const machineIds = machinesOf(statements, (scope) => scope.kind === 'path' && scope.lookedFor.includes(lookedFor))
  if (machineIds.length === 0) return 0
  const { tenantId, startedAt, at } = scan
  const covers = pathCoverage(statements, lookedFor)
  let gone = 0
  for await (const page of staleFileLocations(tx, tenantId, machineIds, lookedFor, startedAt)) {
    gone += await retire(tx, scan, page.filter((place) => covers({ machineId: place.machineId, path: place.path! })))
  }
  const configurations = (await staleConfigurations(tx, tenantId, machineIds, lookedFor, startedAt)).filter(covers).map(({ id }) => id)
  await retireRows(tx, tenantId, 'configuration', configurations, at)
  await enqueueEvaluation(tx, tenantId, 'configuration', configurations, at)
  const sources = await staleRelationSources(tx, tenantId, machineIds, lookedFor, 'files', startedAt)
  await retireRelations(tx, tenantId, sources.filter(({ machineId, source }) => covers({ machineId, path: source })), lookedFor, startedAt, at)
  if (lookedFor === 'keys') return gone
  for await (const page of staleUnusedVariables(tx, tenantId, machineIds, startedAt)) gone += await retire(tx, scan, page)
  return gone
}

function machinesOf(statements: readonly ResolvedCoverage[], speaks: (scope: ResolvedCoverage['scope']) => boolean): string[] {
  return [...new Set(statements.flatMap(({ scope, machineId }) => (machineId !== null && speaks(scope) ? [machineId] : [])))]
}

async function retireNamed(tx: Tx, scan: Run, statements: readonly ResolvedCoverage[]): Promise<number> {
  const machineIds = machinesOf(statements, (scope) => scope.kind === 'named')
  if (machineIds.length === 0) return 0
  const covers = namedCoverage(statements)
  let gone = 0
  for await (const page of staleNamedLocations(tx, scan.tenantId, machineIds, scan.startedAt)) gone += await retire(tx, scan, page.filter(covers))
  const consumers = machinesOf(statements, (scope) => scope.kind === 'named' && scope.kinds.includes('consumers'))
  const sources = await staleRelationSources(tx, scan.tenantId, consumers, 'secrets', 'lists', scan.startedAt)
  await retireRelations(tx, scan.tenantId, sources.filter(consumerCoverage(statements)), 'secrets', scan.startedAt, scan.at)
  return gone
}

async function retireHeld(tx: Tx, scan: Run, statements: readonly ResolvedCoverage[]): Promise<number> {
  const isGone = holderIsGone(statements)
  let gone = 0
  for (const { scope } of statements) {
    if (scope.kind !== 'holders') continue
    for await (const page of staleHeldVariables(tx, scan.tenantId, scope.below, scan.startedAt)) gone += await retire(tx, scan, page.filter(isGone))
    const sources = (await staleHeldSources(tx, scan.tenantId, scope.below, scan.startedAt)).filter(({ machineId, scope: of }) => isGone({ machineId, kind: 'ci-variable', scope: of }))
    await retireRelations(tx, scan.tenantId, sources, 'secrets', scan.startedAt, scan.at)
  }
  return gone
}

const HOSTS_AT_ONCE = 5000

async function retireAtEndpoints(tx: Tx, scan: Run, statements: readonly ResolvedCoverage[]): Promise<number> {
  const hosts = [...new Set(statements.flatMap(({ scope }) => ('hosts' in scope ? scope.hosts : [])))]
  if (hosts.length === 0) return 0
  const { tenantId, startedAt, at } = scan
  const here = await machinesByHostId(tx, tenantId, (scan.localIdentifiers ?? []).filter(({ type }) => type === 'host-id').map(({ value }) => value))
  const byRef = await readScanMachines(tx, tenantId, scan.scanId, hosts.filter(isLoopback))
  const owners = (host: string) => [...here, ...(byRef.has(host) ? [byRef.get(host)!] : [])]
  let gone = 0
  for (let start = 0; start < hosts.length; start += HOSTS_AT_ONCE) {
    const some = hosts.slice(start, start + HOSTS_AT_ONCE)
    const covers = endpointCoverage(statements, await seenEndpoints(tx, tenantId, some, startedAt), owners)
    for await (const page of staleEndpointLocations(tx, tenantId, some, startedAt)) {
      gone += await retire(tx, scan, page.filter((place) => covers({ machineId: place.machineId, host: place.host!, port: place.port!, protocol: place.protocol!, sni: place.sni, starttls: place.starttls })))
    }
    const endpoints = (await staleEndpoints(tx, tenantId, some, startedAt)).filter(covers).map(({ id }) => id)
    await retireRows(tx, tenantId, 'endpoint', endpoints, at)
    await enqueueEvaluation(tx, tenantId, 'endpoint', endpoints, at)
  }
  return gone
}

async function retire(tx: Tx, scan: Run, places: readonly StaleLocation[]): Promise<number> {
  if (places.length === 0) return 0
  const { tenantId, at, nextId } = scan
  const byCredential = Map.groupBy(places, (place) => place.credentialId)
  const ids = [...byCredential.keys()]
  const names = await readMachineNames(tx, tenantId, [...new Set(places.map((place) => place.machineId))])
  await retireLocations(tx, tenantId, places.map((place) => place.id), at)
  const presence = await recount(tx, tenantId, ids, at)
  const left = Array.from(byCredential, ([credentialId, gone]) => {
    const named = gone.map((place) => ({ place: place.place, machineName: names.get(place.machineId) ?? '' }))
    return { id: nextId(), credentialId, event: 'location-gone' as const, summary: `no longer ${describePlaces(named)}` }
  })
  const gone = presence.map(({ id, change }) => ({ id: nextId(), credentialId: id, event: change, summary: 'no place is left' }))
  await insertEvents(tx, tenantId, [...left, ...gone], at, scan.scanId)
  const keys = await keysOf(tx, tenantId, presence.map(({ id }) => id))
  await enqueueEvaluation(tx, tenantId, 'credential', [...ids, ...(await credentialsByKey(tx, tenantId, keys))], at)
  return places.length
}
