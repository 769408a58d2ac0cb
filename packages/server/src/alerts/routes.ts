import { MusterError, Secret, type TenantId, uuidV7 } from '@muster/core'
import type { AlertChannel, NewAlertChannel } from '@muster/core/api'
import { type Actor, authorize, type Authorized } from '../platform/actor.ts'
import { inTx } from '../platform/db/db.ts'
import { decodeCursor, encodeCursor, idKey } from '../platform/http/cursor.ts'
import { requireActor, type RouteHandlers } from '../platform/http/handler.ts'
import { type ChannelSettings, secretOf, settingsOf, type StoredChannel, toAlertChannel } from './channel.ts'
import { sendTest } from './deliveries.ts'
import { type AlertsDeps, secretContext } from './deps.ts'
import { countDeliveries, deleteChannel, findChannel, insertChannel, listChannels, listDeliveries, updateChannel } from './store.ts'

/** Channels, test messages and the record of deliveries. */
export function alertHandlers(deps: AlertsDeps): RouteHandlers {
  return {
    listAlertChannels: async (_input, { actor }) => ({ items: (await listChannels(deps.db, may(actor, 'alert.read'))).map(toAlertChannel) }),
    createAlertChannel: ({ body }, { actor }) => create(deps, requireActor(actor), body),
    changeAlertChannel: ({ params, body }, { actor }) => change(deps, requireActor(actor), params.id, body),
    deleteAlertChannel: async ({ params }, { actor }) => {
      const right = may(actor, 'alert.write')
      await inTx(deps.db, async (tx) => {
        const channel = await findChannel(tx, right, params.id, 'lock')
        if (channel === null || !(await deleteChannel(tx, right, params.id))) throw notFound()
        await deps.audit.append(tx, { actor: right.actor, action: 'alert-channel.deleted', objectType: 'alert-channel', objectId: params.id, detail: { name: channel.settings.name } })
      })
      return null
    },
    testAlertChannel: async ({ params }, { actor }) => {
      const right = may(actor, 'alert.write')
      const channel = await findChannel(deps.db, right, params.id)
      if (channel === null) throw notFound()
      const delivery = await sendTest(deps, right.tenantId, channel)
      const outcome = delivery.state === 'delivered' ? 'success' : 'failure'
      await inTx(deps.db, (tx) => deps.audit.append(tx, { actor: right.actor, action: 'alert-channel.tested', objectType: 'alert-channel', objectId: params.id, outcome }))
      return delivery
    },
    listDeliveries: async ({ query }, { actor }) => {
      const right = may(actor, 'alert.read')
      const [before] = decodeCursor('deliveries', query.cursor, idKey) ?? [null]
      const found = await listDeliveries(deps.db, right, before, query.limit + 1)
      const items = found.slice(0, query.limit)
      const counts = before === null ? await countDeliveries(deps.db, right) : null
      return {
        items,
        nextCursor: found.length > items.length ? encodeCursor('deliveries', [items.at(-1)!.id]) : null,
        count: counts === null ? null : { value: counts.pending + counts.delivered + counts.failed, exact: true },
      }
    },
  }
}

async function create(deps: AlertsDeps, actor: Actor, body: NewAlertChannel): Promise<AlertChannel> {
  const right = may(actor, 'alert.write')
  check(body)
  if (body.type === 'slack' && body.url === undefined) throw invalid('url', 'is needed')
  const id = uuidV7(deps.clock)
  const now = deps.clock.now()
  const channel: StoredChannel = { id, settings: settingsOf(body), sealedSecret: seal(deps, right.tenantId, id, secretOf(body)), lastDigestAt: now }
  await inTx(deps.db, async (tx) => {
    await insertChannel(tx, right, channel, now)
    await deps.audit.append(tx, { actor, action: 'alert-channel.created', objectType: 'alert-channel', objectId: id, detail: describe(channel.settings) })
  })
  return toAlertChannel(channel)
}

async function change(deps: AlertsDeps, actor: Actor, id: string, body: NewAlertChannel): Promise<AlertChannel> {
  const right = may(actor, 'alert.write')
  check(body)
  return inTx(deps.db, async (tx) => {
    const before = await findChannel(tx, right, id, 'lock')
    if (before === null) throw notFound()
    if (before.settings.type !== body.type) throw new MusterError('object.conflict', 'a channel keeps its type; add another one')
    const given = secretOf(body)
    if (given === undefined && before.sealedSecret !== null) keepSecretAtHome(before.settings, settingsOf(body))
    const sealedSecret = given === undefined ? before.sealedSecret : seal(deps, right.tenantId, id, given)
    const channel: StoredChannel = { ...before, settings: settingsOf(body), sealedSecret }
    await updateChannel(tx, right, channel)
    await deps.audit.append(tx, { actor, action: 'alert-channel.changed', objectType: 'alert-channel', objectId: id, detail: { ...describe(channel.settings), secretChanged: given !== undefined } })
    return toAlertChannel(channel)
  })
}

/** A stored password goes only to the server it was given for: whoever names another gives it again. */
function keepSecretAtHome(before: ChannelSettings, after: ChannelSettings): void {
  if (before.type !== 'smtp' || after.type !== 'smtp') return
  const weaker = after.tls === 'none' && before.tls !== 'none'
  if (before.host !== after.host || before.port !== after.port || weaker) throw invalid('password', 'is needed again when the server or its protection changes')
}

function check(body: NewAlertChannel): void {
  const url = body.type === 'webhook' || body.type === 'slack' ? body.url : undefined
  if (url !== undefined && !/^https?:$/.test(new URL(url).protocol)) throw invalid('url', 'is neither http nor https')
  if (url !== undefined && (new URL(url).username !== '' || new URL(url).password !== '')) throw invalid('url', 'must not carry a user or password')
  const local = body.type === 'smtp' && ['localhost', '127.0.0.1', '::1'].includes(body.host)
  if (body.type === 'smtp' && body.tls === 'none' && body.username !== null && !local) throw invalid('tls', 'is needed where a password is sent')
  if (body.type === 'smtp' && /[\r\n]/.test(body.from)) throw invalid('from', 'is not one line')
}

/** What of a channel the audit log keeps: neither secrets nor URLs. */
function describe(settings: ChannelSettings): Record<string, unknown> {
  return { name: settings.name, type: settings.type, enabled: settings.enabled, severities: settings.severities, mode: settings.mode }
}

function seal({ sealer }: AlertsDeps, tenantId: TenantId, id: string, secret: string | undefined): string | null {
  return secret === undefined || secret === '' ? null : sealer.seal(Secret.fromText(secret), secretContext(tenantId, id))
}

function may(actor: Actor | null, action: 'alert.read' | 'alert.write'): Authorized {
  return authorize(requireActor(actor), action, { type: 'alert-channel' })
}

function notFound(): MusterError {
  return new MusterError('object.not-found', 'there is no such alert channel')
}

function invalid(field: string, message: string): MusterError {
  return new MusterError('request.invalid', `body.${field}: ${message}`, { errors: [{ path: `body.${field}`, message }] })
}
