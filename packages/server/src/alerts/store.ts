import type { Delivery } from '@muster/core/api'
import type { Authorized } from '../platform/actor.ts'
import type { Queryable, Tx } from '../platform/db/db.ts'
import { storableJson } from '../platform/db/json-parameter.ts'
import type { ChannelSettings, StoredChannel } from './channel.ts'
import type { AlertMessage } from './message.ts'

type AlertsTables = {
  alert_channels: { tenant_id: string; id: string; type: string; settings: string; secret: string | null; last_digest_at: Date; created_at: Date }
  alert_outbox: { tenant_id: string; channel_id: string; finding_id: string; added_at: Date }
  alert_deliveries: {
    tenant_id: string
    id: string
    channel_id: string
    channel_name: string
    state: Delivery['state']
    attempts: number
    finding_count: number
    message: string
    created_at: Date
    last_attempt_at: Date | null
    error: string | null
  }
}

const tables = (queryable: Queryable) => queryable.withTables<AlertsTables>()

export async function listChannels(queryable: Queryable, { tenantId }: Authorized): Promise<StoredChannel[]> {
  const rows = await tables(queryable).selectFrom('alert_channels').selectAll().where('tenant_id', '=', tenantId).orderBy('id').execute()
  return rows.map(toChannel)
}

/** Null when there is none; `lock` keeps others from changing or collecting for it until the transaction ends. */
export async function findChannel(queryable: Queryable, { tenantId }: Authorized, id: string, lock: 'lock' | 'read' = 'read'): Promise<StoredChannel | null> {
  let query = tables(queryable).selectFrom('alert_channels').selectAll().where('tenant_id', '=', tenantId).where('id', '=', id)
  if (lock === 'lock') query = query.forUpdate()
  const row = await query.executeTakeFirst()
  return row === undefined ? null : toChannel(row)
}

export async function insertChannel(tx: Tx, { tenantId }: Authorized, channel: StoredChannel, now: Date): Promise<void> {
  await tables(tx)
    .insertInto('alert_channels')
    .values({
      tenant_id: tenantId, id: channel.id, type: channel.settings.type, settings: storableJson(channel.settings), secret: channel.sealedSecret,
      last_digest_at: channel.lastDigestAt, created_at: now,
    })
    .execute()
}

export async function updateChannel(tx: Tx, { tenantId }: Authorized, channel: Pick<StoredChannel, 'id' | 'settings' | 'sealedSecret'>): Promise<void> {
  await tables(tx)
    .updateTable('alert_channels')
    .set({ settings: storableJson(channel.settings), secret: channel.sealedSecret })
    .where('tenant_id', '=', tenantId)
    .where('id', '=', channel.id)
    .execute()
}

export async function markDigest(tx: Tx, { tenantId }: Authorized, id: string, at: Date): Promise<void> {
  await tables(tx).updateTable('alert_channels').set({ last_digest_at: at }).where('tenant_id', '=', tenantId).where('id', '=', id).execute()
}

/** Removes the channel and what it has yet to hear; its deliveries stay as a record. False when there is none. */
export async function deleteChannel(tx: Tx, { tenantId }: Authorized, id: string): Promise<boolean> {
  const result = await tables(tx).deleteFrom('alert_channels').where('tenant_id', '=', tenantId).where('id', '=', id).executeTakeFirst()
  return Number(result.numDeletedRows) === 1
}

const CHUNK = 1000

/** Puts findings in the channel's outbox; those already there stay once. */
export async function addToOutbox(tx: Tx, { tenantId }: Authorized, channelId: string, findingIds: readonly string[], now: Date): Promise<void> {
  for (let start = 0; start < findingIds.length; start += CHUNK) {
    const rows = findingIds.slice(start, start + CHUNK).map((id) => ({ tenant_id: tenantId, channel_id: channelId, finding_id: id, added_at: now }))
    await tables(tx).insertInto('alert_outbox').values(rows).onConflict((conflict) => conflict.doNothing()).execute()
  }
}

