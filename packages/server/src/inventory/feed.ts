import { type Certificate, type Clock, type CredentialKind, type FindingObjectType, type Labels, type Location, type ProcessFacts, type SshProfile, type TenantId, type TlsProfile, keyFactsOf } from '@muster/core'
import type { ConfigurationSubject, CredentialSubject, EndpointSubject, Subject, SubjectLocation } from '@muster/rules'
import type { Queryable, Tx } from '../platform/db/db.ts'
import { readDocument } from './document.ts'
import { setFindingSummaries } from './finding-summary-store.ts'
import { lockInventory } from './machine-store.ts'
import { endpointName } from './place.ts'
import { credentialsByKey, enqueueEvaluation, enqueueEverything, objectsOnMachines, takeEvaluationBatch } from './queue-store.ts'
import {
  readDocuments, readRsaDocuments, readSameKey, readSubjectConfigurations, readSubjectEndpoints, readSubjectLocations, readSubjects, type SubjectConfigurationRow,
  type SubjectEndpointRow, type SubjectLocationRow, type SubjectRow,
} from './subject-store.ts'

/** An object that rules may speak of. */
export type ObjectKey = { readonly type: FindingObjectType; readonly id: string }

const MAX_LOCATIONS = 1000
const MAX_SAME_KEY = 1000

/** What the evaluation downstream asks of the inventory. */
export function createFeed({ clock }: { readonly clock: Clock }) {
  return {
    /** Serialises with everything that changes many rows of the tenant's inventory. */
    lock: lockInventory,
    /** Takes up to `limit` objects; a machine on the queue comes as everything on it. */
    async takeQueued(tx: Tx, tenantId: TenantId, limit: number): Promise<ObjectKey[]> {
      for (;;) {
        const taken = await takeEvaluationBatch(tx, tenantId, limit)
        const machines = taken.flatMap(({ type, id }) => (type === 'machine' ? [id] : []))
        await objectsOnMachines(tx, tenantId, machines, clock.now())
        const objects = taken.flatMap(({ type, id }) => (type === 'machine' ? [] : [{ type, id }]))
        // Where there were only machines, what stands on them is on the queue now.
        if (objects.length > 0 || machines.length === 0) return objects
      }
    },
    // Under the lock, as in takeQueued: a drain that ends meanwhile must have seen what is put here.
    async enqueue(tx: Tx, tenantId: TenantId, objects: readonly ObjectKey[]): Promise<void> {
      await lockInventory(tx, tenantId)
      for (const type of ['credential', 'endpoint', 'configuration'] as const) {
        await enqueueEvaluation(tx, tenantId, type, objects.filter((object) => object.type === type).map(({ id }) => id), clock.now())
      }
    },
    async enqueueBySpki(tx: Tx, tenantId: TenantId, spkis: readonly string[]): Promise<void> {
      await lockInventory(tx, tenantId)
      await enqueueEvaluation(tx, tenantId, 'credential', await credentialsByKey(tx, tenantId, spkis), clock.now())
    },
    async enqueueAll(tx: Tx, tenantId: TenantId): Promise<void> {
      await lockInventory(tx, tenantId)
      await enqueueEverything(tx, tenantId, clock.now())
    },
    loadSubjects,
    setFindingSummaries,
    rsaModuli,
  }
}

/** The objects with all that rules ask about, in a fixed number of statements; gone ones are left out. */
async function loadSubjects(queryable: Queryable, tenantId: TenantId, objects: readonly ObjectKey[]): Promise<Subject[]> {
  const idsOf = (type: FindingObjectType) => objects.filter((object) => object.type === type).map(({ id }) => id)
  return [
    ...(await credentialSubjects(queryable, tenantId, idsOf('credential'))),
    ...(await endpointSubjects(queryable, tenantId, idsOf('endpoint'))),
    ...(await readSubjectConfigurations(queryable, tenantId, idsOf('configuration'))).map(toConfiguration),
  ]
}

