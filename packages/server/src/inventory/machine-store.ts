import type { TenantId } from '@muster/core'
import { sql } from 'kysely'
import { copyRows, instant, text, uuid } from '../platform/db/copy.ts'
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
  const seen = instant<MachineWrite>(() => seenAt)
  await copyRows(tx, 'machine', {
    tenant_id: text(() => tenantId), id: uuid((one) => one.id), name: text((one) => one.name), sort_name: text((one) => one.sortName),
    machine_kind: text((one) => one.machineKind), operating_system: text((one) => one.operatingSystem), first_seen: seen, last_seen: seen,
  }, machines.filter((machine) => machine.isNew))
  const known = machines.filter((machine) => !machine.isNew)
  if (known.length === 0) return
  await sql`
    UPDATE machine m SET last_seen = greatest(m.last_seen, ${seenAt}::timestamptz), operating_system = coalesce(x."operatingSystem", m.operating_system),
      name = CASE WHEN x.rename THEN x.name ELSE m.name END, sort_name = CASE WHEN x.rename THEN x."sortName" ELSE m.sort_name END
    FROM json_to_recordset(${rowsParameter(known)})
      AS x(id uuid, name text, "sortName" text, rename boolean, "operatingSystem" text)
    WHERE m.tenant_id = ${tenantId} AND m.id = x.id`.execute(tx)
}

/** What a machine is known by. */
export type IdentifierWrite = Identifier & {
  readonly machineId: string
  /** Whether this transaction has made the machine and nothing is recorded of it yet. */
  readonly isNew: boolean
}

/** Records what machines are known by, each identifier of a machine once; `complete` machines lose the addresses they were not sighted with. */
export async function writeIdentifiers(tx: Tx, tenantId: TenantId, identifiers: readonly IdentifierWrite[], complete: readonly string[], seenAt: Date): Promise<void> {
  await copyRows(tx, 'machine_identifier', {
    tenant_id: text(() => tenantId), type: text((one) => one.type), value: text((one) => one.value), machine_id: uuid((one) => one.machineId), last_seen: instant(() => seenAt),
  }, identifiers.filter(({ isNew }) => isNew))
  const known = identifiers.filter(({ isNew }) => !isNew)
  if (known.length > 0) {
    await sql`
      INSERT INTO machine_identifier (tenant_id, type, value, machine_id, last_seen)
      SELECT DISTINCT ${tenantId}::text, x.type, x.value, x."machineId", ${seenAt}::timestamptz
      FROM json_to_recordset(${rowsParameter(known)}) AS x("machineId" uuid, type text, value text)
      ON CONFLICT (tenant_id, type, value, machine_id) DO UPDATE SET last_seen = greatest(machine_identifier.last_seen, excluded.last_seen)`.execute(tx)
  }
  if (complete.length === 0) return
  await sql`
    DELETE FROM machine_identifier i USING json_array_elements_text(${rowsParameter(complete)}) AS x(id)
    WHERE i.tenant_id = ${tenantId} AND i.machine_id = x.id::uuid AND i.type = 'address' AND i.last_seen < ${seenAt}`.execute(tx)
}

/** Takes names away from machines that are no longer called so. */
export async function forgetIdentifiers(tx: Tx, tenantId: TenantId, dropped: readonly { readonly machineId: string; readonly type: string; readonly value: string }[]): Promise<void> {
  if (dropped.length === 0) return
  await sql`
    DELETE FROM machine_identifier i USING json_to_recordset(${rowsParameter(dropped)}) AS x("machineId" uuid, type text, value text)
    WHERE i.tenant_id = ${tenantId} AND i.machine_id = x."machineId" AND i.type = x.type AND i.value = x.value`.execute(tx)
}

/** Remembers what the scan's names stand for; `known` is what is remembered already. */
export async function writeScanMachines(tx: Tx, tenantId: TenantId, scanId: string, refs: ReadonlyMap<string, string>, known: ReadonlyMap<string, string>): Promise<void> {
  const entries = [...refs]
  await copyRows(tx, 'scan_machine', {
    tenant_id: text(() => tenantId), scan_id: uuid(() => scanId), ref: text(([ref]: readonly [string, string]) => ref), machine_id: uuid(([, id]) => id),
  }, entries.filter(([ref]) => !known.has(ref)))
  const moved = entries.filter(([ref, id]) => known.has(ref) && known.get(ref) !== id).map(([ref, id]) => ({ ref, id }))
  if (moved.length === 0) return
  await sql`
    UPDATE scan_machine s SET machine_id = x.id FROM json_to_recordset(${rowsParameter(moved)}) AS x(ref text, id uuid)
    WHERE s.tenant_id = ${tenantId} AND s.scan_id = ${scanId} AND s.ref = x.ref`.execute(tx)
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
