import type { FindingObjectType, FindingState, TenantId } from '@muster/core'
import type { KeyWeakness } from '@muster/rules'
import { sql } from 'kysely'
import type { Queryable, Tx } from '../platform/db/db.ts'
import { rowsParameter } from '../platform/db/json-parameter.ts'
import type { FindingChange, KnownFinding } from './finding-change.ts'

/** Findings of these objects in any state, locked until the transaction ends. */
export async function knownFindings(tx: Tx, tenantId: TenantId, objects: readonly { readonly type: FindingObjectType; readonly id: string }[]): Promise<KnownFinding[]> {
  const { rows } = await sql<{
    id: string; object_type: FindingObjectType; object_id: string; rule_id: string; object_name: string; state: FindingState; severity_rank: number
    evidence: string; places: string[]; due: Date | null; owner: string | null; criticality: string | null; accepted_rank: number | null; accepted_until: Date | null
  }>`
    SELECT f.id, f.object_type, f.object_id, f.rule_id, f.object_name, f.state, f.severity_rank, f.evidence, f.places, f.due, f.owner, f.criticality,
      f.accepted_rank, f.accepted_until
    FROM json_to_recordset(${rowsParameter(objects)}) AS o(type text, id uuid)
    JOIN finding f ON f.tenant_id = ${tenantId} AND f.object_type = o.type AND f.object_id = o.id
    FOR UPDATE OF f`.execute(tx)
  return rows.map((row) => ({
    id: row.id, objectType: row.object_type, objectId: row.object_id, ruleId: row.rule_id, objectName: row.object_name, state: row.state,
    severityRank: row.severity_rank, evidence: row.evidence, places: row.places, due: row.due?.toISOString() ?? null, owner: row.owner,
    criticality: row.criticality, acceptedRank: row.accepted_rank, acceptedUntil: row.accepted_until,
  }))
}

/** Writes the changes and their events; closing and reopening forget the acceptance. */
export async function applyChanges(tx: Tx, tenantId: TenantId, changes: readonly FindingChange[], now: Date, newId: () => string): Promise<void> {
  if (changes.length === 0) return
  const rows = changes.map(({ finding, event }) => ({ ...finding, event }))
  await sql`
    INSERT INTO finding AS f (tenant_id, id, object_type, object_id, rule_id, object_name, state, severity_rank, evidence, places, due, owner, criticality,
      opened_at, changed_at, closed_at)
    SELECT ${tenantId}, r.id, r."objectType", r."objectId", r."ruleId", r."objectName", r.state, r."severityRank", r.evidence, r.places, r.due, r.owner,
      r.criticality, ${now}, ${now}, CASE WHEN r.state = 'closed' THEN ${now}::timestamptz END
    FROM json_to_recordset(${rowsParameter(rows)}) AS r(id uuid, "objectType" text, "objectId" uuid, "ruleId" text, "objectName" text, state text,
      "severityRank" smallint, evidence text, places json, due timestamptz, owner text, criticality text, event text)
    ON CONFLICT (tenant_id, id) DO UPDATE SET
      object_name = excluded.object_name, severity_rank = excluded.severity_rank, evidence = excluded.evidence, places = excluded.places,
      due = excluded.due, owner = excluded.owner, criticality = excluded.criticality, changed_at = excluded.changed_at, closed_at = excluded.closed_at,
      opened_at = CASE WHEN f.state <> 'open' AND excluded.state = 'open' THEN excluded.opened_at ELSE f.opened_at END,
      accepted_reason = CASE WHEN excluded.state = 'accepted' THEN f.accepted_reason END,
      accepted_until = CASE WHEN excluded.state = 'accepted' THEN f.accepted_until END,
      accepted_by = CASE WHEN excluded.state = 'accepted' THEN f.accepted_by END,
      accepted_rank = CASE WHEN excluded.state = 'accepted' THEN f.accepted_rank END,
      state = excluded.state`.execute(tx)
  const events = changes
    .filter((change) => change.event !== null)
    .map(({ finding, note }) => ({ findingId: finding.id, id: newId(), state: finding.state, note }))
  await appendEvents(tx, tenantId, events, 'muster', now)
}

