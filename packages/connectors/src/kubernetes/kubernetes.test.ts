import { createHash, createPublicKey } from 'node:crypto'
import { Secret } from '@muster/core'
import { namedSecretDigest, secretDigest } from '@muster/detect'
import { afterEach, describe, expect, it } from 'vitest'
import { connectorConformance, hostileAnswers, observationsOf, type Pointed, realPoint, scanned, testFingerprints } from '../api/conformance.testing.ts'
import { fakeCluster, type FakeCluster } from './fake.testing.ts'
import { clusterFixture } from './fixtures.ts'
import { createKubernetesConnector, type KubernetesConnectorParts, type KubernetesOptions } from './index.ts'

type Batches = Parameters<typeof observationsOf>[0]
const MACHINE = 'cluster:f1f5c1d4-0000-4000-8000-000000000001'
const opened: FakeCluster[] = []
afterEach(async () => {
  for (const each of opened.splice(0)) await each.close()
})

const connector = (token: string, parts: Partial<KubernetesConnectorParts> = {}) => createKubernetesConnector({ fingerprints: testFingerprints, access: { kind: 'token', token: Secret.fromText(token) }, wait: () => Promise.resolve(), ...parts })
const optionsFor = (server: FakeCluster) => ({ server: server.url, name: 'prod', ratePerSecond: 1000, egress: ['127.0.0.1'] })

async function fake(parts: Partial<KubernetesConnectorParts> = {}) {
  const fixture = clusterFixture()
  const server = await fakeCluster(fixture.token, fixture.data)
  opened.push(server)
  const scan = (more: object = {}) => scanned<KubernetesOptions>({ connector: connector(fixture.token, parts), options: { ...optionsFor(server), ...more } })
  return { ...fixture, server, scan }
}

const credentials = (batches: Batches) => observationsOf(batches).flatMap((each) => (each.observation === 'sighting' && each.of === 'credential' ? [each] : []))
const identities = (batches: Batches) => new Map(observationsOf(batches).flatMap((each) => (each.observation === 'sighting' && each.of === 'identity' ? [[each.name, each.attributes] as const] : [])))
const relations = (batches: Batches, type: string) => observationsOf(batches).flatMap((each) => (each.observation === 'relation' && each.type === type ? [each] : []))
const coverage = (batches: Batches) => Object.fromEntries(observationsOf(batches).flatMap((each) => (each.observation === 'coverage' && each.scope.kind === 'named' && each.scope.kinds.includes('kubernetes-secret') ? [[each.scope.scope, each.complete] as const] : [])))
const at = (batches: Batches, namespace: string, name: string, key?: string) => credentials(batches).filter(({ location }) => location.kind === 'kubernetes-secret' && location.namespace === namespace && location.name === name && (key === undefined || location.key === key))
const problems = (batches: Batches) => batches.flatMap((batch) => batch.problems)
const fingerprintOf = async (digest: string) => (await testFingerprints([digest]))[0]!
const ofValue = (value: string) => fingerprintOf(secretDigest(Secret.fromText(value)))
const uses = (batches: Batches, name: string) => relations(batches, 'uses').flatMap(({ from, to }) => (from.of === 'identity' && from.name === name && to.of === 'credential' ? [to.fingerprint] : []))

connectorConformance<KubernetesOptions>('kubernetes', async (): Promise<Pointed<KubernetesOptions>> => {
  const real = realPoint('kubernetes')
  if (real !== null) return { connector: connector(real.token), options: real.options, secrets: [real.token], close: () => Promise.resolve() }
  const made = clusterFixture()
  const server = await fakeCluster(made.token, made.data)
  return { connector: connector(made.token), options: optionsFor(server), secrets: [made.token, ...made.values], close: () => server.close() }
})

hostileAnswers<KubernetesOptions>('kubernetes', (url) => ({ connector: connector('t'), options: { server: url, ratePerSecond: 1000, maxResponseBytes: 100_000, egress: ['127.0.0.1'] } }))

