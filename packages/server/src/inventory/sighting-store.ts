import type { Location, SecretCredential, TenantId } from '@muster/core'
import { sql } from 'kysely'
import type { Tx } from '../platform/db/db.ts'
import { rowsParameter } from '../platform/db/json-parameter.ts'
import type { CredentialColumns } from './credential-row.ts'
import type { Document } from './document.ts'
import type { PlaceColumns } from './place.ts'
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

/** Known credentials by fingerprint (lower-case hex). */
export async function readKnownCredentials(tx: Tx, tenantId: TenantId, fingerprints: readonly string[]): Promise<Map<string, KnownCredential>> {
  if (fingerprints.length === 0) return new Map()
  const { rows } = await sql<{ fingerprint: string; id: string; kind: string; ssh_fingerprint: string | null; gone: boolean; trust_store_only: boolean; last_seen: Date; secret: SecretCredential | null }>`
    SELECT asked.fingerprint, c.id, c.kind, c.ssh_fingerprint, c.gone, c.trust_store_only, s.last_seen,
      CASE WHEN c.kind = 'secret' THEN (SELECT d.facts FROM credential_document d WHERE d.tenant_id = ${tenantId} AND d.credential_id = c.id) END AS secret
    FROM json_array_elements_text(${rowsParameter(fingerprints)}) AS asked(fingerprint)
    JOIN credential c ON c.tenant_id = ${tenantId} AND c.fingerprint = decode(asked.fingerprint, 'hex')
    JOIN credential_seen s ON s.tenant_id = ${tenantId} AND s.credential_id = c.id`.execute(tx)
  return new Map(rows.map((row) => [row.fingerprint, { id: row.id, kind: row.kind, sshFingerprint: row.ssh_fingerprint, gone: row.gone, trustStoreOnly: row.trust_store_only, lastSeen: row.last_seen, secret: row.secret }]))
}

/** A credential never seen before, with what this batch's places make of it. */
export type NewCredential = CredentialColumns & Pick<Document, 'der'> & {
  readonly id: string
  readonly trustStoreOnly: boolean
  readonly locationCount: number
  readonly machineCount: number
  /** As facets: `loc:file`. */
  readonly locationKinds: readonly string[]
}

/** Inserts new credentials with their side rows: one statement, one reading of its input. */
export async function insertCredentials(tx: Tx, tenantId: TenantId, credentials: readonly NewCredential[], seenAt: Date): Promise<void> {
  if (credentials.length === 0) return
  const { rows, documents } = withDocumentsApart(credentials)
  await sql`
    WITH documents AS MATERIALIZED (SELECT ${documents}::bytea AS bytes
    ), input AS MATERIALIZED (
      SELECT * FROM json_to_recordset(${rowsParameter(rows)}) AS x(
        id uuid, kind text, fingerprint text, spki text, "sshFingerprint" text, serial text, name text, "sortName" text, issuer text,
        algorithm text, "sizeBits" integer, curve text, "notBefore" timestamptz, "notAfter" timestamptz, "subjectHash" uuid, "issuerHash" uuid,
        "subjectKeyId" text, "authorityKeyId" text, "isCa" boolean, search text, facts json, "derFrom" integer, "derBytes" integer,
        "trustStoreOnly" boolean, "locationCount" integer, "machineCount" integer, "locationKinds" text[], "secretType" text)
    ), searched AS (
      INSERT INTO credential_search (tenant_id, credential_id, search) SELECT ${tenantId}::text, id, search FROM input
    ), documented AS (
      INSERT INTO credential_document (tenant_id, credential_id, facts, der) SELECT ${tenantId}::text, id, facts, substring(bytes FROM "derFrom" FOR "derBytes") FROM input, documents
    ), seen AS (
      INSERT INTO credential_seen (tenant_id, credential_id, last_seen) SELECT ${tenantId}::text, id, ${seenAt}::timestamptz FROM input
    )
    INSERT INTO credential (tenant_id, id, kind, fingerprint, spki_sha256, ssh_fingerprint, serial_number, name, sort_name, issuer,
      algorithm, key_size_bits, curve, not_before, not_after, subject_hash, issuer_hash, subject_key_id, authority_key_id, is_ca,
      trust_store_only, location_count, machine_count, location_kinds, first_seen, secret_type, secret_state)
    SELECT ${tenantId}::text, id, kind, decode(fingerprint, 'hex'), decode(spki, 'hex'), "sshFingerprint", serial, name, "sortName", issuer,
      algorithm, "sizeBits", curve, "notBefore", "notAfter", "subjectHash", "issuerHash", "subjectKeyId", "authorityKeyId", "isCa",
      "trustStoreOnly", "locationCount", "machineCount", "locationKinds", ${seenAt}::timestamptz, "secretType",
      CASE WHEN kind = 'secret' THEN coalesce((SELECT a.state FROM secret_assessment a WHERE a.tenant_id = ${tenantId} AND a.fingerprint = decode(input.fingerprint, 'hex')), 'new') END
    FROM input`.execute(tx)
}

/** All DERs as one binary parameter with places in it: text in JSON costs the server several times as much. */
function withDocumentsApart(credentials: readonly NewCredential[]): { rows: unknown[]; documents: Buffer } {
  let end = 0
  const rows = credentials.map(({ der, ...row }) => {
    if (der === null) return row
    const derFrom = end + 1
    end += der.length
    return { ...row, derFrom, derBytes: der.length }
  })
  return { rows, documents: Buffer.concat(credentials.flatMap(({ der }) => (der === null ? [] : [der]))) }
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
    SELECT x.i, l.id, l.facts_hash, l.gone_at IS NOT NULL AS gone, l.last_seen, CASE WHEN x.l THEN l.facts END AS facts
    FROM json_to_recordset(${rowsParameter(asked)}) AS x(i integer, c uuid, m uuid, h uuid, l boolean)
    JOIN location l ON l.tenant_id = ${tenantId} AND l.credential_id = x.c AND l.machine_id = x.m AND l.place_hash = x.h`.execute(tx)
  for (const row of rows) known[row.i] = { id: row.id, factsHash: row.facts_hash, gone: row.gone, lastSeen: row.last_seen, facts: row.facts }
  return known
}

/** Inserts places never seen before. */
export async function insertLocations(tx: Tx, tenantId: TenantId, places: readonly LocationSight[], seenAt: Date): Promise<void> {
  if (places.length === 0) return
  await sql`
    INSERT INTO location (tenant_id, id, credential_id, machine_id, place_hash, kind, part, place, path, host, port, sni, protocol,
      trust_store, facts, facts_hash, first_seen, last_seen)
    SELECT ${tenantId}::text, id, "credentialId", "machineId", hash, kind, part, place, path, host, port, sni, protocol,
      "trustStore", facts, "factsHash", ${seenAt}::timestamptz, ${seenAt}::timestamptz
    FROM json_to_recordset(${rowsParameter(places)}) AS x(
      id uuid, "credentialId" uuid, "machineId" uuid, hash uuid, kind text, part text, place text, path text, host text, port integer, sni text,
      protocol text, "trustStore" boolean, facts json, "factsHash" uuid)`.execute(tx)
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