async function credentialSubjects(queryable: Queryable, tenantId: TenantId, ids: readonly string[]): Promise<CredentialSubject[]> {
  const rows = await readSubjects(queryable, tenantId, ids)
  const places = Map.groupBy(await readSubjectLocations(queryable, tenantId, rows.map(({ id }) => id), MAX_LOCATIONS), (row) => row.credential_id)
  const spkis = [...new Set(rows.flatMap(({ spki }) => (spki === null ? [] : [spki])))]
  const sameKey = Map.groupBy(await readSameKey(queryable, tenantId, spkis, MAX_SAME_KEY), ({ spki }) => spki)
  return rows.map((row) => {
    const locations = (places.get(row.id) ?? []).map(toSubjectLocation)
    const others = row.spki === null ? [] : (sameKey.get(row.spki) ?? [])
    return {
      type: 'credential', id: row.id, name: row.name, credential: credentialOf(row), secretState: row.secret_state, trustStoreOnly: row.trust_store_only,
      labels: withMachineLabels(labelsOf(row), locations.map(({ machineLabels }) => machineLabels)),
      firstSeen: row.first_seen, lastSeen: row.last_seen, locations, locationCount: row.location_count, machineCount: row.machine_count,
      sameKey: others.filter(({ id }) => id !== row.id).map(({ id, kind, name, owner }) => ({ id, kind: kind as CredentialKind, name, owner })),
      weaknesses: [],
    }
  })
}

function credentialOf(row: SubjectRow): CredentialSubject['credential'] {
  return readDocument(row)
}

function toSubjectLocation(row: SubjectLocationRow): SubjectLocation {
  return { location: row.facts as Location, machineId: row.machine_id, machineName: row.machine_name, machineKind: row.machine_kind, machineLabels: labelsOf(row), lastSeen: row.last_seen }
}

async function endpointSubjects(queryable: Queryable, tenantId: TenantId, ids: readonly string[]): Promise<EndpointSubject[]> {
  const rows = await readSubjectEndpoints(queryable, tenantId, ids)
  const fingerprints = [...new Set(rows.flatMap((row) => (row.tls as TlsProfile | null)?.chains.flat() ?? []))]
  const documents = await readDocuments(queryable, tenantId, fingerprints)
  const certificates = new Map(documents.flatMap((document) => {
    const credential = readDocument(document)
    return credential.kind === 'certificate' ? [[document.fingerprint, credential] as const] : []
  }))
  return rows.map((row) => toEndpoint(row, certificates))
}

function toEndpoint(row: SubjectEndpointRow, certificates: ReadonlyMap<string, Certificate>): EndpointSubject {
  const tls = row.tls as TlsProfile | null
  return {
    type: 'endpoint', id: row.id, name: endpointName(row), machineId: row.machine_id, machineName: row.machine_name, labels: labelsOf(row),
    host: row.host, port: row.port, sni: row.sni, starttls: row.starttls, protocol: row.protocol, tls, ssh: row.ssh as SshProfile | null,
    process: row.process as ProcessFacts | null, lastSeen: row.last_seen,
    chains: (tls?.chains ?? []).map((chain) => chain.flatMap((fingerprint) => certificates.get(fingerprint) ?? [])),
  }
}

function toConfiguration(row: SubjectConfigurationRow): ConfigurationSubject {
  return { type: 'configuration', id: row.id, name: row.entry === '' ? row.path : `${row.path}#${row.entry}`, machineId: row.machine_id, machineName: row.machine_name, labels: labelsOf(row), path: row.path, format: row.format, settings: row.settings }
}

function labelsOf(row: Labels): Labels {
  return { owner: row.owner, criticality: row.criticality, environment: row.environment, purpose: row.purpose }
}

/** Each label of its own, else the one all its machines carry. */
function withMachineLabels(own: Labels, machines: readonly Labels[]): Labels {
  const agreed = <Name extends keyof Labels>(name: Name): Labels[Name] => own[name] ?? (machines.every((labels) => labels[name] === machines[0]?.[name]) ? (machines[0]?.[name] ?? null) : null) as Labels[Name]
  return { owner: agreed('owner'), criticality: agreed('criticality'), environment: agreed('environment'), purpose: agreed('purpose') }
}

/** Distinct RSA moduli of present credentials, a page at a time. */
async function* rsaModuli(queryable: Queryable, tenantId: TenantId, pageSize: number): AsyncGenerator<readonly { readonly spkiSha256: string; readonly modulus: string }[], void, void> {
  const seen = new Set<string>()
  let after = '00000000-0000-0000-0000-000000000000'
  for (;;) {
    const rows = await readRsaDocuments(queryable, tenantId, after, pageSize)
    const page = rows.flatMap((row) => {
      const modulus = keyFactsOf(readDocument(row))?.rsaModulus ?? null
      if (modulus === null || seen.has(row.spki)) return []
      seen.add(row.spki)
      return [{ spkiSha256: row.spki, modulus }]
    })
    if (page.length > 0) yield page
    const last = rows.at(-1)
    if (last === undefined || rows.length < pageSize) return
    after = last.id
  }
}
