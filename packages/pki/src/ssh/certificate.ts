import { createHash } from 'node:crypto'
import { MusterError, type SshCertificate } from '@muster/core'
import { cleanText } from '../der/index.ts'
import { factsOf, spkiSha256Of } from './public-material.ts'
import { encodeSshPublicKey, MAX_PUBLIC_KEY_BYTES, parseSshPublicKey, readKeyFields, sshFingerprintOf, type SshPublicKey } from './public-key.ts'
import { SshReader } from './wire.ts'

const CERTIFICATE_SUFFIX = '-cert-v01@openssh.com'
const FOREVER = 0xffff_ffff_ffff_ffffn
/** 9999-12-31T23:59:59Z, the last instant RFC 3339 can write. */
const LAST_SECOND = 253_402_300_799n
const MAX_OPTIONS = 64
const MAX_PRINCIPALS = 1024

/** A certificate's fields as they stand in it (draft-miller-ssh-cert §2). The signature is not verified here. */
export type SshCertificateFields = {
  /** Certificate type: `ssh-ed25519-cert-v01@openssh.com` … */
  readonly type: string
  readonly publicKey: SshPublicKey
  readonly serial: bigint
  readonly role: 'user' | 'host'
  readonly keyId: string
  /** Empty means valid for every principal. */
  readonly principals: readonly string[]
  /** Seconds since 1970; the first second that is valid. */
  readonly validAfter: bigint
  /** Seconds since 1970; the first second that is not valid any more. 2^64 − 1 is forever. */
  readonly validBefore: bigint
  readonly criticalOptions: ReadonlyMap<string, string>
  readonly extensions: ReadonlyMap<string, string>
  readonly signatureKey: SshPublicKey
  readonly signatureAlgorithm: string
  /** What the signature covers, and the signature blob. */
  readonly signed: Uint8Array
  readonly signature: Uint8Array
}

/** True for the type name of a certificate. */
export function isCertificateType(type: string): boolean {
  return type.endsWith(CERTIFICATE_SUFFIX)
}

/** `ssh-rsa-cert-v01@openssh.com` → `ssh-rsa`, `sk-…-cert-v01@openssh.com` → `sk-…@openssh.com`. */
function plainType(type: string): string {
  const stem = type.slice(0, -CERTIFICATE_SUFFIX.length)
  return stem.startsWith('sk-') ? `${stem}@openssh.com` : stem
}

function readPrincipals(bytes: Uint8Array): string[] {
  const reader = new SshReader(bytes)
  const principals: string[] = []
  while (reader.remaining > 0) {
    if (principals.length === MAX_PRINCIPALS) throw new MusterError('input.limit', `more than ${MAX_PRINCIPALS} principals`)
    principals.push(reader.text('a principal'))
  }
  return principals
}

/** Option data is a string inside a string; a flag's is empty. Data of another shape is given as hex. */
function optionValue(data: Uint8Array): string {
  if (data.length === 0) return ''
  try {
    const reader = new SshReader(data)
    const value = reader.text()
    reader.end('the option')
    return value
  } catch (error) {
    if (error instanceof MusterError) return `0x${Buffer.from(data).toString('hex')}`
    throw error
  }
}

function readOptions(bytes: Uint8Array): Map<string, string> {
  const reader = new SshReader(bytes)
  const options = new Map<string, string>()
  while (reader.remaining > 0) {
    if (options.size === MAX_OPTIONS) throw new MusterError('input.limit', `more than ${MAX_OPTIONS} options`)
    const name = reader.text('an option name')
    if (options.has(name)) throw new MusterError('ssh.invalid', 'an option stands twice in the certificate')
    options.set(name, optionValue(reader.string('an option value')))
  }
  return options
}

function readRole(value: number): 'user' | 'host' {
  if (value === 1) return 'user'
  if (value === 2) return 'host'
  throw new MusterError('ssh.invalid', `certificate type ${value} is neither user nor host`)
}

/**
 * Parses an OpenSSH certificate in wire form.
 * @throws MusterError ssh.invalid, key.invalid, key.unsupported, input.limit
 */
export function parseSshCertificate(wire: Uint8Array): SshCertificateFields {
  if (wire.length > MAX_PUBLIC_KEY_BYTES) throw new MusterError('input.limit', `SSH certificate of ${wire.length} bytes`)
  const reader = new SshReader(wire)
  const type = reader.text('the certificate type')
  if (!isCertificateType(type)) throw new MusterError('ssh.invalid', 'not an OpenSSH certificate')
  reader.string('the nonce')
  const publicKey = readKeyFields(reader, plainType(type))
  const serial = reader.uint64('the serial number')
  const role = readRole(reader.uint32('the role'))
  const keyId = reader.text('the key id')
  const principals = readPrincipals(reader.string('the principals'))
  const validAfter = reader.uint64('the validity')
  const validBefore = reader.uint64('the validity')
  const criticalOptions = readOptions(reader.string('the critical options'))
  const extensions = readOptions(reader.string('the extensions'))
  reader.string('the reserved field')
  const signatureKey = parseSshPublicKey(reader.string('the signature key'))
  const signed = wire.subarray(0, reader.offset)
  const signature = reader.string('the signature')
  reader.end('the certificate')
  return {
    type, publicKey, serial, role, keyId, principals, validAfter, validBefore, criticalOptions, extensions, signatureKey,
    signatureAlgorithm: new SshReader(signature).text('the signature algorithm'), signed, signature,
  }
}

function instant(seconds: bigint): string {
  const clamped = seconds > LAST_SECOND ? LAST_SECOND : seconds
  return new Date(Number(clamped) * 1000).toISOString()
}

/**
 * The certificate as the inventory keeps it. `notAfter` is the last valid second, one before the exclusive `valid_before`;
 * "always" and "forever" are null; instants after the year 9999 are given as its last second.
 * @throws MusterError as {@link parseSshCertificate}
 */
export function credentialOfSshCertificate(wire: Uint8Array): SshCertificate {
  const fields = parseSshCertificate(wire)
  return {
    kind: 'ssh-certificate',
    fingerprint: createHash('sha256').update(wire).digest('hex'),
    spkiSha256: spkiSha256Of(fields.publicKey.material),
    certificateType: fields.role,
    keyId: cleanText(fields.keyId, 1024),
    serialNumber: fields.serial.toString(),
    principals: fields.principals.map((principal) => cleanText(principal, 512)),
    notBefore: fields.validAfter === 0n ? null : instant(fields.validAfter),
    notAfter: fields.validBefore === FOREVER ? null : instant(fields.validBefore - 1n),
    criticalOptions: Object.fromEntries([...fields.criticalOptions].map(([name, value]) => [cleanText(name, 256), cleanText(value, 4096)])),
    extensions: [...fields.extensions.keys()].map((name) => cleanText(name, 256)),
    key: factsOf(fields.publicKey.material),
    sshFingerprint: sshFingerprintOf(encodeSshPublicKey(fields.publicKey)),
    caFingerprint: sshFingerprintOf(encodeSshPublicKey(fields.signatureKey)),
    caSpkiSha256: spkiSha256Of(fields.signatureKey.material),
    signatureAlgorithm: cleanText(fields.signatureAlgorithm, 64),
  }
}
