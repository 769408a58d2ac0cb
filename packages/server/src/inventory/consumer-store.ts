import type { TenantId } from '@muster/core'
import type { CredentialConsumer } from '@muster/core/api'
import { sql } from 'kysely'
import type { Queryable } from '../platform/db/db.ts'

type ConsumerRecord = Omit<CredentialConsumer, 'lastSeen'> & { readonly lastSeen: Date }

/** Machines, sources and accounts that are said to use a credential, by name; at most `limit`. */
export async function listConsumers(queryable: Queryable, tenantId: TenantId, credentialId: string, limit: number): Promise<CredentialConsumer[]> {
  const { rows } = await sql<ConsumerRecord>`
    SELECT r.from_type AS of, coalesce(i.name, m.name) AS name, m.id AS "machineId", m.name AS "machineName", r.source, r.last_seen AS "lastSeen"
    FROM relation r LEFT JOIN identity i ON r.from_type = 'identity' AND i.tenant_id = ${tenantId} AND i.id = r.from_id
    JOIN machine m ON m.tenant_id = ${tenantId} AND m.id = CASE WHEN r.from_type = 'identity' THEN i.machine_id ELSE r.from_id END
    WHERE r.tenant_id = ${tenantId} AND r.to_type = 'credential' AND r.to_id = ${credentialId} AND r.type = 'uses' AND r.gone_at IS NULL AND r.from_type IN ('machine', 'identity')
    ORDER BY name, r.source LIMIT ${limit}`.execute(queryable)
  return rows.map((row) => ({ ...row, lastSeen: row.lastSeen.toISOString() }))
}
