import type { FindingObjectType, TenantId } from '@muster/core'
import { sql } from 'kysely'
import type { Tx } from '../platform/db/db.ts'
import { rowsParameter } from '../platform/db/json-parameter.ts'

/** What is open of an object; `worstRank` null and no rules when nothing is. */
export type FindingSummary = { readonly type: FindingObjectType; readonly id: string; readonly worstRank: number | null; readonly count: number; readonly rules: readonly string[] }

/** Writes the counters that lists show and filter by; rows that say so already are left alone. */
export async function setFindingSummaries(tx: Tx, tenantId: TenantId, summaries: readonly FindingSummary[]): Promise<void> {
  const credentials = summaries.filter(({ type }) => type === 'credential').map((summary) => ({ ...summary, rules: summary.rules.map((rule) => `rule:${rule}`).sort() }))
  if (credentials.length > 0) {
    await sql`
      UPDATE credential c SET worst_severity = x."worstRank", finding_count = x.count, open_rules = x.rules
      FROM json_to_recordset(${rowsParameter(credentials)}) AS x(id uuid, "worstRank" smallint, count integer, rules text[])
      WHERE c.tenant_id = ${tenantId} AND c.id = x.id AND (c.worst_severity, c.finding_count, c.open_rules) IS DISTINCT FROM (x."worstRank", x.count, x.rules)`.execute(tx)
  }
  for (const table of ['endpoint', 'configuration'] as const) {
    const rows = summaries.filter(({ type }) => type === table)
    if (rows.length === 0) continue
    await sql`
      UPDATE ${sql.table(table)} t SET worst_severity = x."worstRank", finding_count = x.count
      FROM json_to_recordset(${rowsParameter(rows)}) AS x(id uuid, "worstRank" smallint, count integer)
      WHERE t.tenant_id = ${tenantId} AND t.id = x.id AND (t.worst_severity, t.finding_count) IS DISTINCT FROM (x."worstRank", x.count)`.execute(tx)
  }
}
