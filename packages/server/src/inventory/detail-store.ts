import type { Location, TenantId } from '@muster/core'
import type { LocationRow } from '@muster/core/api'
import { sql } from 'kysely'
import type { Queryable } from '../platform/db/db.ts'

/** A credential's document and what ties it to others; null when the tenant has no such credential. */
export type DetailRecord = {
  readonly id: string; readonly facts: unknown; readonly der: Uint8Array | null; readonly spki: string | null; readonly issuer_hash: string | null; readonly subject_hash: string | null
  readonly authority_key_id: string | null; readonly subject_key_id: string | null; readonly is_ca: boolean
}

/** Reads {@link DetailRecord}. */
export async function readDetail(queryable: Queryable, tenantId: TenantId, id: string): Promise<DetailRecord | null> {
  const { rows } = await sql<DetailRecord>`
    SELECT c.id, d.facts, d.der, encode(c.spki_sha256, 'hex') AS spki, c.issuer_hash, c.subject_hash, c.authority_key_id, c.subject_key_id, c.is_ca
    FROM credential c JOIN credential_document d ON d.tenant_id = ${tenantId} AND d.credential_id = c.id WHERE c.tenant_id = ${tenantId} AND c.id = ${id}`.execute(queryable)
  return rows[0] ?? null
}

/** A certificate that may have issued another, as far as names and key ids tell. */
export type IssuerCandidate = { readonly id: string; readonly subject_hash: string; readonly issuer_hash: string; readonly authority_key_id: string | null; readonly subject_key_id: string | null }

/**
 * The CA certificate that names and key identifiers (RFC 5280 §4.2.1.1) make the issuer, best first: matching key
 * identifier, present before gone, longest valid.
 */
export async function findIssuer(queryable: Queryable, tenantId: TenantId, issuerHash: string, authorityKeyId: string | null): Promise<IssuerCandidate | null> {
  const { rows } = await sql<IssuerCandidate>`
    SELECT id, subject_hash, issuer_hash, authority_key_id, subject_key_id FROM credential
    WHERE tenant_id = ${tenantId} AND subject_hash = ${issuerHash} AND is_ca
      AND (${authorityKeyId}::text IS NULL OR subject_key_id IS NULL OR subject_key_id = ${authorityKeyId}::text)
    ORDER BY subject_key_id IS NOT DISTINCT FROM ${authorityKeyId}::text DESC, gone, expires DESC, id LIMIT 1`.execute(queryable)
  return rows[0] ?? null
}

/** Certificates a CA issued, those that expire first; at most `limit`. */
export async function findIssued(queryable: Queryable, tenantId: TenantId, ca: DetailRecord, limit: number): Promise<string[]> {
  if (ca.subject_hash === null) return []
  const { rows } = await sql<{ id: string }>`
    SELECT id FROM (SELECT id, expires FROM credential WHERE tenant_id = ${tenantId} AND facets @> ARRAY[${`iss:${ca.subject_hash}`}] AND id <> ${ca.id}
      AND (authority_key_id IS NULL OR ${ca.subject_key_id}::text IS NULL OR authority_key_id = ${ca.subject_key_id}::text) LIMIT 1000) AS bounded
    ORDER BY expires, id LIMIT ${limit}`.execute(queryable)
  return rows.map((row) => row.id)
}

/** Other credentials with the same key; at most `limit`. */
export async function findSameKey(queryable: Queryable, tenantId: TenantId, spki: string, id: string, limit: number): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    SELECT id FROM credential WHERE tenant_id = ${tenantId} AND spki_sha256 = decode(${spki}, 'hex') AND id <> ${id} ORDER BY gone, kind, expires, id LIMIT ${limit}`.execute(queryable)
  return rows.map((row) => row.id)
}

/** SSH keys with one of these OpenSSH fingerprints, or SSH certificates signed by that key; at most `limit`. */
export async function findSshTies(queryable: Queryable, tenantId: TenantId, ties: { readonly caFingerprint: string | null; readonly ownFingerprint: string | null }, limit: number): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    (SELECT id FROM credential WHERE tenant_id = ${tenantId} AND ssh_fingerprint = ${ties.caFingerprint}::text AND kind = 'ssh-key' LIMIT ${limit})
    UNION (SELECT id FROM credential WHERE tenant_id = ${tenantId} AND kind = 'ssh-certificate' AND issuer = ${ties.ownFingerprint}::text AND facets @> ARRAY['kind:ssh-certificate'] LIMIT ${limit})`.execute(queryable)
  return rows.map((row) => row.id)
}

/** Whether the tenant has the credential. */
export async function credentialExists(queryable: Queryable, tenantId: TenantId, id: string): Promise<boolean> {
  return (await sql`SELECT 1 FROM credential WHERE tenant_id = ${tenantId} AND id = ${id}`.execute(queryable)).rows.length > 0
}

type LocationRecord = { id: string; credential_id: string; machine_id: string; machine_name: string; place: string; facts: Location; first_seen: Date; last_seen: Date; gone_at: Date | null }

/** A credential's locations in the order they were found, after `afterId`. */
export async function listLocations(queryable: Queryable, tenantId: TenantId, credentialId: string, afterId: string | null, limit: number): Promise<LocationRow[]> {
  const { rows } = await sql<LocationRecord>`
    SELECT l.id, l.credential_id, l.machine_id, m.name AS machine_name, l.place, l.facts, l.first_seen, l.last_seen, l.gone_at
    FROM location l JOIN machine m ON m.tenant_id = ${tenantId} AND m.id = l.machine_id
    WHERE l.tenant_id = ${tenantId} AND l.credential_id = ${credentialId} ${afterId === null ? sql`` : sql`AND l.id > ${afterId}::uuid`} ORDER BY l.id LIMIT ${limit}`.execute(queryable)
  return rows.map((row) => ({
    id: row.id, credentialId: row.credential_id, machineId: row.machine_id, machineName: row.machine_name, place: row.place, location: row.facts,
    firstSeen: row.first_seen.toISOString(), lastSeen: row.last_seen.toISOString(), goneAt: row.gone_at?.toISOString() ?? null,
  }))
}
