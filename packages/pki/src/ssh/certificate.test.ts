import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isMusterError, sshCertificateSchema } from '@muster/core'
import { credentialOfSshCertificate, parseSshCertificate } from './certificate.ts'
import { PeerDirectory } from './peer.testing.ts'
import { concatBytes, sshString, sshUint32, sshUint64 } from './wire.ts'

const peer = new PeerDirectory()
afterAll(() => peer.remove())
const subjects = [['rsa', 2048], ['ecdsa', 256], ['ecdsa', 384], ['ecdsa', 521], ['ed25519', 256], ['dsa', 1024]] as const

function wireOf(name: string): Buffer {
  return Buffer.from(peer.text(`${name}-cert.pub`).split(' ')[1]!, 'base64')
}

beforeAll(() => {
  peer.sshKey('ca', 'ed25519')
  peer.sshKey('rsaca', 'rsa', { bits: 2048 })
  for (const [type, bits] of subjects) peer.sshKey(`${type}${bits}`, type, type === 'ed25519' ? {} : { bits })
})

function sign(key: string, args: readonly string[], ca = 'ca'): void {
  peer.run('ssh-keygen', ['-q', '-s', ca, ...args, `${key}.pub`])
}

/** The lines `ssh-keygen -L` prints, by their label. */
function described(name: string): Map<string, string> {
  const lines = peer.run('ssh-keygen', ['-L', '-f', `${name}-cert.pub`]).split('\n')
  return new Map(lines.map((line) => line.trim().split(/: (.*)/s) as [string, string]))
}

describe('certificates signed by ssh-keygen', () => {
  it.each(subjects)('a user certificate for a %s-%i key reads as ssh-keygen -L prints it', (type, bits) => {
    const name = `${type}${bits}`
    sign(name, ['-I', `id of ${name}`, '-n', 'alice,bob', '-z', '18446744073709551615', '-V', '20260101000000Z:20270101000000Z'])
    const certificate = credentialOfSshCertificate(wireOf(name))
    const text = described(name)
    expect(sshCertificateSchema.parse(certificate)).toEqual(certificate)
    expect(certificate).toMatchObject({
      certificateType: 'user', keyId: `id of ${name}`, principals: ['alice', 'bob'], serialNumber: '18446744073709551615',
      notBefore: '2026-01-01T00:00:00.000Z', notAfter: '2026-12-31T23:59:59.000Z', caFingerprint: peer.sshFingerprint('ca.pub'),
      sshFingerprint: peer.sshFingerprint(`${name}.pub`), signatureAlgorithm: 'ssh-ed25519',
    })
    expect(text.get('Public key')).toContain(certificate.sshFingerprint)
    expect(text.get('Signing CA')).toContain(certificate.caFingerprint)
    expect(text.get('Serial')).toBe(certificate.serialNumber)
    expect(certificate.extensions).toEqual([
      'permit-X11-forwarding', 'permit-agent-forwarding', 'permit-port-forwarding', 'permit-pty', 'permit-user-rc',
    ])
  })

  it('a host certificate without end from an RSA authority', () => {
    sign('ed25519256', ['-h', '-I', 'web', '-n', 'web.example.org', '-V', 'always:forever'], 'rsaca')
    const certificate = credentialOfSshCertificate(wireOf('ed25519256'))
    expect(certificate).toMatchObject({
      certificateType: 'host', notBefore: null, notAfter: null, extensions: [], signatureAlgorithm: 'rsa-sha2-512',
      caFingerprint: peer.sshFingerprint('rsaca.pub'),
    })
  })

  it('critical options carry a string inside a string', () => {
    sign('ed25519256', ['-I', 'limited', '-O', 'clear', '-O', 'force-command=/bin/date +%s', '-O', 'source-address=10.0.0.0/8', '-O', 'verify-required'])
    const certificate = credentialOfSshCertificate(wireOf('ed25519256'))
    expect(certificate.criticalOptions).toEqual({ 'force-command': '/bin/date +%s', 'source-address': '10.0.0.0/8', 'verify-required': '' })
    expect(certificate.principals).toEqual([])
    expect(certificate.extensions).toEqual([])
  })
})

/** A certificate made field by field; only the validity and options vary. */
function made(fields: { validAfter?: bigint; validBefore?: bigint; role?: number; critical?: Uint8Array; extensions?: Uint8Array }): Uint8Array {
  const key = concatBytes(sshString('ssh-ed25519'), sshString(new Uint8Array(32)))
  return concatBytes(
    sshString('ssh-ed25519-cert-v01@openssh.com'), sshString(new Uint8Array(32)), sshString(new Uint8Array(32)), sshUint64(7n),
    sshUint32(fields.role ?? 1), sshString('id\0with control'), sshString(sshString('root')), sshUint64(fields.validAfter ?? 0n),
    sshUint64(fields.validBefore ?? 1n), sshString(fields.critical ?? new Uint8Array()), sshString(fields.extensions ?? new Uint8Array()),
    sshString(''), sshString(key), sshString(concatBytes(sshString('ssh-ed25519'), sshString(new Uint8Array(64)))),
  )
}

describe('boundaries', () => {
  it('valid_before is exclusive, 2^64−1 is forever and one less is the end of time as RFC 3339 can write it', () => {
    const notAfter = [1n, 2n, 0xffff_ffff_ffff_fffen, 0xffff_ffff_ffff_ffffn].map((validBefore) => credentialOfSshCertificate(made({ validBefore })).notAfter)
    expect(notAfter).toEqual(['1970-01-01T00:00:00.000Z', '1970-01-01T00:00:01.000Z', '9999-12-31T23:59:59.000Z', null])
  })

  it('valid_before zero ends before it began', () => {
    expect(credentialOfSshCertificate(made({ validBefore: 0n })).notAfter).toBe('1969-12-31T23:59:59.000Z')
  })

  it('a key id with control characters is made printable', () => {
    expect(credentialOfSshCertificate(made({})).keyId).toBe('id\\00with control')
  })

  it('neither user nor host, a repeated option and left-over bytes are refused', () => {
    const option = concatBytes(sshString('x'), sshString(''))
    for (const wire of [made({ role: 0 }), made({ role: 3 }), made({ critical: concatBytes(option, option) }), concatBytes(made({}), Buffer.of(0))]) {
      expect(() => parseSshCertificate(wire)).toThrow(expect.objectContaining({ code: 'ssh.invalid' }))
    }
  })

  it('64 options are read, 65 are too many', () => {
    const options = (count: number) => concatBytes(...Array.from({ length: count }, (_, i) => concatBytes(sshString(`o${i}`), sshString(''))))
    expect(parseSshCertificate(made({ extensions: options(64) })).extensions.size).toBe(64)
    expect(() => parseSshCertificate(made({ extensions: options(65) }))).toThrow(expect.objectContaining({ code: 'input.limit' }))
  })

  it('an option named __proto__ stays an ordinary entry', () => {
    const certificate = credentialOfSshCertificate(made({ critical: concatBytes(sshString('__proto__'), sshString(sshString('x'))) }))
    expect(Object.hasOwn(certificate.criticalOptions, '__proto__')).toBe(true)
    expect(Object.getPrototypeOf(certificate.criticalOptions)).toBe(Object.prototype)
  })

  it('every truncation is refused', () => {
    const wire = made({})
    for (let length = 0; length < wire.length; length++) {
      try {
        parseSshCertificate(wire.subarray(0, length))
        expect.unreachable()
      } catch (error) {
        expect(isMusterError(error, 'ssh.invalid')).toBe(true)
      }
    }
  })
})
