import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { credentialOfSshKey, parseSshPublicKey } from './public-key.ts'
import { hasTool, PeerDirectory } from './peer.testing.ts'
import { parsePuttyKey } from './putty.ts'

const peer = new PeerDirectory()
afterAll(() => peer.remove())
const passphrase = 'pass phrase'

describe.skipIf(!hasTool('puttygen'))('keys made by puttygen', () => {
  const keys = [['rsa', 2048], ['ecdsa', 256], ['ecdsa', 521], ['ed25519', 255], ['ed448', 448], ['dsa', 1024]] as const
  beforeAll(() => {
    peer.write('new', passphrase)
    peer.write('none', '')
    for (const [type, bits] of keys) {
      const size = type.startsWith('ed') ? [] : ['-b', String(bits)]
      peer.run('puttygen', ['-q', '-t', type, ...size, '-C', `${type} key`, '--new-passphrase', peer.file('none'), '-o', `${type}${bits}.ppk`])
    }
  }, 60_000)

  it.each(keys)('%s-%i tells its public half and comment', (type, bits) => {
    const name = `${type}${bits}.ppk`
    const ppk = parsePuttyKey(peer.text(name))
    expect(ppk).toMatchObject({ version: 3, comment: `${type} key`, protection: { encrypted: false, scheme: null, kdf: null } })
    const { sshFingerprint } = credentialOfSshKey(parseSshPublicKey(ppk.publicWire))
    expect(peer.run('puttygen', ['-l', name])).toContain(sshFingerprint)
  })

  it('version 3 tells cipher and Argon2 parameters', () => {
    peer.run('puttygen', ['ed25519255.ppk', '--new-passphrase', peer.file('new'), '-P', '-o', 'v3.ppk'])
    const ppk = parsePuttyKey(peer.text('v3.ppk'))
    expect(ppk.protection).toMatchObject({ encrypted: true, scheme: 'aes256-cbc' })
    expect(ppk.protection.kdf).toMatch(/^argon2id, 8192 KiB, \d+ passes, 1 lanes$/)
  })

  it('version 2 derives its key with SHA-1', () => {
    peer.run('puttygen', ['ed25519255.ppk', '--new-passphrase', peer.file('new'), '-P', '--ppk-param', 'version=2', '-o', 'v2.ppk'])
    expect(parsePuttyKey(peer.text('v2.ppk'))).toMatchObject({ version: 2, protection: { encrypted: true, scheme: 'aes256-cbc', kdf: 'sha1' } })
  })

  it('every truncation is refused', () => {
    const text = peer.text('v2.ppk')
    const upTo = text.indexOf('Private-Lines')
    for (let length = 0; length < upTo; length += 5) {
      expect(() => parsePuttyKey(text.slice(0, length))).toThrow(expect.objectContaining({ code: 'ssh.invalid' }))
    }
  })
})

it('a file that claims more lines than it has is refused', () => {
  const text = 'PuTTY-User-Key-File-2: ssh-rsa\nEncryption: none\nComment: x\nPublic-Lines: 9999\nAAAA\n'
  expect(() => parsePuttyKey(text)).toThrow(expect.objectContaining({ code: 'ssh.invalid' }))
})
