import type { TenantId } from '@muster/core'
import { sql } from 'kysely'
import type { Tx } from '../platform/db/db.ts'

/**
 * Makes the machine `from` part of `into`: everything seen on it moves there, places both have become one that keeps the
 * earliest first and the latest last sight. Returns what has to be counted and evaluated again.
 */
export async function mergeMachine(tx: Tx, tenantId: TenantId, from: string, into: string, at: Date, scanId: string): Promise<Merged> {
  const touched = await sql<{ credential_id: string }>`
    SELECT DISTINCT credential_id FROM location WHERE tenant_id = ${tenantId} AND machine_id = ${from}`.execute(tx)
  await moveLocations(tx, tenantId, from, into)
  const endpoints = await moveEndpoints(tx, tenantId, from, into)
  await moveIdentities(tx, tenantId, from, into)
  const configurations = await moveConfigurations(tx, tenantId, from, into)
  await moveMachine(tx, tenantId, from, into, at, scanId)
  return { credentials: touched.rows.map((row) => row.credential_id), endpoints, configurations }
}

/** Ids of what a merge moved or removed. */
export type Merged = { readonly credentials: readonly string[]; readonly endpoints: readonly string[]; readonly configurations: readonly string[] }

async function moveLocations(tx: Tx, tenantId: TenantId, from: string, into: string): Promise<void> {
  await sql`
    UPDATE location kept SET first_seen = least(kept.first_seen, moved.first_seen), last_seen = greatest(kept.last_seen, moved.last_seen),
      gone_at = CASE WHEN kept.gone_at IS NULL OR moved.gone_at IS NULL THEN NULL ELSE greatest(kept.gone_at, moved.gone_at) END
    FROM location moved WHERE kept.tenant_id = ${tenantId} AND kept.machine_id = ${into} AND moved.tenant_id = ${tenantId}
      AND moved.machine_id = ${from} AND moved.credential_id = kept.credential_id AND moved.place_hash = kept.place_hash`.execute(tx)
  await sql`
    DELETE FROM location moved USING location kept WHERE kept.tenant_id = ${tenantId} AND kept.machine_id = ${into} AND moved.tenant_id = ${tenantId}
      AND moved.machine_id = ${from} AND moved.credential_id = kept.credential_id AND moved.place_hash = kept.place_hash`.execute(tx)
  await sql`UPDATE location SET machine_id = ${into} WHERE tenant_id = ${tenantId} AND machine_id = ${from}`.execute(tx)
}

async function moveEndpoints(tx: Tx, tenantId: TenantId, from: string, into: string): Promise<string[]> {
  const same = sql`kept.tenant_id = ${tenantId} AND kept.machine_id = ${into} AND moved.tenant_id = ${tenantId} AND moved.machine_id = ${from}
    AND moved.host = kept.host AND moved.port = kept.port AND coalesce(moved.sni, '') = coalesce(kept.sni, '') AND coalesce(moved.starttls, '') = coalesce(kept.starttls, '')`
  await sql`
    UPDATE endpoint kept SET first_seen = least(kept.first_seen, moved.first_seen), last_seen = greatest(kept.last_seen, moved.last_seen),
      process = coalesce(kept.process, moved.process),
      gone_at = CASE WHEN kept.gone_at IS NULL OR moved.gone_at IS NULL THEN NULL ELSE greatest(kept.gone_at, moved.gone_at) END
    FROM endpoint moved WHERE ${same}`.execute(tx)
  const dropped = await sql<{ id: string }>`DELETE FROM endpoint moved USING endpoint kept WHERE ${same} RETURNING moved.id`.execute(tx)
  const moved = await sql<{ id: string }>`UPDATE endpoint SET machine_id = ${into} WHERE tenant_id = ${tenantId} AND machine_id = ${from} RETURNING id`.execute(tx)
  return [...dropped.rows, ...moved.rows].map((row) => row.id)
}

async function moveIdentities(tx: Tx, tenantId: TenantId, from: string, into: string): Promise<void> {
  const same = sql`kept.tenant_id = ${tenantId} AND kept.machine_id = ${into} AND moved.tenant_id = ${tenantId} AND moved.machine_id = ${from}
    AND moved.system = kept.system AND moved.name = kept.name`
  for (const side of ['from', 'to']) {
    // The same edge may already stand at the kept identity; it is then the newer record.
    await sql`
      DELETE FROM relation r USING identity moved, identity kept, relation twin
      WHERE ${same} AND r.tenant_id = ${tenantId} AND ${sql.raw(`r.${side}_type = 'identity' AND r.${side}_id = moved.id`)}
        AND twin.tenant_id = ${tenantId} AND ${sql.raw(`twin.${side}_type = 'identity' AND twin.${side}_id = kept.id`)} AND twin.type = r.type AND twin.source_hash = r.source_hash
        AND ${sql.raw(side === 'from' ? 'twin.to_type = r.to_type AND twin.to_id = r.to_id' : 'twin.from_type = r.from_type AND twin.from_id = r.from_id')}`.execute(tx)
    await sql`
      UPDATE relation r SET ${sql.raw(`${side}_id`)} = kept.id FROM identity moved, identity kept
      WHERE ${same} AND r.tenant_id = ${tenantId} AND ${sql.raw(`r.${side}_type = 'identity' AND r.${side}_id = moved.id`)}`.execute(tx)
  }
  await sql`UPDATE identity kept SET first_seen = least(kept.first_seen, moved.first_seen), last_seen = greatest(kept.last_seen, moved.last_seen) FROM identity moved WHERE ${same}`.execute(tx)
  await sql`DELETE FROM identity moved USING identity kept WHERE ${same}`.execute(tx)
  await sql`UPDATE identity SET machine_id = ${into} WHERE tenant_id = ${tenantId} AND machine_id = ${from}`.execute(tx)
}

