import type { Location, TenantId } from '@muster/core'
import { sql } from 'kysely'
import type { Queryable } from '../platform/db/db.ts'

/** A place of a credential, and who answers for the machine or source it is on. */
export type OwnedPlace = { readonly location: Location; readonly machineName: string; readonly machineOwner: string | null; readonly gone: boolean }

/** At most `limit` places of a credential, present ones first. */
export async function readOwnedPlaces(queryable: Queryable, tenantId: TenantId, credentialId: string, limit: number): Promise<OwnedPlace[]> {
  const { rows } = await sql<{ facts: Location; name: string; owner: string | null; gone: boolean }>`
    SELECT l.facts, m.name, m.owner, l.gone_at IS NOT NULL AS gone FROM location l JOIN machine m ON m.tenant_id = ${tenantId} AND m.id = l.machine_id
    WHERE l.tenant_id = ${tenantId} AND l.credential_id = ${credentialId} ORDER BY l.gone_at IS NOT NULL, l.id LIMIT ${limit}`.execute(queryable)
  return rows.map((row) => ({ location: row.facts, machineName: row.name, machineOwner: row.owner, gone: row.gone }))
}

/** The owners of other credentials with the same key. */
export async function ownersOfSameKey(queryable: Queryable, tenantId: TenantId, credentialId: string, limit: number): Promise<{ owner: string; name: string }[]> {
  const { rows } = await sql<{ owner: string; name: string }>`
    SELECT o.owner, o.name FROM credential c JOIN credential o ON o.tenant_id = ${tenantId} AND o.spki_sha256 = c.spki_sha256 AND o.id <> c.id
    WHERE c.tenant_id = ${tenantId} AND c.id = ${credentialId} AND o.owner IS NOT NULL ORDER BY o.gone, o.id LIMIT ${limit}`.execute(queryable)
  return rows
}
