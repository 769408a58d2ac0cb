import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isMusterError } from '@muster/core'
import { parseSshCertificate } from './certificate.ts'
import { isCertificateRevoked, isKeyRevoked, parseKrl } from './krl.ts'
import { PeerDirectory } from './peer.testing.ts'
import { parseSshPublicKey } from './public-key.ts'

const peer = new PeerDirectory()
afterAll(() => peer.remove())
const serials = [0, 1, 2, 3, 4, 9, 10, 11, 63, 64, 65, 500, 999, 1000, 1001, 4_000_000_000]
const wireOf = (name: string): Buffer => Buffer.from(peer.text(name).split(' ')[1]!, 'base64')

/** What `ssh-keygen -Q` answers for a file. */
function theirs(krl: string, name: string): boolean {
  try {
    peer.run('ssh-keygen', ['-Q', '-f', krl, name])
    return false
  } catch {
    return true
  }
}

function makeKrl(name: string, specification: string, ...more: readonly string[]): void {
  peer.write(`${name}.txt`, specification)
  peer.run('ssh-keygen', ['-k', '-f', name, '-s', 'ca.pub', '-z', '7', ...more, `${name}.txt`])
}

beforeAll(() => {
  for (const name of ['ca', 'other', 'id', 'plain']) peer.sshKey(name, 'ed25519')
  for (const serial of serials) {
    peer.run('ssh-keygen', ['-q', '-s', 'ca', '-I', `id ${serial}`, '-z', String(serial), '-n', 'x', 'id.pub'])
    peer.run('mv', ['id-cert.pub', `s${serial}-cert.pub`])
  }
  peer.run('ssh-keygen', ['-q', '-s', 'other', '-I', 'id 3', '-z', '3', '-n', 'x', 'id.pub'])
  peer.run('mv', ['id-cert.pub', 'foreign-cert.pub'])
})

describe('revocation lists of ssh-keygen -k', () => {
  it.each([
    ['single serials', 'serial: 3\nserial: 4000000000\n'],
    ['a range', 'serial: 10-999\n'],
    ['neighbours that become a bitmap', `${Array.from({ length: 40 }, (_, i) => `serial: ${2 * i + 1}`).join('\n')}\n`],
    ['key ids', 'id: id 9\nid: id 1001\n'],
  ])('%s: every certificate is judged as ssh-keygen -Q judges it', (_, specification) => {
    makeKrl('krl', specification)
    const krl = parseKrl(peer.read('krl'))
    expect(krl.version).toBe(7n)
    for (const serial of serials) {
      const name = `s${serial}-cert.pub`
      expect([name, isCertificateRevoked(krl, parseSshCertificate(wireOf(name)))]).toEqual([name, theirs('krl', name)])
    }
    expect(isCertificateRevoked(krl, parseSshCertificate(wireOf('foreign-cert.pub')))).toBe(theirs('krl', 'foreign-cert.pub'))
  })

  it('keys by themselves and by digest', () => {
    for (const form of ['key', 'sha1', 'sha256']) {
      makeKrl(form, `${form}: ${peer.text('plain.pub')}`)
      const krl = parseKrl(peer.read(form))
      for (const name of ['plain.pub', 'id.pub']) {
        expect([form, name, isKeyRevoked(krl, parseSshPublicKey(wireOf(name)))]).toEqual([form, name, theirs(form, name)])
      }
    }
  })

  it('every truncation is refused or says less, and other bytes are no list', () => {
    makeKrl('cut', 'serial: 1\nid: x\n')
    const bytes = peer.read('cut')
    for (let length = 0; length < bytes.length; length++) {
      try {
        parseKrl(bytes.subarray(0, length))
      } catch (error) {
        expect(isMusterError(error)).toBe(true)
      }
    }
    expect(() => parseKrl(Buffer.from('SSHKRL\n?'))).toThrow('not a key revocation list')
  })
})
