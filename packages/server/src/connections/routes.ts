import { authoritiesProblem } from '@muster/connectors'
import { type Clock, MusterError, type TenantId, uuidV7 } from '@muster/core'
import type { ChangedConnection, Connection, NewConnection } from '@muster/core/api'
import type { Audit } from '../audit/index.ts'
import { type Actor, authorize } from '../platform/actor.ts'
import { type Db, inTx, type Queryable, type Tx } from '../platform/db/db.ts'
import { requireActor, type RouteHandlers } from '../platform/http/handler.ts'
import type { Sealer } from '../platform/seal.ts'
import { type GivenCredential, givenCredential, invalid } from './credential.ts'
import { deleteConnection, findConnection, listConnections, type StoredConnection, writeConnection } from './store.ts'

export type ConnectionsDeps = {
  readonly db: Db
  readonly clock: Clock
  readonly audit: Audit
  readonly sealer: Sealer
}

/** What a connection's credential is sealed for. */
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
        const before = await require(tx, tenantId, params.id, 'lock')
        await deleteConnection(tx, tenantId, params.id)
        await deps.audit.append(tx, { actor, action: 'connection.deleted', objectType: 'connection', objectId: params.id, detail: described(before) })
      })
      return null
    },
  }
}

async function create(deps: ConnectionsDeps, actor: Actor, body: NewConnection): Promise<Connection> {
  const { tenantId } = authorize(actor, 'settings.write', { type: 'connection' })
  const { kind, name, egress } = body
  const given = await givenCredential(kind, body)
  if (given === null) throw invalid('token', 'or another credential is needed')
  const baseUrl = body.baseUrl ?? given.baseUrl
  if (baseUrl === undefined) throw invalid('baseUrl', 'is needed')
  checkUrl(baseUrl)
  checkAuthorities(body, given)
  const id = uuidV7(deps.clock)
  const connection: StoredConnection = {
    kind, name, egress, baseUrl, caPem: body.caPem ?? given.caPem ?? null, id, signsInWith: given.signsInWith, sealedToken: seal(deps, tenantId, id, given),
    changedBy: actor.name, changedAt: deps.clock.now().toISOString(), lastUsedAt: null,
  }
  await inTx(deps.db, async (tx) => {
    await write(tx, tenantId, connection)
    await deps.audit.append(tx, { actor, action: 'connection.created', objectType: 'connection', objectId: id, detail: described(connection) })
  })
  return toConnection(connection)
}

async function change(deps: ConnectionsDeps, actor: Actor, id: string, body: ChangedConnection): Promise<Connection> {
  const { tenantId } = authorize(actor, 'settings.write', { type: 'connection' })
  const known = await require(deps.db, tenantId, id, 'read')
  const given = await givenCredential(known.kind, body)
  const asked = { name: body.name, egress: body.egress, baseUrl: body.baseUrl ?? given?.baseUrl, caPem: body.caPem === undefined ? given?.caPem : body.caPem }
  if (asked.baseUrl !== undefined) checkUrl(asked.baseUrl)
  checkAuthorities(body, given)
  return inTx(deps.db, async (tx) => {
    const before = await require(tx, tenantId, id, 'lock')
    // A credential goes only where it was given for: whoever names another place gives it again.
    const moves = (asked.baseUrl ?? before.baseUrl) !== before.baseUrl || (asked.caPem === undefined ? before.caPem : asked.caPem) !== before.caPem
    if (moves && given === null) throw invalid('token', 'is needed again when the base URL or the authorities to trust change')
    const connection: StoredConnection = {
      ...before, ...defined(asked), changedBy: actor.name, changedAt: deps.clock.now().toISOString(),
      ...(given === null ? {} : { signsInWith: given.signsInWith, sealedToken: seal(deps, tenantId, id, given) }),
    }
    await write(tx, tenantId, connection)
    await deps.audit.append(tx, { actor, action: 'connection.changed', objectType: 'connection', objectId: id, detail: { ...described(connection), tokenChanged: given !== null } })
    return toConnection(connection)
  })
}

/** What is asked for, without what is left as it is. */
function defined<Fields extends object>(fields: Fields): { [Name in keyof Fields]?: Exclude<Fields[Name], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as { [Name in keyof Fields]?: Exclude<Fields[Name], undefined> }
}

async function require(queryable: Queryable, tenantId: TenantId, id: string, lock: 'lock' | 'read'): Promise<StoredConnection> {
  const connection = await findConnection(queryable, tenantId, id, lock)
  if (connection === null) throw new MusterError('object.not-found', 'there is no such connection', { id })
  return connection
}

async function write(tx: Tx, tenantId: TenantId, connection: StoredConnection): Promise<void> {
  checkTokenFile(connection)
  if (!(await writeConnection(tx, tenantId, connection))) throw new MusterError('object.exists', `another connection is called ${JSON.stringify(connection.name)}`, { name: connection.name })
}

/** The token in this server's files is the one its own cluster gave it, and goes nowhere else. */
function checkTokenFile({ signsInWith, baseUrl }: StoredConnection): void {
  if (signsInWith === 'token-file' && !/^kubernetes\.default\.svc(?:\.cluster\.local)?$/.test(new URL(baseUrl).hostname)) throw invalid('tokenFile', 'is for the cluster this server runs in: its base URL is https://kubernetes.default.svc')
}

/** Named is the field that brought them: their own, or the kubeconfig. */
function checkAuthorities({ caPem }: { readonly caPem?: string | null }, given: GivenCredential | null): void {
  // The kubeconfig's are taken where the request says nothing.
  const own = caPem ?? null
  const [field, pem] = own !== null ? ['caPem', own] as const : ['kubeconfig', given?.caPem ?? null] as const
  const problem = pem === null ? null : authoritiesProblem(pem)
  if (problem !== null) throw invalid(field, field === 'caPem' ? problem : `the authority of its cluster ${problem}`)
}

function checkUrl(text: string): void {
  const url = new URL(text)
  // By address: a name is what the resolver makes of it.
  const loopback = ['127.0.0.1', '[::1]'].includes(url.hostname)
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && loopback)) throw invalid('baseUrl', 'must begin with https://')
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') throw invalid('baseUrl', 'must not carry a login, query or fragment')
}

function seal({ sealer }: ConnectionsDeps, tenantId: TenantId, id: string, { secret }: GivenCredential): string {
  return sealer.seal(secret, tokenContext(tenantId, id))
}

function described({ name, kind, baseUrl, signsInWith }: StoredConnection): Record<string, unknown> {
  return { name, kind, baseUrl, signsInWith }
}

/** The connection as the API shows it: without what is sealed. */
function toConnection({ sealedToken: _sealed, ...connection }: StoredConnection): Connection {
  return connection
}
