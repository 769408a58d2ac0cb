import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { firstAdministrator, PASSWORD, TestBrowser, testServer, type TestServer } from '../test-support/server.ts'
import { totpCode, totpStep } from './totp.ts'

const codeOf = async (response: Response) => ((await response.json()) as { code: string }).code
const DAY_MS = 86_400_000

function fromBase32(text: string): Uint8Array {
  const bits = [...text].map((char) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(char).toString(2).padStart(5, '0')).join('')
  return Uint8Array.from(bits.match(/.{8}/g)!.map((octet) => Number.parseInt(octet, 2)))
}

describe('signing in', () => {
  let server: TestServer
  let ann: TestBrowser
  beforeAll(async () => {
    server = await testServer()
    ann = await firstAdministrator(server)
  })
  // Buckets fill up overnight.
  beforeEach(() => server.clock.advance(DAY_MS))
  afterAll(() => server.close())

  const signIn = (body: object, at = new TestBrowser(server)) => at.call('POST', '/api/v1/session', body)

  it('answers an unknown account and a wrong password alike', async () => {
    const wrong = await signIn({ email: 'ann@example.com', password: 'not it' })
    const unknown = await signIn({ email: 'nobody@example.com', password: 'not it' })
    const [a, b] = [await wrong.json(), await unknown.json()] as [Record<string, unknown>, Record<string, unknown>]
    expect(wrong.status).toBe(401)
    expect({ ...a, requestId: '' }).toEqual({ ...b, requestId: '' })
    expect(a['code']).toBe('auth.failed')
  })

  it('lets an account fail ten times and then waits, whatever the password', async () => {
    for (let i = 0; i < 10; i++) expect((await signIn({ email: 'ann@example.com', password: `guess ${i}` })).status).toBe(401)
    const eleventh = await signIn({ email: 'ann@example.com', password: PASSWORD })
    expect([eleventh.status, eleventh.headers.get('retry-after')]).toEqual([429, '30'])
    expect(await codeOf(eleventh)).toBe('auth.rate-limited')
    server.clock.advance(29_000)
    expect((await signIn({ email: 'ann@example.com', password: PASSWORD })).status).toBe(429)
    server.clock.advance(1_000)
    expect((await signIn({ email: 'ann@example.com', password: PASSWORD })).status).toBe(200)
  })

  it('lets an address fail thirty times over all accounts, known or not', async () => {
    for (let i = 0; i < 30; i++) expect((await signIn({ email: `who${i}@example.com`, password: 'guess' })).status).toBe(401)
    expect((await signIn({ email: 'ann@example.com', password: PASSWORD })).status).toBe(429)
  })

  it('counts only failures', async () => {
    for (let i = 0; i < 35; i++) expect((await signIn({ email: 'ann@example.com', password: PASSWORD })).status).toBe(200)
  })

  it('asks for a code once codes are in use, and takes each code once', async () => {
    ann = new TestBrowser(server)
    await signIn({ email: 'ann@example.com', password: PASSWORD }, ann)
    const { secret, uri } = (await (await ann.call('POST', '/api/v1/account/totp')).json()) as { secret: string; uri: string }
    expect(uri).toContain(`secret=${secret}`)
    const key = fromBase32(secret)
    const now = () => totpCode(key, totpStep(server.clock.now()))
    // Not in force before it is confirmed.
    expect((await signIn({ email: 'ann@example.com', password: PASSWORD })).status).toBe(200)
    expect((await ann.call('POST', '/api/v1/account/totp/confirm', { code: '000000' })).status).toBe(401)
    expect((await ann.call('POST', '/api/v1/account/totp/confirm', { code: now() })).status).toBe(204)
    expect(await codeOf(await signIn({ email: 'ann@example.com', password: PASSWORD }))).toBe('auth.totp-required')
    expect(await codeOf(await signIn({ email: 'ann@example.com', password: PASSWORD, totp: now() }))).toBe('auth.failed')
    server.clock.advance(30_000)
    const code = now()
    const both = await Promise.all([1, 2].map(() => signIn({ email: 'ann@example.com', password: PASSWORD, totp: code })))
    expect(both.map((answer) => answer.status).sort()).toEqual([200, 401])
    expect(await codeOf(await signIn({ email: 'ann@example.com', password: 'not it', totp: code }))).toBe('auth.failed')
    server.clock.advance(30_000)
    expect((await ann.call('POST', '/api/v1/account/totp')).status).toBe(409)
    expect((await ann.call('POST', '/api/v1/account/totp/disable', { code: now() })).status).toBe(204)
    expect((await signIn({ email: 'ann@example.com', password: PASSWORD })).status).toBe(200)
    const kept = await server.database.db.withTables<{ accounts: { totp_secret: string | null } }>().selectFrom('accounts').select('totp_secret').execute()
    expect(kept).toEqual([{ totp_secret: null }])
  })

  it('is audited, success and failure, without the password or an unknown name', async () => {
    const before = server.clock.now().toISOString()
    await signIn({ email: 'my-password-typed-here@example.com', password: 'guess one' })
    await signIn({ email: 'ann@example.com', password: 'guess two' })
    await signIn({ email: 'ann@example.com', password: PASSWORD })
    const admin = await server.token('administrator')
    const { items } = (await (await server.call('GET', '/api/v1/audit?action=sign-in&limit=3', { token: admin })).json()) as { items: Record<string, unknown>[] }
    expect(items.map(({ actorKind, actor, objectId, outcome, detail }) => ({ actorKind, actor, known: objectId !== 'unknown', outcome, detail }))).toEqual([
      { actorKind: 'account', actor: 'ann@example.com', known: true, outcome: 'success', detail: { peer: '127.0.0.1', totp: false } },
      { actorKind: 'anonymous', actor: '127.0.0.1', known: true, outcome: 'failure', detail: { email: 'ann@example.com' } },
      { actorKind: 'anonymous', actor: '127.0.0.1', known: false, outcome: 'failure', detail: {} },
    ])
    expect(items.every(({ at }) => at === before)).toBe(true)
    const everything = await (await server.call('GET', '/api/v1/export/audit', { token: admin })).text()
    for (const secret of ['guess', PASSWORD, 'typed-here']) expect(everything).not.toContain(secret)
    for (const secret of ['guess', PASSWORD, 'typed-here']) expect(server.logged.join()).not.toContain(secret)
  })
})
