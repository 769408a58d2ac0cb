import { defaultPolicy, type Policy, policySchema } from '@muster/core/api'
import { sql } from 'kysely'
import type { Authorized } from '../platform/actor.ts'
import type { Queryable, Tx } from '../platform/db/db.ts'

type SettingsTables = { policies: { tenant_id: string; policy: string; changed_at: Date; changed_by: string } }

/** The tenant's policy; the default until it is changed, and for members a later release has added. */
export async function readPolicy(queryable: Queryable, { tenantId }: Authorized): Promise<Policy> {
  const row = await queryable.withTables<SettingsTables>().selectFrom('policies').select('policy').where('tenant_id', '=', tenantId).executeTakeFirst()
  if (row === undefined) return defaultPolicy
  return policySchema.parse({ ...defaultPolicy, ...(JSON.parse(row.policy) as object) })
}

export async function writePolicy(tx: Tx, { tenantId, actor }: Authorized, policy: Policy, now: Date): Promise<void> {
  const set = { policy: JSON.stringify(policy), changed_at: now, changed_by: actor.name }
  await tx
    .withTables<SettingsTables>()
    .insertInto('policies')
    .values({ tenant_id: tenantId, ...set })
    .onConflict((conflict) => conflict.column('tenant_id').doUpdateSet(set))
    .execute()
}

/** The PostgreSQL server's version as it tells it, e.g. `18.4`. */
export async function readStoreVersion(queryable: Queryable): Promise<string> {
  const { rows } = await sql<{ version: string }>`SELECT split_part(current_setting('server_version'), ' ', 1) AS version`.execute(queryable)
  return rows[0]?.version ?? 'unknown'
}
