import { createServer } from 'node:tls'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freePort, startDaemon, Workshop } from '../network/loopback.fixture.ts'
import type { TestIdentity } from '../network/loopback.fixture.ts'
import { probeTls } from './probe.ts'
import type { TlsProbe } from './probe.ts'

let workshop: Workshop
let stop: (() => Promise<void>) | null = null
const ports: Record<string, number> = {}
const ids: Record<string, TestIdentity> = {}

beforeAll(async () => {
  workshop = new Workshop()
  for (const name of ['dual', 'tls12', 'tls13', 'mutual', 'vhosts']) ports[name] = await freePort()
  ids.ec = workshop.identity('ec.example')
  ids.rsa = workshop.identity('rsa.example', 'rsa-2048')
  ids.shop = workshop.identity('shop.example')
  const pair = ({ certFile, keyFile }: TestIdentity): string => `ssl_certificate ${certFile}; ssl_certificate_key ${keyFile};`
  const server = (port: number | undefined, rest: string): string => `server { listen 127.0.0.1:${port} ssl; ${rest} }`
  const configuration = `daemon off; master_process off; pid ${workshop.directory}/pid; error_log ${workshop.directory}/error.log; events {} http { access_log off;
    ${server(ports.dual, `${pair(ids.ec)} ${pair(ids.rsa)} ssl_protocols TLSv1.2 TLSv1.3;`)}
    ${server(ports.tls12, `${pair(ids.rsa)} ssl_protocols TLSv1.2; ssl_ciphers ECDHE-RSA-AES256-GCM-SHA384:AES128-SHA; ssl_ecdh_curve secp384r1:prime256v1;`)}
    ${server(ports.tls13, `${pair(ids.ec)} ${pair(ids.rsa)} ssl_protocols TLSv1.3; ssl_ecdh_curve secp384r1;`)}
    ${server(ports.mutual, `${pair(ids.ec)} ssl_protocols TLSv1.2 TLSv1.3; ssl_verify_client on; ssl_client_certificate ${ids.ec.certFile};`)}
    ${server(ports.vhosts, `server_name _; ${pair(ids.ec)}`)}
    ${server(ports.vhosts, `server_name shop.example; ${pair(ids.shop)}`)}
  }`
  stop = (await startDaemon('nginx', ['-e', `${workshop.directory}/start.log`, '-c', workshop.file('nginx.conf', configuration)], ports.vhosts!)).stop
})
afterAll(async () => {
  await stop?.()
  workshop.remove()
})

const probe = (name: string, options: Parameters<typeof probeTls>[1] = { depth: 'certificates' }, more: object = {}): Promise<TlsProbe> =>
  probeTls({ host: '127.0.0.1', port: ports[name]!, ...more }, options)
const leaves = ({ bindings }: TlsProbe): string[] => bindings.flatMap(({ chains }) => chains.map((chain) => chain[0]!.fingerprint))

test('both certificates of a dual-certificate host are read with their chains', async () => {
  const result = await probe('dual')
  expect(result).toMatchObject({ status: 'tls', starttls: null, problems: [], complete: true, address: '127.0.0.1' })
  expect(leaves(result).sort()).toEqual([ids.ec!.fingerprint, ids.rsa!.fingerprint].sort())
  for (const chain of result.bindings[0]!.profile.chains) expect(chain[1]).toBe(ids.ec!.intermediate)
})

test('asking for one key type takes one connection and one chain', async () => {
  expect(leaves(await probe('dual', { depth: 'certificates', bothKeyTypes: false }))).toHaveLength(1)
})

test('certificates of a host that accepts TLS 1.3 and secp384r1 alone are decrypted after a HelloRetryRequest', async () => {
  const result = await probe('tls13')
  expect(leaves(result).sort()).toEqual([ids.ec!.fingerprint, ids.rsa!.fingerprint].sort())
  expect(result.problems).toEqual([])
})

