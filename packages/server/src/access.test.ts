import { actionRoles, apiRoutes, type Role, type RouteName, roles, type RouteSpec } from '@muster/core/api'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RouteHandlers } from './platform/http/handler.ts'
import { firstAdministrator, testServer, type TestBrowser, type TestServer } from './test-support/server.ts'

const table = Object.entries(apiRoutes) as [RouteName, RouteSpec][]
const ID = '01900000-0000-7000-8000-000000000000'
const pathOf = (spec: RouteSpec) => spec.path.replace(':id', ID)

describe('every route of the table', () => {
  let server: TestServer
  let ann: TestBrowser
  const tokens = new Map<Role, string>()
  const reached = new Set<RouteName>()

  beforeAll(async () => {
    // Routes whose slices are not part of this server answer with a teapot: all that matters is whether they were reached.
    const handlers = Object.fromEntries(table.map(([name]) => [name, async () => {
      reached.add(name)
      return new Response(null, { status: 418 })
    }])) as RouteHandlers
    server = await testServer({ handlers })
    ann = await firstAdministrator(server)
    for (const role of roles) tokens.set(role, await server.token(role))
  })
  afterAll(() => server.close())

  const send = (spec: RouteSpec, token?: string) =>
    server.call(spec.method, pathOf(spec), { ...(token === undefined ? {} : { token }), ...(spec.body === undefined ? {} : { body: {} }) })

  it('refuses nobody with 401, save for what signing in needs', async () => {
    for (const [name, spec] of table) {
      const response = await send(spec)
      if (spec.action === null) continue
      expect([name, response.status, ((await response.json()) as { code: string }).code]).toEqual([name, 401, 'auth.required'])
    }
    expect([...reached]).toEqual([])
  })

  it.each(roles)('refuses a %s with 403 exactly what needs a higher role', async (role) => {
    for (const [name, spec] of table) {
      if (spec.action === null) continue
      // People's own affairs are refused to tokens by their handlers; see the tests of accounts.
      if (spec.action === 'account.self') continue
      reached.delete(name)
      const response = await send(spec, tokens.get(role)!)
      const allowed = roles.indexOf(role) >= roles.indexOf(actionRoles[spec.action])
      if (allowed) expect([name, response.status === 401 || response.status === 403]).toEqual([name, false])
      else expect([name, response.status, ((await response.json()) as { code: string }).code, reached.has(name)]).toEqual([name, 403, 'access.denied', false])
    }
  })

  it('refuses a session that changes something without the token of the page, and from another site', async () => {
    const unsafe = table.filter(([, spec]) => spec.method !== 'GET')
    expect(unsafe.length).toBeGreaterThan(30)
    for (const [name, spec] of unsafe) {
      const body = spec.body === undefined ? {} : { body: {} }
      const attempts: Record<string, string>[] = [
        { origin: 'https://evil.example', 'x-csrf-token': ann.csrfToken! },
        { origin: 'null', 'x-csrf-token': ann.csrfToken! },
        { origin: server.url.replace('http:', 'https:'), 'x-csrf-token': ann.csrfToken! },
        { 'sec-fetch-site': 'cross-site', 'x-csrf-token': ann.csrfToken! },
        { 'sec-fetch-site': 'same-site', 'x-csrf-token': ann.csrfToken! },
        ...(spec.action === null ? [] : [{ origin: server.url }, { origin: server.url, 'x-csrf-token': '' }, { origin: server.url, 'x-csrf-token': `${ann.csrfToken!}x` }]),
      ]
      for (const headers of attempts) {
        const response = await server.call(spec.method, pathOf(spec), { ...body, headers: { cookie: ann.cookie!, ...headers } })
        expect([name, headers, response.status, ((await response.json()) as { code: string }).code]).toEqual([name, headers, 403, 'csrf.rejected'])
      }
    }
  })

  it('asks no page token of a bearer token, wherever it comes from', async () => {
    const response = await server.call('DELETE', `/api/v1/views/${ID}`, { token: tokens.get('viewer')!, headers: { origin: 'https://tool.example' } })
    expect(response.status).toBe(418)
  })
})

describe('tenants', () => {
  let server: TestServer
  beforeAll(async () => { server = await testServer() })
  afterAll(() => server.close())

  it('see nothing of each other', async () => {
    const other = 'other' as Parameters<TestServer['token']>[1]
    const [mine, theirs] = [await server.token('administrator'), await server.token('administrator', other)]
    expect(theirs).toMatch(/^mst_other\.[\w-]{43}$/)
    const created = (await (await server.call('POST', '/api/v1/api-tokens', { token: mine, body: { name: 'mine alone', role: 'viewer' } })).json()) as { apiToken: { id: string } }
    const policy = (await (await server.call('GET', '/api/v1/settings', { token: mine })).json()) as { staleAfterDays: number }
    await server.call('PUT', '/api/v1/settings', { token: mine, body: { ...policy, staleAfterDays: 77 } })
    expect((await server.call('DELETE', `/api/v1/api-tokens/${created.apiToken.id}`, { token: theirs })).status).toBe(404)
    expect(await (await server.call('GET', '/api/v1/api-tokens', { token: theirs })).text()).not.toContain('mine alone')
    expect(((await (await server.call('GET', '/api/v1/settings', { token: theirs })).json()) as { staleAfterDays: number }).staleAfterDays).toBe(30)
    const audit = await (await server.call('GET', '/api/v1/export/audit', { token: theirs })).text()
    expect(audit.trim().split('\n').length).toBe(1)
    expect(audit).not.toContain('policy.changed')
    // A token moved to another tenant's name is nobody's.
    expect((await server.call('GET', '/api/v1/settings', { token: theirs.replace('mst_other.', 'mst_') })).status).toBe(401)
    expect((await server.call('GET', '/api/v1/settings', { token: mine.replace('mst_', 'mst_other.') })).status).toBe(401)
  })
})
