import type { ConfigurationFormat, Labels, MachineKind, SecretState, TenantId } from '@muster/core'
import { sql } from 'kysely'
import type { Queryable } from '../platform/db/db.ts'
import { rowsParameter } from '../platform/db/json-parameter.ts'

/** A present location of a subject with its machine. */
export type SubjectLocationRow = { credential_id: string; facts: unknown; machine_id: string; machine_name: string; machine_kind: MachineKind; owner: string | null; criticality: Labels['criticality']; environment: Labels['environment']; purpose: string | null; last_seen: Date }

/** A credential with its document. */
export type SubjectRow = {
  id: string; name: string; kind: string; ssh_fingerprint: string | null; spki: string | null; facts: unknown; der: Uint8Array | null; trust_store_only: boolean; secret_state: SecretState | null
  owner: string | null; criticality: Labels['criticality']; environment: Labels['environment']; purpose: string | null
  location_count: number; machine_count: number; first_seen: Date; last_seen: Date
}

/** Present credentials of `ids` with their documents. */
export async function readSubjects(queryable: Queryable, tenantId: TenantId, ids: readonly string[]): Promise<SubjectRow[]> {
  if (ids.length === 0) return []
  const { rows } = await sql<SubjectRow>`
    SELECT c.id, c.name, c.kind, c.ssh_fingerprint, encode(c.spki_sha256, 'hex') AS spki, d.facts, d.der, c.trust_store_only, c.secret_state, c.owner, c.criticality, c.environment, c.purpose,
      c.location_count, c.machine_count, c.first_seen, s.last_seen
    FROM json_array_elements_text(${rowsParameter(ids)}) AS asked(id)
    JOIN credential c ON c.tenant_id = ${tenantId} AND c.id = asked.id::uuid
    JOIN credential_seen s ON s.tenant_id = ${tenantId} AND s.credential_id = c.id
    JOIN credential_document d ON d.tenant_id = ${tenantId} AND d.credential_id = c.id
    WHERE NOT c.gone`.execute(queryable)
  return rows
}

/** At most `most` present locations of each credential. */
export async function readSubjectLocations(queryable: Queryable, tenantId: TenantId, ids: readonly string[], most: number): Promise<SubjectLocationRow[]> {
  if (ids.length === 0) return []
  const { rows } = await sql<SubjectLocationRow>`
    SELECT l.credential_id, l.facts, l.machine_id, m.name AS machine_name, m.machine_kind, m.owner, m.criticality, m.environment, m.purpose, l.last_seen
    FROM json_array_elements_text(${rowsParameter(ids)}) AS asked(id)
    CROSS JOIN LATERAL (SELECT * FROM location o WHERE o.tenant_id = ${tenantId} AND o.credential_id = asked.id::uuid AND o.gone_at IS NULL LIMIT ${most}) AS l
    JOIN machine m ON m.tenant_id = ${tenantId} AND m.id = l.machine_id`.execute(queryable)
  return rows
}

/** At most `most` other present credentials with each of these keys. */
export async function readSameKey(queryable: Queryable, tenantId: TenantId, spkis: readonly string[], most: number): Promise<{ spki: string; id: string; kind: string; name: string; owner: string | null }[]> {
  if (spkis.length === 0) return []
  const { rows } = await sql<{ spki: string; id: string; kind: string; name: string; owner: string | null }>`
    SELECT asked.spki, c.* FROM json_array_elements_text(${rowsParameter(spkis)}) AS asked(spki)
    CROSS JOIN LATERAL (SELECT o.id, o.kind, o.name, o.owner FROM credential o
      WHERE o.tenant_id = ${tenantId} AND o.spki_sha256 = decode(asked.spki, 'hex') AND NOT o.gone LIMIT ${most}) AS c`.execute(queryable)
  return rows
}

