import { randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { manualClock, Secret } from '@muster/core'
import { createTestCertificate, testCa } from '@muster/testkit'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { observationsOf, scanned, testFingerprints } from '../api/conformance.testing.ts'
import { tokenFrom } from './access.ts'
import { type FakeCluster, fakeCluster } from './fake.testing.ts'
import { clusterFixture } from './fixtures.ts'
import { type ClusterAccess, createKubernetesConnector, type KubernetesOptions } from './index.ts'

let directory = ''
const opened: FakeCluster[] = []
beforeEach(() => { directory = realpathSync(mkdtempSync(join(tmpdir(), 'muster-access-'))) })
afterEach(async () => {
  rmSync(directory, { recursive: true, force: true })
  for (const each of opened.splice(0)) await each.close()
})

const drawn = () => randomBytes(16).toString('hex')
const scan = (server: FakeCluster, access: ClusterAccess, more: object = {}) => scanned<KubernetesOptions>({ connector: createKubernetesConnector({ fingerprints: testFingerprints, access, wait: () => Promise.resolve() }), options: { server: server.url, name: 'prod', ratePerSecond: 1000, egress: ['127.0.0.1'], ...more } })
const rights = (batches: Awaited<ReturnType<typeof scan>>) => [...new Set(observationsOf(batches).flatMap((each) => (each.observation === 'coverage' ? [each.rights] : [])))]

describe('a client certificate', () => {
  const now = { notBefore: new Date(Date.now() - 3_600_000), notAfter: new Date(Date.now() + 86_400_000) }
  const ca = testCa({ name: 'Cluster API' })
  const serverLeaf = createTestCertificate({ issuer: ca.intermediate, subject: 'CN=api', sans: ['ip:127.0.0.1'], ...now })
  const clientLeaf = createTestCertificate({ issuer: ca.intermediate, subject: 'CN=muster,O=readers', extendedKeyUsage: ['clientAuth'], ...now })
  const cluster = async () => {
    const made = await fakeCluster(drawn(), clusterFixture().data, { cert: ca.chainPem(serverLeaf), key: serverLeaf.privateKeyPem, ca: [ca.root.pem, ca.intermediate.pem], requestCert: true, rejectUnauthorized: false })
    opened.push(made)
    return made
  }

  it('lets a scan in by the handshake, without any token, and its key stands in nothing that is reported', async () => {
    const server = await cluster()
    const batches = await scan(server, { kind: 'client-certificate', pem: Secret.fromText(ca.chainPem(clientLeaf) + clientLeaf.privateKeyPem) }, { caPem: ca.root.pem })
    expect(batches.flatMap(({ problems }) => problems)).toEqual([])
    expect(rights(batches)).toEqual(['client certificate'])
    expect(server.requests.filter(({ headers, client }) => headers.authorization !== undefined || client !== 'muster')).toEqual([])
    const key = clientLeaf.privateKeyPem.split('\n')[1]!
    expect(JSON.stringify(batches)).not.toContain(key)
  })

  it('that the cluster does not know is refused', async () => {
    const other = testCa({ name: 'Other' })
    const stranger = other.issue({ subject: 'CN=muster', extendedKeyUsage: ['clientAuth'], ...now })
    const batches = await scan(await cluster(), { kind: 'client-certificate', pem: Secret.fromText(other.chainPem(stranger) + stranger.privateKeyPem) }, { caPem: ca.root.pem })
    expect(batches).toMatchObject([{ observations: [], problems: [{ code: 'auth.failed' }] }])
  })

  it('with the key of another is told before anything is sent, and quoted nowhere', async () => {
    const server = await cluster()
    const pem = clientLeaf.pem + serverLeaf.privateKeyPem
    const failure = await scan(server, { kind: 'client-certificate', pem: Secret.fromText(pem) }, { caPem: ca.root.pem }).catch((error: unknown) => error as Error)
    expect(failure).toMatchObject({ code: 'usage.invalid', message: expect.stringContaining('belong together') })
    expect(JSON.stringify(failure)).not.toContain(serverLeaf.privateKeyPem.split('\n')[1]!)
    expect(server.requests).toEqual([])
  })
})

describe('a token in a file', () => {
  it('is read again after a minute, so that a scan outlives one token, and the last one counts where it is gone', async () => {
    const clock = manualClock('2026-01-01T00:00:00Z')
    const path = join(directory, 'token')
    const [first, second] = [drawn(), drawn()]
    writeFileSync(path, `${first}\n`)
    const token = tokenFrom(path, clock)
    const now = async () => (await token()).revealText()
    expect(await now()).toBe(first)
    writeFileSync(path, second)
    clock.advance(59_999)
    expect(await now()).toBe(first)
    clock.advance(1)
    expect(await now()).toBe(second)
    rmSync(path)
    clock.advance(60_000)
    expect(await now()).toBe(second)
  })

  it('lets a scan in, and stands in nothing that is reported', async () => {
    const fixture = clusterFixture()
    const server = await fakeCluster(fixture.token, fixture.data)
    opened.push(server)
    writeFileSync(join(directory, 'token'), `${fixture.token}\n`)
    const batches = await scan(server, { kind: 'token-file', path: join(directory, 'token') })
    expect(rights(batches)).toEqual(['service account token'])
    expect(JSON.stringify(batches)).not.toContain(fixture.token)
  })

  it('is taken from where it may lie alone, links followed', async () => {
    const inside = join(directory, 'secrets')
    mkdirSync(inside)
    writeFileSync(join(directory, 'elsewhere'), drawn())
    writeFileSync(join(inside, 'token'), drawn())
    symlinkSync(join(inside, 'token'), join(inside, 'link'))
    symlinkSync(join(directory, 'elsewhere'), join(inside, 'way-out'))
    const read = (name: string) => tokenFrom(join(inside, name), manualClock('2026-01-01T00:00:00Z'), [inside])()
    await expect(read('token')).resolves.toBeInstanceOf(Secret)
    await expect(read('link')).resolves.toBeInstanceOf(Secret)
    await expect(read('way-out')).rejects.toMatchObject({ code: 'target.forbidden' })
    await expect(read('../elsewhere')).rejects.toMatchObject({ code: 'target.forbidden' })
    await expect(read('missing')).rejects.toMatchObject({ code: 'file.unreadable' })
  })

  it.each([['nothing', ''], ['two words', 'a b'], ['a line of a file of another kind', 'root:x:0:0\nbin:x'], ['far too much', 'a'.repeat(70_000)]])('is not %s', async (_, content) => {
    const path = join(directory, 'token')
    writeFileSync(path, content)
    const failure = await tokenFrom(path, manualClock('2026-01-01T00:00:00Z'))().catch((error: unknown) => error as Error)
    expect(failure).toMatchObject({ code: 'input.unrecognised' })
    if (content !== '') expect(JSON.stringify(failure)).not.toContain(content)
  })
})
