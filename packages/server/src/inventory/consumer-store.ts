import type { TenantId } from '@muster/core'
import type { CredentialAccount, CredentialConsumer } from '@muster/core/api'
import { sql } from 'kysely'
import type { Queryable } from '../platform/db/db.ts'

type ConsumerRecord = Omit<CredentialConsumer, 'lastSeen'> & { readonly lastSeen: Date }

/** Machines, sources and accounts that are said to renew a credential, then those said to use it, by name; at most `limit`. */
export async function listConsumers(queryable: Queryable, tenantId: TenantId, credentialId: string, limit: number): Promise<CredentialConsumer[]> {
  const { rows } = await sql<ConsumerRecord>`
    SELECT r.type AS does, r.from_type AS of, coalesce(i.name, m.name) AS name, m.id AS "machineId", m.name AS "machineName", r.source, r.last_seen AS "lastSeen"
    FROM relation r LEFT JOIN identity i ON r.from_type = 'identity' AND i.tenant_id = ${tenantId} AND i.id = r.from_id
    JOIN machine m ON m.tenant_id = ${tenantId} AND m.id = CASE WHEN r.from_type = 'identity' THEN i.machine_id ELSE r.from_id END
    WHERE r.tenant_id = ${tenantId} AND r.to_type = 'credential' AND r.to_id = ${credentialId} AND r.type IN ('uses', 'renews') AND r.gone_at IS NULL AND r.from_type IN ('machine', 'identity')
    ORDER BY r.type, name, r.source LIMIT ${limit}`.execute(queryable)
  return rows.map((row) => ({ ...row, lastSeen: row.lastSeen.toISOString() }))
}

/**
 * Accounts a credential lets its holder in as, by machine and name: those that were sighted with a relation to it, and those
 * that a list of authorized keys names; at most `limit`.
 */
export async function listAccounts(queryable: Queryable, tenantId: TenantId, credentialId: string, limit: number): Promise<CredentialAccount[]> {
  const { rows } = await sql<CredentialAccount>`
    SELECT DISTINCT ON (m.name, m.id, found.name) found.name, found.system, m.id AS "machineId", m.name AS "machineName", found.source
    FROM (
      SELECT i.name, i.system, i.machine_id, r.source FROM relation r JOIN identity i ON i.tenant_id = ${tenantId} AND i.id = r.to_id
      WHERE r.tenant_id = ${tenantId} AND r.from_type = 'credential' AND r.from_id = ${credentialId} AND r.type = 'authenticates' AND r.to_type = 'identity' AND r.gone_at IS NULL
      UNION ALL
      SELECT l.facts ->> 'account', NULL, l.machine_id, l.place FROM location l
      WHERE l.tenant_id = ${tenantId} AND l.credential_id = ${credentialId} AND l.kind = 'authorized-key' AND l.gone_at IS NULL
    ) AS found JOIN machine m ON m.tenant_id = ${tenantId} AND m.id = found.machine_id
    ORDER BY m.name, m.id, found.name, found.system NULLS LAST LIMIT ${limit}`.execute(queryable)
  return rows
}
