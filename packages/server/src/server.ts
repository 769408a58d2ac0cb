import { createHash } from 'node:crypto'
import { hostname } from 'node:os'
import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Clock, hostPort, MusterError } from '@muster/core'
import pkg from '../package.json' with { type: 'json' }
import { compose } from './compose.ts'
import type { Config } from './platform/config.ts'
import { connectionParameters, migrate, type StoreConnection } from './platform/db/index.ts'
import { createHttpApp } from './platform/http/app.ts'
import { type HttpServer, isLoopbackAddress, listen } from './platform/http/listen.ts'
import { loopbackHostNames, type Site } from './platform/http/origin.ts'
import { collectHandlers } from './platform/http/routes.ts'
import { ensureSelfSigned, type TlsIdentity } from './platform/http/self-signed.ts'
import { startingAnswer } from './platform/http/starting.ts'
import { loadWebAssets, type WebAssets } from './platform/http/static.ts'
import { ensureWebBuilt } from './platform/http/web-build.ts'
import { installationMigrations, loadInstallationKey, requireMatchingKey } from './platform/installation-key.ts'
import { createJobEngine, type JobEngine } from './platform/jobs/engine.ts'
import type { Log } from './platform/log.ts'
import { createMetrics } from './platform/metrics.ts'
import { createSealer, deriveKey } from './platform/seal.ts'
import type { Slice } from './platform/slice.ts'
import { openStore, type OpenStore } from './store.ts'

/** How long requests in flight may take to finish when the server stops. */
const GRACE_MS = 10_000

export type ServerDeps = {
  readonly clock: Clock
  readonly log: Log
  /** Tells the person at the terminal. */
  readonly say: (text: string) => void
}

export type RunningServer = {
  /** Where people reach it; null for a process that only runs jobs. */
  readonly url: string | null
  /** The first administrator's link while there is none. */
  readonly signInLink: string | null
  /** Resolves with the reason when the server cannot go on; never otherwise. */
  readonly failed: Promise<MusterError>
  /** Graceful: no new requests, those in flight finish (10 s), then jobs, slices and the store. Safe to call twice. */
  stop(): Promise<void>
}

type Fetch = Parameters<typeof listen>[2]
/** What was opened, in the order it must be closed backwards. */
type Closer = () => Promise<unknown>

/**
 * Starts everything: the port first, so that it is known at once whether it is free, then store and web application side
 * by side, then the slices. What was opened is closed again when a later step fails.
 *
 * @throws MusterError listen.*, store.*, config.invalid
 */
export async function startServer(config: Config, deps: ServerDeps): Promise<RunningServer> {
  const closers: Closer[] = []
  const stop = once(async () => {
    for (const close of closers.toReversed()) await close().catch((error: unknown) => deps.log.error({ err: error }, 'a part did not stop cleanly'))
  })
  try {
    return { ...(await startParts(config, deps, closers)), stop }
  } catch (error) {
    await stop()
    throw error
  }
}

async function startParts(config: Config, deps: ServerDeps, closers: Closer[]): Promise<Omit<RunningServer, 'stop'>> {
  const startedAt = deps.clock.now().toISOString()
  const key = await loadInstallationKey(config.dataDir)
  const door = config.role === 'worker' ? null : await openDoor(config, deps)
  const webReady = door === null ? Promise.resolve(null) : webApplication(deps)
  webReady.catch(() => undefined)
  const store = await openStore(config, deps).catch(async (error: unknown) => {
    await door?.http.close(0)
    throw error
  })
  closers.push(() => store.close())
  const sealer = createSealer(key)
  const engine = createJobEngine({ connection: store.connection, db: store.db, clock: deps.clock, log: deps.log })
  const url = () => door?.url ?? config.publicUrl ?? ''
  const { slices, accounts } = compose({
    ...deps, db: store.db, engine, sealer, publicUrl: url, firstScan: config.firstScan, hostname: hostname(), keyListDirectory: join(config.dataDir, 'key-lists'),
    verification: config.verification, forbiddenTargets: storeEndpoint(store.connection), forbiddenPaths: [join(resolve(config.dataDir), 'postgres')],
    fingerprintKey: (tenantId) => deriveKey(key, `secret fingerprints ${tenantId}`),
    scanMemory: (tenantId) => join(config.dataDir, 'scan-memory', createHash('sha256').update(tenantId).digest('hex').slice(0, 32)),
    secureCookies: () => url().startsWith('https:'),
    serverInfo: () => ({ version: pkg.version, store: { kind: store.kind, version: store.version }, listen: url(), verifiableProviders: [...config.verification.providers], startedAt }),
  })
  await migrate(store.db, [...installationMigrations, ...slices.flatMap((slice) => slice.migrations)], deps)
  await requireMatchingKey(store.db, sealer, deps.clock, config.dataDir)
  await startSlices(engine, slices, closers)
  const signInLink = door === null ? null : await accounts.firstAdministratorLink()
  if (door !== null) {
    const metrics = createMetrics(deps.clock, slices.flatMap((slice) => (slice.metrics === undefined ? [] : [slice.metrics])))
    const app = createHttpApp({
      ...deps, handlers: collectHandlers(slices, 'refuse'), authenticate: accounts.authenticate, site: () => door.site, validateResponses: false,
      version: pkg.version, notReady: () => whyNotReady(store), metrics: () => metrics.render(), onRequest: metrics.observeRequest, web: await webReady,
    })
    door.answer = app.fetch
    closers.push(() => door.http.close(GRACE_MS))
  }
  // Work begins once the door is open: the first page should not wait for the first scan. Nothing after it asks the store,
  // so a database that dies under the first job is no failure to start.
  if (config.role !== 'api') await engine.work()
  return { url: door?.url ?? null, signInLink, failed: store.failed }
}

