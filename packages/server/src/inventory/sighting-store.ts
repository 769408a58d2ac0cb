import type { Location, SecretCredential, TenantId } from '@muster/core'
import { sql } from 'kysely'
import { boolean, bytes, copyTables, hex, instant, integer, json, rowsFor, type TableRows, text, texts, uuid } from '../platform/db/copy.ts'
import type { Tx } from '../platform/db/db.ts'
import { rowsParameter } from '../platform/db/json-parameter.ts'
import type { CredentialColumns } from './credential-row.ts'
import type { Document } from './document.ts'
import { type CredentialEvent, eventRows } from './event-store.ts'
import type { PlaceColumns } from './place.ts'
import { newcomerRows } from './queue-store.ts'
import { isComparable } from './same-place.ts'

/** A credential the inventory has already. */
export type KnownCredential = {
  readonly id: string
  readonly kind: string
  readonly sshFingerprint: string | null
  readonly gone: boolean
  readonly trustStoreOnly: boolean
  readonly lastSeen: Date
  /** What is known of a secret; null for other kinds. */
  readonly secret: SecretCredential | null
}

/**
 * Known credentials by fingerprint (lower-case hex). Each is looked up by itself: a join planned while the table was small
 * would go on reading all of it until its statistics are renewed.
 */
export async function readKnownCredentials(tx: Tx, tenantId: TenantId, fingerprints: readonly string[]): Promise<Map<string, KnownCredential>> {
  if (fingerprints.length === 0) return new Map()
  const { rows } = await sql<{ fingerprint: string; id: string; kind: string; ssh_fingerprint: string | null; gone: boolean; trust_store_only: boolean; last_seen: Date; secret: SecretCredential | null }>`
    SELECT asked.fingerprint, known.* FROM json_array_elements_text(${rowsParameter(fingerprints)}) AS asked(fingerprint)
    CROSS JOIN LATERAL (
      SELECT c.id, c.kind, c.ssh_fingerprint, c.gone, c.trust_store_only,
        (SELECT s.last_seen FROM credential_seen s WHERE s.tenant_id = ${tenantId} AND s.credential_id = c.id) AS last_seen,
        CASE WHEN c.kind = 'secret' THEN (SELECT d.facts FROM credential_document d WHERE d.tenant_id = ${tenantId} AND d.credential_id = c.id) END AS secret
      FROM credential c WHERE c.tenant_id = ${tenantId} AND c.fingerprint = decode(asked.fingerprint, 'hex') LIMIT 1) AS known`.execute(tx)
  return new Map(rows.map((row) => [row.fingerprint, { id: row.id, kind: row.kind, sshFingerprint: row.ssh_fingerprint, gone: row.gone, trustStoreOnly: row.trust_store_only, lastSeen: row.last_seen, secret: row.secret }]))
}

/** A credential never seen before, with what this batch's places make of it. */
export type NewCredential = CredentialColumns & Document & {
  readonly id: string
  readonly trustStoreOnly: boolean
  readonly locationCount: number
  readonly machineCount: number
  /** As facets: `loc:file`. */
  readonly locationKinds: readonly string[]
  /** What people said of a secret; null for other kinds. */
  readonly secretState: string | null
}

/** Credentials never seen before, with what there is to say of them. */
export type Newcomers = { readonly credentials: Iterable<NewCredential>; readonly places: readonly LocationSight[]; readonly events: Iterable<CredentialEvent> }