/** An endpoint or configuration with its machine. */
type OnMachine = { id: string; machine_id: string; machine_name: string; owner: string | null; criticality: Labels['criticality']; environment: Labels['environment']; purpose: string | null; last_seen: Date }
/** An endpoint as stored. */
export type SubjectEndpointRow = OnMachine & { host: string; port: number; sni: string | null; starttls: string | null; protocol: 'tls' | 'ssh' | 'unknown'; tls: unknown; ssh: unknown; process: unknown }
/** A configuration as stored. */
export type SubjectConfigurationRow = OnMachine & { path: string; entry: string; format: ConfigurationFormat; settings: Record<string, string[]> }

const machineColumns = sql`t.machine_id, m.name AS machine_name, m.owner, m.criticality, m.environment, m.purpose, t.last_seen`

/** Present endpoints of `ids`. */
export async function readSubjectEndpoints(queryable: Queryable, tenantId: TenantId, ids: readonly string[]): Promise<SubjectEndpointRow[]> {
  if (ids.length === 0) return []
  const { rows } = await sql<SubjectEndpointRow>`
    SELECT t.id, ${machineColumns}, t.host, t.port, t.sni, t.starttls, t.protocol, t.tls, t.ssh, t.process
    FROM json_array_elements_text(${rowsParameter(ids)}) AS asked(id)
    JOIN endpoint t ON t.tenant_id = ${tenantId} AND t.id = asked.id::uuid JOIN machine m ON m.tenant_id = ${tenantId} AND m.id = t.machine_id WHERE NOT t.gone`.execute(queryable)
  return rows
}

/** Present configurations of `ids`. */
export async function readSubjectConfigurations(queryable: Queryable, tenantId: TenantId, ids: readonly string[]): Promise<SubjectConfigurationRow[]> {
  if (ids.length === 0) return []
  const { rows } = await sql<SubjectConfigurationRow>`
    SELECT t.id, ${machineColumns}, t.path, t.entry, t.format, t.settings
    FROM json_array_elements_text(${rowsParameter(ids)}) AS asked(id)
    JOIN configuration t ON t.tenant_id = ${tenantId} AND t.id = asked.id::uuid JOIN machine m ON m.tenant_id = ${tenantId} AND m.id = t.machine_id WHERE t.gone_at IS NULL`.execute(queryable)
  return rows
}

/** Documents by fingerprint (lower-case hex). */
export async function readDocuments(queryable: Queryable, tenantId: TenantId, fingerprints: readonly string[]): Promise<{ fingerprint: string; facts: unknown; der: Uint8Array | null }[]> {
  if (fingerprints.length === 0) return []
  const { rows } = await sql<{ fingerprint: string; facts: unknown; der: Uint8Array | null }>`
    SELECT asked.fingerprint, d.facts, d.der FROM json_array_elements_text(${rowsParameter(fingerprints)}) AS asked(fingerprint)
    JOIN credential c ON c.tenant_id = ${tenantId} AND c.fingerprint = decode(asked.fingerprint, 'hex')
    JOIN credential_document d ON d.tenant_id = ${tenantId} AND d.credential_id = c.id`.execute(queryable)
  return rows
}

/** Documents of present RSA credentials by id, after `afterId`. */
export async function readRsaDocuments(queryable: Queryable, tenantId: TenantId, afterId: string, limit: number): Promise<{ id: string; spki: string; facts: unknown; der: Uint8Array | null }[]> {
  const { rows } = await sql<{ id: string; spki: string; facts: unknown; der: Uint8Array | null }>`
    SELECT c.id, encode(c.spki_sha256, 'hex') AS spki, d.facts, d.der FROM credential c JOIN credential_document d ON d.tenant_id = ${tenantId} AND d.credential_id = c.id
    WHERE c.tenant_id = ${tenantId} AND c.id > ${afterId} AND NOT c.gone AND c.algorithm IN ('rsa', 'rsa-pss') AND c.spki_sha256 IS NOT NULL
    ORDER BY c.id LIMIT ${limit}`.execute(queryable)
  return rows
}
