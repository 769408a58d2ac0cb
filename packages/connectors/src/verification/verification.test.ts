import { createHash, createPublicKey, randomBytes } from 'node:crypto'
import { inspect } from 'node:util'
import { manualClock } from '@muster/core'
import { createTestCertificate } from '@muster/testkit'
import { afterEach, describe, expect, it } from 'vitest'
import { type FakeAnswer, type FakeServer, fakeServer } from '../api/fake-server.testing.ts'
import { factsOfVerdict } from './index.ts'
import { provenBy } from './verification.ts'
import { found, verificationOf } from './verification.testing.ts'

const opened: { close: () => unknown }[] = []
afterEach(async () => {
  for (const each of opened.splice(0)) await each.close()
})
async function fakeGithub(answer: FakeAnswer | (() => FakeAnswer) = { json: { login: 'octocat', id: 1 } }): Promise<FakeServer> {
  const server = await fakeServer(typeof answer === 'function' ? answer : () => answer)
  opened.push(server)
  return server
}
function verification(...parts: Parameters<typeof verificationOf>) {
  const made = verificationOf(...parts)
  opened.push(made)
  return made
}
const token = (): string => randomBytes(20).toString('hex')
const kind = 'github-personal-access-token'

describe('verification', () => {
  it('asks nobody unless a provider was named', async () => {
    const server = await fakeGithub()
    expect(await verification({}).verify(found(kind, token()))).toBeNull()
    expect(await verification({ baseUrls: { github: server.url } }).verify(found(kind, token()))).toBeNull()
    expect(await verification({ providers: ['gitlab'], baseUrls: { github: server.url } }).verify(found(kind, token()))).toBeNull()
    expect(server.requests).toEqual([])
  })

  it('refuses the name of a provider nobody knows', () => {
    expect(() => verification({ providers: ['githbu'] })).toThrow(/no such provider/)
    expect(() => verification({ baseUrls: { nobody: 'https://a.example' } })).toThrow(/no such provider/)
  })

  it('lands as facts with time and source, and adds nothing where nothing is known', async () => {
    const server = await fakeGithub()
    const verdict = await verification({ providers: ['github'], baseUrls: { github: server.url } }).verify(found(kind, token()))
    expect(factsOfVerdict(verdict)).toEqual({ login: 'octocat', accountId: '1', verified: 'live', verifiedAt: '2026-11-27T10:00:00.000Z', verifiedBy: 'github' })
    expect(factsOfVerdict(null)).toEqual({})
    expect(factsOfVerdict({ state: 'unknown', provider: 'github', checkedAt: '2026-11-27T10:00:00.000Z', facts: { login: 'x' }, reason: 'y' })).toEqual({})
  })

  it('asks about a value once, however often it is found, at the same time too', async () => {
    const server = await fakeGithub()
    const asked = verification({ providers: ['github'], baseUrls: { github: server.url } })
    const value = token()
    await Promise.all([asked.verify(found(kind, value)), asked.verify(found(kind, value)), asked.verify(found(kind, `"${value}"`))])
    await asked.verify(found(kind, value))
    expect(server.requests.length).toBe(1)
  })

  it('takes a refusal by the public host for nothing where the credential may be of another installation', () => {
    const dead = { state: 'dead', reason: 'refused with status 401' } as const
    const github = { elsewhere: true, baseUrl: 'https://api.github.com' } as const
    expect(provenBy(github, dead, false)).toMatchObject({ state: 'unknown', reason: expect.stringContaining('another installation') })
    expect(provenBy(github, dead, true)).toEqual(dead)
    expect(provenBy({ baseUrl: 'https://api.stripe.com' }, dead, false)).toEqual(dead)
    expect(provenBy(github, { state: 'live' }, false)).toEqual({ state: 'live' })
  })

  it('does not let the name of a provider lead to an address inside', async () => {
    const verdict = await verification({ providers: ['github'] }, { resolver: () => Promise.resolve(['127.0.0.1']) }).verify(found(kind, token()))
    expect(verdict).toMatchObject({ state: 'unknown', reason: expect.stringContaining('no public address') })
  })

  it('sends nothing to a host that stands beside the secret unless it is on the egress list', async () => {
    const server = await fakeGithub()
    const planted = found('okta-api-token', token(), { host: 'evil.example' })
    const verdict = await verification({ providers: ['okta'] }, { resolver: () => Promise.resolve(['127.0.0.1']) }).verify(planted)
    expect(verdict).toMatchObject({ state: 'unknown', reason: expect.stringContaining('not on the egress list') })
    expect(await verification({ providers: ['okta'], egress: ['*.okta.com'] }).verify(found('okta-api-token', token(), { host: 'evil.example/okta.com' }))).toBeNull()
    expect(server.requests).toEqual([])
  })

  it('follows no redirect', async () => {
    const other = await fakeGithub()
    const server = await fakeGithub({ status: 307, headers: { location: other.url } })
    expect(await verification({ providers: ['github'], baseUrls: { github: server.url } }).verify(found(kind, token()))).toMatchObject({ state: 'unknown' })
    expect(other.requests).toEqual([])
  })

  it('leaves a host alone that asks for it, until the time it names', async () => {
    const clock = manualClock('2026-11-27T10:00:00Z')
    let limited = true
    const server = await fakeGithub(() => (limited ? { status: 429, headers: { 'retry-after': '60' } } : { json: { login: 'octocat', id: 1 } }))
    const asked = verification({ providers: ['github'], baseUrls: { github: server.url } }, { clock })
    expect(await asked.verify(found(kind, token()))).toMatchObject({ state: 'unknown' })
    limited = false
    expect(await asked.verify(found(kind, token()))).toMatchObject({ state: 'unknown', reason: expect.stringContaining('left alone') })
    expect(server.requests.length).toBe(1)
    clock.advance(61_000)
    expect(await asked.verify(found(kind, token()))).toMatchObject({ state: 'live' })
  })

  it('stops asking at the number of requests it was given', async () => {
    const server = await fakeGithub()
    const asked = verification({ providers: ['github'], baseUrls: { github: server.url }, maxRequests: 2 })
    const states = [await asked.verify(found(kind, token())), await asked.verify(found(kind, token())), await asked.verify(found(kind, token()))].map((verdict) => verdict?.state)
    expect(states).toEqual(['live', 'live', 'unknown'])
  })

  it('keeps the value out of everything it says, even when the provider echoes it', async () => {
    const value = token()
    const echoes: readonly FakeAnswer[] = [
      { json: { login: value, id: `x${value}y`, type: value.slice(0, 12) }, headers: { 'x-oauth-scopes': `repo ${value}` } },
      { status: 401, json: { message: value } }, { status: 500, text: value }, { json: value }, { status: 302, headers: { location: `/${value}` } },
    ]
    for (const answer of echoes) {
      const server = await fakeGithub(answer)
      const asked = verification({ providers: ['github'], baseUrls: { github: server.url } })
      const verdict = await asked.verify(found(kind, value))
      expect(inspect(verdict, { depth: 10 })).not.toContain(value.slice(0, 12))
      expect(inspect(asked, { depth: 10, showHidden: true })).not.toContain(value)
    }
  })

  it('bears a server that never ends, and one that never begins', async () => {
    const endless = await fakeGithub({ raw: (response) => {
      response.writeHead(200, { 'content-type': 'application/json' })
      const more = (): void => { while (!response.destroyed && response.write('['.repeat(65_536))); if (!response.destroyed) response.once('drain', more) }
      more()
    } })
    expect(await verification({ providers: ['github'], baseUrls: { github: endless.url } }).verify(found(kind, token()))).toMatchObject({ state: 'unknown' })
    const silent = await fakeGithub({ raw: () => {} })
    expect(await verification({ providers: ['github'], baseUrls: { github: silent.url }, timeoutMs: 100 }).verify(found(kind, token()))).toMatchObject({ state: 'unknown' })
    const deep = await fakeGithub({ text: `${'['.repeat(400_000)}${']'.repeat(400_000)}` })
    expect(await verification({ providers: ['github'], baseUrls: { github: deep.url } }).verify(found(kind, token()))).toMatchObject({ state: 'unknown' })
  })

  it('cannot be made to write a header of its own by what was found', async () => {
    const server = await fakeGithub()
    const verdict = await verification({ providers: ['github'], baseUrls: { github: server.url } }).verify(found(kind, `${token()}\r\nx-evil: 1`))
    expect(verdict).toMatchObject({ state: 'unknown' })
    expect(server.requests).toEqual([])
  })
})