/** Inserts new credentials with all that belongs to them, and puts them up for evaluation. Their rows are made one by one, while the server stores those before. Returns them. */
export async function insertCredentials(tx: Tx, tenantId: TenantId, { credentials, places, events }: Newcomers, seenAt: Date, scanId: string): Promise<readonly NewCredential[]> {
  const made: NewCredential[] = []
  const tenant = text<NewCredential>(() => tenantId)
  const id = uuid<NewCredential>((one) => one.id)
  await copyTables(tx, [
    rowsFor('credential', {
      tenant_id: tenant, id, kind: text((one) => one.kind), fingerprint: hex((one) => one.fingerprint), spki_sha256: hex((one) => one.spki),
      ssh_fingerprint: text((one) => one.sshFingerprint), serial_number: text((one) => one.serial), name: text((one) => one.name), sort_name: text((one) => one.sortName),
      issuer: text((one) => one.issuer), algorithm: text((one) => one.algorithm), key_size_bits: integer((one) => one.sizeBits), curve: text((one) => one.curve),
      not_before: instant((one) => one.notBefore), not_after: instant((one) => one.notAfter), subject_hash: uuid((one) => one.subjectHash), issuer_hash: uuid((one) => one.issuerHash),
      subject_key_id: text((one) => one.subjectKeyId), authority_key_id: text((one) => one.authorityKeyId), is_ca: boolean((one) => one.isCa),
      trust_store_only: boolean((one) => one.trustStoreOnly), location_count: integer((one) => one.locationCount), machine_count: integer((one) => one.machineCount),
      location_kinds: texts((one) => one.locationKinds), first_seen: instant(() => seenAt), secret_type: text((one) => one.secretType), secret_state: text((one) => one.secretState),
    }, kept(credentials, made)),
    rowsFor('credential_seen', { tenant_id: tenant, credential_id: id, last_seen: instant(() => seenAt) }, made),
    rowsFor('credential_search', { tenant_id: tenant, credential_id: id, search: text((one) => one.search) }, made),
    rowsFor('credential_document', { tenant_id: tenant, credential_id: id, facts: json((one) => one.facts), der: bytes((one) => one.der) }, made),
    locationRows(tenantId, places, seenAt),
    newcomerRows(tenantId, made, seenAt),
    eventRows(tenantId, events, seenAt, scanId),
  ])
  return made
}

function* kept<Value>(values: Iterable<Value>, into: Value[]): Generator<Value, void, void> {
  for (const value of values) {
    into.push(value)
    yield value
  }
}

/** What people said of secrets, by fingerprint. */
export async function readAssessed(tx: Tx, tenantId: TenantId, secrets: readonly string[]): Promise<Map<string, string>> {
  if (secrets.length === 0) return new Map()
  const { rows } = await sql<{ fingerprint: string; state: string }>`
    SELECT asked.fingerprint, a.state FROM json_array_elements_text(${rowsParameter(secrets)}) AS asked(fingerprint)
    JOIN secret_assessment a ON a.tenant_id = ${tenantId} AND a.fingerprint = decode(asked.fingerprint, 'hex')`.execute(tx)
  return new Map(rows.map((row) => [row.fingerprint, row.state]))
}

/** Moves last sight forward. */
export async function touchCredentials(tx: Tx, tenantId: TenantId, ids: readonly string[], seenAt: Date): Promise<void> {
  if (ids.length === 0) return
  await sql`
    UPDATE credential_seen s SET last_seen = ${seenAt} FROM json_array_elements_text(${rowsParameter(ids)}) AS x(id)
    WHERE s.tenant_id = ${tenantId} AND s.credential_id = x.id::uuid AND s.last_seen < ${seenAt}`.execute(tx)
}

/** A key known as plain private key that was seen in an SSH role: from now on it is an `ssh-key`. */
export type KeyUpgrade = { readonly id: string; readonly sshFingerprint: string | null; readonly facts: unknown }

/** Makes private keys SSH keys. */
export async function upgradeKeys(tx: Tx, tenantId: TenantId, upgrades: readonly KeyUpgrade[]): Promise<void> {
  if (upgrades.length === 0) return
  await sql`
    WITH input AS MATERIALIZED (SELECT * FROM json_to_recordset(${rowsParameter(upgrades)}) AS x(id uuid, "sshFingerprint" text, facts json)
    ), documented AS (
      UPDATE credential_document d SET facts = input.facts FROM input WHERE d.tenant_id = ${tenantId} AND d.credential_id = input.id
    )
    UPDATE credential c SET kind = 'ssh-key', ssh_fingerprint = coalesce(input."sshFingerprint", c.ssh_fingerprint)
    FROM input WHERE c.tenant_id = ${tenantId} AND c.id = input.id`.execute(tx)
}

/** A secret of which more is known now. */
export type SecretUpgrade = Pick<CredentialColumns, 'name' | 'sortName' | 'notAfter' | 'secretType' | 'search'> & { readonly id: string; readonly facts: unknown }

/** Writes what more is known of secrets; words it was found by go on finding it. */
export async function upgradeSecrets(tx: Tx, tenantId: TenantId, upgrades: readonly SecretUpgrade[]): Promise<void> {
  if (upgrades.length === 0) return
  await sql`
    WITH input AS MATERIALIZED (
      SELECT * FROM json_to_recordset(${rowsParameter(upgrades)}) AS x(id uuid, name text, "sortName" text, "notAfter" timestamptz, "secretType" text, search text, facts json)
    ), documented AS (
      UPDATE credential_document d SET facts = input.facts FROM input WHERE d.tenant_id = ${tenantId} AND d.credential_id = input.id
    ), searched AS (
      UPDATE credential_search s SET search = left(input.search || ' ' || s.search, 2000) FROM input WHERE s.tenant_id = ${tenantId} AND s.credential_id = input.id
    )
    UPDATE credential c SET name = input.name, sort_name = input."sortName", not_after = input."notAfter", secret_type = input."secretType"
    FROM input WHERE c.tenant_id = ${tenantId} AND c.id = input.id`.execute(tx)
}

