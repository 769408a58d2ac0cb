import type { TenantId } from '@muster/core'
import { type RawBuilder, sql } from 'kysely'

/** A subquery of the ids of every credential, endpoint and configuration that is on a machine or in a source now. */
export function idsOnMachine(tenantId: TenantId, machineId: string): RawBuilder<unknown> {
  return sql`(SELECT credential_id FROM location WHERE tenant_id = ${tenantId} AND machine_id = ${machineId} AND gone_at IS NULL
    UNION ALL SELECT id FROM endpoint WHERE tenant_id = ${tenantId} AND machine_id = ${machineId} AND NOT gone
    UNION ALL SELECT id FROM configuration WHERE tenant_id = ${tenantId} AND machine_id = ${machineId} AND gone_at IS NULL)`
}
