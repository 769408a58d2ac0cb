import type { TenantId } from '@muster/core'
import { sql } from 'kysely'
import type { Queryable } from '../platform/db/db.ts'

/** Present locations by the id of the detection rule or format that told them. */
export async function countDetectionHits(queryable: Queryable, tenantId: TenantId): Promise<ReadonlyMap<string, number>> {
  const { rows } = await sql<{ rule: string; count: string }>`
    SELECT facts ->> 'ruleId' AS rule, count(*) AS count FROM location
    WHERE tenant_id = ${tenantId} AND kind IN ('file-line', 'repository-line', 'image-line') AND gone_at IS NULL GROUP BY 1`.execute(queryable)
  return new Map(rows.map((row) => [row.rule, Number(row.count)]))
}
