import { DEFAULT_TENANT, manualClock, Secret, type TenantId } from '@muster/core'
import type { Role } from '@muster/core/api'
import { testDatabase, type TestDatabase } from '@muster/testkit/database'
import { type AccountsSlice, accountsSlice, type AccountsDeps, createTokenOffline } from '../accounts/index.ts'
import { type Audit, auditSlice, createAudit } from '../audit/index.ts'
import { createHttpApp } from '../platform/http/app.ts'
import type { RouteHandlers } from '../platform/http/handler.ts'
import { type HttpServer, listen } from '../platform/http/listen.ts'
import { loopbackHostNames } from '../platform/http/origin.ts'
import { collectHandlers } from '../platform/http/routes.ts'
import { createSealer } from '../platform/seal.ts'
import type { Slice } from '../platform/slice.ts'
import { settingsSlice } from '../settings/index.ts'

/** A server on a real socket and a real database, with a clock that is moved by hand. */
export type TestServer = {
  readonly url: string
  readonly database: TestDatabase
  readonly clock: ReturnType<typeof manualClock>
  readonly audit: Audit
  readonly accounts: AccountsSlice
  /** What was logged, one JSON text each. */
  readonly logged: string[]
  /** An API token of that role, made on the server's own host. */
  token(role: Role, tenantId?: TenantId): Promise<string>
  /** A request; `token` goes into Authorization, `body` as JSON. */
  call(method: string, path: string, options?: CallOptions): Promise<Response>
  close(): Promise<void>
}

export type CallOptions = {
  readonly token?: string
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

export type TestServerOptions = {
  /** Slices beside accounts, audit and settings. */
  readonly slices?: (deps: Pick<AccountsDeps, 'db' | 'clock' | 'audit' | 'sealer'>) => readonly Slice[]
  /** Handlers for routes no slice has. */
  readonly handlers?: RouteHandlers
}

/** Starts it; `close` when done. */
export async function testServer(options: TestServerOptions = {}): Promise<TestServer> {
  const clock = manualClock('2026-03-01T12:00:00Z')
  const audit = createAudit({ clock })
  const sealer = createSealer(new Secret(crypto.getRandomValues(new Uint8Array(32))))
  const logged: string[] = []
  const note = (fields: object, message: string) => { logged.push(JSON.stringify({ ...fields, message }, (_key, value: unknown) => (value instanceof Error ? { message: value.message, stack: value.stack } : value))) }
  let http: HttpServer | null = null
  const url = () => `http://127.0.0.1:${http?.address.port ?? 0}`
  const build = (db: TestDatabase['db']) => {
    const deps = { db, clock, audit, sealer, tenantId: DEFAULT_TENANT, secureCookies: () => false, publicUrl: url }
    const accounts = accountsSlice(deps)
    const serverInfo = () => ({ version: '0.0.0', store: { kind: 'embedded' as const, version: '18' }, listen: url(), verifiableProviders: [], startedAt: clock.now().toISOString() })
    return { accounts, slices: [accounts, auditSlice(deps), settingsSlice({ ...deps, serverInfo }), ...(options.slices?.(deps) ?? [])] }
  }
  // Migrations do not depend on a database, so they are read off slices that have none.
  const migrations = build(null as unknown as TestDatabase['db']).slices.flatMap((slice) => slice.migrations)
  const database = await testDatabase({ migrations })
  const { accounts, slices } = build(database.db)
  const app = createHttpApp({
    handlers: { ...options.handlers, ...collectHandlers(slices, 'leave-out') }, authenticate: accounts.authenticate, clock, log: { debug: note, info: note, warn: note, error: note },
    site: () => ({ protocol: 'http', hostNames: loopbackHostNames, publicOrigin: null }), validateResponses: true, version: '0.0.0', notReady: async () => null,
    metrics: async () => '# none\n', web: null,
  })
  http = await listen({ host: '127.0.0.1', port: 0 }, null, app.fetch)
  return {
    url: url(), database, clock, audit, accounts, logged,
    token: async (role, tenantId = DEFAULT_TENANT) => (await createTokenOffline(database.db, clock, { name: `test ${role}`, role, lifetimeDays: 30, tenantId })).token,
    call: (method, path, call = {}) => request(url(), method, path, call),
    close: async () => {
      await http?.close(1000)
      await database.close()
    },
  }
}

function request(url: string, method: string, path: string, { token, body, headers }: CallOptions): Promise<Response> {
  const sent = new Headers(headers)
  if (token !== undefined) sent.set('authorization', `Bearer ${token}`)
  if (body !== undefined && !sent.has('content-type')) sent.set('content-type', 'application/json')
  return fetch(`${url}${path}`, { method, headers: sent, ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }), redirect: 'manual' })
}

/** A browser's side of a session: keeps the cookie and sends the CSRF token. */
export class TestBrowser {
  cookie: string | null = null
  csrfToken: string | null = null
  readonly #server: Pick<TestServer, 'call' | 'url'>

  constructor(server: Pick<TestServer, 'call' | 'url'>) {
    this.#server = server
  }

  async call(method: string, path: string, body?: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
    const response = await this.#server.call(method, path, {
      body,
      headers: {
        ...(this.cookie === null ? {} : { cookie: this.cookie }),
        ...(this.csrfToken === null ? {} : { 'x-csrf-token': this.csrfToken }),
        origin: this.#server.url,
        ...headers,
      },
    })
    this.#keep(response)
    const type = response.headers.get('content-type')
    if (response.ok && path.startsWith('/api/v1/session') || path.endsWith('/redeem')) {
      if (type === 'application/json') this.csrfToken = ((await response.clone().json()) as { csrfToken: string | null }).csrfToken
    }
    return response
  }

  #keep(response: Response): void {
    for (const cookie of response.headers.getSetCookie()) {
      const [pair = ''] = cookie.split(';')
      this.cookie = cookie.includes('Max-Age=0') ? null : pair
    }
  }
}

export const PASSWORD = 'correct horse battery staple'

/** Makes the first administrator by its link; the browser is signed in. */
export async function firstAdministrator(server: Pick<TestServer, 'accounts' | 'call' | 'url'>, email = 'ann@example.com'): Promise<TestBrowser> {
  const link = await server.accounts.firstAdministratorLink()
  if (link === null) throw new Error('there is an administrator already')
  const browser = new TestBrowser(server)
  const response = await browser.call('POST', '/api/v1/sign-in-links/redeem', { token: link.split('#token=')[1], email, name: 'Ann', password: PASSWORD })
  if (response.status !== 200) throw new Error(`redeeming failed: ${await response.text()}`)
  return browser
}
