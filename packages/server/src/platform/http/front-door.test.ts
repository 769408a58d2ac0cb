import { get } from 'node:http'
import { connect } from 'node:net'
import { apiRoutes } from '@muster/core/api'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testServer, type TestServer } from '../../test-support/server.ts'
import { jsonDepthExceeds } from './body.ts'
import { problems } from './problems.ts'
import { collectHandlers } from './routes.ts'

const problemOf = async (response: Response) => (await response.json()) as { code: string; status: number; detail?: string; requestId: string; errors?: { path: string; message: string }[] }

describe('the front door', () => {
  let server: TestServer
  let operator: string
  let batches = 0
  beforeAll(async () => {
    server = await testServer({
      handlers: {
        addImportBatch: async () => { batches++; return new Response(null, { status: 204 }) },
        createSavedView: async () => { throw new Error('broken: password=hunter2') },
        getScan: async () => ({ nothing: 'like a scan' }) as never,
      },
    })
    operator = await server.token('operator')
  })
  afterAll(() => server.close())

  const post = (body: unknown, headers: Record<string, string> = {}) => server.call('POST', '/api/v1/session', { body, headers })

  it('takes JSON alone', async () => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data', 'application/jsonp']) {
      expect([type, (await post('{}', { 'content-type': type })).status]).toEqual([type, 415])
    }
    expect((await post('{}', { 'content-type': 'Application/JSON; charset=utf-8' })).status).toBe(400)
  })

  it('names every field that is wrong', async () => {
    const problem = await problemOf(await post({ email: 'not an address', password: 7 }))
    expect(problem).toMatchObject({ code: 'request.invalid', status: 400 })
    expect(problem.errors!.map(({ path }) => path)).toEqual(['body.email', 'body.password'])
    const query = await problemOf(await server.call('GET', '/api/v1/api-tokens?limit=0', { token: operator }))
    expect(query.errors!.map(({ path }) => path)).toEqual(['query.limit'])
    const params = await problemOf(await server.call('DELETE', '/api/v1/api-tokens/not-an-id', { token: operator }))
    expect(params.errors!.map(({ path }) => path)).toEqual(['params.id'])
  })

  it('takes a body of one mebibyte and not an octet more, announced or not', async () => {
    const padded = (octets: number) => `{"email":"a@b.example","password":"x","pad":"${'x'.repeat(octets)}"}`
    const frame = Buffer.byteLength(padded(0))
    expect((await post(padded(1024 * 1024 - frame))).status).toBe(401)
    expect((await post(padded(1024 * 1024 - frame + 1))).status).toBe(413)
    const chunked = await fetch(`${server.url}/api/v1/session`, {
      method: 'POST', headers: { 'content-type': 'application/json' }, duplex: 'half',
      body: new ReadableStream({ start: (controller) => { controller.enqueue(new TextEncoder().encode(padded(1024 * 1024))); controller.close() } }),
    } as RequestInit)
    expect(chunked.status).toBe(413)
  })

  it('takes a batch of a scan up to sixteen mebibytes, and reads nothing of one that may not be sent', async () => {
    const path = '/api/v1/imports/01900000-0000-7000-8000-000000000000/batches'
    const batch = { observations: [], problems: [], progress: { done: 0, total: null, unit: 'files', current: '' }, cursor: null }
    const body = JSON.stringify({ sequence: 0, batch, pad: 'x'.repeat(15 * 1024 * 1024) })
    expect((await server.call('POST', path, { token: operator, body })).status).toBe(204)
    expect((await server.call('POST', path, { token: operator, body: `${body}${' '.repeat(1024 * 1024)}` })).status).toBe(413)
    expect(batches).toBe(1)
    expect((await server.call('POST', path, { token: await server.token('viewer'), body: 'not even JSON' })).status).toBe(403)
  })

  it('refuses JSON that is nested over 64 levels, broken, or not UTF-8', async () => {
    expect((await problemOf(await post(`${'['.repeat(65)}${']'.repeat(65)}`))).detail).toContain('64 levels')
    expect((await problemOf(await post(`${'['.repeat(64)}${']'.repeat(64)}`))).detail).not.toContain('64 levels')
    expect((await problemOf(await post('{"email":'))).detail).toBe('the body is not JSON')
    const response = await fetch(`${server.url}/api/v1/session`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: new Uint8Array([0x22, 0xff, 0x22]) })
    expect((await problemOf(response)).detail).toBe('the body is not UTF-8')
  })

  it('measures nesting as a JSON parser does', () => {
    const depth = (value: unknown): number => (typeof value === 'object' && value !== null ? 1 + Math.max(0, ...Object.values(value).map(depth)) : 0)
    fc.assert(fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
      const found = depth(value)
      expect(jsonDepthExceeds(JSON.stringify(value), found)).toBe(false)
      if (found > 0) expect(jsonDepthExceeds(JSON.stringify(value), found - 1)).toBe(true)
    }))
  })

  it('says of a mistake in the code only its id, which the log has with the cause', async () => {
    const response = await server.call('POST', '/api/v1/views', { token: operator, body: { name: 'v', page: 'inventory', query: '', shared: false } })
    const problem = await problemOf(response)
    expect([response.status, problem.code, problem.detail]).toEqual([500, 'internal', undefined])
    expect(response.headers.get('x-request-id')).toBe(problem.requestId)
    expect(server.logged.some((line) => line.includes(problem.requestId) && line.includes('broken'))).toBe(true)
    expect((await server.call('GET', '/api/v1/scans/01900000-0000-7000-8000-000000000000', { token: operator })).status).toBe(500)
  })

  it('answers to its own names only, so that no page elsewhere can point a name at it', async () => {
    const ask = (host: string) => new Promise<string>((resolve, reject) => {
      const { port } = new URL(server.url)
      const socket = connect(Number(port), '127.0.0.1', () => socket.write(`GET /api/v1/session HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`))
      let text = ''
      socket.on('data', (chunk) => { text += chunk.toString() }).on('end', () => resolve(text.split(' ')[1]!)).on('error', reject)
    })
    const { port } = new URL(server.url)
    for (const host of [`127.0.0.1:${port}`, 'localhost', 'LOCALHOST:1', '[::1]:80']) expect([host, await ask(host)]).toEqual([host, '200'])
    for (const host of ['evil.example', `evil.example:${port}`, '127.0.0.1.evil.example', '', '10.0.0.1']) expect([host, await ask(host)]).toEqual([host, '400'])
  })

  it('guards every answer with its headers', async () => {
    for (const path of ['/', '/api/v1/session', '/api/v1/nowhere', '/healthz', '/api/docs', '/api/v1/openapi.json']) {
      const { headers } = await server.call('GET', path)
      expect([path, headers.get('x-content-type-options'), headers.get('referrer-policy'), headers.get('x-frame-options')]).toEqual([path, 'nosniff', 'no-referrer', 'DENY'])
      const policy = headers.get('content-security-policy')!
      expect(policy).toContain("default-src 'none'")
      expect(policy).toContain("frame-ancestors 'none'")
      expect(policy).not.toMatch(/unsafe|\*/)
    }
    expect((await server.call('GET', '/api/v1/session')).headers.get('strict-transport-security')).toBeNull()
  })

  it('never writes a path or query to the log', async () => {
    await server.call('DELETE', '/api/v1/api-tokens/a-token-in-a-path-0123456789', { token: operator })
    await server.call('GET', '/api/v1/audit?actor=somebody-in-a-query', { token: operator })
    expect(server.logged.join()).not.toMatch(/a-token-in-a-path|somebody-in-a-query/)
    expect(server.logged.join()).toContain('/api/v1/api-tokens/:id')
  })

  it('shows metrics to the own host and to API tokens', async () => {
    expect((await server.call('GET', '/metrics')).status).toBe(200)
    expect((await server.call('GET', '/metrics', { headers: { 'x-forwarded-for': '192.0.2.7' } })).status).toBe(401)
    expect((await server.call('GET', '/metrics', { token: operator, headers: { 'x-forwarded-for': '192.0.2.7' } })).status).toBe(200)
  })

  it('shows no metrics to a page that points its own name at this host', async () => {
    const { port } = new URL(server.url)
    const asked = (host: string) => new Promise<number>((resolve, reject) => {
      get({ host: '127.0.0.1', port, path: '/metrics', headers: { host } }, (response) => { response.resume(); resolve(response.statusCode!) }).on('error', reject)
    })
    expect([await asked(`evil.example:${port}`), await asked(`localhost:${port}`)]).toEqual([400, 200])
  })

  it('is alive and ready', async () => {
    expect([(await server.call('GET', '/healthz')).status, (await server.call('GET', '/readyz')).status]).toEqual([200, 200])
  })
})

