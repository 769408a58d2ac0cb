import { createHash, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isMusterError, keySchema } from '@muster/core'
import { materialOfSpki, sshFingerprintOfSpki } from './from-spki.ts'
import { PeerDirectory } from './peer.testing.ts'
import { credentialOfSshKey, encodeSshPublicKey, parseSshPublicKey } from './public-key.ts'
import { magnitudeBits, encodeSpki } from './public-material.ts'
import { concatBytes, sshMpint, sshString } from './wire.ts'

const peer = new PeerDirectory()
afterAll(() => peer.remove())

const types = [
  ['rsa', 2048], ['rsa', 3072], ['ecdsa', 256], ['ecdsa', 384], ['ecdsa', 521], ['ed25519', undefined], ['dsa', 1024],
] as const
const wireOf = (name: string): Buffer => Buffer.from(peer.text(`${name}.pub`).split(' ')[1]!, 'base64')
const names = types.map(([type, bits]) => `${type}${bits ?? ''}`)

beforeAll(() => {
  for (const [index, [type, bits]] of types.entries()) peer.sshKey(names[index]!, type, { bits })
})

describe('keys made by ssh-keygen', () => {
  it.each(names)('a %s key has the fingerprint ssh-keygen -l prints', (name) => {
    const credential = credentialOfSshKey(parseSshPublicKey(wireOf(name)))
    expect(credential.sshFingerprint).toBe(peer.sshFingerprint(`${name}.pub`))
    expect(keySchema.parse(credential)).toEqual(credential)
  })

  it.each(names.filter((name) => name !== 'ed25519'))('a %s key has the SubjectPublicKeyInfo that ssh-keygen exports', (name) => {
    const pem = peer.run('ssh-keygen', ['-e', '-m', 'PKCS8', '-f', `${name}.pub`])
    const spki = createPublicKey(pem).export({ type: 'spki', format: 'der' })
    const key = parseSshPublicKey(wireOf(name))
    expect(encodeSpki(key.material).toString('hex')).toBe(spki.toString('hex'))
    expect(credentialOfSshKey(key).spkiSha256).toBe(createHash('sha256').update(spki).digest('hex'))
  }, 20_000)

  it('an ed25519 key becomes a SubjectPublicKeyInfo that OpenSSL reads', () => {
    const { material } = parseSshPublicKey(wireOf('ed25519'))
    const jwk = createPublicKey({ key: encodeSpki(material), format: 'der', type: 'spki' }).export({ format: 'jwk' })
    expect(Buffer.from(jwk.x!, 'base64url').equals(wireOf('ed25519').subarray(-32))).toBe(true)
  })

  it.each(names)('a %s key survives writing and reading', (name) => {
    expect(Buffer.from(encodeSshPublicKey(parseSshPublicKey(wireOf(name)))).equals(wireOf(name))).toBe(true)
  })

  it.each(types.map(([type, bits], i) => [names[i]!, type, bits] as const))('facts of a %s key', (name, type, bits) => {
    const { key } = credentialOfSshKey(parseSshPublicKey(wireOf(name)))
    expect(key.sizeBits).toBe(bits ?? 256)
    expect(key.algorithm).toBe(type === 'ecdsa' ? 'ec' : type)
    if (type === 'rsa') expect([key.rsaExponent, BigInt(`0x${key.rsaModulus}`).toString(2).length]).toEqual(['65537', bits])
  })
})

