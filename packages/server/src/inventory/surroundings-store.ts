import type { TenantId } from '@muster/core'
import { sql } from 'kysely'
import type { Tx } from '../platform/db/db.ts'
import { rowsParameter } from '../platform/db/json-parameter.ts'

/** An endpoint as sighted; `name` is what lists show and search. */
export type EndpointSight = {
  readonly id: string
  readonly machineId: string
  readonly host: string
  readonly port: number
  readonly sni: string | null
  readonly starttls: string | null
  readonly protocol: string
  readonly name: string
  readonly tls: unknown
  readonly ssh: unknown
  readonly process: unknown
  readonly factsHash: string
}

/**
 * Inserts or refreshes endpoints; what one probe did not ask (`process` from the network, cipher suites from the host's
 * quick probe) does not erase what an earlier one learned, and who does not speak a protocol cannot say that it is gone. Returns ids of those that are new, changed or back.
 */
export async function writeEndpoints(tx: Tx, tenantId: TenantId, endpoints: readonly EndpointSight[], speaks: readonly string[], seenAt: Date): Promise<string[]> {
  if (endpoints.length === 0) return []
  const { rows } = await sql<{ id: string }>`
    WITH input AS MATERIALIZED (
      SELECT * FROM json_to_recordset(${rowsParameter(endpoints)}) AS x(id uuid, "machineId" uuid, host text, port integer, sni text, starttls text,
        protocol text, name text, tls json, ssh json, process json, "factsHash" uuid)
    ), known AS MATERIALIZED (
      SELECT input.id AS asked, e.id, e.facts_hash, e.gone, input.protocol = 'unknown' AND e.protocol NOT IN (SELECT json_array_elements_text(${rowsParameter(['unknown', ...speaks])})) AS stays
      FROM input JOIN endpoint e ON e.tenant_id = ${tenantId} AND e.machine_id = input."machineId" AND e.host = input.host
        AND e.port = input.port AND coalesce(e.sni, '') = coalesce(input.sni, '') AND coalesce(e.starttls, '') = coalesce(input.starttls, '')
    ), refreshed AS (
      UPDATE endpoint e SET last_seen = greatest(e.last_seen, ${seenAt}::timestamptz), gone_at = NULL, process = coalesce(input.process, e.process),
        protocol = CASE WHEN known.stays THEN e.protocol ELSE input.protocol END, facts_hash = CASE WHEN known.stays THEN e.facts_hash ELSE input."factsHash" END,
        tls = CASE WHEN known.stays THEN e.tls WHEN input.tls IS NULL THEN CASE WHEN input.protocol = 'tls' THEN e.tls END ELSE (input.tls::jsonb || (
          SELECT coalesce(jsonb_object_agg(old.key, old.value), '{}') FROM jsonb_each(coalesce(e.tls::jsonb, '{}')) AS old
          WHERE input.tls::jsonb -> old.key = 'null'::jsonb))::json END,
        ssh = CASE WHEN known.stays OR (input.ssh IS NULL AND input.protocol = 'ssh') THEN e.ssh ELSE input.ssh END
      FROM input JOIN known ON known.asked = input.id WHERE e.tenant_id = ${tenantId} AND e.id = known.id
    ), added AS (
      INSERT INTO endpoint (tenant_id, id, machine_id, host, port, sni, starttls, protocol, name, tls, ssh, process, facts_hash, first_seen, last_seen)
      SELECT ${tenantId}::text, id, "machineId", host, port, sni, starttls, protocol, name, tls, ssh, process, "factsHash", ${seenAt}::timestamptz, ${seenAt}::timestamptz
      FROM input WHERE id NOT IN (SELECT asked FROM known) RETURNING id
    )
    SELECT id FROM added UNION ALL
    SELECT known.id FROM known JOIN input ON input.id = known.asked WHERE known.gone OR (known.facts_hash <> input."factsHash" AND NOT known.stays)`.execute(tx)
  return rows.map((row) => row.id)
}

/** An account as sighted. */
export type IdentitySight = { readonly id: string; readonly machineId: string; readonly system: string; readonly name: string; readonly sortName: string; readonly identityKind: string; readonly attributes: unknown }

