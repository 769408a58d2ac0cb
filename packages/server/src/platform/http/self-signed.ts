import { createHash, createPublicKey, generateKeyPairSync, type KeyObject, randomBytes, sign, X509Certificate } from 'node:crypto'
import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { isIP } from 'node:net'
import { join } from 'node:path'
import { type Clock, DAY_MS } from '@muster/core'
import { toPem, write } from '@muster/pki'
import { ipv6Groups } from './ip-address.ts'

/** Certificate chain and private key, PEM. The key must not be logged. */
export type TlsIdentity = { readonly cert: string; readonly key: string }

const VALID_DAYS = 397
const RENEW_BEFORE_DAYS = 30

/**
 * The server's own certificate for `names` (host names and IP addresses, most important first), kept in
 * `directory` (0700; key 0600) and made anew when it is missing, near its end or lacks one of the names.
 */
export async function ensureSelfSigned(directory: string, names: readonly string[], clock: Clock): Promise<TlsIdentity & { readonly fingerprint: string }> {
  const certFile = join(directory, 'tls.crt')
  const keyFile = join(directory, 'tls.key')
  const [cert, key] = await Promise.all([certFile, keyFile].map((file) => readFile(file, 'utf8').catch(() => null)))
  if (typeof cert === 'string' && typeof key === 'string' && stillFits(cert, key, names, clock.now())) return { cert, key, fingerprint: fingerprintOf(cert) }
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const made = makeSelfSigned(names, clock.now())
  await putFile(keyFile, made.key, 0o600)
  await putFile(certFile, made.cert, 0o644)
  return { ...made, fingerprint: fingerprintOf(made.cert) }
}

async function putFile(file: string, text: string, mode: number): Promise<void> {
  const aside = `${file}.new`
  await writeFile(aside, text, { mode })
  await chmod(aside, mode)
  await rename(aside, file)
}

function stillFits(certPem: string, keyPem: string, names: readonly string[], now: Date): boolean {
  try {
    const cert = new X509Certificate(certPem)
    const fresh = now >= cert.validFromDate && now.getTime() < cert.validToDate.getTime() - RENEW_BEFORE_DAYS * DAY_MS
    const named = names.every((name) => (isIP(name) === 0 ? cert.checkHost(name) : cert.checkIP(name)) !== undefined)
    const sameKey = createPublicKey(keyPem).export({ type: 'spki', format: 'der' }).equals(cert.publicKey.export({ type: 'spki', format: 'der' }))
    return fresh && named && sameKey
  } catch {
    return false
  }
}

function fingerprintOf(certPem: string): string {
  return new X509Certificate(certPem).fingerprint256.replaceAll(':', '').toLowerCase()
}

/** A new ECDSA P-256 key and its self-signed server certificate (RFC 5280 §4.1), valid from an hour ago for 397 days. */
export function makeSelfSigned(names: readonly string[], now: Date): TlsIdentity {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const algorithm = write.sequence(write.oid('1.2.840.10045.4.3.2'))
  const serial = randomBytes(16)
  serial[0] = (serial[0]! & 0x7f) | 0x40
  const subject = write.sequence(write.set(write.sequence(write.oid('2.5.4.3'), write.utf8String((names[0] ?? 'muster').slice(0, 64)))))
  const notBefore = new Date(now.getTime() - DAY_MS / 24)
  const notAfter = new Date(notBefore.getTime() + VALID_DAYS * DAY_MS - 1000)
  const body = write.sequence(
    write.explicit(0, write.integer(2)), write.integer(serial), algorithm, subject,
    write.sequence(write.time(notBefore), write.time(notAfter)), subject,
    publicKey.export({ type: 'spki', format: 'der' }), extensions(publicKey, names),
  )
  const der = write.sequence(body, algorithm, write.bitString(sign('sha256', body, privateKey)))
  return { cert: toPem('CERTIFICATE', der), key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string }
}

function extensions(publicKey: KeyObject, names: readonly string[]): Buffer {
  const extension = (oid: string, critical: boolean, value: Buffer) => write.sequence(write.oid(oid), ...(critical ? [write.boolean(true)] : []), write.octetString(value))
  // RFC 7093 §2 method 1: the leftmost 160 bits of SHA-256 over the key's bits.
  const point = publicKey.export({ type: 'spki', format: 'der' }).subarray(-65)
  const keyId = createHash('sha256').update(point).digest().subarray(0, 20)
  return write.explicit(3, write.sequence(
    extension('2.5.29.19', true, write.sequence()),
    extension('2.5.29.15', true, write.namedBits([0])),
    extension('2.5.29.37', false, write.sequence(write.oid('1.3.6.1.5.5.7.3.1'))),
    extension('2.5.29.14', false, write.octetString(keyId)),
    extension('2.5.29.17', false, write.sequence(...names.map(generalName))),
  ))
}

function generalName(name: string): Buffer {
  return isIP(name) === 0 ? write.implicit(2, Buffer.from(name, 'latin1')) : write.implicit(7, addressBytes(name))
}

function addressBytes(address: string): Buffer {
  if (isIP(address) === 4) return Buffer.from(address.split('.').map(Number))
  const bytes = Buffer.alloc(16)
  for (const [i, group] of ipv6Groups(address).entries()) bytes.writeUInt16BE(group, i * 2)
  return bytes
}
