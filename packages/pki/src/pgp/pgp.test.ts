import { createHash, createPublicKey } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { pgpKeySchema, type PgpKey } from '@muster/core'
import { hasTool, PeerDirectory } from '../ssh/peer.testing.ts'
import { crc24 } from './armour.ts'
import { recognisePgp } from './recognise.ts'

const peer = new PeerDirectory()
const none = { passphrases: [] }
const gpg = (...args: readonly string[]): string =>
  peer.run('gpg', ['--batch', '--no-tty', '--quiet', '--pinentry-mode', 'loopback', '--passphrase', 'secret words', ...args])
afterAll(() => {
  if (hasTool('gpgconf')) peer.run('gpgconf', ['--kill', 'all'])
  peer.remove()
})

const recognise = (name: string) => recognisePgp(peer.read(name), none)!
function keysIn(name: string): PgpKey[] {
  const { findings, problems } = recognise(name)
  expect(problems).toEqual([])
  return findings.map((item) => pgpKeySchema.parse(item.credential))
}

/** What `gpg --with-colons` says of the keys of a file, primary keys only. */
function described(name: string): { bits: string; created: string; expires: string; fingerprint: string; validity: string; subkeys: number; userIds: string[] }[] {
  const records = gpg('--show-keys', '--with-colons', peer.file(name)).split('\n').map((line) => line.split(':'))
  const keys: ReturnType<typeof described> = []
  for (const record of records) {
    if (record[0] === 'pub' || record[0] === 'sec') {
      keys.push({ bits: record[2]!, created: record[5]!, expires: record[6]!, validity: record[1]!, fingerprint: '', subkeys: 0, userIds: [] })
    }
    const key = keys.at(-1)
    if (key === undefined) continue
    if (record[0] === 'fpr' && key.fingerprint === '') key.fingerprint = record[9]!.toLowerCase()
    if (record[0] === 'sub' || record[0] === 'ssb') key.subkeys++
    if (record[0] === 'uid') key.userIds.push(record[9]!)
  }
  return keys
}