async function moveConfigurations(tx: Tx, tenantId: TenantId, from: string, into: string): Promise<string[]> {
  const dropped = await sql<{ id: string }>`
    DELETE FROM configuration moved USING configuration kept WHERE kept.tenant_id = ${tenantId} AND kept.machine_id = ${into}
      AND moved.tenant_id = ${tenantId} AND moved.machine_id = ${from} AND moved.path_hash = kept.path_hash RETURNING moved.id`.execute(tx)
  const moved = await sql<{ id: string }>`UPDATE configuration SET machine_id = ${into} WHERE tenant_id = ${tenantId} AND machine_id = ${from} RETURNING id`.execute(tx)
  return [...dropped.rows, ...moved.rows].map((row) => row.id)
}

async function moveMachine(tx: Tx, tenantId: TenantId, from: string, into: string, at: Date, scanId: string): Promise<void> {
  for (const side of ['from', 'to']) {
    await sql`
      DELETE FROM relation r USING relation twin WHERE r.tenant_id = ${tenantId} AND twin.tenant_id = ${tenantId} AND twin.type = r.type AND twin.source_hash = r.source_hash
        AND ${sql.raw(`r.${side}_type = 'machine' AND twin.${side}_type = 'machine' AND r.${side}_id = `)}${from} AND ${sql.raw(`twin.${side}_id = `)}${into}
        AND ${sql.raw(side === 'from' ? 'twin.to_type = r.to_type AND twin.to_id = r.to_id' : 'twin.from_type = r.from_type AND twin.from_id = r.from_id')}`.execute(tx)
    await sql`UPDATE relation SET ${sql.raw(`${side}_id`)} = ${into} WHERE tenant_id = ${tenantId} AND ${sql.raw(`${side}_type = 'machine' AND ${side}_id = `)}${from}`.execute(tx)
  }
  await sql`UPDATE relation SET machine_id = ${into} WHERE tenant_id = ${tenantId} AND machine_id = ${from}`.execute(tx)
  await sql`UPDATE scan_machine SET machine_id = ${into} WHERE tenant_id = ${tenantId} AND machine_id = ${from}`.execute(tx)
  await sql`
    INSERT INTO machine_identifier (tenant_id, type, value, machine_id, last_seen)
    SELECT tenant_id, type, value, ${into}::uuid, last_seen FROM machine_identifier WHERE tenant_id = ${tenantId} AND machine_id = ${from}
    ON CONFLICT (tenant_id, type, value, machine_id) DO UPDATE SET last_seen = greatest(machine_identifier.last_seen, excluded.last_seen)`.execute(tx)
  await sql`DELETE FROM machine_identifier WHERE tenant_id = ${tenantId} AND machine_id = ${from}`.execute(tx)
  await sql`
    UPDATE machine kept SET owner = coalesce(kept.owner, moved.owner), criticality = coalesce(kept.criticality, moved.criticality),
      environment = coalesce(kept.environment, moved.environment), purpose = coalesce(kept.purpose, moved.purpose),
      pinned_labels = ARRAY(SELECT DISTINCT unnest(kept.pinned_labels || moved.pinned_labels)),
      operating_system = coalesce(kept.operating_system, moved.operating_system),
      first_seen = least(kept.first_seen, moved.first_seen), last_seen = greatest(kept.last_seen, moved.last_seen)
    FROM machine moved WHERE kept.tenant_id = ${tenantId} AND kept.id = ${into} AND moved.tenant_id = ${tenantId} AND moved.id = ${from}`.execute(tx)
  await sql`UPDATE machine_merge SET into_id = ${into} WHERE tenant_id = ${tenantId} AND into_id = ${from}`.execute(tx)
  await sql`
    INSERT INTO machine_merge (tenant_id, from_id, into_id, at, scan_id) VALUES (${tenantId}, ${from}, ${into}, ${at}, ${scanId})
    ON CONFLICT (tenant_id, from_id) DO UPDATE SET into_id = excluded.into_id, at = excluded.at`.execute(tx)
  await sql`DELETE FROM machine_conflict WHERE tenant_id = ${tenantId} AND (machine_id = ${from} OR other_machine_id = ${from})`.execute(tx)
  await sql`DELETE FROM machine WHERE tenant_id = ${tenantId} AND id = ${from}`.execute(tx)
}
