import type { HttpBindings } from '@hono/node-server'
import { MusterError, uuidV7 } from '@muster/core'
import { apiRoutes, type RouteName } from '@muster/core/api'
import { type Context, Hono } from 'hono'
import { docsPage, docsStyle } from './docs-page.ts'
import type { RouteHandlers } from './handler.ts'
import { openApiDocument } from './openapi.ts'
import { type Authenticate, type PipelineDeps, runRoute } from './pipeline.ts'
import { problemResponse, toRefusal } from './problems.ts'
import { checkHost } from './origin.ts'
import { addSecurityHeaders } from './security-headers.ts'
import type { WebAssets } from './static.ts'

export type HttpAppDeps = PipelineDeps & {
  readonly authenticate: Authenticate
  readonly handlers: RouteHandlers
  /** Product version, for the OpenAPI document. */
  readonly version: string
  /** Null when ready, else why not. */
  readonly notReady: () => Promise<string | null>
  /** Prometheus text; null to have no /metrics. */
  readonly metrics: (() => Promise<string>) | null
  readonly web: WebAssets | null
}

type Env = { Bindings: HttpBindings }
type AppContext = Context<Env>

/** The whole front door: API, documents, health, metrics and the web application. Answers; never throws. */
export function createHttpApp(deps: HttpAppDeps): Hono<Env> {
  const app = new Hono<Env>()
  app.use(async (context, next) => {
    await next()
    addSecurityHeaders(context.res.headers, deps.site().protocol)
  })
  mountApi(app, deps)
  mountDocuments(app, deps)
  mountOperations(app, deps)
  app.notFound(async (context) => notFound(context, deps))
  app.onError((error, context) => {
    deps.log.error({ err: error, path: context.req.routePath }, 'request failed')
    return problemResponse(toRefusal(error), uuidV7(deps.clock))
  })
  return app
}

/** The peer's address as its socket tells it; empty outside a server, as in tests without a socket. */
export function peerAddressOf(env: HttpBindings | undefined): string {
  const address = env?.incoming?.socket?.remoteAddress ?? ''
  return address.startsWith('::ffff:') ? address.slice(7) : address
}

function mountApi(app: Hono<Env>, deps: HttpAppDeps): void {
  for (const [name, spec] of Object.entries(apiRoutes) as [RouteName, (typeof apiRoutes)[RouteName]][]) {
    const handler = deps.handlers[name]
    if (handler === undefined) continue
    app.on(spec.method, spec.path, (context) =>
      runRoute(name, handler as Parameters<typeof runRoute>[1], {
        request: context.req.raw,
        peerAddress: peerAddressOf(context.env),
        pathParams: context.req.param() as Record<string, string>,
      }, deps),
    )
  }
}

function mountDocuments(app: Hono<Env>, deps: HttpAppDeps): void {
  const document = lazily(() => openApiDocument(deps.version))
  const json = lazily(() => JSON.stringify(document()))
  const page = lazily(() => docsPage(document()))
  const serve = (body: () => string, type: string) => () => new Response(body(), { headers: { 'content-type': type, 'cache-control': 'no-cache' } })
  app.get('/api/v1/openapi.json', serve(json, 'application/json'))
  app.get('/api/docs', serve(page, 'text/html; charset=utf-8'))
  app.get('/api/docs.css', serve(() => docsStyle, 'text/css; charset=utf-8'))
}

function mountOperations(app: Hono<Env>, deps: HttpAppDeps): void {
  app.get('/healthz', () => plain('ok\n', 200))
  app.get('/readyz', async () => {
    const reason = await deps.notReady()
    return reason === null ? plain('ready\n', 200) : plain(`not ready: ${reason}\n`, 503)
  })
  const { metrics } = deps
  if (metrics === null) return
  app.get('/metrics', async (context) => {
    await mayReadMetrics(context, deps)
    return new Response(await metrics(), { headers: { 'content-type': 'text/plain; version=0.0.4; charset=utf-8', 'cache-control': 'no-store' } })
  })
}

/** Direct loopback peers, and API tokens from anywhere. Behind a proxy every peer looks like loopback, so its header tells. */
async function mayReadMetrics(context: AppContext, deps: HttpAppDeps): Promise<void> {
  const peer = peerAddressOf(context.env)
  const proxied = context.req.header('x-forwarded-for') !== undefined || context.req.header('forwarded') !== undefined
  const authentication = await deps.authenticate(context.req.raw, peer)
  // A page that points its own name here is a loopback peer too.
  if (authentication?.via !== 'bearer') checkHost(context.req.raw, deps.site())
  if (isLoopback(peer) && !proxied) return
  if (authentication?.via !== 'bearer') throw new MusterError('auth.required', 'read metrics from the server’s own host, or send an API token')
}

/** Whether an IP address is the machine's own loopback. */
export function isLoopback(address: string): boolean {
  return address === '::1' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(address)
}

async function notFound(context: AppContext, deps: HttpAppDeps): Promise<Response> {
  const { method, path } = context.req
  if ((method === 'GET' || method === 'HEAD') && !path.startsWith('/api/') && deps.web !== null) {
    const asset = await deps.web.serve(context.req.raw, path)
    if (asset !== null) return asset
  }
  return problemResponse(new MusterError('object.not-found', 'there is nothing at this address'), uuidV7(deps.clock))
}

function plain(text: string, status: number): Response {
  return new Response(text, { status, headers: { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' } })
}

function lazily<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | null = null
  return () => (made ??= { value: make() }).value
}
