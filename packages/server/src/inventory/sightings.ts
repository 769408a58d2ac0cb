import { setImmediate } from 'node:timers/promises'
import { type Credential, type CredentialSighting, DAY_MS, type TenantId } from '@muster/core'
import type { Tx } from '../platform/db/db.ts'
import { addPlaces, type Gained, tallied } from './count-store.ts'
import { toColumns } from './credential-row.ts'
import { toDocument } from './document.ts'
import { type Arrival, summariseArrivals } from './history.ts'
import type { CredentialEvent } from './event-store.ts'
import { toPlace } from './place.ts'
import { searchByPlaces } from './place-search-store.ts'
import { credentialsByKey } from './queue-store.ts'
import { stays } from './same-place.ts'
import { mergedSecret } from './secret-facts.ts'
import {
  changeLocations, insertCredentials, insertLocations, type KeyUpgrade, type KnownCredential, type KnownLocation, type LocationSight, type NewCredential,
  readAssessed, readKnownCredentials, readKnownLocations, touchCredentials, touchLocations, type SecretUpgrade, upgradeKeys, upgradeSecrets,
} from './sighting-store.ts'

type Scope = {
  readonly tenantId: TenantId
  readonly scanId: string
  readonly nextId: () => string
  /** When the scan began: what was seen since then was seen by it. */
  readonly startedAt: Date
  readonly seenAt: Date
  readonly machineOf: (ref: string) => string
  readonly machineName: (machineId: string) => string
  readonly ownReading: boolean
}

/** What storing a batch's credential sightings did. */
export type CredentialResult = {
  readonly idByFingerprint: ReadonlyMap<string, string>
  readonly added: readonly NewCredential[]
  /** Known credentials whose key a new one has as well. */
  readonly sharing: readonly string[]
  /** Known credentials with a new, returned or changed place or a new role: to be counted and evaluated again. */
  readonly changed: readonly string[]
  /** Known credentials that are only at more places than before, which are counted: to be evaluated again. */
  readonly gained: readonly string[]
  /** Known credentials not seen for a day: to be evaluated again although nothing changed. */
  readonly stale: readonly string[]
  readonly arrivals: readonly Arrival[]
  readonly newPlaces: number
}

/** One credential of the batch with every place it was sighted at. */
type Sighted = { credential: Credential; readonly places: Map<string, LocationSight> }

/** Stores credentials and the places they were sighted at. */
export async function storeCredentials(tx: Tx, scope: Scope, sightings: readonly CredentialSighting[]): Promise<CredentialResult> {
  // Brought together while the store looks them up.
  const reading = awaitedLater(readKnownCredentials(tx, scope.tenantId, [...new Set(sightings.map(({ credential }) => credential.fingerprint))]))
  await setImmediate()
  const sighted = group(scope, sightings)
  const known = await reading
  const idByFingerprint = new Map<string, string>()
  const fresh: Fresh[] = []
  const oldPlaces: LocationSight[] = []
  const newPlaces: LocationSight[] = []
  const upgrades: KeyUpgrade[] = []
  const told: SecretUpgrade[] = []
  for (const [fingerprint, { credential, places }] of sighted) {
    const existing = known.get(fingerprint)
    const id = existing?.id ?? scope.nextId()
    idByFingerprint.set(fingerprint, id)
    const here = Array.from(places.values(), (place) => Object.assign(place, { credentialId: id }))
    if (existing === undefined) {
      fresh.push({ id, credential, places: here })
      newPlaces.push(...here)
    } else {
      oldPlaces.push(...here)
      if (isUpgrade(existing, credential)) upgrades.push({ id, sshFingerprint: credential.sshFingerprint, facts: credential })
      const more = secretUpgrade(existing, credential, here[0]!, scope)
      if (more !== null) told.push(more)
    }
  }
  // Asked before the new ones are there, which are made meanwhile.
  const sharing = awaitedLater(credentialsByKey(tx, scope.tenantId, [...new Set(fresh.flatMap(({ credential }) => credential.spkiSha256 ?? []))]))
  const added = await insertNew(tx, scope, fresh, newPlaces)
  await upgradeKeys(tx, scope.tenantId, upgrades)
  await tallied(tx, scope.tenantId, told.map(({ id }) => id), () => upgradeSecrets(tx, scope.tenantId, told))
  await touchCredentials(tx, scope.tenantId, Array.from(known.values(), (one) => one.id), scope.seenAt)
  const changes = await storePlaces(tx, scope, new Map(known.values().map((one) => [one.id, one])), newPlaces, oldPlaces)
  const dayAgo = scope.seenAt.getTime() - DAY_MS
  return {
    idByFingerprint, added, sharing: await sharing, gained: changes.gained,
    changed: [...new Set([...changes.changed, ...upgrades.map((upgrade) => upgrade.id), ...told.map(({ id }) => id)])],
    stale: Array.from(known.values()).filter((one) => one.lastSeen.getTime() < dayAgo).map((one) => one.id),
    arrivals: changes.arrivals,
    newPlaces: changes.newPlaces,
  }
}

