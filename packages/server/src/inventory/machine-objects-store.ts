import type { TenantId } from '@muster/core'
import { type RawBuilder, sql } from 'kysely'

/** A subquery of the ids of every credential, endpoint and configuration that is on a machine or in a source now. */
export function idsOnMachine(tenantId: TenantId, machineId: string): RawBuilder<unknown> {
  return sql`(SELECT credential_id FROM location WHERE tenant_id = ${tenantId} AND machine_id = ${machineId} AND gone_at IS NULL
    UNION ALL SELECT id FROM endpoint WHERE tenant_id = ${tenantId} AND machine_id = ${machineId} AND NOT gone
    UNION ALL SELECT id FROM configuration WHERE tenant_id = ${tenantId} AND machine_id = ${machineId} AND gone_at IS NULL)`
}

/** A subquery of the type of the secret with an id; null for everything that is no secret. */
export function secretTypeOf(tenantId: TenantId, id: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`(SELECT c.secret_type FROM credential c WHERE c.tenant_id = ${tenantId} AND c.id = ${id})`
}
