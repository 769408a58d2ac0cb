import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DEFAULT_TENANT, manualClock, Secret } from '@muster/core'
import type { Role } from '@muster/core/api'
import { testDatabase, type TestDatabase } from '@muster/testkit/database'
import { type AccountsSlice, createTokenOffline } from '../accounts/index.ts'
import { compose } from '../compose.ts'
import { migrate } from '../platform/db/index.ts'
import { createHttpApp } from '../platform/http/app.ts'
import { type HttpServer, listen } from '../platform/http/listen.ts'
import { loopbackHostNames } from '../platform/http/origin.ts'
import { collectHandlers } from '../platform/http/routes.ts'
import { installationMigrations } from '../platform/installation-key.ts'
import { createJobEngine, type JobEngine } from '../platform/jobs/engine.ts'
import { createSealer, deriveKey } from '../platform/seal.ts'

/** Every slice as the product composes them, on a real socket and a real database; jobs are queued and run by nobody. */
export type WholeServer = {
  readonly url: string
  readonly database: TestDatabase
  readonly clock: ReturnType<typeof manualClock>
  readonly engine: JobEngine
  readonly accounts: AccountsSlice
  /** What was logged as an error, one text each. */
  readonly errors: string[]
  token(role: Role): Promise<string>
  call(method: string, path: string, options?: { readonly token?: string; readonly body?: unknown; readonly headers?: Readonly<Record<string, string>> }): Promise<Response>
  close(): Promise<void>
}

/** Starts it; `close` when done. */
export async function wholeServer(): Promise<WholeServer> {
  const clock = manualClock('2026-03-01T12:00:00Z')
  const database = await testDatabase({ maxConnections: 8 })
  const { db } = database
  const directory = mkdtempSync(join(tmpdir(), 'muster-whole-'))
  const errors: string[] = []
  const quiet = () => {}
  const log = { debug: quiet, info: quiet, warn: quiet, error: (fields: object, message: string) => { errors.push(`${message}: ${told(fields)}`) } } as never
  const key = new Secret(crypto.getRandomValues(new Uint8Array(32)))
  const engine = createJobEngine({ connection: database.connection, db, clock, log })
  let http: HttpServer | null = null
  const url = () => `http://127.0.0.1:${http?.address.port ?? 0}`
  const { slices, accounts } = compose({
    db, clock, log, engine, sealer: createSealer(key), fingerprintKey: (tenantId) => deriveKey(key, tenantId), scanMemory: () => join(directory, 'memory'), secureCookies: () => false, publicUrl: url,
    serverInfo: () => ({ version: '0.0.0', store: { kind: 'embedded', version: '18' }, listen: url(), verifiableProviders: [], startedAt: clock.now().toISOString() }),
    firstScan: false, verification: { providers: [], baseUrls: {}, egress: [] }, forbiddenTargets: [], forbiddenPaths: [], hostname: 'test', keyListDirectory: join(directory, 'key-lists'),
  })
  await migrate(db, [...installationMigrations, ...slices.flatMap((slice) => slice.migrations)], { clock, log })
  await engine.start(slices.flatMap((slice) => slice.jobs))
  const app = createHttpApp({
    handlers: collectHandlers(slices, 'refuse'), authenticate: accounts.authenticate, clock, log, site: () => ({ protocol: 'http', hostNames: loopbackHostNames, publicOrigin: null }),
    validateResponses: true, version: '0.0.0', notReady: async () => null, metrics: null, web: null,
  })
  http = await listen({ host: '127.0.0.1', port: 0 }, null, app.fetch)
  return {
    url: url(), database, clock, engine, accounts, errors,
    token: async (role) => (await createTokenOffline(db, clock, { name: `test ${role}`, role, lifetimeDays: 30, tenantId: DEFAULT_TENANT })).token,
    call: (method, path, { token, body, headers } = {}) => fetch(`${url()}${path}`, {
      method, redirect: 'manual', ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      headers: { ...headers, ...(token === undefined ? {} : { authorization: `Bearer ${token}` }), ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    }),
    close: async () => {
      await http?.close(1000)
      await engine.stop()
      await database.close()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

function told(fields: object): string {
  return JSON.stringify(fields, (_key, value: unknown) => (value instanceof Error ? { message: value.message, stack: value.stack?.slice(0, 1500) } : value))
}