/** `host:port` of a store that listens on the network: no scan may touch it. */
function storeEndpoint(connection: StoreConnection): string[] {
  const { host, port } = connectionParameters(connection)
  if (host.startsWith('/')) return []
  return [hostPort(host, port)]
}

async function startSlices(engine: JobEngine, slices: readonly Slice[], closers: Closer[]): Promise<void> {
  for (const slice of slices) if (slice.stop !== undefined) closers.push(slice.stop)
  await engine.start(slices.flatMap((slice) => slice.jobs))
  closers.push(() => engine.stop())
  for (const slice of slices) await slice.start?.()
}

/** The bound port and what answers on it: a page that says so while starting, then the application. */
type Door = { readonly http: HttpServer; readonly url: string; readonly site: Site; answer: Fetch }

async function openDoor(config: Config, { clock, say }: ServerDeps): Promise<Door> {
  const loopback = isLoopbackAddress(config.listen)
  const tls = await tlsIdentity(config, loopback, clock, say)
  const protocol = tls === null ? 'http' : 'https'
  const answer: Fetch = (request) => startingAnswer(request, protocol)
  const holder: { door: Door | null } = { door: null }
  const http = await listen(config.listen, tls, (request, env) => (holder.door?.answer ?? answer)(request, env))
  const url = config.publicUrl ?? `${protocol}://${urlHost(config.listen.host)}:${http.address.port}`
  holder.door = { http, url, answer, site: { protocol, publicOrigin: config.publicUrl, hostNames: loopback ? hostNames(config) : null } }
  return holder.door
}

/** Loopback answers to its own names and the configured one; elsewhere TLS names the server. */
function hostNames({ listen: { host }, publicUrl }: Config): ReadonlySet<string> {
  const configured = publicUrl === null ? [] : [new URL(publicUrl).hostname]
  return new Set([...loopbackHostNames, urlHost(host).toLowerCase(), ...configured])
}

async function tlsIdentity(config: Config, loopback: boolean, clock: Clock, say: (text: string) => void): Promise<TlsIdentity | null> {
  if (config.tls !== null) {
    const [cert, key] = await Promise.all([config.tls.certFile, config.tls.keyFile].map(readTlsFile))
    return { cert: cert!, key: key! }
  }
  if (loopback) return null
  const own = await ensureSelfSigned(join(config.dataDir, 'tls'), certificateNames(config), clock)
  say(`serving TLS with a certificate of its own, SHA-256 fingerprint ${own.fingerprint}`)
  return own
}

async function readTlsFile(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((cause: unknown) => {
    throw new MusterError('config.invalid', `cannot read the TLS file ${path}`, { path }, { cause })
  })
}

function certificateNames({ listen: { host }, publicUrl }: Config): string[] {
  const bound = host === '0.0.0.0' || host === '::' ? [hostname()] : [host]
  const configured = publicUrl === null ? [] : [new URL(publicUrl).hostname.replaceAll(/[[\]]/g, '')]
  return [...new Set([...configured, ...bound, 'localhost', '127.0.0.1', '::1'])]
}

/** A wildcard is no place to go to: people reach it by the machine's name. */
function urlHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return hostname()
  return host.includes(':') ? `[${host}]` : host
}

/** The web application, or null, said aloud, when it cannot be had: the API works without it. */
async function webApplication({ log, say }: ServerDeps): Promise<WebAssets | null> {
  const packageDirectory = fileURLToPath(new URL('../../web', import.meta.url))
  const alsoFrom = [fileURLToPath(new URL('../../core/src', import.meta.url))]
  try {
    return await loadWebAssets(await ensureWebBuilt({ packageDirectory, alsoFrom, say }))
  } catch (error) {
    log.error({ err: error }, 'the web application is not available')
    say('the web application is not available; the API is. The log says why.')
    return null
  }
}

async function whyNotReady({ db }: OpenStore): Promise<string | null> {
  try {
    await db.selectNoFrom((expression) => expression.val(1).as('one')).execute()
    return null
  } catch {
    return 'the store does not answer'
  }
}

function once(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | null = null
  return () => (running ??= work())
}
