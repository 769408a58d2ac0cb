import { type Clock, type CredentialSighting, type MachineSighting, MusterError, type Observation, type TenantId } from '@muster/core'
import type { Tx } from '../platform/db/db.ts'
import { storableText } from '../platform/db/json-parameter.ts'
import { recount, tallyNew } from './count-store.ts'
import { summariseArrivals } from './history.ts'
import { applyLabelRules } from './label-rules.ts'
import { orderedIds } from './ids.ts'
import type { Identifier } from './machine-match.ts'
import { lockInventory } from './machine-store.ts'
import { type ResolvedMachines, resolveMachines } from './machines.ts'
import { enqueueEvaluation } from './queue-store.ts'
import { insertEvents } from './event-store.ts'
import { type CredentialResult, storeCredentials } from './sightings.ts'
import { machineRefsOf, storeConfigurations, storeEndpoints, storeIdentities, storeRelations } from './surroundings.ts'

/** One batch of a scan, to be applied in the caller's transaction. */
export type ReconcileInput = {
  readonly tenantId: TenantId
  readonly scanId: string
  /** When the scan began; nothing it sights counts as seen before that. */
  readonly startedAt: Date
  readonly observations: readonly Observation[]
  /**
   * The protocols the scan tells apart: an endpoint where it found neither stops being one of these, and stays what another
   * kind of scan found it to be. Left out, it stays what it was.
   */
  readonly speaks?: readonly ('tls' | 'ssh')[]
  /** What the machine that runs the scan is known by: whose loopback addresses its sightings mean. */
  readonly localIdentifiers?: readonly Identifier[]
  /** Whether this release's own connectors read the certificates; of others it is tried whether they can be read at all. */
  readonly ownReading?: boolean
}

/** What a batch changed. */
export type ReconcileCounts = { readonly sightings: number; readonly credentialsNew: number; readonly locationsNew: number }

/**
 * Applies a batch's sightings and relations to the inventory (coverage is applied when the scan ends). Everything is one
 * set of statements whatever the batch's size: fingerprints are looked up first and only new ones carry their document.
 * Applying a batch twice is applying it once. Batches of one tenant take turns.
 *
 * @throws MusterError request.invalid when an observation refers to a machine the scan did not introduce.
 */
export async function reconcile(tx: Tx, input: ReconcileInput, clock: Clock): Promise<ReconcileCounts> {
  const { tenantId, scanId } = input
  await lockInventory(tx, tenantId)
  const seenAt = new Date(Math.max(clock.now().getTime(), input.startedAt.getTime()))
  const parts = sort(input.observations)
  const machines = await resolveMachines(tx, { tenantId, scanId, seenAt, clock, localIdentifiers: input.localIdentifiers ?? [] }, parts.machines, machineRefs(parts))
  const machineOf = (ref: string) => requireMachine(machines, ref)
  const scope = { tenantId, nextId: orderedIds(clock), seenAt, machineOf }

  const stored = await storeCredentials(tx, { ...scope, scanId, startedAt: input.startedAt, ownReading: input.ownReading ?? false, machineName: (id) => machines.names.get(id) ?? '' }, parts.credentials)
  const endpoints = await storeEndpoints(tx, scope, parts.endpoints, input.speaks ?? [])
  await storeIdentities(tx, scope, parts.identities)
  const configurations = await storeConfigurations(tx, scope, parts.configurations)
  await storeRelations(tx, scope, parts.relations, stored.idByFingerprint)
  await settle(tx, input, seenAt, scope.nextId, machines, stored)
  await enqueueEvaluation(tx, tenantId, 'endpoint', [...endpoints, ...machines.moved.endpoints], seenAt)
  await enqueueEvaluation(tx, tenantId, 'configuration', [...configurations, ...machines.moved.configurations], seenAt)
  return { sightings: input.observations.length - parts.coverage, credentialsNew: stored.added.length, locationsNew: stored.newPlaces }
}

type Parts = {
  readonly machines: MachineSighting[]
  readonly credentials: CredentialSighting[]
  readonly endpoints: Extract<Observation, { of: 'endpoint' }>[]
  readonly identities: Extract<Observation, { of: 'identity' }>[]
  readonly configurations: Extract<Observation, { of: 'configuration' }>[]
  readonly relations: Extract<Observation, { observation: 'relation' }>[]
  coverage: number
}

function sort(observations: readonly Observation[]): Parts {
  const parts: Parts = { machines: [], credentials: [], endpoints: [], identities: [], configurations: [], relations: [], coverage: 0 }
  for (const observation of observations) {
    if (observation.observation === 'relation') parts.relations.push(observation)
    else if (observation.observation === 'coverage') parts.coverage++
    else if (observation.of === 'machine') parts.machines.push(observation)
    else if (observation.of === 'credential') parts.credentials.push(observation)
    else if (observation.of === 'endpoint') parts.endpoints.push(observation)
    else if (observation.of === 'identity') parts.identities.push(observation)
    else parts.configurations.push(observation)
  }
  return parts
}

function machineRefs(parts: Parts): Set<string> {
  const refs = new Set<string>()
  for (const sighting of [...parts.credentials, ...parts.endpoints, ...parts.identities, ...parts.configurations]) refs.add(sighting.machine)
  for (const relation of parts.relations) for (const ref of machineRefsOf(relation)) refs.add(ref)
  return refs
}

function requireMachine(machines: ResolvedMachines, ref: string): string {
  const id = machines.byRef.get(storableText(ref))
  if (id === undefined) throw new MusterError('request.invalid', `the scan did not introduce the machine ${JSON.stringify(ref.slice(0, 100))}`)
  return id
}

/** Counts, history, totals, labels and the evaluation queue after the rows are in place. */
async function settle(tx: Tx, input: ReconcileInput, seenAt: Date, nextId: () => string, machines: ResolvedMachines, stored: CredentialResult): Promise<void> {
  const { tenantId, scanId } = input
  const added = stored.added.map((credential) => credential.id)
  await tallyNew(tx, tenantId, stored.added, seenAt)
  const recounted = [...new Set([...stored.changed, ...machines.moved.credentials])]
  const presence = await recount(tx, tenantId, recounted, seenAt)
  const events = [
    ...summariseArrivals(stored.arrivals, nextId),
    ...presence.map(({ id, change }) => ({ id: nextId(), credentialId: id, event: change, summary: change === 'gone' ? 'no place is left' : 'seen again' })),
  ]
  await insertEvents(tx, tenantId, events, seenAt, scanId)
  await applyLabelRules(tx, tenantId, { credentials: [...added, ...recounted, ...stored.gained], machines: machines.sighted }, seenAt)
  // Who shares a key with a newcomer is no longer alone with it.
  await enqueueEvaluation(tx, tenantId, 'credential', [...stored.stale, ...recounted, ...stored.gained, ...stored.sharing], seenAt)
}

