import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { firstAdministrator, PASSWORD, TestBrowser, testServer, type TestServer } from '../test-support/server.ts'

const tokenOf = (link: string | null) => link!.split('#token=')[1]!
const person = { email: 'Ann@Example.com', name: 'Ann', password: PASSWORD }

describe('the first administrator', () => {
  let server: TestServer
  beforeAll(async () => { server = await testServer() })
  afterAll(() => server.close())

  const describeLink = (token: string) => server.call('POST', '/api/v1/sign-in-links/describe', { body: { token } })

  it('is asked for until it exists', async () => {
    const session = await (await server.call('GET', '/api/v1/session')).json()
    expect(session).toEqual({ account: null, role: null, setupRequired: true, csrfToken: null, expiresAt: null })
  })

  it('gets a link whose token is in the fragment alone, and only the newest one works', async () => {
    const older = await server.accounts.firstAdministratorLink()
    const newer = await server.accounts.firstAdministratorLink()
    expect(newer).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/sign-in#token=[\w-]{43}$/)
    expect((await describeLink(tokenOf(older))).status).toBe(410)
    const described = await describeLink(tokenOf(newer))
    expect(await described.json()).toEqual({ purpose: 'first-administrator', email: null, expiresAt: '2026-03-01T12:15:00.000Z' })
    expect(server.logged.join('\n')).not.toContain(tokenOf(newer))
  })

  it('finds the link spent after 15 minutes and not a second before', async () => {
    const link = tokenOf(await server.accounts.firstAdministratorLink())
    server.clock.advance(15 * 60_000 - 1000)
    expect((await describeLink(link)).status).toBe(200)
    server.clock.advance(1000)
    expect((await describeLink(link)).status).toBe(410)
    const late = await server.call('POST', '/api/v1/sign-in-links/redeem', { body: { token: link, ...person } })
    expect([late.status, ((await late.json()) as { code: string }).code]).toEqual([410, 'auth.link-spent'])
  })

  it('is made once when two redeem the same link at once', async () => {
    const token = tokenOf(await server.accounts.firstAdministratorLink())
    const answers = await Promise.all(['a', 'b', 'c'].map((who) =>
      server.call('POST', '/api/v1/sign-in-links/redeem', { body: { token, ...person, email: `${who}@example.com` } })))
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, 410, 410])
    expect(await server.accounts.firstAdministratorLink()).toBeNull()
    const session = (await (await server.call('GET', '/api/v1/session')).json()) as { setupRequired: boolean }
    expect(session.setupRequired).toBe(false)
  })
})

describe('a session', () => {
  let server: TestServer
  let browser: TestBrowser
  beforeAll(async () => {
    server = await testServer()
    browser = await firstAdministrator(server)
  })
  afterAll(() => server.close())

  it('begins with the link and says who it is', async () => {
    const session = (await (await browser.call('GET', '/api/v1/session')).json()) as { account: { email: string }; role: string; expiresAt: string }
    expect(session).toMatchObject({ account: { email: 'ann@example.com', role: 'administrator' }, role: 'administrator', expiresAt: '2026-03-08T12:00:00.000Z' })
  })

  it('is a cookie that scripts cannot read and other sites cannot send', async () => {
    const response = await server.call('POST', '/api/v1/session', { body: { email: 'ANN@example.com', password: PASSWORD } })
    const [cookie] = response.headers.getSetCookie()
    expect(cookie).toMatch(/^muster=[\w-]{43}; Path=\/; Max-Age=604800; HttpOnly; SameSite=Strict$/)
    expect(response.headers.get('cache-control')).toBe('no-store')
  })

  it('gets a fresh token at each sign-in, and the one it came with is worth nothing', async () => {
    const attacker = 'muster=attacker-chosen-token-attacker-chosen-token0'
    const other = new TestBrowser(server)
    other.cookie = attacker
    await other.call('POST', '/api/v1/session', { email: 'ann@example.com', password: PASSWORD })
    const first = other.cookie
    expect(first).not.toBe(attacker)
    await other.call('POST', '/api/v1/session', { email: 'ann@example.com', password: PASSWORD })
    expect(other.cookie).not.toBe(first)
    expect((await server.call('GET', '/api/v1/accounts', { headers: { cookie: first! } })).status).toBe(401)
    expect((await other.call('GET', '/api/v1/accounts')).status).toBe(200)
  })

  it('dies after 12 hours without use and after 7 days with it', async () => {
    const idle = new TestBrowser(server)
    await idle.call('POST', '/api/v1/session', { email: 'ann@example.com', password: PASSWORD })
    const start = server.clock.now()
    server.clock.advance(12 * 3_600_000 - 1000)
    expect((await idle.call('GET', '/api/v1/accounts')).status).toBe(200)
    server.clock.advance(12 * 3_600_000)
    expect((await idle.call('GET', '/api/v1/accounts')).status).toBe(401)
    const busy = new TestBrowser(server)
    await busy.call('POST', '/api/v1/session', { email: 'ann@example.com', password: PASSWORD })
    for (let hours = 0; hours < 7 * 24 - 10; hours += 10) {
      server.clock.advance(10 * 3_600_000)
      expect((await busy.call('GET', '/api/v1/accounts')).status, `${hours} h`).toBe(200)
    }
    server.clock.advance(10 * 3_600_000)
    expect((await busy.call('GET', '/api/v1/accounts')).status).toBe(401)
    server.clock.set(start)
  })

  it('ends with sign-out', async () => {
    const leaving = new TestBrowser(server)
    await leaving.call('POST', '/api/v1/session', { email: 'ann@example.com', password: PASSWORD })
    const cookie = leaving.cookie!
    expect((await leaving.call('DELETE', '/api/v1/session')).status).toBe(204)
    expect(leaving.cookie).toBeNull()
    expect((await server.call('GET', '/api/v1/accounts', { headers: { cookie } })).status).toBe(401)
  })

  it('lets one of two who change the password at once do so', async () => {
    const tries = await Promise.all(['one of the two', 'other of the two'].map((next) => browser.call('POST', '/api/v1/account/password', { current: PASSWORD, next })))
    expect(tries.map(({ status }) => status).sort()).toEqual([204, 401])
    const password = tries[0]!.status === 204 ? 'one of the two' : 'other of the two'
    await browser.call('POST', '/api/v1/session', { email: 'ann@example.com', password })
    expect((await browser.call('POST', '/api/v1/account/password', { current: password, next: PASSWORD })).status).toBe(204)
    await browser.call('POST', '/api/v1/session', { email: 'ann@example.com', password: PASSWORD })
  })

  it('ends everywhere when the password changes', async () => {
    const [here, there] = [new TestBrowser(server), new TestBrowser(server)]
    for (const at of [here, there]) await at.call('POST', '/api/v1/session', { email: 'ann@example.com', password: PASSWORD })
    const cookie = here.cookie!
    expect((await here.call('POST', '/api/v1/account/password', { current: 'not it at all', next: 'another good password' })).status).toBe(401)
    expect((await here.call('POST', '/api/v1/account/password', { current: PASSWORD, next: 'another good password' })).status).toBe(204)
    expect((await server.call('GET', '/api/v1/accounts', { headers: { cookie } })).status).toBe(401)
    expect((await there.call('GET', '/api/v1/accounts')).status).toBe(401)
    expect((await new TestBrowser(server).call('POST', '/api/v1/session', { email: 'ann@example.com', password: PASSWORD })).status).toBe(401)
    expect((await new TestBrowser(server).call('POST', '/api/v1/session', { email: 'ann@example.com', password: 'another good password' })).status).toBe(200)
  })
})