/** Takes everything out of the channel's outbox; it is back if the transaction rolls back. */
export async function takeOutbox(tx: Tx, { tenantId }: Authorized, channelId: string): Promise<string[]> {
  const rows = await tables(tx).deleteFrom('alert_outbox').where('tenant_id', '=', tenantId).where('channel_id', '=', channelId).returning('finding_id').execute()
  return rows.map((row) => row.finding_id)
}

export type NewDelivery = { readonly channelId: string; readonly channelName: string; readonly message: AlertMessage }

export async function insertDelivery(tx: Tx, { tenantId }: Authorized, { channelId, channelName, message }: NewDelivery, now: Date): Promise<void> {
  await tables(tx)
    .insertInto('alert_deliveries')
    .values({
      tenant_id: tenantId, id: message.id, channel_id: channelId, channel_name: channelName, state: 'pending', attempts: 0, finding_count: message.total,
      message: storableJson(message), created_at: now, last_attempt_at: null, error: null,
    })
    .execute()
}

/** A delivery with what it says; null when there is none. */
export async function findDelivery(queryable: Queryable, { tenantId }: Authorized, id: string): Promise<{ readonly delivery: Delivery; readonly message: AlertMessage } | null> {
  const row = await tables(queryable).selectFrom('alert_deliveries').selectAll().where('tenant_id', '=', tenantId).where('id', '=', id).executeTakeFirst()
  return row === undefined ? null : { delivery: toDelivery(row), message: JSON.parse(row.message) as AlertMessage }
}

/** Notes an attempt and how it ended. */
export async function noteAttempt(tx: Tx, { tenantId }: Authorized, id: string, outcome: { readonly state: Delivery['state']; readonly error: string | null }, now: Date): Promise<void> {
  await tables(tx)
    .updateTable('alert_deliveries')
    .set((at) => ({ state: outcome.state, error: outcome.error, attempts: at('attempts', '+', 1), last_attempt_at: now }))
    .where('tenant_id', '=', tenantId)
    .where('id', '=', id)
    .execute()
}

/** Deliveries newest first, before `beforeId` where one is given. */
export async function listDeliveries(queryable: Queryable, { tenantId }: Authorized, beforeId: string | null, limit: number): Promise<Delivery[]> {
  let query = tables(queryable).selectFrom('alert_deliveries').selectAll().where('tenant_id', '=', tenantId)
  if (beforeId !== null) query = query.where('id', '<', beforeId)
  return (await query.orderBy('id', 'desc').limit(limit).execute()).map(toDelivery)
}

/** How many deliveries there are, by state. */
export async function countDeliveries(queryable: Queryable, { tenantId }: Authorized): Promise<Readonly<Record<Delivery['state'], number>>> {
  const rows = await tables(queryable).selectFrom('alert_deliveries').select((at) => ['state', at.fn.countAll<string>().as('n')]).where('tenant_id', '=', tenantId).groupBy('state').execute()
  const counts = { pending: 0, delivered: 0, failed: 0 }
  for (const row of rows) counts[row.state] = Number(row.n)
  return counts
}

/** Forgets deliveries that ended before the instant. */
export async function deleteDeliveriesBefore(tx: Tx, { tenantId }: Authorized, before: Date): Promise<void> {
  await tables(tx).deleteFrom('alert_deliveries').where('tenant_id', '=', tenantId).where('state', '!=', 'pending').where('created_at', '<', before).execute()
}

function toChannel(row: AlertsTables['alert_channels']): StoredChannel {
  return { id: row.id, sealedSecret: row.secret, lastDigestAt: row.last_digest_at, settings: JSON.parse(row.settings) as ChannelSettings }
}

function toDelivery(row: AlertsTables['alert_deliveries']): Delivery {
  return {
    id: row.id, channelId: row.channel_id, channelName: row.channel_name, state: row.state, attempts: row.attempts, findingCount: row.finding_count,
    createdAt: row.created_at.toISOString(), lastAttemptAt: row.last_attempt_at?.toISOString() ?? null, error: row.error,
  }
}
