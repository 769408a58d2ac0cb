import { type Clock, MusterError, uuidV7 } from '@muster/core'
import { apiRoutes, type RouteName, type RouteSpec } from '@muster/core/api'
import type { z } from 'zod'
import { type Actor, authorize } from '../actor.ts'
import { MAX_BATCH_BODY_BYTES, MAX_BODY_BYTES, MAX_TEXT_BODY_BYTES, readJsonBody } from './body.ts'
import type { RequestContext } from './handler.ts'
import { checkCsrfToken, checkHost, checkOrigin, type Site } from './origin.ts'
import { problemResponse, toRefusal } from './problems.ts'

/** Who sends a request and by what proof; a browser sends cookies by itself, so only they need the CSRF token. */
export type Authentication = { readonly actor: Actor } & ({ readonly via: 'bearer' } | { readonly via: 'cookie'; readonly csrfToken: string })

/**
 * Looks at the request's credentials. Null for nobody, which a dead cookie counts as.
 *
 * @throws MusterError auth.failed for a bearer token that is not accepted.
 */
export type Authenticate = (request: Request, peerAddress: string) => Promise<Authentication | null>

/** A structured log; pino's loggers are. Fields carry no secrets. */
export type HttpLog = {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

export type PipelineDeps = {
  readonly authenticate: Authenticate
  readonly clock: Clock
  readonly log: HttpLog
  readonly site: () => Site
  /** Whether answers are held against the route's schema; on in tests, where a mismatch is a mistake in the code. */
  readonly validateResponses: boolean
  readonly onRequest?: (route: string, status: number, seconds: number) => void
}

/** One request as it came from the socket. */
export type Incoming = { readonly request: Request; readonly peerAddress: string; readonly pathParams: Readonly<Record<string, string>> }

// The pipeline checks the input itself, so here a handler is what takes any of it.
type AnyHandler = (input: Record<string, unknown>, context: RequestContext) => Promise<unknown>

/** Runs one route from the socket's request to the answer; never rejects. */
export async function runRoute(name: RouteName, handler: AnyHandler, incoming: Incoming, deps: PipelineDeps): Promise<Response> {
  const spec: RouteSpec = apiRoutes[name]
  const requestId = uuidV7(deps.clock)
  const started = performance.now()
  let actorName: string | null = null
  let response: Response
  try {
    const authentication = await admit(spec, incoming, deps)
    actorName = authentication?.actor.name ?? null
    const input = await readInput(name, spec, incoming)
    const context: RequestContext = {
      actor: authentication?.actor ?? null,
      requestId,
      signal: incoming.request.signal,
      request: incoming.request,
      peerAddress: incoming.peerAddress,
      responseHeaders: new Headers(),
    }
    const onBroken = (error: unknown) => deps.log.error({ requestId, route: name, err: error }, 'an answer broke off')
    response = answer(spec, await handler(input, context), context.responseHeaders, deps.validateResponses, onBroken)
  } catch (error) {
    response = refuse(error, name, requestId, deps.log)
  }
  const seconds = (performance.now() - started) / 1000
  // The route's template, never the URL: a path or query may carry a link's token. Reads that went well are many and dull.
  const level = spec.method === 'GET' && response.status < 400 ? 'debug' : 'info'
  deps.log[level]({ requestId, route: name, method: spec.method, path: spec.path, status: response.status, ms: Math.round(seconds * 1000), actor: actorName, peer: incoming.peerAddress }, 'request')
  deps.onRequest?.(name, response.status, seconds)
  response.headers.set('x-request-id', requestId)
  return response
}

/** Who may come in: nothing of the body is read before this has said yes. */
async function admit(spec: RouteSpec, { request, peerAddress }: Incoming, deps: PipelineDeps): Promise<Authentication | null> {
  const site = deps.site()
  const authentication = await deps.authenticate(request, peerAddress)
  if (authentication?.via !== 'bearer') {
    checkHost(request, site)
    checkOrigin(request, site)
  }
  if (spec.action === null) return authentication
  if (authentication === null) throw new MusterError('auth.required', 'sign in, or send an API token as Authorization: Bearer')
  if (authentication.via === 'cookie') checkCsrfToken(request, authentication.csrfToken)
  authorize(authentication.actor, spec.action, { type: spec.tag })
  return authentication
}

const bodyLimits: Partial<Record<RouteName, number>> = {
  addImportBatch: MAX_BATCH_BODY_BYTES, tryDetection: MAX_TEXT_BODY_BYTES, changeDetectionConfig: MAX_TEXT_BODY_BYTES,
}

async function readInput(name: RouteName, spec: RouteSpec, { request, pathParams }: Incoming): Promise<Record<string, unknown>> {
  const input: Record<string, unknown> = {}
  const errors: { path: string; message: string }[] = []
  const check = (part: string, schema: z.ZodType | undefined, value: unknown) => {
    if (schema === undefined) return
    const parsed = schema.safeParse(value)
    if (parsed.success) input[part] = parsed.data
    else for (const issue of parsed.error.issues.slice(0, 50)) errors.push({ path: [part, ...issue.path].join('.'), message: issue.message })
  }
  check('params', spec.params, pathParams)
  check('query', spec.query, queryRecord(new URL(request.url).searchParams))
  if (spec.body !== undefined) check('body', spec.body, await readJsonBody(request, bodyLimits[name] ?? MAX_BODY_BYTES))
  if (errors.length > 0) throw new MusterError('request.invalid', errors.map(({ path, message }) => `${path}: ${message}`).join('; ').slice(0, 2000), { errors })
  return input
}

/** Parameters by name; a repeated one is a list. */
function queryRecord(search: URLSearchParams): Record<string, string | string[]> {
  const names = new Set(search.keys())
  return Object.fromEntries([...names].map((key) => {
    const values = search.getAll(key)
    return [key, values.length === 1 ? values[0]! : values]
  }))
}

function answer(spec: RouteSpec, result: unknown, extra: Headers, validate: boolean, onBroken: (error: unknown) => void): Response {
  const response = result instanceof Response ? guarded(result, onBroken) : jsonAnswer(spec, result, validate)
  for (const [key, value] of extra) response.headers.append(key, value)
  if (!response.headers.has('cache-control')) response.headers.set('cache-control', 'no-store')
  return response
}

/** A file whose source fails on the way is cut off; why goes to the log alone, for the server below would send it to the reader. */
function guarded(file: Response, onBroken: (error: unknown) => void): Response {
  if (file.body === null) return file
  const reader = (file.body as ReadableStream<Uint8Array<ArrayBuffer>>).getReader()
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(controller) {
      try {
        const { done, value } = await reader.read()
        if (done) controller.close()
        else controller.enqueue(value)
      } catch (error) {
        onBroken(error)
        controller.error(new Error('the rest could not be read'))
      }
    },
    cancel: (reason) => reader.cancel(reason),
  })
  return new Response(body, file)
}

function jsonAnswer(spec: RouteSpec, result: unknown, validate: boolean): Response {
  if (spec.response === null) return new Response(null, { status: 204 })
  if (validate) spec.response.parse(result)
  return new Response(JSON.stringify(result), { status: spec.status ?? 200, headers: { 'content-type': 'application/json' } })
}

function refuse(error: unknown, route: string, requestId: string, log: HttpLog): Response {
  const refusal = toRefusal(error)
  if (refusal.cause !== undefined) log.error({ requestId, route, code: refusal.code, err: refusal.cause }, 'request failed')
  return problemResponse(refusal, requestId)
}