test('a profile lists versions, suites and groups exactly as configured', async () => {
  const { bindings } = await probe('tls12', { depth: 'profile' })
  expect(bindings[0]!.profile).toMatchObject({
    versions: ['TLSv1.2'], alpn: 'http/1.1', ocspStapled: false, clientCertificateRequested: false,
    cipherSuites: [{ version: 'TLSv1.2', name: 'TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384' }, { version: 'TLSv1.2', name: 'TLS_RSA_WITH_AES_128_CBC_SHA' }],
  })
  expect([...bindings[0]!.profile.groups!].sort()).toEqual(['secp256r1', 'secp384r1'])
})

test('a request for a client certificate is seen in TLS 1.2', async () => {
  expect((await probe('mutual', { depth: 'profile' })).bindings[0]!.profile.clientCertificateRequested).toBe(true)
})

test('names sent as SNI get a binding each; an address is never sent as one', async () => {
  const result = await probe('vhosts', { depth: 'certificates' }, { sni: ['shop.example', 'other.example'] })
  expect(result.bindings.map(({ sni, chains }) => [sni, chains[0]![0]!.fingerprint])).toEqual([
    [null, ids.ec!.fingerprint], ['shop.example', ids.shop!.fingerprint], ['other.example', ids.ec!.fingerprint],
  ])
})

test('a name gets a second binding without SNI only where the certificates differ', async () => {
  const resolver = async (): Promise<string[]> => ['127.0.0.1']
  const named = (host: string): Promise<TlsProbe> => probeTls({ host, port: ports.vhosts! }, { depth: 'certificates', resolver })
  expect((await named('shop.example')).bindings.map(({ sni }) => sni)).toEqual(['shop.example', null])
  expect((await named('unknown.example')).bindings.map(({ sni }) => sni)).toEqual(['unknown.example'])
})

test('a name that resolves to a forbidden or excluded address is not contacted', async () => {
  const to = (address: string) => async (): Promise<string[]> => [address]
  const metadata = await probeTls({ host: 'innocent.example', port: 443 }, { depth: 'certificates', resolver: to('::ffff:169.254.169.254') })
  expect(metadata).toMatchObject({ status: 'silent', address: null, problems: [{ code: 'target.forbidden' }] })
  const database = await probe('dual', { depth: 'certificates', forbidden: [`localhost`, `127.0.0.1:${ports.dual}`] })
  expect(database).toMatchObject({ bindings: [], problems: [{ code: 'target.forbidden' }] })
})

test('a refused connection is an answer, not a problem', async () => {
  expect(await probeTls({ host: '127.0.0.1', port: await freePort() }, { depth: 'certificates' })).toMatchObject({ status: 'refused', problems: [], complete: true })
})

test('post-quantum groups are found by empty key shares, and certificates behind them are read', async () => {
  const server = createServer({ cert: ids.ec!.pem, key: ids.ec!.key, minVersion: 'TLSv1.3', ecdhCurve: 'X25519MLKEM768:SecP256r1MLKEM768' })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  server.on('tlsClientError', () => {})
  try {
    const result = await probeTls({ host: '127.0.0.1', port: (server.address() as AddressInfo).port }, { depth: 'profile' })
    expect(result.bindings[0]!.profile).toMatchObject({ versions: ['TLSv1.3'], groups: ['X25519MLKEM768', 'SecP256r1MLKEM768'] })
    expect(leaves(result)).toEqual([ids.ec!.fingerprint])
  } finally {
    server.close()
  }
})

test.each([['TLSv1', 'TLSv1.0'], ['TLSv1.1', 'TLSv1.1']] as const)('a server that speaks %s alone is walked', async (version, name) => {
  const server = createServer({ cert: ids.rsa!.pem, key: ids.rsa!.key, minVersion: version, maxVersion: version, ciphers: 'AES128-SHA:@SECLEVEL=0' })
  server.on('tlsClientError', () => {})
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  try {
    const result = await probeTls({ host: '127.0.0.1', port: (server.address() as AddressInfo).port }, { depth: 'profile' })
    expect(result.bindings[0]!.profile).toMatchObject({ versions: [name], cipherSuites: [{ version: name, name: 'TLS_RSA_WITH_AES_128_CBC_SHA' }] })
    expect(leaves(result)).toEqual([ids.rsa!.fingerprint])
  } finally {
    server.close()
  }
})
