import type { SecretState, TenantId } from '@muster/core'
import type { SecretAssessment } from '@muster/core/api'
import { sql } from 'kysely'
import type { Queryable, Tx } from '../platform/db/db.ts'
import { rowsParameter, storableText } from '../platform/db/json-parameter.ts'

/** What is said of secrets, and by whom. */
export type Statement = { readonly state: SecretState; readonly reason: string; readonly by: string; readonly at: Date; readonly until: Date | null }

/** Keeps a statement for each fingerprint (lower-case hex), known or not, and gives it to the secrets at hand. Returns their ids. */
export async function writeAssessments(tx: Tx, tenantId: TenantId, fingerprints: readonly string[], said: Statement): Promise<string[]> {
  if (fingerprints.length === 0) return []
  const asked = sql`SELECT DISTINCT decode(x.fingerprint, 'hex') AS fingerprint FROM json_array_elements_text(${rowsParameter(fingerprints)}) AS x(fingerprint)`
  await sql`
    INSERT INTO secret_assessment (tenant_id, fingerprint, state, reason, assessed_by, assessed_at, until)
    SELECT ${tenantId}::text, asked.fingerprint, ${said.state}, ${storableText(said.reason)}, ${said.by}, ${said.at}::timestamptz, ${said.until}::timestamptz FROM (${asked}) AS asked
    ON CONFLICT (tenant_id, fingerprint) DO UPDATE SET state = excluded.state, reason = excluded.reason, assessed_by = excluded.assessed_by,
      assessed_at = excluded.assessed_at, until = excluded.until`.execute(tx)
  const { rows } = await sql<{ id: string }>`
    UPDATE credential c SET secret_state = ${said.state} FROM (${asked}) AS asked
    WHERE c.tenant_id = ${tenantId} AND c.fingerprint = asked.fingerprint AND c.kind = 'secret' RETURNING c.id`.execute(tx)
  return rows.map((row) => row.id)
}

/** The fingerprints (lower-case hex) of those of `ids` that are secrets. */
export async function secretFingerprints(queryable: Queryable, tenantId: TenantId, ids: readonly string[]): Promise<string[]> {
  if (ids.length === 0) return []
  const { rows } = await sql<{ fingerprint: string }>`
    SELECT DISTINCT encode(c.fingerprint, 'hex') AS fingerprint FROM json_array_elements_text(${rowsParameter(ids)}) AS asked(id)
    JOIN credential c ON c.tenant_id = ${tenantId} AND c.id = asked.id::uuid WHERE c.kind = 'secret'`.execute(queryable)
  return rows.map((row) => row.fingerprint)
}

/** What was last said of the secret with this id; null when nothing was. */
export async function readAssessment(queryable: Queryable, tenantId: TenantId, id: string): Promise<SecretAssessment | null> {
  const { rows } = await sql<{ state: SecretState; reason: string; assessed_by: string; assessed_at: Date; until: Date | null }>`
    SELECT a.state, a.reason, a.assessed_by, a.assessed_at, a.until FROM credential c JOIN secret_assessment a ON a.tenant_id = ${tenantId} AND a.fingerprint = c.fingerprint
    WHERE c.tenant_id = ${tenantId} AND c.id = ${id} AND c.kind = 'secret'`.execute(queryable)
  const row = rows[0]
  return row === undefined ? null : { state: row.state, reason: row.reason, by: row.assessed_by, at: row.assessed_at.toISOString(), until: row.until?.toISOString() ?? null }
}

/** Fingerprints whose acceptance has ended by `now`, at most `limit`. */
export async function endedAcceptances(tx: Tx, tenantId: TenantId, now: Date, limit: number): Promise<string[]> {
  const { rows } = await sql<{ fingerprint: string }>`
    SELECT encode(fingerprint, 'hex') AS fingerprint FROM secret_assessment
    WHERE tenant_id = ${tenantId} AND until IS NOT NULL AND until <= ${now} AND state = 'accepted' ORDER BY until LIMIT ${limit}`.execute(tx)
  return rows.map((row) => row.fingerprint)
}
