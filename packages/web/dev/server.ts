import { apiRoutes, type RouteName, type RouteSpec } from '@muster/core/api'
import { readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { createHandlers, Refusal, type FixtureOptions } from './handlers.ts'

/** The policy the product serves its pages with. */
const CONTENT_SECURITY_POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
const types: Record<string, string> = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.woff2': 'font/woff2' }
const dist = fileURLToPath(new URL('../dist/', import.meta.url))

type Fault = { path: string; status: number; code: string; message: string }
type Handler = (input: { params: unknown; query: unknown; body: unknown }) => unknown

async function serveFile(path: string, response: ServerResponse): Promise<void> {
  const name = normalize(path).replace(/^([./\\])+/, '')
  const file = extname(name) === '' ? 'index.html' : name
  try {
    const body = await readFile(join(dist, file))
    response.writeHead(200, { 'content-type': types[extname(file)] ?? 'application/octet-stream', 'content-security-policy': CONTENT_SECURITY_POLICY, 'cache-control': 'no-store' }).end(body)
  } catch {
    response.writeHead(404).end()
  }
}

function routeOf(method: string, path: string): { name: RouteName; spec: RouteSpec; params: Record<string, string> } | null {
  for (const [name, spec] of Object.entries(apiRoutes) as [RouteName, RouteSpec][]) {
    if (spec.method !== method) continue
    const names = [...spec.path.matchAll(/:(\w+)/g)].map((match) => match[1]!)
    const match = new RegExp(`^${spec.path.replaceAll(/:\w+/g, '([^/]+)')}$`).exec(path)
    if (match !== null) return { name, spec, params: Object.fromEntries(names.map((key, index) => [key, decodeURIComponent(match[index + 1]!)])) }
  }
  return null
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = []
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
  return chunks.length === 0 ? undefined : JSON.parse(Buffer.concat(chunks).toString())
}

export type Fixture = { url: string; close: () => Promise<void>; faults: Fault[]; requests: string[] }

/** Serves the built application and a made-up API that keeps to the route table; answers are checked against its schemas. */
export async function startFixture(options: FixtureOptions & { port?: number; latencyMs?: number }): Promise<Fixture> {
  const { handlers, session } = createHandlers(options)
  const faults: Fault[] = []
  const requests: string[] = []
  const send = (response: ServerResponse, status: number, value: unknown): void => {
    response.writeHead(status, { 'content-type': status >= 400 ? 'application/problem+json' : 'application/json', 'x-request-id': '0193a4c2-fixture' }).end(value === null ? undefined : JSON.stringify(value))
  }
  const refuse = (response: ServerResponse, status: number, code: string, detail: string, errors?: { path: string; message: string }[]): void =>
    send(response, status, { type: `urn:muster:problem:${code}`, title: detail, status, detail, code, requestId: '0193a4c2-9d1e-7c44-b1f0-5a0e6d2c7711', ...(errors === undefined ? {} : { errors }) })

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', 'http://fixture')
    if (!url.pathname.startsWith('/api/')) return serveFile(url.pathname, response)
    requests.push(`${request.method} ${url.pathname}${url.search}`)
    const route = routeOf(request.method ?? 'GET', url.pathname)
    if (route === null) return refuse(response, 404, 'object.not-found', 'No such route')
    const fault = faults.find((entry) => url.pathname.startsWith(entry.path))
    if (fault !== undefined) return refuse(response, fault.status, fault.code, fault.message)
    if (route.spec.action !== null && session().account === null) return refuse(response, 401, 'auth.required', 'Sign in first')
    if (route.spec.method !== 'GET' && route.spec.action !== null && request.headers['x-csrf-token'] !== 'fixture-csrf') return refuse(response, 403, 'csrf.rejected', 'The CSRF token is missing')
    if (route.spec.stream !== undefined) return void response.writeHead(200, { 'content-type': route.spec.stream[0]!, 'content-disposition': 'attachment; filename="export"' }).end('id,name\r\n')
    const handler = handlers[route.name] as Handler | undefined
    if (handler === undefined) return refuse(response, 404, 'object.not-found', 'Not in the fixture')
    try {
      const body = route.spec.body === undefined ? undefined : route.spec.body.parse(await bodyOf(request))
      const query = route.spec.query === undefined ? undefined : route.spec.query.parse(Object.fromEntries(url.searchParams))
      const result = handler({ params: route.spec.params?.parse(route.params), query, body })
      send(response, route.spec.response === null ? 204 : (route.spec.status ?? 200), route.spec.response === null ? null : route.spec.response.parse(result))
    } catch (error) {
      if (error instanceof Refusal) return refuse(response, error.status, error.code, error.message)
      if (error instanceof z.ZodError) return refuse(response, 400, 'request.invalid', 'The request is not valid', error.issues.map((issue) => ({ path: issue.path.join('.'), message: issue.message })))
      throw error
    }
  }
  const server: Server = createServer((request, response) => {
    const later = (request.url ?? '').startsWith('/api/') ? (options.latencyMs ?? 0) : 0
    setTimeout(() => void answer(request, response).catch((error: unknown) => refuse(response, 500, 'internal', String(error))), later)
  })
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, faults, requests, close: () => new Promise((resolve) => { server.closeAllConnections(); server.close(() => resolve()) }) }
}


if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({ options: { rows: { type: 'string', default: '420' }, port: { type: 'string', default: '8790' }, role: { type: 'string', default: 'administrator' }, 'signed-out': { type: 'boolean', default: false }, latency: { type: 'string', default: '0' } } })
  const fixture = await startFixture({ rows: Number(values.rows), port: Number(values.port), role: values.role as FixtureOptions['role'], signedIn: !values['signed-out'], running: true, latencyMs: Number(values.latency) })
  process.stdout.write(`fixture on ${fixture.url}\n`)
}
