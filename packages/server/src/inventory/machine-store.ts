import type { TenantId } from '@muster/core'
import { sql } from 'kysely'
import type { Tx } from '../platform/db/db.ts'
import { rowsParameter } from '../platform/db/json-parameter.ts'
import type { Identifier, KnownMachine } from './machine-match.ts'

/** Serialises everything that changes many rows of one tenant's inventory until the transaction ends. */
export async function lockInventory(tx: Tx, tenantId: TenantId): Promise<void> {
  const lock = () => sql`SELECT 1 FROM inventory_tenant WHERE tenant_id = ${tenantId} FOR UPDATE`.execute(tx)
  if ((await lock()).rows.length > 0) return
  await sql`INSERT INTO inventory_tenant (tenant_id) VALUES (${tenantId}) ON CONFLICT DO NOTHING`.execute(tx)
  await lock()
}

/** The machines a scan's own names stand for, as far as the scan introduced them. */
export async function readScanMachines(tx: Tx, tenantId: TenantId, scanId: string, refs: readonly string[]): Promise<Map<string, string>> {
  if (refs.length === 0) return new Map()
  const { rows } = await sql<{ ref: string; machine_id: string }>`
    SELECT s.ref, s.machine_id FROM json_array_elements_text(${rowsParameter(refs)}) AS asked(ref)
    JOIN scan_machine s ON s.tenant_id = ${tenantId} AND s.scan_id = ${scanId} AND s.ref = asked.ref`.execute(tx)
  return new Map(rows.map((row) => [row.ref, row.machine_id]))
}

/** Names of machines, for summaries and names of things seen on them. */
export async function readMachineNames(tx: Tx, tenantId: TenantId, ids: readonly string[]): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map()
  const { rows } = await sql<{ id: string; name: string }>`
    SELECT m.id, m.name FROM json_array_elements_text(${rowsParameter(ids)}) AS asked(id)
    JOIN machine m ON m.tenant_id = ${tenantId} AND m.id = asked.id::uuid`.execute(tx)
  return new Map(rows.map((row) => [row.id, row.name]))
}

/** Every known machine that shares one of `identifiers`, with all it is known by. */
export async function readCandidates(tx: Tx, tenantId: TenantId, identifiers: readonly Identifier[]): Promise<KnownMachine[]> {
  if (identifiers.length === 0) return []
  const { rows } = await sql<{ id: string; last_seen: Date; identifiers: Identifier[] }>`
    WITH hit AS (
      SELECT DISTINCT i.machine_id FROM json_to_recordset(${rowsParameter(identifiers)}) AS asked(type text, value text)
      JOIN machine_identifier i ON i.tenant_id = ${tenantId} AND i.type = asked.type AND i.value = asked.value)
    SELECT m.id, m.last_seen, json_agg(json_build_object('type', i.type, 'value', i.value)) AS identifiers
    FROM hit JOIN machine m ON m.tenant_id = ${tenantId} AND m.id = hit.machine_id
    JOIN machine_identifier i ON i.tenant_id = ${tenantId} AND i.machine_id = m.id
    GROUP BY m.id, m.last_seen`.execute(tx)
  return rows.map((row) => ({ id: row.id, lastSeen: row.last_seen, identifiers: row.identifiers }))
}

/** A machine as a batch leaves it. */
export type MachineWrite = {
  readonly id: string
  readonly isNew: boolean
  readonly name: string
  readonly sortName: string
  /** False where a better source already named the machine. */
  readonly rename: boolean
  readonly machineKind: string
  readonly operatingSystem: string | null
}

/** Inserts new machines and refreshes known ones. */
export async function writeMachines(tx: Tx, tenantId: TenantId, machines: readonly MachineWrite[], seenAt: Date): Promise<void> {
  if (machines.length === 0) return
  await sql`
    INSERT INTO machine (tenant_id, id, name, sort_name, machine_kind, operating_system, first_seen, last_seen)
    SELECT ${tenantId}::text, x.id, x.name, x."sortName", x."machineKind", x."operatingSystem", ${seenAt}::timestamptz, ${seenAt}::timestamptz
    FROM json_to_recordset(${rowsParameter(machines.filter((machine) => machine.isNew))})
      AS x(id uuid, name text, "sortName" text, "machineKind" text, "operatingSystem" text)`.execute(tx)
  await sql`
    UPDATE machine m SET last_seen = greatest(m.last_seen, ${seenAt}::timestamptz), operating_system = coalesce(x."operatingSystem", m.operating_system),
      name = CASE WHEN x.rename THEN x.name ELSE m.name END, sort_name = CASE WHEN x.rename THEN x."sortName" ELSE m.sort_name END
    FROM json_to_recordset(${rowsParameter(machines.filter((machine) => !machine.isNew))})
      AS x(id uuid, name text, "sortName" text, rename boolean, "operatingSystem" text)
    WHERE m.tenant_id = ${tenantId} AND m.id = x.id`.execute(tx)
}