describe.skipIf(!hasTool('gpg'))('keys made by gpg', () => {
  const algorithms = ['rsa2048', 'dsa1024', 'ed25519', 'nistp256', 'nistp521', 'brainpoolP384r1', 'secp256k1'] as const
  beforeAll(() => {
    peer.run('chmod', ['700', peer.path])
    peer.write('gpg-agent.conf', 's2k-count 65536\n')
    for (const algorithm of algorithms) {
      gpg('--quick-generate-key', `${algorithm} <${algorithm}@example.org>`, algorithm, 'sign', '2y')
      gpg('--armor', '--output', peer.file(`${algorithm}.asc`), '--export', `${algorithm}@example.org`)
    }
    gpg('--quick-generate-key', 'Full Key <full@example.org>', 'default', 'default', 'never')
    gpg('--output', peer.file('full.gpg'), '--export', 'full@example.org')
    gpg('--armor', '--output', peer.file('full-secret.asc'), '--export-secret-keys', 'full@example.org')
    gpg('--output', peer.file('all.gpg'), '--export')
  }, 120_000)

  it.each(algorithms)('%s: fingerprint, size, dates and user id are those gpg shows', (algorithm) => {
    const [key] = keysIn(`${algorithm}.asc`)
    const [theirs] = described(`${algorithm}.asc`)
    expect(key!.pgpFingerprint).toBe(theirs!.fingerprint)
    expect(String(key!.key.sizeBits)).toBe(theirs!.bits === '255' ? '256' : theirs!.bits)
    expect(String(Date.parse(key!.createdAt) / 1000)).toBe(theirs!.created)
    expect(String(Date.parse(key!.notAfter!) / 1000)).toBe(theirs!.expires)
    expect([key!.userIds, key!.subkeyCount, key!.revoked, key!.pgpVersion]).toEqual([theirs!.userIds, 0, false, 4])
    expect(key!.spkiSha256).toMatch(/^[0-9a-f]{64}$/)
  })

  it('a keyring has all its keys, a keybox has the same', () => {
    const theirs = described('all.gpg').map((key) => key.fingerprint).sort()
    expect(keysIn('all.gpg').map((key) => key.pgpFingerprint).sort()).toEqual(theirs)
    expect(keysIn('pubring.kbx').map((key) => key.pgpFingerprint).sort()).toEqual(theirs)
    expect(theirs).toHaveLength(algorithms.length + 1)
  })

  it('public and secret form of a key are one credential; the secret one tells its protection', () => {
    const [open] = recognise('full.gpg').findings
    const [secret] = recognise('full-secret.asc').findings
    expect(open).toMatchObject({ part: 'public-key', format: 'pgp', protection: null })
    expect(secret).toMatchObject({ part: 'private-key', format: 'pgp', protection: { encrypted: true, scheme: 'aes128-cfb' } })
    expect(secret!.protection!.kdf).toMatch(/^iterated-salted sha1, \d+ bytes$/)
    expect(secret!.credential).toEqual(open!.credential)
    expect((open!.credential as PgpKey).subkeyCount).toBe(described('full.gpg')[0]!.subkeys)
  })

  it('a key without passphrase is told as plain', () => {
    peer.run('gpg', ['--batch', '--quiet', '--pinentry-mode', 'loopback', '--passphrase', '', '--quick-generate-key', 'Plain <plain@example.org>', 'ed25519', 'sign', 'never'])
    gpg('--output', peer.file('plain.gpg'), '--export-secret-keys', 'plain@example.org')
    expect(recognise('plain.gpg').findings).toMatchObject([{ part: 'private-key', protection: { encrypted: false, scheme: null, kdf: null }, credential: { notAfter: null } }])
  })

  it('subkeys without their primary are protected as the subkeys are; no secret at all is public', () => {
    gpg('--output', peer.file('offline.gpg'), '--export-secret-subkeys', 'full@example.org')
    expect(recognise('offline.gpg').findings).toMatchObject([{ part: 'private-key', protection: { encrypted: true } }])
    gpg('--output', peer.file('stub.gpg'), '--export-secret-subkeys', 'ed25519@example.org')
    expect(recognise('stub.gpg').findings).toMatchObject([{ part: 'public-key', protection: null, credential: { key: { algorithm: 'ed25519' } } }])
  })

  it('a changed expiry replaces the old one, and taking it away leaves none', () => {
    const fingerprint = described('nistp256.asc')[0]!.fingerprint
    const before = keysIn('nistp256.asc')[0]!
    // gpg dates a new self-signature at least a second after the old one.
    gpg('--quick-set-expire', fingerprint, '5y')
    gpg('--output', peer.file('later.gpg'), '--export', fingerprint)
    const later = keysIn('later.gpg')[0]!
    expect(String(Date.parse(later.notAfter!) / 1000)).toBe(described('later.gpg')[0]!.expires)
    expect(Date.parse(later.notAfter!)).toBeGreaterThan(Date.parse(before.notAfter!))
    gpg('--quick-set-expire', fingerprint, 'never')
    gpg('--output', peer.file('never.gpg'), '--export', fingerprint)
    expect(keysIn('never.gpg')[0]!.notAfter).toBeNull()
  })

  it('a revoked key is told as revoked', () => {
    const { fingerprint } = described('nistp521.asc')[0]!
    const certificate = peer.text(`openpgp-revocs.d/${fingerprint.toUpperCase()}.rev`).replace(':-----BEGIN', '-----BEGIN')
    peer.write('revoke.asc', certificate)
    gpg('--import', peer.file('revoke.asc'))
    gpg('--output', peer.file('revoked.gpg'), '--export', fingerprint)
    expect(keysIn('revoked.gpg')[0]!.revoked).toBe(true)
    expect(described('revoked.gpg')[0]!.validity).toBe('r')
  })

  it('an RSA key joins other formats by its SubjectPublicKeyInfo', () => {
    const [key] = keysIn('rsa2048.asc')
    const modulus = Buffer.from(key!.key.rsaModulus!, 'hex').toString('base64url')
    expect(key!.key.rsaExponent).toBe('65537')
    const spki = spkiOfJwk({ kty: 'RSA', n: modulus, e: 'AQAB' })
    expect(key!.spkiSha256).toBe(spki)
  })

  it('messages, signatures and other armour are not keys', () => {
    peer.write('text', 'hello')
    gpg('--armor', '--output', peer.file('sig.asc'), '--local-user', 'rsa2048@example.org', '--detach-sign', peer.file('text'))
    gpg('--output', peer.file('sig.gpg'), '--local-user', 'rsa2048@example.org', '--detach-sign', peer.file('text'))
    for (const name of ['text', 'sig.asc', 'sig.gpg']) expect([name, recognisePgp(peer.read(name), none)]).toEqual([name, null])
  })

  it('armour may lack its checksum; a wrong one is reported and the key still read', () => {
    const text = peer.text('ed25519.asc')
    peer.write('no-crc.asc', text.replace(/^=.{4}\n/m, ''))
    expect(keysIn('no-crc.asc')).toHaveLength(1)
    peer.write('bad-crc.asc', text.replace(/^=.{4}\n/m, '=AAAA\n'))
    expect(recognise('bad-crc.asc')).toMatchObject({ findings: [{ format: 'pgp' }], problems: [{ code: 'pgp.invalid' }] })
    peer.write('crlf.asc', `some mail text\r\n${text.replaceAll('\n', '\r\n')}`)
    expect(keysIn('crlf.asc')).toHaveLength(1)
    peer.write('cut.asc', text.slice(0, -60))
    expect(recognise('cut.asc')).toMatchObject({ findings: [], problems: [{ code: 'pgp.invalid' }] })
  })

  it('a truncated keyring gives the keys before the cut and a problem', () => {
    const bytes = peer.read('all.gpg')
    const result = recognisePgp(bytes.subarray(0, bytes.length - 10), none)!
    expect([result.findings.length, result.problems.length]).toEqual([algorithms.length + 1, 1])
  })
})

function spkiOfJwk(jwk: { kty: string; n: string; e: string }): string {
  const pem = createPublicKey({ key: jwk, format: 'jwk' }).export({ type: 'spki', format: 'der' })
  return createHash('sha256').update(pem).digest('hex')
}

it('crc24 of nothing and of the check text', () => {
  expect([crc24(new Uint8Array()), crc24(Buffer.from('123456789'))]).toEqual([0xb704ce, 0x21cf02])
})
