import { manualClock, MusterError, Secret } from '@muster/core'
import { createTestCertificate, testCa } from '@muster/testkit'
import { createServer } from 'node:https'
import { randomBytes } from 'node:crypto'
import { afterEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { type FakeAnswer, type FakeRequest, fakePage, type FakeServer, fakeServer } from './fake-server.testing.ts'
import { listAll, readOne } from './listing.ts'
import { apiOptions, openClient } from './options.ts'

const token = randomBytes(20).toString('hex')
const defaults = z.strictObject(apiOptions).parse({})
const clock = manualClock('2026-11-27T10:00:00Z')
const opened: { close: () => unknown }[] = []
afterEach(async () => {
  for (const each of opened.splice(0)) await each.close()
})

function clientFor(baseUrl: string, more: Partial<typeof defaults> & { signal?: AbortSignal; addresses?: readonly string[] } = {}) {
  const waits: number[] = []
  const { signal = new AbortController().signal, addresses, ...options } = more
  const made = openClient({ ...defaults, ratePerSecond: 1000, timeoutMs: 2000, egress: ['127.0.0.1'], ...options }, {
    wait: (milliseconds) => { waits.push(milliseconds); return Promise.resolve() },
    ...(addresses === undefined ? {} : { resolver: () => Promise.resolve(addresses) }),
  }, { baseUrl, token: Secret.fromText(token), authorize: (value) => ({ authorization: `Bearer ${value}` }), clock, signal })
  opened.push(made)
  return { ...made, waits, get: (path: string) => made.client.get(made.client.url(path)) }
}

async function serve(answer: (request: FakeRequest, count: number) => FakeAnswer): Promise<FakeServer> {
  let count = 0
  const server = await fakeServer((request) => answer(request, ++count))
  opened.push(server)
  return server
}

/** The error, after a look that it does not hold the token. */
async function refused(promise: Promise<unknown>): Promise<MusterError> {
  const error = await promise.then(() => null, (reason: unknown) => reason)
  if (!(error instanceof MusterError)) throw new TypeError('the call was not refused')
  expect(JSON.stringify([error.message, error.detail, error.stack, error.cause])).not.toContain(token)
  return error
}

describe('the client of an API', () => {
  it('sends the token in the header and gives back what JSON the API answers', async () => {
    const server = await serve(({ headers }) => ({ json: { seen: headers.authorization === `Bearer ${token}` } }))
    const { get } = clientFor(`${server.url}/api/v4`)
    expect((await get('/user')).body).toEqual({ seen: true })
    expect(server.requests[0]!.path).toBe('/api/v4/user')
  })

  it.each([[401, 'auth.failed'], [403, 'access.denied'], [404, 'object.not-found'], [410, 'request.invalid'], [422, 'request.invalid']])('says what status %i means', async (status, code) => {
    const server = await serve(({ headers }) => ({ status, json: { message: `echo ${headers.authorization}` }, headers: { 'x-accepted-github-permissions': 'actions=read' } }))
    expect((await refused(clientFor(server.url).get('/x'))).code).toBe(code)
  })

  it('tries again when the server fails for a moment, and gives up after the fourth time', async () => {
    const flaky = await serve((_, count) => (count < 3 ? { status: 502, text: '' } : { json: 1 }))
    const once = clientFor(flaky.url)
    expect((await once.get('/x')).body).toBe(1)
    expect(once.waits).toEqual([500, 1000])
    const down = await serve(() => ({ status: 500, text: '' }))
    expect((await refused(clientFor(down.url).get('/x'))).code).toBe('server.unreachable')
    expect(down.requests.length).toBe(4)
  })

  it('waits as long as Retry-After or the reset of a rate limit says', async () => {
    const after = await serve((_, count) => (count === 1 ? { status: 429, headers: { 'retry-after': '7' } } : { json: 1 }))
    const first = clientFor(after.url)
    expect((await first.get('/x')).body).toBe(1)
    expect(first.waits).toEqual([7000])
    const reset = String(clock.now().getTime() / 1000 + 90)
    const primary = await serve((_, count) => (count === 1 ? { status: 403, headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': reset } } : { json: 1 }))
    const second = clientFor(primary.url)
    expect((await second.get('/x')).body).toBe(1)
    expect(second.waits).toEqual([90_000])
  })

  it('does not wait longer than it may in all, and says so', async () => {
    const server = await serve(() => ({ status: 429, headers: { 'retry-after': '40' } }))
    const { get, waits } = clientFor(server.url, { maxWaitSeconds: 100 })
    expect((await refused(get('/x'))).code).toBe('auth.rate-limited')
    expect(waits).toEqual([40_000, 40_000])
  })

  it('follows a redirect on the same origin, and none to another host', async () => {
    const other = await serve(() => ({ json: 'stolen' }))
    const server = await serve(({ path }) => (path === '/old' ? { status: 301, headers: { location: '/new' } } : path === '/away' ? { status: 302, headers: { location: `${other.url}/new` } } : { json: 'new' }))
    const { get } = clientFor(server.url)
    expect((await get('/old')).body).toBe('new')
    expect((await refused(get('/away'))).code).toBe('target.forbidden')
    expect(other.requests).toEqual([])
  })

  it('ends a circle of redirects', async () => {
    const server = await serve(() => ({ status: 301, headers: { location: '/again' } }))
    expect((await refused(clientFor(server.url).get('/x'))).message).toMatch(/again and again/)
    expect(server.requests.length).toBe(4)
  })

  it('contacts no host that is not on the egress list, whatever the name resolves to', async () => {
    const server = await serve(() => ({ json: 1 }))
    const { port } = new URL(server.url)
    expect((await refused(clientFor(`https://git.example:${port}`, { egress: [], addresses: ['127.0.0.1'] }).get('/x'))).code).toBe('target.forbidden')
    expect((await refused(clientFor(`https://git.example:${port}`, { addresses: ['169.254.169.254'], egress: ['0.0.0.0/0'] }).get('/x'))).message).toMatch(/metadata/)
    expect((await refused(clientFor(server.url, { egress: [], forbidden: ['127.0.0.1'] }).get('/x'))).code).toBe('target.forbidden')
    expect(server.requests).toEqual([])
  })

  it('cuts off a body without end, a body too large and one that comes a byte at a time', async () => {
    const endless = await serve(() => ({ raw: (response) => {
      response.writeHead(200, { 'content-type': 'application/json' })
      const more = (): void => { while (!response.destroyed && response.write('['.repeat(65_536))); if (!response.destroyed) response.once('drain', more) }
      more()
    } }))
    expect((await refused(clientFor(endless.url, { maxResponseBytes: 1_000_000 }).get('/x'))).code).toBe('input.limit')
    const large = await serve(() => ({ text: `"${'a'.repeat(5000)}"` }))
    expect((await refused(clientFor(large.url, { maxResponseBytes: 4096 }).get('/x'))).code).toBe('input.limit')
    const slow = await serve(() => ({ raw: (response, socket) => {
      response.writeHead(200, { 'content-type': 'application/json' })
      const timer = setInterval(() => response.write(' '), 20)
      socket.on('close', () => clearInterval(timer))
    } }))
    expect((await refused(clientFor(slow.url, { timeoutMs: 150 }).get('/x'))).code).toBe('connect.timeout')
  })

  it('refuses what is no JSON, compressed, or broken off', async () => {
    const answers: Record<string, FakeAnswer> = {
      '/html': { text: '<html>', headers: { 'content-type': 'text/html' } }, '/broken': { text: '{"a":' },
      '/gzip': { text: '{}', headers: { 'content-encoding': 'gzip' } },
      '/short': { raw: (response, socket) => { response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' }); response.write('{'); setImmediate(() => socket.destroy()) } },
    }
    const server = await serve(({ path }) => answers[path]!)
    const { get } = clientFor(server.url)
    for (const path of ['/html', '/broken', '/gzip']) expect((await refused(get(path))).code, path).toBe('input.unrecognised')
    expect((await refused(get('/short'))).code).toBe('connect.failed')
  })

  it('ends at once when the scan is cancelled', async () => {
    const cancel = new AbortController()
    const server = await serve(() => ({ raw: () => cancel.abort() }))
    expect((await refused(clientFor(server.url, { signal: cancel.signal }).get('/x'))).code).toBe('operation.cancelled')
  })

  it('trusts a server by the authority given alone', async () => {
    const ca = testCa({ name: 'API' })
    const leaf = createTestCertificate({ issuer: ca.intermediate, subject: 'CN=api', sans: ['ip:127.0.0.1'], notBefore: new Date(Date.now() - 3_600_000), notAfter: new Date(Date.now() + 86_400_000) })
    const server = createServer({ cert: leaf.pem + ca.intermediate.pem, key: leaf.privateKeyPem }, (_, response) => response.writeHead(200, { 'content-type': 'application/json' }).end('1'))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    opened.push({ close: () => new Promise((resolve) => { server.closeAllConnections(); server.close(resolve) }) })
    const url = `https://127.0.0.1:${(server.address() as { port: number }).port}`
    expect((await refused(clientFor(url).get('/x'))).message).toMatch(/not trusted/)
    expect((await clientFor(url, { caPem: ca.root.pem }).get('/x')).body).toBe(1)
  })
})

describe('a list', () => {
  const item = z.object({ id: z.number() })
  const many = Array.from({ length: 250 }, (_, id) => ({ id }))

  it('is read to its last page along the next links', async () => {
    const server: FakeServer = await serve((request) => fakePage(request, server.url, many))
    const { client } = clientFor(server.url)
    const listing = await listAll(client, { path: '/things', item })
    expect(listing).toMatchObject({ complete: true, problems: [] })
    expect(listing.items.length).toBe(250)
    expect(server.requests.length).toBe(3)
  })

  it('is not complete when a page fails, a limit is met, an entry is odd or the pages go in a circle', async () => {
    const fails: FakeServer = await serve((request, count) => (count === 2 ? { status: 403 } : fakePage(request, fails.url, many)))
    const broken = await listAll(clientFor(fails.url).client, { path: '/things', item })
    expect(broken).toMatchObject({ complete: false, problems: [{ code: 'access.denied' }] })
    expect(broken.items.length).toBe(100)
    const server: FakeServer = await serve((request) => fakePage(request, server.url, many))
    expect(await listAll(clientFor(server.url).client, { path: '/things', item, maxItems: 150 })).toMatchObject({ complete: false, problems: [{ code: 'input.limit' }] })
    const odd = await serve(() => ({ json: [{ id: 1 }, { id: 'two' }] }))
    expect(await listAll(clientFor(odd.url).client, { path: '/things', item })).toMatchObject({ items: [{ id: 1 }], complete: false })
    const circle: FakeServer = await serve(({ path }) => ({ json: [{ id: 1 }], headers: { link: `<${path}?per_page=100>; rel="next"` } }))
    expect((await listAll(clientFor(circle.url).client, { path: '/things', item })).problems[0]!.message).toMatch(/circle/)
    const endless = await serve(({ path }, count) => ({ json: [], headers: { link: `<${path}?page=${count}>; rel="next"` } }))
    expect(await listAll(clientFor(endless.url).client, { path: '/things', item })).toMatchObject({ items: [], complete: false, problems: [{ code: 'input.limit', message: expect.stringContaining('without an entry') }] })
    expect(endless.requests.length).toBe(50)
    const away = await serve(() => ({ json: [{ id: 1 }], headers: { link: '<https://evil.example/things>; rel="next"' } }))
    expect(await listAll(clientFor(away.url).client, { path: '/things', item })).toMatchObject({ complete: false, problems: [{ code: 'target.forbidden' }] })
    const none = await serve(() => ({ json: { message: 'no list' } }))
    expect(await listAll(clientFor(none.url).client, { path: '/things', item })).toMatchObject({ items: [], complete: false })
  })

  it('of one object is a problem where it is not as documented', async () => {
    const server = await serve(() => ({ json: { id: 'x' } }))
    expect(await readOne(clientFor(server.url).client, '/thing', item)).toMatchObject({ value: null, problems: [{ code: 'input.unrecognised' }] })
  })
})
