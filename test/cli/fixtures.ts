import { createPrivateKey } from 'node:crypto'
import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import { type AddressInfo, createServer as createTcp } from 'node:net'
import { createServer as createTls } from 'node:tls'
import { createTestCertificate, type Workbench, workbench } from '@muster/testkit'
import { plantSecrets } from './secret-fixtures.ts'

/** What opens the encrypted fixtures. */
export const PASSPHRASE = 'correct-battery-passphrase'

/** Files of every kind below one directory, a TLS server and a port nobody listens on. */
export type Fixtures = {
  readonly bench: Workbench
  /** Bodies of private keys, passphrases and planted secrets, none of which may be in any output. */
  readonly secrets: readonly string[]
  readonly tlsPort: number
  readonly closedPort: number
  close(): void
}

/** Makes all of it with the real tools. */
export async function makeFixtures(): Promise<Fixtures> {
  const bench = workbench()
  for (const name of ['pki', 'ssh', 'broken', 'odd', 'out']) mkdirSync(`${bench.path}/${name}`)
  bench.write('passphrases.txt', `wrong\n${PASSPHRASE}\n`)
  makeX509(bench)
  makeSsh(bench)
  makeOdd(bench)
  const planted = plantSecrets(bench.path)
  const tls = createTls({ cert: `${bench.read('pki/leaf.pem').toString()}${bench.read('pki/ca.pem').toString()}`, key: bench.read('pki/leaf.key') }, (socket) => socket.on('error', () => {}).end()).on('tlsClientError', () => {})
  tls.listen(0, '127.0.0.1')
  await once(tls, 'listening')
  bench.write('targets.txt', `# one a line\n127.0.0.1:${(tls.address() as AddressInfo).port} # the test's own\n\n`)
  const closed = createTcp().listen(0, '127.0.0.1')
  await once(closed, 'listening')
  const closedPort = (closed.address() as AddressInfo).port
  closed.close()
  return {
    bench, secrets: [...secretsOf(bench), ...planted], tlsPort: (tls.address() as AddressInfo).port, closedPort,
    close: () => {
      tls.close()
      bench.remove()
    },
  }
}

function makeX509(bench: Workbench): void {
  const soon = new Date(Date.now() + 300 * 86_400_000)
  const ca = createTestCertificate({ subject: 'CN=Script CA', ca: true, notBefore: '2025-01-01T00:00:00Z', notAfter: soon })
  const leaf = createTestCertificate({ subject: 'CN=www.example.com', issuer: ca, sans: ['dns:www.example.com', 'dns:localhost'], notBefore: '2026-01-01T00:00:00Z', notAfter: soon })
  const expired = createTestCertificate({ subject: 'CN=old.example.com', issuer: ca, keyType: 'rsa-2048', sans: ['dns:old.example.com'], notBefore: '2024-01-01T00:00:00Z', notAfter: '2024-06-01T00:00:00Z' })
  bench.write('pki/ca.pem', ca.pem)
  bench.write('pki/ca.key', ca.privateKeyPem)
  bench.write('pki/leaf.pem', leaf.pem)
  bench.write('pki/leaf.der', leaf.der)
  bench.write('pki/leaf.key', leaf.privateKeyPem)
  bench.write('pki/chain.pem', leaf.pem + ca.pem)
  bench.write('pki/expired.pem', expired.pem)
  bench.write('pki/sec1.key', createPrivateKey(leaf.privateKeyPem).export({ type: 'sec1', format: 'pem' }))
  bench.write('pki/pkcs1.key', createPrivateKey(expired.privateKeyPem).export({ type: 'pkcs1', format: 'pem' }))
  bench.write('pki/encrypted.key', createPrivateKey(expired.privateKeyPem).export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: PASSPHRASE }))
  bench.run('openssl', 'req', '-new', '-key', 'pki/leaf.key', '-subj', '/CN=wanted.example.com', '-addext', 'subjectAltName=DNS:wanted.example.com', '-out', 'pki/request.csr')
  bench.run('openssl', 'pkcs12', '-export', '-inkey', 'pki/leaf.key', '-in', 'pki/leaf.pem', '-certfile', 'pki/ca.pem', '-name', 'web', '-passout', `pass:${PASSPHRASE}`, '-out', 'pki/store.p12')
  bench.run('openssl', 'crl2pkcs7', '-nocrl', '-certfile', 'pki/chain.pem', '-out', 'pki/chain.p7b')
  bench.write('index.txt', '')
  bench.write('ca.cnf', '[ca]\ndefault_ca=d\n[d]\ndatabase=index.txt\ndefault_md=sha256\n')
  bench.run('openssl', 'ca', '-gencrl', '-config', 'ca.cnf', '-keyfile', 'pki/ca.key', '-cert', 'pki/ca.pem', '-crldays', '30', '-out', 'pki/list.crl')
  bench.run('keytool', '-genkeypair', '-alias', 'app', '-keyalg', 'RSA', '-keysize', '2048', '-dname', 'CN=java.example.com', '-storetype', 'JKS', '-keystore', 'pki/store.jks', '-storepass', PASSPHRASE, '-keypass', PASSPHRASE)
}