describe('Kubernetes', () => {
  it('knows the cluster by the uid of kube-system, and by its address where that cannot be read', async () => {
    const { scan, server } = await fake()
    const seen = (batches: Batches) => new Set(observationsOf(batches).flatMap((each) => (each.observation === 'sighting' && each.of === 'machine' ? [each.identifiers[0]!.value] : [])))
    expect(seen(await scan())).toEqual(new Set([MACHINE]))
    server.denied.add('get kube-system')
    const batches = await scan()
    expect(seen(batches)).toEqual(new Set([`cluster:${server.host}`]))
    expect(problems(batches)).toMatchObject([{ code: 'access.denied' }])
  })

  it('reads the certificate and the key of a TLS Secret as what they are', async () => {
    const { scan, tls, ca } = await fake()
    const found = at(await scan(), 'shop', 'shop-tls')
    expect(found.map(({ credential, location }) => [credential.kind, location.kind === 'kubernetes-secret' && location.key, location.part])).toEqual([['certificate', 'tls.crt', 'certificate'], ['certificate', 'tls.crt', 'certificate'], ['private-key', 'tls.key', 'private-key']])
    expect(found.map(({ credential }) => credential.fingerprint)).toEqual([tls.cert.fingerprint, ca.intermediate.cert.fingerprint, tls.cert.spkiSha256])
  })

  it('takes fingerprints of what Opaque Secrets hold, without the line end of an echo, and leaves out what is no secret', async () => {
    const { scan, password } = await fake()
    const found = at(await scan(), 'shop', 'db')
    expect(found).toMatchObject([{ credential: { secretType: 'password', valueKnown: true, fingerprint: await ofValue(password), facts: { name: 'db', namespace: 'shop', createdAt: '2024-03-01T10:00:00.000Z' } }, location: { key: 'password', secretType: 'Opaque' } }])
  })

  it('opens registry logins, keys for SSH and bootstrap tokens', async () => {
    const { scan, registry, ssh, bootstrap } = await fake()
    const batches = await scan()
    expect(at(batches, 'shop', 'pull')).toMatchObject([{ credential: { fingerprint: await ofValue(registry), facts: { user: 'robot', host: 'registry.example' } } }])
    const spki = createHash('sha256').update(createPublicKey(ssh).export({ type: 'spki', format: 'der' })).digest('hex')
    expect(at(batches, 'shop', 'git')).toMatchObject([{ credential: { spkiSha256: spki }, location: { part: 'private-key' } }])
    expect(at(batches, 'kube-system', `bootstrap-token-${bootstrap.id}`)).toMatchObject([{ credential: { secretType: 'kubernetes-bootstrap-token', notAfter: '2027-03-10T03:22:11.000Z', fingerprint: await ofValue(`${bootstrap.id}.${bootstrap.secret}`) } }])
  })

  it('ties a legacy token to the service account it lets in, with the day it was last used', async () => {
    const { scan, account } = await fake()
    const batches = await scan()
    const [token, ...rest] = at(batches, 'shop', 'deployer-token')
    expect(rest).toEqual([])
    expect(token).toMatchObject({ credential: { secretType: 'kubernetes-token', fingerprint: await ofValue(account), facts: { serviceAccount: 'deployer', lastUsedAt: '2026-08-01T00:00:00.000Z' } } })
    expect(relations(batches, 'authenticates')).toContainEqual(expect.objectContaining({ from: { of: 'credential', fingerprint: token!.credential.fingerprint }, to: { of: 'identity', machine: MACHINE, name: 'system:serviceaccount:shop:deployer' } }))
  })

  it('takes a value for as old as the last write of its Secret, where the object tells', async () => {
    const made = clusterFixture()
    const secrets = made.data['/api/v1']!['secrets']!.map((each) => (each.metadata.name === 'db' ? { ...each, metadata: { ...each.metadata, managedFields: [{ manager: 'kubectl', time: '2026-09-01T00:00:00Z' }, { manager: 'old', time: '2025-09-01T00:00:00Z' }] } } : each))
    const server = await fakeCluster(made.token, { ...made.data, '/api/v1': { ...made.data['/api/v1'], secrets } })
    opened.push(server)
    const batches = await scanned<KubernetesOptions>({ connector: connector(made.token), options: optionsFor(server) })
    expect(at(batches, 'shop', 'db')[0]).toMatchObject({ credential: { facts: { createdAt: '2026-09-01T00:00:00.000Z' } } })
  })

  it('does not ask for the values of types that are left out', async () => {
    const { scan, server } = await fake()
    const batches = await scan()
    expect(at(batches, 'shop', 'sh.helm.release.v1.shop.v1')).toEqual([])
    const lists = server.requests.filter(({ path }) => path === '/api/v1/namespaces/shop/secrets')
    expect(lists.map(({ query }) => query.get('fieldSelector'))).toEqual([null, 'type!=helm.sh/release.v1'])
    expect(lists[0]!.headers.accept).toContain('PartialObjectMetadataList')
  })

  it('asks for no values at all where it was told so, and knows Secrets by name', async () => {
    const { scan, server } = await fake()
    const batches = await scan({ values: false })
    expect(server.requests.filter(({ path, headers }) => path.endsWith('/secrets') && !String(headers.accept).includes('PartialObjectMetadataList'))).toEqual([])
    expect(at(batches, 'shop', 'db')).toMatchObject([{ credential: { valueKnown: false, secretType: 'kubernetes-secret', fingerprint: await fingerprintOf(namedSecretDigest('kubernetes', 'shop', 'db')) }, location: { key: '' } }])
    expect(uses(batches, 'shop/Deployment/web')).toContain(await fingerprintOf(namedSecretDigest('kubernetes', 'shop', 'db')))
  })

  it('says which workload uses which credential: one statement for all copies', async () => {
    const { scan, password, registry, tls, literal } = await fake()
    const batches = await scan()
    const used = uses(batches, 'shop/Deployment/web')
    for (const fingerprint of [await ofValue(password), await ofValue(registry), await ofValue(literal), tls.cert.fingerprint, tls.cert.spkiSha256]) expect(used).toContain(fingerprint)
    expect([...identities(batches).keys()].filter((name) => name.startsWith('shop/') && !/Ingress|Gateway|Certificate/.test(name)).sort()).toEqual(['shop/CronJob/backup', 'shop/Deployment/web', 'shop/Pod/loose'])
    expect(uses(batches, 'shop/Ingress/shop')).toContain(tls.cert.fingerprint)
  })

  it('says as whom a workload acts, and what a service account may become in a cloud', async () => {
    const { scan } = await fake()
    const batches = await scan()
    const assumed = relations(batches, 'can-assume').map(({ from, to }) => [from.of === 'identity' && from.name, to.of === 'identity' && to.name])
    expect(assumed).toContainEqual(['shop/Deployment/web', 'system:serviceaccount:shop:web'])
    expect(assumed).toContainEqual(['shop/CronJob/backup', 'system:serviceaccount:shop:deployer'])
    expect(assumed).toContainEqual(['system:serviceaccount:shop:web', 'arn:aws:iam::123456789012:role/shop'])
    expect(assumed.map(([from]) => from)).not.toContain('shop/Pod/loose')
  })

  it('finds a secret that is written into a specification', async () => {
    const { scan, literal } = await fake()
    expect(at(await scan(), 'shop', 'Deployment/web')).toMatchObject([{ credential: { secretType: 'password', fingerprint: await ofValue(literal) }, location: { key: 'main env SMTP_PASSWORD', secretType: 'pod' } }])
  })

  it('notes the roles of service accounts, people and groups', async () => {
    const { scan } = await fake()
    const found = identities(await scan())
    expect(found.get('system:serviceaccount:shop:deployer')).toMatchObject({ roles: 'ClusterRole/cluster-admin' })
    expect(found.get('system:serviceaccount:shop:web')).toMatchObject({ roles: 'shop:Role/reader', automountToken: false })
    expect(found.get('alice')).toMatchObject({ roles: 'ClusterRole/cluster-admin shop:Role/reader' })
    expect(found.get('group:platform')).toMatchObject({ role: 'group', roles: 'ClusterRole/cluster-admin' })
  })

  it('reads what cert-manager renews, and certificates that were asked for', async () => {
    const { scan, client } = await fake()
    const batches = await scan()
    expect(identities(batches).get('shop/Certificate/shop')).toMatchObject({ issuer: 'ClusterIssuer/letsencrypt', ready: false, reason: 'Expired', notAfter: '2026-12-01T00:00:00.000Z', secret: 'shop-tls' })
    expect(at(batches, '(cluster)', 'alice', 'certificate')).toMatchObject([{ credential: { fingerprint: client.cert.fingerprint } }])
    expect(relations(batches, 'authenticates')).toContainEqual(expect.objectContaining({ from: { of: 'credential', fingerprint: client.cert.fingerprint }, to: { of: 'identity', machine: MACHINE, name: 'alice' } }))
  })

  it('says who renews a certificate and its key, and not the certificates it was issued by', async () => {
    const { scan, tls } = await fake()
    const renewing = relations(await scan(), 'renews')
    expect(renewing.map(({ from, to, source }) => [from.of === 'identity' && from.name, to.of === 'credential' && to.fingerprint, source])).toEqual([tls.cert.fingerprint, tls.cert.spkiSha256].map((fingerprint) => ['shop/Certificate/shop', fingerprint, 'shop/Certificate/shop by ClusterIssuer/letsencrypt into shop-tls']))
  })

  it('says so of the Secret’s name where values are not read', async () => {
    const { scan } = await fake()
    const batches = await scan({ values: false })
    const secret = at(batches, 'shop', 'shop-tls')[0]!.credential.fingerprint
    expect(relations(batches, 'renews').map(({ to }) => to.of === 'credential' && to.fingerprint)).toEqual([secret])
    expect(uses(batches, 'shop/Ingress/shop')).toEqual([secret])
  })

  it('knows a gateway’s certificates, those of other namespaces by name', async () => {
    const { scan, tls, ca } = await fake()
    const batches = await scan()
    expect(uses(batches, 'shop/Gateway/edge')).toEqual([tls.cert.fingerprint, ca.intermediate.cert.fingerprint, tls.cert.spkiSha256])
    expect(identities(batches).get('shop/Gateway/edge')).toMatchObject({ role: 'gateway', class: 'envoy', hosts: 'shop.example', secretsElsewhere: 'default/shared' })
  })

  it('covers who takes credentials apart from the credentials: a kind it may not list leaves these covered', async () => {
    const { scan, server } = await fake()
    const consumers = (batches: Batches) => observationsOf(batches).flatMap((each) => (each.observation === 'coverage' && each.scope.kind === 'named' && each.scope.kinds.includes('consumers') && each.scope.scope === 'shop' ? [each.complete] : []))
    expect(consumers(await scan())).toEqual([true])
    server.denied.add('ingresses')
    const batches = await scan()
    expect(consumers(batches)).toEqual([false])
    expect(observationsOf(batches)).toContainEqual(expect.objectContaining({ observation: 'coverage', scope: { kind: 'named', kinds: ['kubernetes-secret'], scope: 'shop' }, complete: true }))
  })

  it('reads lists page by page, and begins anew, once, when the pages have expired', async () => {
    const { scan, server } = await fake()
    server.pageSize = 2
    expect(credentials(await scan()).filter(({ location }) => location.kind === 'kubernetes-secret' && location.namespace === 'default').length).toBe(5)
    server.expired = 1
    const again = await scan({ namespaces: ['default'] })
    expect(at(again, 'default', 'bulk-4').length).toBe(1)
    expect(coverage(again)['default']).toBe(true)
    server.expired = 1000
    const never = await scan({ namespaces: ['default'] })
    expect(coverage(never)['default']).toBe(false)
    expect(problems(never).some(({ message }) => message.includes('changed faster'))).toBe(true)
  })

  it('goes on where RBAC says no, with that namespace’s coverage incomplete and consumers still told', async () => {
    const { scan, server } = await fake()
    server.denied.add('shop/secrets')
    const batches = await scan()
    expect(coverage(batches)).toEqual({ '(cluster)': true, default: true, 'kube-system': true, shop: false })
    expect(problems(batches)).toMatchObject([{ code: 'access.denied', where: 'prod/shop', message: expect.stringMatching(/^Secrets: /) }])
    expect(uses(batches, 'shop/Deployment/web')).toContain(await fingerprintOf(namedSecretDigest('kubernetes', 'shop', 'db')))
  })

  it('speaks for namespaces that are gone only when it saw the whole cluster, before a resume too', async () => {
    const { scan, server, token } = await fake()
    const whole = await scan()
    expect(coverage(whole)).toEqual({ '': true, '(cluster)': true, default: true, 'kube-system': true, shop: true })
    expect(Object.keys(coverage(await scan({ exclude: ['shop'] })))).not.toContain('')
    server.denied.add('default/secrets')
    const start = await scanned<KubernetesOptions>({ connector: connector(token), options: optionsFor(server) }, { batches: 3 })
    server.denied.clear()
    const rest = await scanned<KubernetesOptions>({ connector: connector(token), options: optionsFor(server) }, { resumeFrom: start.at(-1)!.cursor })
    expect(coverage([...start, ...rest])).toEqual({ '(cluster)': true, default: false, 'kube-system': true, shop: true })
  })

  it('makes do with rights in single namespaces', async () => {
    const { scan, server } = await fake()
    for (const kind of ['namespaces', '*/rolebindings', 'clusterrolebindings', 'certificatesigningrequests']) server.denied.add(kind)
    const batches = await scan({ namespaces: ['shop'] })
    expect(identities(batches).get('system:serviceaccount:shop:web')).toMatchObject({ roles: 'shop:Role/reader' })
    expect(coverage(batches)).toEqual({ '(cluster)': false, shop: true })
  })

  it('takes kinds for absent that the cluster does not know', async () => {
    const made = clusterFixture()
    const { '/apis/cert-manager.io/v1': _, ...data } = made.data
    const server = await fakeCluster(made.token, data)
    opened.push(server)
    const batches = await scanned<KubernetesOptions>({ connector: connector(made.token), options: { ...optionsFor(server), exclude: ['default'] } })
    expect(problems(batches)).toEqual([])
    expect(coverage(batches)).toEqual({ '(cluster)': true, 'kube-system': true, shop: true })
  })

  it('says so when the token is refused', async () => {
    const { server } = await fake()
    const batches = await scanned<KubernetesOptions>({ connector: connector('wrong'), options: optionsFor(server) })
    expect(problems(batches)).toMatchObject([{ code: 'auth.failed' }])
    expect(observationsOf(batches)).toEqual([])
  })
})