/** A statement that is waited for later, and whose failure is told then. */
function awaitedLater<Result>(result: Promise<Result>): Promise<Result> {
  result.catch(() => {})
  return result
}

/** A credential nobody has seen before, with the places of this batch. */
type Fresh = { readonly id: string; readonly credential: Credential; readonly places: readonly LocationSight[] }

async function insertNew(tx: Tx, scope: Scope, fresh: readonly Fresh[], places: readonly LocationSight[]): Promise<readonly NewCredential[]> {
  const assessed = await readAssessed(tx, scope.tenantId, fresh.flatMap(({ credential }) => (credential.kind === 'secret' ? [credential.fingerprint] : [])))
  return insertCredentials(tx, scope.tenantId, { credentials: fresh.values().map((one) => toNew(one, assessed, scope)), places, events: firstEvents(places, scope) }, scope.seenAt, scope.scanId)
}

/** Brings sightings of one fingerprint together; a later sighting of the same place replaces the earlier unless that one stays. */
function group(scope: Scope, sightings: readonly CredentialSighting[]): Map<string, Sighted> {
  const all = new Map<string, Sighted>()
  for (const { credential, location, machine } of sightings) {
    const machineId = scope.machineOf(machine)
    const place = Object.assign(toPlace(location), { id: scope.nextId(), credentialId: '', machineId })
    const key = `${machineId} ${place.part} ${place.place}`
    const earlier = all.get(credential.fingerprint)
    if (earlier === undefined) all.set(credential.fingerprint, { credential, places: new Map([[key, place]]) })
    else {
      const same = earlier.places.get(key)
      if (same === undefined || !stays(same.facts, location, true)) earlier.places.set(key, place)
      if (earlier.credential.kind === 'secret' && credential.kind === 'secret') earlier.credential = mergedSecret(earlier.credential, credential) ?? earlier.credential
      if (earlier.credential.kind === 'private-key' && credential.kind === 'ssh-key') earlier.credential = credential
    }
  }
  return all
}

function toNew({ id, credential, places }: Fresh, assessed: ReadonlyMap<string, string>, scope: Scope): NewCredential {
  const first = places[0]!
  return {
    ...toColumns(credential, first.facts, scope.machineName(first.machineId)),
    ...toDocument(credential, scope.ownReading),
    id,
    trustStoreOnly: places.every((place) => place.trustStore),
    locationCount: places.length,
    machineCount: new Set(places.map((place) => place.machineId)).size,
    locationKinds: [...new Set(places.map((place) => `loc:${place.kind}`))].sort(),
    secretState: credential.kind === 'secret' ? (assessed.get(credential.fingerprint) ?? 'new') : null,
  }
}

