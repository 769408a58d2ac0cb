import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isMusterError, Secret } from '@muster/core'
import { armouredBlocks } from './base64.ts'
import { bcryptPbkdf } from './bcrypt-pbkdf.ts'
import { PeerDirectory } from './peer.testing.ts'
import { OPENSSH_PRIVATE_KEY_LABEL, parseOpensshPrivateKey } from './private-key.ts'
import { credentialOfSshKey } from './public-key.ts'
import { concatBytes, sshString, sshUint32 } from './wire.ts'

const peer = new PeerDirectory()
afterAll(() => peer.remove())
const bodyOf = (name: string): Buffer =>
  armouredBlocks(peer.text(name), OPENSSH_PRIVATE_KEY_LABEL, { maxBytes: 65_536, maxBlocks: 1 })[0]!
const passphrase = 'correct horse'

beforeAll(() => {
  for (const type of ['rsa', 'ecdsa', 'ed25519', 'dsa']) peer.sshKey(type, type, { comment: `${type} of grün` })
  peer.sshKey('locked', 'ed25519', { passphrase, comment: 'hidden' })
})

describe('openssh-key-v1', () => {
  it.each(['rsa', 'ecdsa', 'ed25519', 'dsa'])('a plain %s key tells its public half and comment', (name) => {
    const key = parseOpensshPrivateKey(bodyOf(name), [])
    expect(credentialOfSshKey(key.publicKey).sshFingerprint).toBe(peer.sshFingerprint(name))
    expect(key).toMatchObject({ comment: `${name} of grün`, state: 'opened', kdfRounds: null, protection: { encrypted: false, scheme: null, kdf: null } })
  })

  it('an encrypted key tells its public half, cipher and rounds, but no comment', () => {
    const key = parseOpensshPrivateKey(bodyOf('locked'), [])
    expect(credentialOfSshKey(key.publicKey).sshFingerprint).toBe(peer.sshFingerprint('locked.pub'))
    expect(key).toMatchObject({ comment: null, state: 'locked', kdfRounds: 16, protection: { encrypted: true, scheme: 'aes256-ctr', kdf: 'bcrypt, 16 rounds' } })
  })

  it('the right passphrase among wrong ones opens it', () => {
    const key = parseOpensshPrivateKey(bodyOf('locked'), [Secret.fromText('wrong'), Secret.fromText(''), Secret.fromText(passphrase)])
    expect(key).toMatchObject({ comment: 'hidden', state: 'opened' })
    expect(parseOpensshPrivateKey(bodyOf('locked'), [Secret.fromText('wrong')])).toMatchObject({ comment: null, state: 'locked' })
  })

  it.each(['aes256-gcm@openssh.com', 'aes128-cbc', '3des-cbc', 'aes192-ctr'])('is opened when encrypted with %s', (cipher) => {
    const name = `cipher-${cipher}`
    peer.sshKey(name, 'ed25519', { passphrase, comment: cipher, extra: ['-Z', cipher, '-a', '2'] })
    expect(parseOpensshPrivateKey(bodyOf(name), [Secret.fromText(passphrase)])).toMatchObject({ comment: cipher, state: 'opened', kdfRounds: 2 })
  })

  it('more rounds than the budget are not tried', () => {
    const body = bodyOf('locked')
    const at = body.indexOf(Buffer.concat([sshUint32(16), sshUint32(1)]))
    body.writeUInt32BE(0xffff_ffff, at)
    expect(parseOpensshPrivateKey(body, [Secret.fromText(passphrase)])).toMatchObject({ state: 'not-tried', comment: null })
  })

  it('a truncated file and two keys in one are refused', () => {
    const codeOf = (body: Uint8Array): string => {
      try {
        parseOpensshPrivateKey(body, [])
      } catch (error) {
        return isMusterError(error) ? error.code : 'crash'
      }
      return 'accepted'
    }
    const body = bodyOf('ed25519')
    for (let length = 0; length < body.length; length += 7) expect(codeOf(body.subarray(0, length))).toBe('ssh.invalid')
    const head = concatBytes(Buffer.from('openssh-key-v1\0'), sshString('none'), sshString('none'), sshString(''), sshUint32(2))
    expect(codeOf(head)).toBe('ssh.invalid')
  })
})

describe('bcrypt_pbkdf', () => {
  it('spreads a longer key by stride: every second byte of 64 is the key of 32', () => {
    const salt = Buffer.from('salt')
    const [short, long] = [32, 64].map((length) => Buffer.from(bcryptPbkdf(Buffer.from('password'), salt, 4, length)))
    expect(short!.toString('hex')).toMatch(/^5bbf0cc293587f1c3635555c27796598/)
    expect(Buffer.from(long!.filter((_, i) => i % 2 === 0)).equals(short!)).toBe(true)
  })

  it('refuses an empty passphrase, an empty salt, no rounds and a length out of range', () => {
    const one = Buffer.of(1)
    for (const run of [
      () => bcryptPbkdf(new Uint8Array(), one, 1, 1), () => bcryptPbkdf(one, new Uint8Array(), 1, 1),
      () => bcryptPbkdf(one, one, 0, 1), () => bcryptPbkdf(one, one, 1, 0), () => bcryptPbkdf(one, one, 1, 1025),
    ]) expect(run).toThrow('out of range')
    expect(bcryptPbkdf(one, one, 1, 1024)).toHaveLength(1024)
  })
})
