import type { Account, ApiToken } from '@muster/core/api'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { firstAdministrator, PASSWORD, TestBrowser, testServer, type TestServer } from '../test-support/server.ts'

const json = async <Body>(response: Response) => (await response.json()) as Body

describe('administration of accounts', () => {
  let server: TestServer
  let ann: TestBrowser
  beforeAll(async () => {
    server = await testServer()
    ann = await firstAdministrator(server)
  })
  afterAll(() => server.close())

  const invite = async (email: string, role: string) => json<{ account: Account; signInUrl: string }>(await ann.call('POST', '/api/v1/accounts', { email, name: email, role }))
  const join = async (signInUrl: string, email: string) => {
    const browser = new TestBrowser(server)
    const response = await browser.call('POST', '/api/v1/sign-in-links/redeem', { token: signInUrl.split('#token=')[1], email, name: 'Somebody', password: PASSWORD })
    return { browser, response }
  }

  it('invites somebody for 24 hours; the newest invitation counts', async () => {
    const first = await invite('bob@example.com', 'operator')
    const second = await invite('bob@example.com', 'viewer')
    expect(second.account).toMatchObject({ id: first.account.id, role: 'viewer' })
    expect((await join(first.signInUrl, 'bob@example.com')).response.status).toBe(410)
    expect((await join(second.signInUrl, 'eve@example.com')).response.status).toBe(400)
    const { browser, response } = await join(second.signInUrl, 'bob@example.com')
    expect(response.status).toBe(200)
    expect((await browser.call('GET', '/api/v1/settings')).status).toBe(200)
    expect((await browser.call('GET', '/api/v1/accounts')).status).toBe(403)
    expect((await ann.call('POST', '/api/v1/accounts', { email: 'bob@example.com', name: 'Bob', role: 'viewer' })).status).toBe(409)
  })

  it('lets an invitation lapse', async () => {
    const { signInUrl } = await invite('late@example.com', 'viewer')
    server.clock.advance(24 * 3_600_000)
    expect((await join(signInUrl, 'late@example.com')).response.status).toBe(410)
    await ann.call('POST', '/api/v1/session', { email: 'ann@example.com', password: PASSWORD })
  })

  it('ends the sessions of whoever changes role or is disabled, at once', async () => {
    const { account, signInUrl } = await invite('carol@example.com', 'operator')
    const { browser: carol } = await join(signInUrl, 'carol@example.com')
    const made = await json<{ token: string }>(await carol.call('POST', '/api/v1/api-tokens', { name: 'deploy', role: 'operator' }))
    expect((await ann.call('PATCH', `/api/v1/accounts/${account.id}`, { role: 'viewer' })).status).toBe(200)
    expect((await carol.call('GET', '/api/v1/settings')).status).toBe(401)
    // The token keeps working, with what its account may still do.
    expect((await json<{ role: string }>(await server.call('GET', '/api/v1/session', { token: made.token }))).role).toBe('viewer')
    await carol.call('POST', '/api/v1/session', { email: 'carol@example.com', password: PASSWORD })
    expect((await ann.call('PATCH', `/api/v1/accounts/${account.id}`, { disabled: true })).status).toBe(200)
    expect((await carol.call('GET', '/api/v1/settings')).status).toBe(401)
    expect((await server.call('GET', '/api/v1/settings', { token: made.token })).status).toBe(401)
    expect((await new TestBrowser(server).call('POST', '/api/v1/session', { email: 'carol@example.com', password: PASSWORD })).status).toBe(401)
  })

  it('keeps the last administrator who can sign in', async () => {
    const { items } = await json<{ items: Account[] }>(await ann.call('GET', '/api/v1/accounts'))
    const own = items.find((account) => account.email === 'ann@example.com')!
    // An invited administrator has not joined and does not count.
    const { account: invited, signInUrl } = await invite('dan@example.com', 'administrator')
    for (const change of [{ disabled: true }, { role: 'viewer' }]) expect((await ann.call('PATCH', `/api/v1/accounts/${own.id}`, change)).status).toBe(409)
    const { browser: dan } = await join(signInUrl, 'dan@example.com')
    const both = await Promise.all([
      ann.call('PATCH', `/api/v1/accounts/${invited.id}`, { role: 'operator' }),
      dan.call('PATCH', `/api/v1/accounts/${own.id}`, { role: 'operator' }),
    ])
    expect(both.map((answer) => answer.status).sort()).not.toEqual([200, 200])
    expect(both.some((answer) => answer.status === 200)).toBe(true)
  })

  it('pages through accounts and refuses another list’s cursor', async () => {
    const admin = await server.token('administrator')
    const first = await json<{ items: Account[]; nextCursor: string; count: { value: number } }>(await server.call('GET', '/api/v1/accounts?limit=2', { token: admin }))
    const second = await json<{ items: Account[]; count: null }>(await server.call('GET', `/api/v1/accounts?limit=500&cursor=${first.nextCursor}`, { token: admin }))
    expect(first.count.value).toBe(first.items.length + second.items.length)
    expect(second.count).toBeNull()
    expect((await server.call('GET', `/api/v1/api-tokens?cursor=${first.nextCursor}`, { token: admin })).status).toBe(400)
  })
})