describe('SubjectPublicKeyInfo', () => {
  const made: [string, KeyObject][] = [
    ['rsa', generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey],
    ['P-256', generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey],
    ['ed25519', generateKeyPairSync('ed25519').publicKey],
    ['ed448', generateKeyPairSync('ed448').publicKey],
    ['x25519', generateKeyPairSync('x25519').publicKey],
    ['dsa', generateKeyPairSync('dsa', { modulusLength: 1024, divisorLength: 160 }).publicKey],
    ['secp256k1', generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).publicKey],
  ]
  it.each(made)('%s is read and written back byte for byte', (_, key) => {
    const spki = key.export({ type: 'spki', format: 'der' })
    expect(encodeSpki(materialOfSpki(spki)).equals(spki)).toBe(true)
  })

  it('a key OpenSSL made gets the fingerprint ssh-keygen gives it', () => {
    const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    peer.write('openssl.pem', publicKey.export({ type: 'spki', format: 'pem' }))
    peer.write('openssl.pub', peer.run('ssh-keygen', ['-i', '-m', 'PKCS8', '-f', 'openssl.pem']))
    expect(sshFingerprintOfSpki(publicKey.export({ type: 'spki', format: 'der' }))).toBe(peer.sshFingerprint('openssl.pub'))
  })

  it('x25519 and secp256k1 have no SSH form, nor has garbage', () => {
    expect(sshFingerprintOfSpki(made[4]![1].export({ type: 'spki', format: 'der' }))).toBeNull()
    expect(sshFingerprintOfSpki(made[6]![1].export({ type: 'spki', format: 'der' }))).toBeNull()
    expect(sshFingerprintOfSpki(Buffer.from('3000', 'hex'))).toBeNull()
  })
})

describe('hardware-backed keys', () => {
  const point = generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'der' }).subarray(-32)
  const wire = concatBytes(sshString('sk-ssh-ed25519@openssh.com'), sshString(point), sshString('ssh:'))

  it('join the same key in software by SPKI and say that they are hardware-backed', () => {
    const hardware = credentialOfSshKey(parseSshPublicKey(wire))
    const software = credentialOfSshKey(parseSshPublicKey(concatBytes(sshString('ssh-ed25519'), sshString(point))))
    expect(hardware.hardwareBacked).toBe(true)
    expect(hardware.spkiSha256).toBe(software.spkiSha256)
    expect(hardware.sshFingerprint).not.toBe(software.sshFingerprint)
  })

  it('have the fingerprint ssh-keygen prints', () => {
    peer.write('sk.pub', `sk-ssh-ed25519@openssh.com ${Buffer.from(wire).toString('base64')} token\n`)
    expect(credentialOfSshKey(parseSshPublicKey(wire)).sshFingerprint).toBe(peer.sshFingerprint('sk.pub'))
  })
})

describe('refusals', () => {
  const code = (run: () => unknown): string => {
    try {
      run()
    } catch (error) {
      if (isMusterError(error)) return error.code
      throw error
    }
    return 'accepted'
  }

  it('a key with bytes after its end', () => {
    expect(code(() => parseSshPublicKey(concatBytes(wireOf('ed25519'), Buffer.of(0))))).toBe('ssh.invalid')
  })

  it('a type nobody knows', () => {
    expect(code(() => parseSshPublicKey(sshString('ssh-new')))).toBe('key.unsupported')
  })

  it('an Ed25519 key one byte too short, right, and one too long', () => {
    const codes = [31, 32, 33].map((length) => code(() => parseSshPublicKey(concatBytes(sshString('ssh-ed25519'), sshString(new Uint8Array(length))))))
    expect(codes).toEqual(['key.invalid', 'accepted', 'key.invalid'])
  })

  it('a modulus above 16,384 bits, and a modulus of zero', () => {
    const rsa = (modulus: Uint8Array) => concatBytes(sshString('ssh-rsa'), sshMpint(Buffer.of(1, 0, 1)), sshMpint(modulus))
    const codes = [2047, 2048, 2049].map((bytes) => code(() => parseSshPublicKey(rsa(new Uint8Array(bytes).fill(255)))))
    expect(codes).toEqual(['accepted', 'accepted', 'key.invalid'])
    expect(code(() => parseSshPublicKey(rsa(new Uint8Array(4))))).toBe('key.invalid')
  })

  it('a P-384 point under the name of P-256', () => {
    const wire = concatBytes(sshString('ecdsa-sha2-nistp256'), sshString('nistp384'), sshString(new Uint8Array(97).fill(4)))
    expect(code(() => parseSshPublicKey(wire))).toBe('ssh.invalid')
  })
})

it('magnitudeBits agrees with BigInt', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 20 }), (bytes) => {
    const value = BigInt(`0x0${Buffer.from(bytes).toString('hex')}`)
    expect(magnitudeBits(bytes)).toBe(value === 0n ? 0 : value.toString(2).length)
  }))
})
