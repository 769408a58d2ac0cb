import { type Clock, MusterError, Secret, type TenantId, uuidV7 } from '@muster/core'
import type { ChangedConnection, Connection, NewConnection } from '@muster/core/api'
import type { Audit } from '../audit/index.ts'
import { type Actor, authorize } from '../platform/actor.ts'
import { type Db, inTx, type Tx } from '../platform/db/db.ts'
import { requireActor, type RouteHandlers } from '../platform/http/handler.ts'
import type { Sealer } from '../platform/seal.ts'
import { deleteConnection, findConnection, listConnections, type StoredConnection, writeConnection } from './store.ts'

export type ConnectionsDeps = {
  readonly db: Db
  readonly clock: Clock
  readonly audit: Audit
  readonly sealer: Sealer
}

/** What a connection's token is sealed for. */
export function tokenContext(tenantId: TenantId, id: string): string {
  return `connection:${tenantId}:${id}`
}

/** Systems that scans read through their API. */
export function connectionHandlers(deps: ConnectionsDeps): RouteHandlers {
  return {
    listConnections: async (_input, { actor }) => {
      const { tenantId } = authorize(requireActor(actor), 'scan.read', { type: 'connection' })
      return { items: (await listConnections(deps.db, tenantId)).map(toConnection) }
    },
    createConnection: ({ body }, { actor }) => create(deps, requireActor(actor), body),
    changeConnection: ({ params, body }, { actor }) => change(deps, requireActor(actor), params.id, body),
    deleteConnection: async ({ params }, context) => {
      const { actor, tenantId } = authorize(requireActor(context.actor), 'settings.write', { type: 'connection' })
      await inTx(deps.db, async (tx) => {
        const before = await require(tx, tenantId, params.id)
        await deleteConnection(tx, tenantId, params.id)
        await deps.audit.append(tx, { actor, action: 'connection.deleted', objectType: 'connection', objectId: params.id, detail: described(before) })
      })
      return null
    },
  }
}

async function create(deps: ConnectionsDeps, actor: Actor, { token, ...settings }: NewConnection): Promise<Connection> {
  const { tenantId } = authorize(actor, 'settings.write', { type: 'connection' })
  checkUrl(settings.baseUrl)
  const id = uuidV7(deps.clock)
  const connection: StoredConnection = { ...settings, id, sealedToken: seal(deps, tenantId, id, token), changedBy: actor.name, changedAt: deps.clock.now().toISOString(), lastUsedAt: null }
  await inTx(deps.db, async (tx) => {
    await write(tx, tenantId, connection)
    await deps.audit.append(tx, { actor, action: 'connection.created', objectType: 'connection', objectId: id, detail: described(connection) })
  })
  return toConnection(connection)
}

async function change(deps: ConnectionsDeps, actor: Actor, id: string, { token, ...settings }: ChangedConnection): Promise<Connection> {
  const { tenantId } = authorize(actor, 'settings.write', { type: 'connection' })
  if (settings.baseUrl !== undefined) checkUrl(settings.baseUrl)
  return inTx(deps.db, async (tx) => {
    const before = await require(tx, tenantId, id)
    // A token goes only where it was given for: whoever names another place gives it again.
    const moves = (settings.baseUrl ?? before.baseUrl) !== before.baseUrl || (settings.caPem ?? before.caPem) !== before.caPem
    if (moves && token === undefined) throw invalid('token', 'is needed again when the base URL or the authorities to trust change')
    const connection: StoredConnection = {
      ...before, ...settings, changedBy: actor.name, changedAt: deps.clock.now().toISOString(),
      ...(token === undefined ? {} : { sealedToken: seal(deps, tenantId, id, token) }),
    }
    await write(tx, tenantId, connection)
    await deps.audit.append(tx, { actor, action: 'connection.changed', objectType: 'connection', objectId: id, detail: { ...described(connection), tokenChanged: token !== undefined } })
    return toConnection(connection)
  })
}

async function require(tx: Tx, tenantId: TenantId, id: string): Promise<StoredConnection> {
  const connection = await findConnection(tx, tenantId, id, 'lock')
  if (connection === null) throw new MusterError('object.not-found', 'there is no such connection', { id })
  return connection
}

async function write(tx: Tx, tenantId: TenantId, connection: StoredConnection): Promise<void> {
  if (!(await writeConnection(tx, tenantId, connection))) throw new MusterError('object.exists', `another connection is called ${JSON.stringify(connection.name)}`, { name: connection.name })
}

function checkUrl(text: string): void {
  const url = new URL(text)
  const loopback = ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname)
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && loopback)) throw invalid('baseUrl', 'must begin with https://')
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') throw invalid('baseUrl', 'must not carry a login, query or fragment')
}

function seal({ sealer }: ConnectionsDeps, tenantId: TenantId, id: string, token: string): string {
  return sealer.seal(Secret.fromText(token.trim()), tokenContext(tenantId, id))
}

function described({ name, kind, baseUrl }: StoredConnection): Record<string, unknown> {
  return { name, kind, baseUrl }
}

/** The connection as the API shows it: without its token. */
function toConnection({ sealedToken: _sealed, ...connection }: StoredConnection): Connection {
  return connection
}

function invalid(field: string, message: string): MusterError {
  return new MusterError('request.invalid', `body.${field}: ${message}`, { errors: [{ path: `body.${field}`, message }] })
}