/** A place a credential was sighted at. */
export type LocationSight = PlaceColumns & { readonly id: string; readonly credentialId: string; readonly machineId: string }

/** A location the inventory has already. */
export type KnownLocation = {
  readonly id: string; readonly factsHash: string; readonly gone: boolean; readonly lastSeen: Date
  /** Only where the place asked for is one to compare; null otherwise. */
  readonly facts: Location | null
}

/** Known locations, in the order asked; undefined where the place is new. */
export async function readKnownLocations(tx: Tx, tenantId: TenantId, places: readonly LocationSight[]): Promise<(KnownLocation | undefined)[]> {
  const known: (KnownLocation | undefined)[] = Array.from({ length: places.length })
  if (places.length === 0) return known
  const asked = places.map((place, index) => ({ i: index, c: place.credentialId, m: place.machineId, h: place.hash, l: isComparable(place.kind) }))
  const { rows } = await sql<{ i: number; id: string; facts_hash: string; gone: boolean; last_seen: Date; facts: Location | null }>`
    SELECT x.i, known.* FROM json_to_recordset(${rowsParameter(asked)}) AS x(i integer, c uuid, m uuid, h uuid, l boolean)
    CROSS JOIN LATERAL (
      SELECT l.id, l.facts_hash, l.gone_at IS NOT NULL AS gone, l.last_seen, CASE WHEN x.l THEN l.facts END AS facts
      FROM location l WHERE l.tenant_id = ${tenantId} AND l.credential_id = x.c AND l.machine_id = x.m AND l.place_hash = x.h LIMIT 1) AS known`.execute(tx)
  for (const row of rows) known[row.i] = { id: row.id, factsHash: row.facts_hash, gone: row.gone, lastSeen: row.last_seen, facts: row.facts }
  return known
}

/** Inserts places of known credentials that were never seen before. */
export function insertLocations(tx: Tx, tenantId: TenantId, places: readonly LocationSight[], seenAt: Date): Promise<void> {
  return copyTables(tx, [locationRows(tenantId, places, seenAt)])
}

function locationRows(tenantId: TenantId, places: readonly LocationSight[], seenAt: Date): TableRows {
  const seen = instant<LocationSight>(() => seenAt)
  return rowsFor('location', {
    tenant_id: text(() => tenantId), id: uuid((one) => one.id), credential_id: uuid((one) => one.credentialId), machine_id: uuid((one) => one.machineId), place_hash: uuid((one) => one.hash),
    kind: text((one) => one.kind), part: text((one) => one.part), place: text((one) => one.place), path: text((one) => one.path), host: text((one) => one.host), port: integer((one) => one.port),
    sni: text((one) => one.sni), protocol: text((one) => one.protocol), trust_store: boolean((one) => one.trustStore), facts: text((one) => one.factsText), facts_hash: uuid((one) => one.factsHash),
    first_seen: seen, last_seen: seen,
  }, places)
}

/** Known places seen again: last sight moves on, a retired place is back. */
export async function touchLocations(tx: Tx, tenantId: TenantId, ids: readonly string[], seenAt: Date): Promise<void> {
  if (ids.length === 0) return
  await sql`
    UPDATE location l SET last_seen = greatest(l.last_seen, ${seenAt}::timestamptz), gone_at = NULL
    FROM json_array_elements_text(${rowsParameter(ids)}) AS x(id) WHERE l.tenant_id = ${tenantId} AND l.id = x.id::uuid`.execute(tx)
}

/** Known places whose facts (mode, owner, comment …) changed. */
export async function changeLocations(tx: Tx, tenantId: TenantId, places: readonly LocationSight[]): Promise<void> {
  if (places.length === 0) return
  await sql`
    UPDATE location l SET kind = x.kind, trust_store = x."trustStore", facts = x.facts, facts_hash = x."factsHash", path = x.path, host = x.host, port = x.port, sni = x.sni, protocol = x.protocol
    FROM json_to_recordset(${rowsParameter(places)}) AS x(id uuid, kind text, path text, host text, port integer, sni text, protocol text, "trustStore" boolean, facts json, "factsHash" uuid)
    WHERE l.tenant_id = ${tenantId} AND l.id = x.id`.execute(tx)
}
