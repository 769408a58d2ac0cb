import type { TenantId } from '@muster/core'
import type { AuditRecord } from '@muster/core/api'
import type { Authorized } from '../platform/actor.ts'
import type { Queryable, Tx } from '../platform/db/db.ts'
import { CHAIN_START, type ChainHead, chainHash, type UnchainedRecord } from './chain.ts'
import { canonicalJson } from './canonical-json.ts'

type AuditTables = {
  audit_records: {
    tenant_id: string
    seq: number | string
    at: Date
    actor_kind: string
    actor_id: string
    actor: string
    action: string
    object_type: string
    object_id: string
    outcome: string
    detail: string
    hash: string
  }
  audit_heads: { tenant_id: string; seq: number | string; hash: string }
}

/** Locks the tenant's head, chains the record to it and moves the head: two round trips once the chain has begun. */
export async function appendRecord(tx: Tx, tenantId: TenantId, event: Omit<UnchainedRecord, 'seq'>): Promise<void> {
  const tables = tx.withTables<AuditTables>()
  const head = await lockHead(tx, tenantId)
  const record: UnchainedRecord = { seq: head.seq + 1, ...event }
  const hash = chainHash(head.hash, record)
  await tables
    .with('appended', (query) =>
      query.insertInto('audit_records').values({
        tenant_id: tenantId,
        seq: record.seq,
        at: new Date(record.at),
        actor_kind: record.actorKind,
        actor_id: record.actorId,
        actor: record.actor,
        action: record.action,
        object_type: record.objectType,
        object_id: record.objectId,
        outcome: record.outcome,
        detail: canonicalJson(record.detail),
        hash,
      }),
    )
    .updateTable('audit_heads')
    .set({ seq: record.seq, hash })
    .where('tenant_id', '=', tenantId)
    .execute()
}

async function lockHead(tx: Tx, tenantId: TenantId): Promise<ChainHead> {
  const tables = tx.withTables<AuditTables>()
  const locked = () => tables.selectFrom('audit_heads').select(['seq', 'hash']).where('tenant_id', '=', tenantId).forUpdate().executeTakeFirst()
  let row = await locked()
  if (row === undefined) {
    await tables.insertInto('audit_heads').values({ tenant_id: tenantId, seq: 0, hash: CHAIN_START }).onConflict((conflict) => conflict.doNothing()).execute()
    row = await locked()
  }
  if (row === undefined) throw new Error('the audit head vanished')
  return { seq: Number(row.seq), hash: row.hash }
}

/** The store's head of the tenant's chain; null before the first record. */
export async function readHead(queryable: Queryable, { tenantId }: Authorized): Promise<ChainHead | null> {
  const row = await queryable.withTables<AuditTables>().selectFrom('audit_heads').select(['seq', 'hash']).where('tenant_id', '=', tenantId).executeTakeFirst()
  return row === undefined || Number(row.seq) === 0 ? null : { seq: Number(row.seq), hash: row.hash }
}

/** The chain in order up to and including `lastSeq`, read `pageSize` records at a time. */
export async function* readChain(queryable: Queryable, { tenantId }: Authorized, lastSeq: number, pageSize = 1000): AsyncGenerator<AuditRecord, void, void> {
  let after = 0
  for (;;) {
    const rows = await queryable
      .withTables<AuditTables>()
      .selectFrom('audit_records')
      .selectAll()
      .where('tenant_id', '=', tenantId)
      .where('seq', '>', after)
      .where('seq', '<=', lastSeq)
      .orderBy('seq')
      .limit(pageSize)
      .execute()
    for (const row of rows) yield toRecord(row)
    const last = rows.at(-1)
    if (last === undefined || rows.length < pageSize) return
    after = Number(last.seq)
  }
}

export type AuditFilter = { readonly actor?: string | undefined; readonly action?: string | undefined; readonly objectId?: string | undefined }

/** Records newest first, before `beforeSeq` where one is given. */
export async function listRecords(
  queryable: Queryable,
  { tenantId }: Authorized,
  filter: AuditFilter,
  beforeSeq: number | null,
  limit: number,
): Promise<AuditRecord[]> {
  let query = filtered(queryable, tenantId, filter)
  if (beforeSeq !== null) query = query.where('seq', '<', beforeSeq)
  const rows = await query.selectAll().orderBy('seq', 'desc').limit(limit).execute()
  return rows.map(toRecord)
}

/** How many records the filter matches, counted up to `bound`. */
export async function countRecords(queryable: Queryable, { tenantId }: Authorized, filter: AuditFilter, bound: number): Promise<number> {
  const rows = filtered(queryable, tenantId, filter).select('seq').limit(bound).as('matching')
  const row = await queryable.selectFrom(rows).select((count) => count.fn.countAll<string>().as('n')).executeTakeFirstOrThrow()
  return Number(row.n)
}

function filtered(queryable: Queryable, tenantId: TenantId, filter: AuditFilter) {
  let query = queryable.withTables<AuditTables>().selectFrom('audit_records').where('tenant_id', '=', tenantId)
  if (filter.actor !== undefined) query = query.where('actor', '=', filter.actor)
  if (filter.action !== undefined) query = query.where('action', '=', filter.action)
  if (filter.objectId !== undefined) query = query.where('object_id', '=', filter.objectId)
  return query
}

function toRecord(row: AuditTables['audit_records']): AuditRecord {
  return {
    seq: Number(row.seq),
    at: row.at.toISOString(),
    actorKind: row.actor_kind as AuditRecord['actorKind'],
    actorId: row.actor_id,
    actor: row.actor,
    action: row.action,
    objectType: row.object_type,
    objectId: row.object_id,
    outcome: row.outcome as AuditRecord['outcome'],
    detail: parseDetail(row.detail),
    hash: row.hash,
  }
}

// A detail somebody has damaged must show as a broken chain, not as a failed page.
function parseDetail(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : { damaged: true }
  } catch {
    return { damaged: true }
  }
}
