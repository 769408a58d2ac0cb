import type { TenantId } from '@muster/core'
import type { DetectionConfig } from '@muster/core/api'
import type { Authorized } from '../platform/actor.ts'
import type { Queryable, Tx } from '../platform/db/db.ts'
import { storableText } from '../platform/db/json-parameter.ts'

type DetectionTables = { detection_config: { tenant_id: string; toml: string; rule_count: number; changed_by: string; changed_at: Date } }

/** The tenant's own rules; an empty text until there are any. */
export async function readConfig(queryable: Queryable, tenantId: TenantId): Promise<DetectionConfig> {
  const row = await queryable.withTables<DetectionTables>().selectFrom('detection_config').selectAll().where('tenant_id', '=', tenantId).executeTakeFirst()
  if (row === undefined) return { toml: '', ruleCount: 0, changedBy: null, changedAt: null }
  return { toml: row.toml, ruleCount: row.rule_count, changedBy: row.changed_by, changedAt: row.changed_at.toISOString() }
}

export async function writeConfig(tx: Tx, { tenantId, actor }: Authorized, toml: string, ruleCount: number, now: Date): Promise<void> {
  const set = { toml: storableText(toml), rule_count: ruleCount, changed_by: actor.name, changed_at: now }
  await tx.withTables<DetectionTables>().insertInto('detection_config').values({ tenant_id: tenantId, ...set })
    .onConflict((conflict) => conflict.column('tenant_id').doUpdateSet(set)).execute()
}