describe('what Muster can tell by itself', () => {
  const now = '2026-11-27T10:00:00Z'

  it('is its own tokens, by their digest', async () => {
    const value = `mst_${randomBytes(32).toString('base64url')}`
    const known = createHash('sha256').update(value).digest('hex')
    const asked = verification({}, { ownTokens: (digest) => Promise.resolve(digest === known ? { state: 'live', facts: { login: 'admin' } } : null) })
    expect(await asked.verify(found('token', value))).toMatchObject({ state: 'live', provider: 'muster', facts: { login: 'admin' } })
    expect(await asked.verify(found('token', `mst_${token()}`))).toBeNull()
  })

  it('is an expiry that has passed, not one that lies ahead', async () => {
    const asked = verification({})
    expect(await asked.verify(found('json-web-token', 'eyJ', { notAfter: '2026-11-27T09:59:59Z' }))).toMatchObject({ state: 'dead', provider: 'muster', reason: 'expired on 2026-11-27T09:59:59.000Z' })
    expect(await asked.verify(found('json-web-token', 'eyK', { notAfter: now }))).toBeNull()
    expect(await asked.verify(found('json-web-token', 'eyL', { notAfter: 'soon' }))).toBeNull()
  })

  it('is whether a private key belongs to a certificate that is known', async () => {
    const leaf = createTestCertificate({ subject: 'CN=api', notBefore: '2026-11-01T00:00:00Z', notAfter: '2026-12-01T00:00:00Z' })
    const spki = createHash('sha256').update(createPublicKey(leaf.privateKey).export({ type: 'spki', format: 'der' })).digest('hex')
    const { fingerprint, subject, notAfter } = leaf.cert
    const certificatesOf = (of: string) => Promise.resolve(of === spki ? [{ fingerprint, subject, notAfter }] : [])
    expect(await verification({}, { certificatesOf }).verify(found('private-key', leaf.privateKeyPem))).toMatchObject({ state: 'live', facts: { certificate: fingerprint, certificateSubject: subject } })
    const later = manualClock('2027-01-01T00:00:00Z')
    expect(await verification({}, { certificatesOf, clock: later }).verify(found('private-key', leaf.privateKeyPem))).toMatchObject({ state: 'unknown', facts: { certificate: fingerprint } })
    expect(await verification({}, { certificatesOf }).verify(found('private-key', createTestCertificate({ subject: 'CN=other' }).privateKeyPem))).toBeNull()
    expect(await verification({}, { certificatesOf }).verify(found('private-key', 'no key at all, but long enough to be looked at'))).toBeNull()
  })
})
