import { type ConfigurationSighting, type EndpointSighting, type IdentitySighting, type ObjectRef, type Relation, type TenantId } from '@muster/core'
import type { Tx } from '../platform/db/db.ts'
import { storableText } from '../platform/db/json-parameter.ts'
import { clip, toSortName } from './credential-row.ts'
import { shortDigest } from './digest.ts'
import { endpointName } from './place.ts'
import { readKnownCredentials } from './sighting-store.ts'
import { type EndpointSight, type IdentitySight, readIdentityIds, type RelationSight, writeConfigurations, writeEndpoints, writeIdentities, writeRelations } from './surroundings-store.ts'

type Scope = { readonly tenantId: TenantId; readonly nextId: () => string; readonly seenAt: Date; readonly machineOf: (ref: string) => string }

/** Stores endpoints, one row per machine, host, port, STARTTLS and SNI. Returns ids of those to evaluate again. */
export function storeEndpoints(tx: Tx, scope: Scope, sightings: readonly EndpointSighting[], speaks: readonly string[]): Promise<string[]> {
  const unique = new Map<string, EndpointSight>()
  for (const sighting of sightings) {
    const place = { host: storableText(sighting.host), port: sighting.port, sni: sighting.sni === null ? null : storableText(sighting.sni), starttls: sighting.starttls }
    const facts = { tls: sighting.tls, ssh: sighting.ssh, process: sighting.process }
    const endpoint = {
      id: scope.nextId(),
      machineId: scope.machineOf(sighting.machine),
      ...place,
      protocol: sighting.protocol,
      name: clip(endpointName(place).toLowerCase(), 600),
      ...facts,
      // A process id changes with every restart; it says nothing new of the endpoint.
      factsHash: shortDigest(sighting.protocol, JSON.stringify({ ...facts, process: sighting.process === null ? null : { ...sighting.process, pid: 0 } })),
    }
    unique.set([endpoint.machineId, place.host, place.port, place.sni ?? '', place.starttls ?? ''].join('\0'), endpoint)
  }
  return writeEndpoints(tx, scope.tenantId, [...unique.values()], speaks, scope.seenAt)
}

/** Stores accounts. */
export function storeIdentities(tx: Tx, scope: Scope, sightings: readonly IdentitySighting[]): Promise<void> {
  const unique = new Map<string, IdentitySight>()
  for (const sighting of sightings) {
    const machineId = scope.machineOf(sighting.machine)
    const name = storableText(sighting.name)
    const { system, identityKind, attributes } = sighting
    unique.set(`${machineId} ${system} ${name}`, { id: scope.nextId(), machineId, system, name, sortName: toSortName(name), identityKind, attributes })
  }
  return writeIdentities(tx, scope.tenantId, [...unique.values()], scope.seenAt)
}

/** Stores configuration files. Returns ids of those to evaluate again. */
export function storeConfigurations(tx: Tx, scope: Scope, sightings: readonly ConfigurationSighting[]): Promise<string[]> {
  const unique = new Map(
    sightings.map((sighting) => {
      const machineId = scope.machineOf(sighting.machine)
      const path = storableText(sighting.path)
      const entry = storableText(sighting.entry)
      const pathHash = entry === '' ? shortDigest(path) : shortDigest(path, entry)
      const factsHash = shortDigest(JSON.stringify(sighting.settings))
      return [`${machineId} ${pathHash}`, { id: scope.nextId(), machineId, path, entry, pathHash, format: sighting.format, settings: sighting.settings, factsHash }] as const
    }),
  )
  return writeConfigurations(tx, scope.tenantId, [...unique.values()], scope.seenAt)
}

/** Stores edges whose two ends are known; an edge to something no scan has reported says nothing yet and is left out. */
export async function storeRelations(tx: Tx, scope: Scope, relations: readonly Relation[], credentialIds: ReadonlyMap<string, string>): Promise<void> {
  const ends = relations.flatMap((relation) => [relation.from, relation.to])
  const identities = await readIdentityIds(tx, scope.tenantId, ends.flatMap((end) => (end.of === 'identity' ? [{ machineId: scope.machineOf(end.machine), name: storableText(end.name) }] : [])))
  const unseen = ends.flatMap((end) => (end.of === 'credential' && !credentialIds.has(end.fingerprint) && /^[0-9a-f]{64}$/.test(end.fingerprint) ? [end.fingerprint] : []))
  const others = await readKnownCredentials(tx, scope.tenantId, [...new Set(unseen)])
  const idOf = (end: ObjectRef): string | undefined => {
    if (end.of === 'machine') return scope.machineOf(end.ref)
    if (end.of === 'identity') return identities.get(`${scope.machineOf(end.machine)} ${storableText(end.name)}`)
    return credentialIds.get(end.fingerprint) ?? others.get(end.fingerprint)?.id
  }
  const unique = new Map<string, RelationSight>()
  for (const relation of relations) {
    const fromId = idOf(relation.from)
    const toId = idOf(relation.to)
    if (fromId === undefined || toId === undefined) continue
    const source = storableText(relation.source)
    const row = { fromType: relation.from.of, fromId, type: relation.type, toType: relation.to.of, toId, source, sourceHash: shortDigest(source), machineId: machineOfEdge(relation, scope) }
    unique.set([row.fromType, fromId, row.type, row.toType, toId, row.sourceHash].join(' '), row)
  }
  await writeRelations(tx, scope.tenantId, [...unique.values()], scope.seenAt)
}

function machineOfEdge(relation: Relation, scope: Scope): string | null {
  for (const end of [relation.from, relation.to]) {
    if (end.of === 'machine') return scope.machineOf(end.ref)
    if (end.of === 'identity') return scope.machineOf(end.machine)
  }
  return null
}

/** The machines a batch's observations refer to, by the scan's own names. */
export function machineRefsOf(relation: Relation): string[] {
  return [relation.from, relation.to].flatMap((end) => (end.of === 'machine' ? [end.ref] : end.of === 'identity' ? [end.machine] : []))
}