/** Inserts or refreshes identities. */
export async function writeIdentities(tx: Tx, tenantId: TenantId, identities: readonly IdentitySight[], seenAt: Date): Promise<void> {
  if (identities.length === 0) return
  await sql`
    INSERT INTO identity (tenant_id, id, machine_id, system, name, sort_name, identity_kind, attributes, first_seen, last_seen)
    SELECT ${tenantId}::text, id, "machineId", system, name, "sortName", "identityKind", attributes, ${seenAt}::timestamptz, ${seenAt}::timestamptz
    FROM json_to_recordset(${rowsParameter(identities)}) AS x(id uuid, "machineId" uuid, system text, name text, "sortName" text, "identityKind" text, attributes json)
    ON CONFLICT (tenant_id, machine_id, system, name) DO UPDATE SET last_seen = greatest(identity.last_seen, excluded.last_seen),
      identity_kind = CASE WHEN excluded.identity_kind = 'unknown' THEN identity.identity_kind ELSE excluded.identity_kind END,
      attributes = (identity.attributes::jsonb || excluded.attributes::jsonb)::json`.execute(tx)
}

/** Ids of identities by machine and name. */
export async function readIdentityIds(tx: Tx, tenantId: TenantId, asked: readonly { readonly machineId: string; readonly name: string }[]): Promise<Map<string, string>> {
  if (asked.length === 0) return new Map()
  const { rows } = await sql<{ id: string; machine_id: string; name: string }>`
    SELECT i.id, i.machine_id, i.name FROM json_to_recordset(${rowsParameter(asked)}) AS x("machineId" uuid, name text)
    JOIN identity i ON i.tenant_id = ${tenantId} AND i.machine_id = x."machineId" AND i.name = x.name`.execute(tx)
  return new Map(rows.map((row) => [`${row.machine_id} ${row.name}`, row.id]))
}

/** A configuration file, or the part of it that `entry` names, as sighted. */
export type ConfigurationSight = { readonly id: string; readonly machineId: string; readonly path: string; readonly entry: string; readonly pathHash: string; readonly format: string; readonly settings: unknown; readonly factsHash: string }

/** Inserts or refreshes configurations. Returns ids of those that are new, changed or back. */
export async function writeConfigurations(tx: Tx, tenantId: TenantId, configurations: readonly ConfigurationSight[], seenAt: Date): Promise<string[]> {
  if (configurations.length === 0) return []
  const { rows } = await sql<{ id: string }>`
    WITH input AS MATERIALIZED (
      SELECT * FROM json_to_recordset(${rowsParameter(configurations)}) AS x(id uuid, "machineId" uuid, path text, entry text, "pathHash" uuid, format text, settings json, "factsHash" uuid)
    ), known AS MATERIALIZED (
      SELECT c.id, c.facts_hash, c.gone_at, input."factsHash" FROM input JOIN configuration c ON c.tenant_id = ${tenantId} AND c.machine_id = input."machineId" AND c.path_hash = input."pathHash"
    ), written AS (
      INSERT INTO configuration (tenant_id, id, machine_id, path, entry, path_hash, format, settings, facts_hash, first_seen, last_seen)
      SELECT ${tenantId}::text, id, "machineId", path, entry, "pathHash", format, settings, "factsHash", ${seenAt}::timestamptz, ${seenAt}::timestamptz FROM input
      ON CONFLICT (tenant_id, machine_id, path_hash) DO UPDATE SET last_seen = greatest(configuration.last_seen, excluded.last_seen), gone_at = NULL,
        settings = excluded.settings, facts_hash = excluded.facts_hash RETURNING id)
    SELECT id FROM written WHERE id NOT IN (SELECT id FROM known WHERE facts_hash = "factsHash" AND gone_at IS NULL)`.execute(tx)
  return rows.map((row) => row.id)
}

/** A stated edge between things the inventory knows. */
export type RelationSight = {
  readonly fromType: string
  readonly fromId: string
  readonly type: string
  readonly toType: string
  readonly toId: string
  readonly source: string
  readonly sourceHash: string
  readonly machineId: string | null
}

/** Inserts or refreshes edges. */
export async function writeRelations(tx: Tx, tenantId: TenantId, relations: readonly RelationSight[], seenAt: Date): Promise<void> {
  if (relations.length === 0) return
  await sql`
    INSERT INTO relation (tenant_id, from_type, from_id, type, to_type, to_id, source_hash, source, machine_id, first_seen, last_seen)
    SELECT ${tenantId}::text, "fromType", "fromId", type, "toType", "toId", "sourceHash", source, "machineId", ${seenAt}::timestamptz, ${seenAt}::timestamptz
    FROM json_to_recordset(${rowsParameter(relations)}) AS x("fromType" text, "fromId" uuid, type text, "toType" text, "toId" uuid, "sourceHash" uuid, source text, "machineId" uuid)
    ON CONFLICT (tenant_id, from_type, from_id, type, to_type, to_id, source_hash) DO UPDATE SET last_seen = greatest(relation.last_seen, excluded.last_seen), gone_at = NULL`.execute(tx)
}