function secretUpgrade(existing: KnownCredential, credential: Credential, place: LocationSight, scope: Scope): SecretUpgrade | null {
  if (existing.secret === null || credential.kind !== 'secret') return null
  const merged = mergedSecret(existing.secret, credential)
  if (merged === null) return null
  const { name, sortName, notAfter, secretType, search } = toColumns(merged, place.facts, scope.machineName(place.machineId))
  return { id: existing.id, name, sortName, notAfter, secretType, search, facts: merged }
}

function isUpgrade(existing: KnownCredential, credential: Credential): credential is Extract<Credential, { kind: 'private-key' | 'ssh-key' }> {
  if (credential.kind !== 'ssh-key') return false
  return existing.kind === 'private-key' || (existing.sshFingerprint === null && credential.sshFingerprint !== null)
}

type PlaceChanges = { readonly changed: string[]; readonly gained: string[]; readonly arrivals: Arrival[]; readonly newPlaces: number }

async function storePlaces(tx: Tx, scope: Scope, credentials: ReadonlyMap<string, KnownCredential>, fresh: readonly LocationSight[], asked: readonly LocationSight[]): Promise<PlaceChanges> {
  const known = await readKnownLocations(tx, scope.tenantId, asked)
  const gained: LocationSight[] = []
  const touched: string[] = []
  const changes: LocationSight[] = []
  const changed = new Set<string>()
  const arrivals: Arrival[] = []
  asked.forEach((place, index) => {
    const existing = known[index]
    const arrive = (kind: Arrival['kind']) => arrivals.push({ credentialId: place.credentialId, kind, place: place.place, machineName: scope.machineName(place.machineId) })
    if (existing === undefined) {
      gained.push(place)
      arrive('location-added')
      if (!isPlainGain(credentials.get(place.credentialId)!, place)) changed.add(place.credentialId)
    } else {
      touched.push(existing.id)
      if (existing.gone) arrive('location-returned')
      if (differs(existing, place, scope)) changes.push({ ...place, id: existing.id })
      if (existing.gone || differs(existing, place, scope)) changed.add(place.credentialId)
    }
  })
  const inserts = [...fresh, ...gained]
  const counted = toGained(gained.filter((place) => !changed.has(place.credentialId)))
  await addPlaces(tx, scope.tenantId, counted)
  await insertLocations(tx, scope.tenantId, gained, scope.seenAt)
  await searchByPlaces(tx, scope.tenantId, inserts)
  await touchLocations(tx, scope.tenantId, touched, scope.seenAt)
  await changeLocations(tx, scope.tenantId, changes)
  return { changed: [...changed], gained: counted.map(({ id }) => id), arrivals, newPlaces: inserts.length }
}

/** Whether a new place changes nothing of a credential but its numbers. */
function isPlainGain(credential: KnownCredential, place: LocationSight): boolean {
  return !credential.gone && (!credential.trustStoreOnly || place.trustStore)
}

function toGained(places: readonly LocationSight[]): Gained[] {
  return Array.from(Map.groupBy(places, ({ credentialId }) => credentialId), ([id, here]) => ({
    id, locations: here.length, machines: [...new Set(here.map(({ machineId }) => machineId))], kinds: [...new Set(here.map(({ kind }) => `loc:${kind}`))],
  }))
}

function differs(existing: KnownLocation, place: LocationSight, { startedAt }: Scope): boolean {
  if (existing.factsHash === place.factsHash) return false
  return existing.gone || existing.facts === null || !stays(existing.facts, place.facts, existing.lastSeen >= startedAt)
}

function* firstEvents(places: readonly LocationSight[], scope: Scope): Generator<CredentialEvent, void, void> {
  yield* summariseArrivals(places.map((place) => ({ credentialId: place.credentialId, kind: 'first-seen', place: place.place, machineName: scope.machineName(place.machineId) })), scope.nextId)
}