describe('API tokens', () => {
  let server: TestServer
  beforeAll(async () => { server = await testServer() })
  afterAll(() => server.close())

  const create = (token: string, body: object) => server.call('POST', '/api/v1/api-tokens', { token, body })

  it('are shown once, begin with mst_ and are kept as a hash', async () => {
    const admin = await server.token('administrator')
    const { apiToken, token } = await json<{ apiToken: ApiToken; token: string }>(await create(admin, { name: 'ci', role: 'viewer' }))
    expect(token).toMatch(/^mst_[\w-]{43}$/)
    const rows = await server.database.db.withTables<{ api_tokens: object }>().selectFrom('api_tokens').selectAll().execute()
    expect(JSON.stringify(rows)).not.toContain(token.slice(4))
    expect(await (await server.call('GET', '/api/v1/api-tokens', { token: admin })).text()).not.toContain(token.slice(4))
    expect(server.logged.join()).not.toContain(token.slice(4))
    expect(apiToken).toMatchObject({ name: 'ci', role: 'viewer', lastUsedAt: null, revokedAt: null })
  })

  it('have at most the role of their maker and end no later than it does', async () => {
    const operator = await server.token('operator')
    expect((await create(operator, { name: 'up', role: 'administrator' })).status).toBe(403)
    const { apiToken } = await json<{ apiToken: ApiToken }>(await create(operator, { name: 'long', role: 'viewer', lifetimeDays: 3650 }))
    expect(apiToken.expiresAt).toBe('2026-03-31T12:00:00.000Z')
    const unlimited = await json<{ apiToken: ApiToken }>(await create(operator, { name: 'long', role: 'viewer', lifetimeDays: null }))
    expect(unlimited.apiToken.expiresAt).toBe('2026-03-31T12:00:00.000Z')
  })

  it('work until the instant they expire and not after revocation', async () => {
    const admin = await server.token('administrator')
    const made = await json<{ apiToken: ApiToken; token: string }>(await create(admin, { name: 'day', role: 'viewer', lifetimeDays: 1 }))
    const other = await json<{ apiToken: ApiToken; token: string }>(await create(admin, { name: 'gone', role: 'viewer' }))
    server.clock.advance(86_400_000 - 1)
    expect((await server.call('GET', '/api/v1/settings', { token: made.token })).status).toBe(200)
    server.clock.advance(1)
    expect((await server.call('GET', '/api/v1/settings', { token: made.token })).status).toBe(401)
    expect((await server.call('GET', '/api/v1/settings', { token: other.token })).status).toBe(200)
    expect((await server.call('DELETE', `/api/v1/api-tokens/${other.apiToken.id}`, { token: admin })).status).toBe(204)
    expect((await server.call('GET', '/api/v1/settings', { token: other.token })).status).toBe(401)
  })

  it('end with the token they were made with, and those made with them', async () => {
    const admin = await server.token('administrator')
    const first = await json<{ apiToken: ApiToken; token: string }>(await create(admin, { name: 'first', role: 'operator' }))
    const second = await json<{ apiToken: ApiToken; token: string }>(await create(first.token, { name: 'second', role: 'operator' }))
    const third = await json<{ apiToken: ApiToken; token: string }>(await create(second.token, { name: 'third', role: 'viewer' }))
    const beside = await json<{ apiToken: ApiToken; token: string }>(await create(admin, { name: 'beside', role: 'viewer' }))
    expect((await server.call('DELETE', `/api/v1/api-tokens/${first.apiToken.id}`, { token: admin })).status).toBe(204)
    for (const { token } of [first, second, third]) expect((await server.call('GET', '/api/v1/settings', { token })).status).toBe(401)
    for (const token of [admin, beside.token]) expect((await server.call('GET', '/api/v1/settings', { token })).status).toBe(200)
    const audit = await json<{ items: { detail: object }[] }>(await server.call('GET', '/api/v1/audit?action=api-token.revoked&limit=1', { token: admin }))
    expect(audit.items[0]!.detail).toMatchObject({ name: 'first', count: 3 })
  })

  it('of a higher role are not revoked by a token of the same person', async () => {
    const ann = await firstAdministrator(server)
    const of = async (role: string) => json<{ apiToken: ApiToken; token: string }>(await ann.call('POST', '/api/v1/api-tokens', { name: role, role }))
    const [viewer, operator] = [await of('viewer'), await of('operator')]
    expect((await server.call('DELETE', `/api/v1/api-tokens/${operator.apiToken.id}`, { token: viewer.token })).status).toBe(403)
    expect((await server.call('DELETE', `/api/v1/api-tokens/${viewer.apiToken.id}`, { token: operator.token })).status).toBe(204)
  })

  it('of others are not found, except for administrators', async () => {
    const [one, two, admin] = [await server.token('viewer'), await server.token('operator'), await server.token('administrator')]
    const { apiToken } = await json<{ apiToken: ApiToken }>(await create(admin, { name: 'theirs', role: 'viewer' }))
    for (const token of [one, two]) {
      expect((await server.call('DELETE', `/api/v1/api-tokens/${apiToken.id}`, { token })).status).toBe(404)
      const { items } = await json<{ items: ApiToken[] }>(await server.call('GET', '/api/v1/api-tokens', { token }))
      expect(items.length).toBe(1)
    }
    expect((await server.call('DELETE', `/api/v1/api-tokens/${apiToken.id}`, { token: admin })).status).toBe(204)
  })

  it('cannot do what belongs to people', async () => {
    const token = await server.token('administrator')
    expect((await server.call('POST', '/api/v1/account/totp', { token })).status).toBe(403)
    expect((await server.call('POST', '/api/v1/account/password', { token, body: { current: 'x', next: 'a long enough one' } })).status).toBe(403)
    expect((await server.call('DELETE', '/api/v1/session', { token })).status).toBe(403)
  })

  it('that are malformed or unknown are refused, also on open routes', async () => {
    for (const authorization of ['Bearer mst_unknown-unknown-unknown-unknown-unknown-unkn', 'Bearer x', 'Basic YTpi', 'Bearer', `Bearer mst_${'a'.repeat(5000)}`]) {
      expect((await server.call('GET', '/api/v1/session', { headers: { authorization } })).status, authorization.slice(0, 30)).toBe(401)
    }
  })
})