/** Records what machines are known by; `complete` machines lose the addresses they were not sighted with. */
export async function writeIdentifiers(
  tx: Tx,
  tenantId: TenantId,
  identifiers: readonly { readonly machineId: string; readonly type: string; readonly value: string }[],
  complete: readonly string[],
  seenAt: Date,
): Promise<void> {
  if (identifiers.length === 0) return
  await sql`
    INSERT INTO machine_identifier (tenant_id, type, value, machine_id, last_seen)
    SELECT DISTINCT ${tenantId}::text, x.type, x.value, x."machineId", ${seenAt}::timestamptz
    FROM json_to_recordset(${rowsParameter(identifiers)}) AS x("machineId" uuid, type text, value text)
    ON CONFLICT (tenant_id, type, value, machine_id) DO UPDATE SET last_seen = greatest(machine_identifier.last_seen, excluded.last_seen)`.execute(tx)
  if (complete.length === 0) return
  await sql`
    DELETE FROM machine_identifier WHERE tenant_id = ${tenantId} AND type = 'address' AND last_seen < ${seenAt}
      AND machine_id IN (SELECT id::uuid FROM json_array_elements_text(${rowsParameter(complete)}) AS x(id))`.execute(tx)
}

/** Takes names away from machines that are no longer called so. */
export async function forgetIdentifiers(tx: Tx, tenantId: TenantId, dropped: readonly { readonly machineId: string; readonly type: string; readonly value: string }[]): Promise<void> {
  if (dropped.length === 0) return
  await sql`
    DELETE FROM machine_identifier i USING json_to_recordset(${rowsParameter(dropped)}) AS x("machineId" uuid, type text, value text)
    WHERE i.tenant_id = ${tenantId} AND i.machine_id = x."machineId" AND i.type = x.type AND i.value = x.value`.execute(tx)
}

/** Remembers what the scan's names stand for. */
export async function writeScanMachines(tx: Tx, tenantId: TenantId, scanId: string, refs: ReadonlyMap<string, string>): Promise<void> {
  if (refs.size === 0) return
  const rows = Array.from(refs, ([ref, id]) => ({ ref, id }))
  await sql`
    INSERT INTO scan_machine (tenant_id, scan_id, ref, machine_id)
    SELECT ${tenantId}::text, ${scanId}::uuid, x.ref, x.id FROM json_to_recordset(${rowsParameter(rows)}) AS x(ref text, id uuid)
    ON CONFLICT (tenant_id, scan_id, ref) DO UPDATE SET machine_id = excluded.machine_id`.execute(tx)
}

/** Two machines that share an identifier although they cannot be one. */
export type MachineConflict = { readonly machineId: string; readonly otherId: string; readonly type: string; readonly value: string }

/** Keeps each conflict once, with the time it was first seen. */
export async function writeConflicts(tx: Tx, tenantId: TenantId, scanId: string, conflicts: readonly MachineConflict[], at: Date): Promise<void> {
  if (conflicts.length === 0) return
  await sql`
    INSERT INTO machine_conflict (tenant_id, machine_id, other_machine_id, type, value, at, scan_id)
    SELECT DISTINCT ${tenantId}::text, x."machineId", x."otherId", x.type, x.value, ${at}::timestamptz, ${scanId}::uuid
    FROM json_to_recordset(${rowsParameter(conflicts)}) AS x("machineId" uuid, "otherId" uuid, type text, value text)
    ON CONFLICT DO NOTHING`.execute(tx)
}

/** Forgets the names of an ended scan. */
export async function deleteScanMachines(tx: Tx, tenantId: TenantId, scanId: string): Promise<void> {
  await sql`DELETE FROM scan_machine WHERE tenant_id = ${tenantId} AND scan_id = ${scanId}`.execute(tx)
}

/** Ids of machines in id order, after `afterId`. */
export async function machineIdsAfter(tx: Tx, tenantId: TenantId, afterId: string | null, limit: number): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    SELECT id FROM machine WHERE tenant_id = ${tenantId} ${afterId === null ? sql`` : sql`AND id > ${afterId}::uuid`} ORDER BY id LIMIT ${limit}`.execute(tx)
  return rows.map((row) => row.id)
}
