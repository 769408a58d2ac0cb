import { createHash } from 'node:crypto'
import { MusterError, toOpenSshFingerprint, type Key } from '@muster/core'
import { checkMaterial, curves, factsOf, spkiSha256Of, type CurveName, type PublicMaterial } from './public-material.ts'
import { concatBytes, sshMpint, sshString, SshReader } from './wire.ts'

/** A public key as SSH spells it. */
export type SshPublicKey = {
  /** Plain key type, never a certificate's: `ssh-ed25519`, `sk-ecdsa-sha2-nistp256@openssh.com` … */
  readonly type: string
  readonly material: PublicMaterial
  /** The relying party of a hardware-backed key (`ssh:` usually); null for keys in software. */
  readonly application: string | null
}

/** Longest encoded key that is read: RSA with 16,384 bits takes about 2 KiB, certificates may be larger. */
export const MAX_PUBLIC_KEY_BYTES = 64 * 1024

const ecCurves: ReadonlyMap<string, CurveName> = new Map(
  (['P-256', 'P-384', 'P-521'] as const).map((curve) => [curves[curve].ssh, curve]),
)

/** Every plain key type that is read, in the order OpenSSH lists them. */
export const sshKeyTypes = [
  'ssh-ed25519', 'ecdsa-sha2-nistp256', 'ecdsa-sha2-nistp384', 'ecdsa-sha2-nistp521', 'ssh-rsa', 'ssh-dss', 'ssh-ed448',
  'sk-ssh-ed25519@openssh.com', 'sk-ecdsa-sha2-nistp256@openssh.com',
] as const
export type SshKeyType = (typeof sshKeyTypes)[number]
const knownTypes: ReadonlySet<string> = new Set(sshKeyTypes)

/** True for a plain key type this module reads. */
export function isSshKeyType(type: string): type is SshKeyType {
  return knownTypes.has(type)
}

function readEcdsa(reader: SshReader, type: string): PublicMaterial {
  const name = reader.text('the curve name')
  const curve = ecCurves.get(name)
  if (curve === undefined || !type.includes(name)) throw new MusterError('ssh.invalid', `key type ${type} does not go with its curve`)
  return { algorithm: 'ec', curve, point: reader.string('the point') }
}

function readMaterial(reader: SshReader, type: SshKeyType): PublicMaterial {
  switch (type) {
    case 'ssh-rsa': {
      const exponent = reader.mpint('the exponent')
      return { algorithm: 'rsa', exponent, modulus: reader.mpint('the modulus') }
    }
    case 'ssh-dss': {
      const [p, q, g, y] = [reader.mpint('p'), reader.mpint('q'), reader.mpint('g'), reader.mpint('y')]
      return { algorithm: 'dsa', p, q, g, y }
    }
    case 'ssh-ed25519':
    case 'sk-ssh-ed25519@openssh.com':
      return { algorithm: 'ed25519', point: reader.string('the key') }
    case 'ssh-ed448':
      return { algorithm: 'ed448', point: reader.string('the key') }
    default:
      return readEcdsa(reader, type)
  }
}

/**
 * Reads the fields that follow the key type (and, in a certificate, the nonce): RFC 4253 §6.6, RFC 5656 §3.1, RFC 8709 §4,
 * OpenSSH PROTOCOL.u2f.
 * @throws MusterError ssh.invalid, key.invalid, key.unsupported for types this module does not know
 */
export function readKeyFields(reader: SshReader, type: string): SshPublicKey {
  if (!isSshKeyType(type)) throw new MusterError('key.unsupported', `SSH key type ${JSON.stringify(type.slice(0, 64))} is not supported`)
  const material = checkMaterial(readMaterial(reader, type))
  return { type, material, application: type.startsWith('sk-') ? reader.text('the application') : null }
}

/**
 * Parses a public key in wire form; certificates are refused.
 * @throws MusterError ssh.invalid, key.invalid, key.unsupported, input.limit
 */
export function parseSshPublicKey(wire: Uint8Array): SshPublicKey {
  if (wire.length > MAX_PUBLIC_KEY_BYTES) throw new MusterError('input.limit', `SSH key of ${wire.length} bytes`)
  const reader = new SshReader(wire)
  const key = readKeyFields(reader, reader.text('the key type'))
  reader.end('the key')
  return key
}

/** The wire form of a key; {@link parseSshPublicKey} reads it back. */
export function encodeSshPublicKey(key: SshPublicKey): Uint8Array {
  const { material } = key
  const application = key.application === null ? [] : [sshString(key.application)]
  switch (material.algorithm) {
    case 'rsa': return concatBytes(sshString(key.type), sshMpint(material.exponent), sshMpint(material.modulus))
    case 'dsa': return concatBytes(sshString(key.type), ...[material.p, material.q, material.g, material.y].map(sshMpint))
    case 'ec': return concatBytes(sshString(key.type), sshString(curves[material.curve].ssh ?? ''), sshString(material.point), ...application)
    default: return concatBytes(sshString(key.type), sshString(material.point), ...application)
  }
}

/** The SSH spelling of a key that is known by its numbers; null when SSH has none (x25519, brainpool curves …). */
export function sshPublicKeyOf(material: PublicMaterial): SshPublicKey | null {
  switch (material.algorithm) {
    case 'rsa': return { type: 'ssh-rsa', material, application: null }
    case 'dsa': return { type: 'ssh-dss', material, application: null }
    case 'ed25519': return { type: 'ssh-ed25519', material, application: null }
    case 'ed448': return { type: 'ssh-ed448', material, application: null }
    case 'ec': {
      const { ssh } = curves[material.curve]
      return ssh === null ? null : { type: `ecdsa-sha2-${ssh}`, material, application: null }
    }
    default: return null
  }
}

/** OpenSSH's `SHA256:…` of a key in wire form, as `ssh-keygen -l` prints it. */
export function sshFingerprintOf(wire: Uint8Array): string {
  return toOpenSshFingerprint(createHash('sha256').update(wire).digest())
}

/** The key as the inventory keeps it. */
export function credentialOfSshKey(key: SshPublicKey): Key {
  const fingerprint = spkiSha256Of(key.material)
  return {
    kind: 'ssh-key',
    fingerprint,
    spkiSha256: fingerprint,
    key: factsOf(key.material),
    sshFingerprint: sshFingerprintOf(encodeSshPublicKey(key)),
    hardwareBacked: key.application !== null,
  }
}
