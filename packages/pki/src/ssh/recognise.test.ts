import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { credentialSchema, Secret } from '@muster/core'
import { hasTool, PeerDirectory } from './peer.testing.ts'
import { looksLikeAuthorizedKeys, looksLikeKnownHosts, recogniseSsh } from './recognise.ts'

const peer = new PeerDirectory()
afterAll(() => peer.remove())
const none = { passphrases: [] }
const recognise = (name: string, as?: string) => recogniseSsh(peer.read(name), { ...none, ...(as === undefined ? {} : { name: as }) })

beforeAll(() => {
  peer.sshKey('id', 'ed25519', { comment: 'me' })
  peer.sshKey('locked', 'rsa', { bits: 2048, passphrase: 'opens it', comment: 'hidden' })
  peer.sshKey('ca', 'ed25519')
  peer.run('ssh-keygen', ['-q', '-s', 'ca', '-I', 'id', '-n', 'me', 'id.pub'])
})

describe('what is found', () => {
  it('in an OpenSSH private key', () => {
    expect(recognise('id')).toMatchObject({
      problems: [],
      findings: [{ part: 'private-key', format: 'openssh', entry: 0, comment: 'me', protection: { encrypted: false }, credential: { kind: 'ssh-key', sshFingerprint: peer.sshFingerprint('id') } }],
    })
    const opened = recogniseSsh(peer.read('locked'), { passphrases: [Secret.fromText('opens it')] })
    expect(opened?.findings[0]).toMatchObject({ comment: 'hidden', protection: { encrypted: true, scheme: 'aes256-ctr', kdf: 'bcrypt, 16 rounds' } })
    for (const item of opened!.findings) expect(credentialSchema.parse(item.credential)).toEqual(item.credential)
  })

  it('in a public key file, a certificate and an RFC 4716 file', () => {
    expect(recognise('id.pub')?.findings).toMatchObject([{ part: 'public-key', format: 'ssh-public', comment: 'me', protection: null }])
    expect(recognise('id-cert.pub')?.findings).toMatchObject([{ part: 'certificate', format: 'ssh-certificate', credential: { kind: 'ssh-certificate' } }])
    peer.write('rfc4716', peer.run('ssh-keygen', ['-e', '-f', 'id.pub']))
    const fingerprint = peer.sshFingerprint('id.pub')
    expect(recognise('rfc4716')?.findings).toMatchObject([{ part: 'public-key', credential: { sshFingerprint: fingerprint } }])
  })

  it.skipIf(!hasTool('puttygen'))('in a PuTTY key', () => {
    peer.run('puttygen', ['id', '-O', 'private', '-o', 'id.ppk'])
    expect(recognise('id.ppk')?.findings).toMatchObject([{ part: 'private-key', format: 'putty', comment: 'me', credential: { sshFingerprint: peer.sshFingerprint('id') } }])
  })

  it('in key files by content, whatever they are called', () => {
    const key = peer.text('id.pub').trim()
    peer.write('keys', `${key}\nrestrict,from="10.0.0.1" ${key}\n`)
    expect(recognise('keys', 'whatever')?.findings.map((item) => item.authorizedKey)).toEqual([
      { line: 1, options: [], certAuthority: false }, { line: 2, options: ['restrict', 'from=10.0.0.1'], certAuthority: false },
    ])
    peer.write('hosts', `a.example ${key}\n@cert-authority *.b ${key}\n`)
    expect(recognise('hosts')?.findings.map((item) => item.knownHost)).toEqual([
      { line: 1, hosts: ['a.example'], hashed: false, marker: null }, { line: 2, hosts: ['*.b'], hashed: false, marker: 'cert-authority' },
    ])
    expect([looksLikeAuthorizedKeys(peer.read('keys')), looksLikeKnownHosts(peer.read('keys'))]).toEqual([true, false])
    expect([looksLikeAuthorizedKeys(peer.read('hosts')), looksLikeKnownHosts(peer.read('hosts'))]).toEqual([false, true])
  })

  it('a lone key line is a public key unless the file is called authorized_keys', () => {
    expect(recognise('id.pub', 'id.pub')?.findings[0]?.authorizedKey).toBeUndefined()
    expect(recognise('id.pub', 'authorized_keys')?.findings[0]?.authorizedKey).toMatchObject({ line: 1 })
  })

  it('options of one word tell an authorized key from a host', () => {
    const key = peer.text('id.pub').trim()
    for (const front of ['restrict', 'no-pty', 'cert-authority', 'no-port-forwarding,no-agent-forwarding']) {
      peer.write('one', `${front} ${key}\n`)
      expect([front, recognise('one')?.findings[0]?.authorizedKey?.options]).toEqual([front, front.split(',')])
    }
    for (const host of ['server', 'my-server.example.org', '[a]:2222', 'web01,192.0.2.7']) {
      peer.write('one', `${host} ${key}\n`)
      expect([host, recognise('one')?.findings[0]?.knownHost?.hosts]).toEqual([host, host.split(',')])
    }
  })
})

describe('what is not', () => {
  it.each([
    ['nothing', ''], ['prose', 'ssh-rsa is an algorithm\nand so on\n'], ['a program', 'const type = "ssh-ed25519 AAAA"\n'],
    ['another PEM', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'],
  ])('%s is no SSH format', (_, text) => {
    expect(recogniseSsh(Buffer.from(text), none)).toBeNull()
  })

  it('a damaged private key is a problem, and quotes nothing', () => {
    const result = recogniseSsh(Buffer.from(peer.text('id').replace(/[A-Z]{4}\n/, '!!!!\n')), none)
    expect(result).toMatchObject({ findings: [], problems: [{ code: 'pem.invalid' }] })
    expect(recogniseSsh(Buffer.from('-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA'), none)).toMatchObject({ findings: [], problems: [{ code: 'pem.invalid' }] })
  })
})