function makeSsh(bench: Workbench): void {
  const keygen = (...args: string[]) => bench.run('ssh-keygen', '-q', ...args)
  keygen('-t', 'ed25519', '-N', '', '-C', 'ann@laptop', '-f', 'ssh/id_ed25519')
  keygen('-t', 'rsa', '-b', '2048', '-N', PASSPHRASE, '-C', 'ann@laptop', '-f', 'ssh/id_rsa')
  keygen('-t', 'ed25519', '-N', '', '-C', 'ca', '-f', 'ssh/user_ca')
  keygen('-s', 'ssh/user_ca', '-I', 'ann-2026', '-n', 'ann,root', '-V', '+52w', 'ssh/id_ed25519.pub')
  bench.write('ssh/authorized_keys', `from="10.0.0.0/8",no-pty ${bench.read('ssh/id_ed25519.pub').toString()}`)
  bench.write('ssh/known_hosts', `git.example.com ${bench.read('ssh/user_ca.pub').toString().split(' ').slice(0, 2).join(' ')}\n`)
  bench.run('puttygen', 'ssh/id_ed25519', '-O', 'private', '-o', 'ssh/id.ppk')
}

function makeOdd(bench: Workbench): void {
  const hostile = createTestCertificate({ subject: 'CN=evil\u001b[2Jname' })
  bench.write('odd/bell\u0007\u001b[31m.pem', hostile.pem)
  bench.write('broken/cut.der', bench.read('pki/leaf.der').subarray(0, 200))
  bench.write('broken/cut\u001b]0;title\u0007.pem', `-----BEGIN CERTIFICATE-----\n${bench.read('pki/leaf.der').subarray(0, 200).toString('base64')}\n-----END CERTIFICATE-----\n`)
  bench.write('odd/prose.txt', 'nothing to see here\n')
  bench.write('odd/targets.txt', '127.0.0.1:1\n10.0.0.0/99\n1.2.3.4:0 localhost\n')
  bench.write('odd/empty', '')
}

/** The passphrase, and the secret numbers of the keys in every way they might be written. */
function secretsOf(bench: Workbench): string[] {
  const numbers = ['pki/ca.key', 'pki/leaf.key', 'pki/pkcs1.key'].flatMap((file) => {
    const { d, p, q } = createPrivateKey(bench.read(file)).export({ format: 'jwk' })
    return [d, p, q].flatMap((text) => (text === undefined ? [] : [Buffer.from(text, 'base64url')]))
  })
  const seeds = ['ssh/id_ed25519', 'ssh/user_ca'].map((file) => {
    const publicKey = Buffer.from(bench.read(`${file}.pub`).toString().split(' ')[1]!, 'base64').subarray(-32)
    const body = Buffer.from(bench.read(file).toString().split('\n').slice(1, -2).join(''), 'base64')
    // The private part ends with the seed and the public key once more.
    const at = body.lastIndexOf(publicKey)
    return body.subarray(at - 32, at)
  })
  return [PASSPHRASE, ...[...numbers, ...seeds].flatMap(written)]
}

function written(secret: Buffer): string[] {
  const hex = secret.toString('hex')
  const alignments = [0, 1, 2].map((skip) => secret.subarray(skip, skip + 18))
  return [hex, hex.toUpperCase(), BigInt(`0x${hex}`).toString(), ...alignments.flatMap((part) => [part.toString('base64'), part.toString('base64url')])]
}
