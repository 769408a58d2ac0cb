import { MINUTE_MS, MusterError, SECOND_MS, type TenantId, uuidV7 } from '@muster/core'
import type { Delivery } from '@muster/core/api'
import { inTx, type Tx } from '../platform/db/db.ts'
import type { JobDefinition } from '../platform/jobs/job.ts'
import { lastDigestDue, routes, type StoredChannel } from './channel.ts'
import { type AlertsDeps, ownRight } from './deps.ts'
import { type AlertMessage, composeMessage } from './message.ts'
import { reasonOf, sendOver } from './send.ts'
import { addToOutbox, deleteDeliveriesBefore, findChannel, findDelivery, insertDelivery, listChannels, markDigest, noteAttempt, takeOutbox } from './store.ts'

/** One evaluation run commits in several transactions: what opens within it goes into one message. */
const COLLECT_AFTER_MS = 15 * SECOND_MS
/** With the engine's back-off of at most five minutes: given up after about half an hour. */
export const MAX_ATTEMPTS = 10
const KEEP_DELIVERIES_MS = 90 * 24 * 60 * MINUTE_MS

export type ChannelData = { readonly tenantId: TenantId; readonly channelId: string }
export type DeliveryData = { readonly tenantId: TenantId; readonly deliveryId: string }
export type AlertJobs = { readonly collect: JobDefinition<ChannelData>; readonly deliver: JobDefinition<DeliveryData> }

/** Notes, inside the transaction that opened them, which channels must hear of the findings. */
export async function noteFindings(deps: AlertsDeps, jobs: AlertJobs, tx: Tx, tenantId: TenantId, findingIds: readonly string[]): Promise<void> {
  if (findingIds.length === 0) return
  const right = ownRight(tenantId)
  const channels = (await listChannels(tx, right)).filter(({ settings }) => settings.enabled)
  if (channels.length === 0) return
  const findings = await deps.readFindings(tx, tenantId, findingIds)
  const now = deps.clock.now()
  for (const channel of channels) {
    const wanted = findings.filter((finding) => finding.state === 'open' && routes(channel.settings, finding, now))
    if (wanted.length === 0) continue
    await addToOutbox(tx, right, channel.id, wanted.map(({ id }) => id), now)
    if (channel.settings.mode === 'immediate') {
      await deps.jobs().enqueue(tx, jobs.collect, { tenantId, channelId: channel.id }, { startAfter: new Date(now.getTime() + COLLECT_AFTER_MS) })
    }
  }
}

/** Makes one message of all the channel has yet to hear and that is still open; outbox, message and job change together. */
export async function collect(deps: AlertsDeps, jobs: AlertJobs, { tenantId, channelId }: ChannelData): Promise<void> {
  await inTx(deps.db, async (tx) => {
    const channel = await findChannel(tx, ownRight(tenantId), channelId, 'lock')
    if (channel !== null) await collectFor(deps, jobs, tx, tenantId, channel, 'findings')
  })
}

async function collectFor(deps: AlertsDeps, jobs: AlertJobs, tx: Tx, tenantId: TenantId, channel: StoredChannel, kind: 'findings' | 'digest'): Promise<void> {
  const right = ownRight(tenantId)
  const ids = await takeOutbox(tx, right, channel.id)
  const now = deps.clock.now()
  const findings = (await deps.readFindings(tx, tenantId, ids)).filter((finding) => finding.state === 'open' && routes(channel.settings, finding, now))
  if (findings.length === 0) return
  const message = composeMessage({ id: uuidV7(deps.clock), kind, at: now.toISOString(), url: deps.publicUrl() }, findings)
  await insertDelivery(tx, right, { channelId: channel.id, channelName: channel.settings.name, message }, now)
  await deps.jobs().enqueue(tx, jobs.deliver, { tenantId, deliveryId: message.id })
}

/** Collects for every channel whose daily digest has come due since its last one; a missed hour is caught up. */
export async function collectDigests(deps: AlertsDeps, jobs: AlertJobs, tenantId: TenantId): Promise<void> {
  const right = ownRight(tenantId)
  for (const { id } of await listChannels(deps.db, right)) {
    await inTx(deps.db, async (tx) => {
      const channel = await findChannel(tx, right, id, 'lock')
      if (channel === null || channel.settings.mode !== 'digest') return
      const due = lastDigestDue(channel.settings.digestHourUtc, deps.clock.now())
      if (due <= channel.lastDigestAt) return
      await collectFor(deps, jobs, tx, tenantId, channel, 'digest')
      await markDigest(tx, right, id, deps.clock.now())
    })
  }
  await inTx(deps.db, (tx) => deleteDeliveriesBefore(tx, right, new Date(deps.clock.now().getTime() - KEEP_DELIVERIES_MS)))
}

/**
 * Sends a pending delivery once and notes how it ended. Killed between sending and noting, it is sent again with the same id.
 *
 * @throws MusterError delivery.failed while there are attempts left, so that the job is tried again.
 */
export async function deliver(deps: AlertsDeps, { tenantId, deliveryId }: DeliveryData): Promise<void> {
  const right = ownRight(tenantId)
  const found = await findDelivery(deps.db, right, deliveryId)
  if (found === null || found.delivery.state !== 'pending') return
  const channel = await findChannel(deps.db, right, found.delivery.channelId)
  const error = channel === null ? 'the channel was deleted' : await attempt(deps, tenantId, channel, found.message)
  const over = error === null || channel === null || found.delivery.attempts + 1 >= MAX_ATTEMPTS
  const state = error === null ? 'delivered' : over ? 'failed' : 'pending'
  await inTx(deps.db, (tx) => noteAttempt(tx, right, deliveryId, { state, error }, deps.clock.now()))
  if (state === 'pending') throw new MusterError('delivery.failed', error ?? 'not delivered')
}

/** Null when it went out, else why not. */
async function attempt(deps: AlertsDeps, tenantId: TenantId, channel: StoredChannel, message: AlertMessage): Promise<string | null> {
  try {
    await sendOver(deps, tenantId, channel, message)
    return null
  } catch (error) {
    return reasonOf(error)
  }
}

/** Sends a test message at once, without retries, and keeps it among the deliveries. */
export async function sendTest(deps: AlertsDeps, tenantId: TenantId, channel: StoredChannel): Promise<Delivery> {
  const right = ownRight(tenantId)
  const now = deps.clock.now()
  const message = composeMessage({ id: uuidV7(deps.clock), kind: 'test', at: now.toISOString(), url: deps.publicUrl() }, [])
  await inTx(deps.db, (tx) => insertDelivery(tx, right, { channelId: channel.id, channelName: channel.settings.name, message }, now))
  const error = await attempt(deps, tenantId, channel, message)
  await inTx(deps.db, (tx) => noteAttempt(tx, right, message.id, { state: error === null ? 'delivered' : 'failed', error }, deps.clock.now()))
  const found = await findDelivery(deps.db, right, message.id)
  if (found === null) throw new Error('a delivery vanished')
  return found.delivery
}