describe('the OpenAPI document', () => {
  let server: TestServer
  beforeAll(async () => { server = await testServer() })
  afterAll(() => server.close())

  it('lists every route of the table, with resolvable references only', async () => {
    const text = await (await server.call('GET', '/api/v1/openapi.json')).text()
    const document = JSON.parse(text) as { openapi: string; paths: Record<string, Record<string, { operationId: string }>>; components: { schemas: Record<string, unknown>; responses: Record<string, unknown> } }
    expect(document.openapi).toBe('3.1.1')
    const operations = Object.values(document.paths).flatMap((path) => Object.values(path).map(({ operationId }) => operationId))
    expect(operations.toSorted()).toEqual(Object.keys(apiRoutes).toSorted())
    const references = new Set([...text.matchAll(/"\$ref":"#\/components\/(schemas|responses)\/(\w+)"/g)].map(([, kind, name]) => [kind, name] as const))
    expect(references.size).toBeGreaterThan(100)
    for (const [kind, name] of references) expect(document.components[kind as 'schemas'], name).toHaveProperty(name!)
    expect(text).not.toContain('$defs')
  })

  it('has a page without script that explains every route and every problem', async () => {
    const response = await server.call('GET', '/api/docs')
    const page = await response.text()
    expect(page).not.toMatch(/<script|<style|style=|onclick|https?:\/\//)
    for (const name of Object.keys(apiRoutes)) expect(page).toContain(`<details id="${name}">`)
    for (const code of Object.keys(problems)) expect(page).toContain(`<tr id="${code}">`)
    expect((await server.call('GET', '/api/docs.css')).headers.get('content-type')).toBe('text/css; charset=utf-8')
  })
})

describe('the composition', () => {
  const slice = (name: string, handlers: object) => ({ name, migrations: [], handlers, jobs: [] })
  const handler = async () => null

  it('refuses a route handled twice, by nobody, or not of the table', () => {
    expect(() => collectHandlers([slice('a', { signOut: handler }), slice('b', { signOut: handler })], 'leave-out')).toThrow('signOut is handled twice')
    expect(() => collectHandlers([slice('a', { signOut: handler })], 'refuse')).toThrow(/nobody handles: getSession, signIn, /)
    expect(() => collectHandlers([slice('a', { signOff: handler })], 'leave-out')).toThrow('signOff, which is no route')
    const all = Object.fromEntries(Object.keys(apiRoutes).map((name) => [name, handler]))
    expect(Object.keys(collectHandlers([slice('a', all)], 'refuse')).length).toBe(Object.keys(apiRoutes).length)
  })
})