/** One entry of a finding's history. */
export type FindingEvent = { readonly findingId: string; readonly id: string; readonly state: FindingState; readonly note: string }

/** Appends history, all by the same hand at the same time. */
export async function appendEvents(tx: Tx, tenantId: TenantId, events: readonly FindingEvent[], by: string, now: Date): Promise<void> {
  if (events.length === 0) return
  await sql`
    INSERT INTO finding_event (tenant_id, finding_id, id, at, state, by_whom, note)
    SELECT ${tenantId}, e."findingId", e.id, ${now}, e.state, ${by}, e.note
    FROM json_to_recordset(${rowsParameter(events)}) AS e("findingId" uuid, id uuid, state text, note text)`.execute(tx)
}

/** What is open of these objects, for the counters on their rows. Objects with nothing open are in it with zero. */
export async function openSummaries(
  tx: Tx,
  tenantId: TenantId,
  objects: readonly { readonly type: FindingObjectType; readonly id: string }[],
): Promise<{ type: FindingObjectType; id: string; worstRank: number | null; count: number; rules: string[] }[]> {
  const { rows } = await sql<{ type: FindingObjectType; id: string; worst: number | null; count: number; rules: string[] }>`
    SELECT o.type, o.id, min(f.severity_rank)::int AS worst, count(f.id)::int AS count, coalesce(array_agg(f.rule_id ORDER BY f.rule_id) FILTER (WHERE f.id IS NOT NULL), '{}') AS rules
    FROM json_to_recordset(${rowsParameter(objects)}) AS o(type text, id uuid)
    LEFT JOIN finding f ON f.tenant_id = ${tenantId} AND f.object_type = o.type AND f.object_id = o.id AND f.state = 'open'
    GROUP BY o.type, o.id`.execute(tx)
  return rows.map((row) => ({ type: row.type, id: row.id, worstRank: row.worst, count: row.count, rules: row.rules }))
}

/** Sets today's open counts, which the trend shows for this day. */
export async function recordDay(tx: Tx, tenantId: TenantId, now: Date): Promise<void> {
  const day = now.toISOString().slice(0, 10)
  await sql`
    INSERT INTO finding_day (tenant_id, day, severity_rank, count)
    SELECT ${tenantId}, ${day}::text::date, ranks.rank, count(f.id)
    FROM generate_series(0, 4) AS ranks(rank)
    LEFT JOIN finding f ON f.tenant_id = ${tenantId} AND f.state = 'open' AND f.severity_rank = ranks.rank
    GROUP BY ranks.rank
    ON CONFLICT (tenant_id, day, severity_rank) DO UPDATE SET count = excluded.count`.execute(tx)
}

/** Weaknesses known of these keys, by SPKI SHA-256 in hex. */
export async function weaknessesOf(queryable: Queryable, tenantId: TenantId, spkis: readonly string[]): Promise<Map<string, KeyWeakness[]>> {
  const found = new Map<string, KeyWeakness[]>()
  if (spkis.length === 0) return found
  const { rows } = await sql<{ spki: string; reason: KeyWeakness['reason']; note: string }>`
    SELECT encode(spki_sha256, 'hex') AS spki, reason, note FROM key_weakness
    WHERE tenant_id = ${tenantId} AND spki_sha256 IN (SELECT decode(value, 'hex') FROM json_array_elements_text(${rowsParameter(spkis)}))`.execute(queryable)
  for (const { spki, reason, note } of rows) found.set(spki, [...(found.get(spki) ?? []), { reason, note }])
  return found
}

/** Objects whose acceptance has ended; they are to be evaluated again. */
export async function endedAcceptances(tx: Tx, tenantId: TenantId, now: Date): Promise<{ type: FindingObjectType; id: string }[]> {
  const { rows } = await sql<{ type: FindingObjectType; id: string }>`
    SELECT DISTINCT object_type AS type, object_id AS id FROM finding
    WHERE tenant_id = ${tenantId} AND state = 'accepted' AND accepted_until <= ${now} LIMIT 10000`.execute(tx)
  return rows
}
