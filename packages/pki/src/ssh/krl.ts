import { createHash } from 'node:crypto'
import { MusterError } from '@muster/core'
import { cleanText } from '../der/index.ts'
import type { SshCertificateFields } from './certificate.ts'
import { encodeSshPublicKey, MAX_PUBLIC_KEY_BYTES, type SshPublicKey } from './public-key.ts'
import { SshReader } from './wire.ts'

/** Largest revocation list that is read. */
export const MAX_KRL_BYTES = 64 * 1024 * 1024
const MAX_ENTRIES = 2_000_000
const MAGIC = 'SSHKRL\n\0'
const sections = { certificates: 1, explicitKey: 2, sha1: 3, signature: 4, sha256: 5, extension: 255 } as const
const subsections = { serialList: 0x20, serialRange: 0x21, serialBitmap: 0x22, keyId: 0x23, extension: 0x39 } as const

/** Serial numbers from `first` to `last`, both included; or those whose bit is set from `first` on. */
type Serials = { readonly first: bigint; readonly last: bigint; readonly bitmap: Uint8Array | null }

/** What a list revokes of one authority's certificates. */
export type RevokedCertificates = {
  /** Wire form of the authority's key, in hex; null for every authority. */
  readonly ca: string | null
  readonly serials: readonly Serials[]
  readonly keyIds: ReadonlySet<string>
}

/** An OpenSSH key revocation list (OpenSSH PROTOCOL.krl). */
export type Krl = {
  /** Grows with every issue. */
  readonly version: bigint
  /** RFC 3339. */
  readonly generatedAt: string
  readonly comment: string
  readonly certificates: readonly RevokedCertificates[]
  /** Wire forms, SHA-1 and SHA-256 digests of revoked keys, in hex. */
  readonly keys: ReadonlySet<string>
  readonly sha1: ReadonlySet<string>
  readonly sha256: ReadonlySet<string>
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex')

/** Counts entries over the whole list, so that a small file cannot ask for much memory. */
class Budget {
  #left = MAX_ENTRIES

  spend(): void {
    if (--this.#left < 0) throw new MusterError('input.limit', `more than ${MAX_ENTRIES} entries in the revocation list`)
  }
}

function readSerials(reader: SshReader, type: number, budget: Budget): Serials[] {
  const serials: Serials[] = []
  if (type === subsections.serialBitmap) {
    const first = reader.uint64('a serial number')
    const bitmap = reader.string('a bitmap', MAX_KRL_BYTES)
    reader.end('a bitmap')
    return [{ first, last: first + BigInt(bitmap.length * 8), bitmap }]
  }
  while (reader.remaining > 0) {
    budget.spend()
    const first = reader.uint64('a serial number')
    const last = type === subsections.serialRange ? reader.uint64('a serial number') : first
    if (last < first) throw new MusterError('ssh.invalid', 'a range of serial numbers ends before it begins')
    serials.push({ first, last, bitmap: null })
  }
  return serials
}

function readCertificates(bytes: Uint8Array, budget: Budget): RevokedCertificates {
  const reader = new SshReader(bytes)
  const ca = reader.string('the authority key')
  reader.string('the reserved field')
  const serials: Serials[] = []
  const keyIds = new Set<string>()
  while (reader.remaining > 0) {
    const type = reader.uint8('a subsection type')
    const body = new SshReader(reader.string('a subsection', MAX_KRL_BYTES))
    if (type === subsections.keyId) {
      for (; body.remaining > 0; budget.spend()) keyIds.add(body.text('a key id'))
    } else if (type === subsections.extension) refuseCritical(body)
    else if (type >= subsections.serialList && type <= subsections.serialBitmap) for (const each of readSerials(body, type, budget)) serials.push(each)
    else throw new MusterError('ssh.invalid', `an unknown subsection ${type} in the revocation list`)
  }
  return { ca: ca.length === 0 ? null : hex(ca), serials, keyIds }
}

/** PROTOCOL.krl: a critical extension that is not known makes the list unusable. */
function refuseCritical(body: SshReader): void {
  body.text('an extension name')
  if (body.uint8('the critical flag') !== 0) throw new MusterError('key.unsupported', 'the revocation list has a critical extension that is not known')
}

function readBlobs(bytes: Uint8Array, into: Set<string>, budget: Budget): void {
  const reader = new SshReader(bytes)
  for (; reader.remaining > 0; budget.spend()) into.add(hex(reader.string('a revoked key')))
}

function generatedAt(seconds: bigint): string {
  if (seconds > 253_402_300_799n) throw new MusterError('ssh.invalid', 'the date of the revocation list is out of range')
  return new Date(Number(seconds) * 1000).toISOString()
}

/**
 * Reads a binary key revocation list. Signatures on it are passed over, as OpenSSH does since 9.4.
 * @throws MusterError ssh.invalid, input.limit, key.unsupported
 */
export function parseKrl(bytes: Uint8Array): Krl {
  if (bytes.length > MAX_KRL_BYTES) throw new MusterError('input.limit', `a revocation list of ${bytes.length} bytes`)
  const reader = new SshReader(bytes)
  if (Buffer.from(reader.take(MAGIC.length, 'the header')).toString('latin1') !== MAGIC) throw new MusterError('ssh.invalid', 'not a key revocation list')
  const format = reader.uint32('the format')
  if (format !== 1) throw new MusterError('key.unsupported', `key revocation list format ${format}`)
  const version = reader.uint64('the version')
  const generated = generatedAt(reader.uint64('the date'))
  reader.uint64('the flags')
  reader.string('the reserved field')
  const comment = cleanText(reader.text('the comment'), 512)
  const budget = new Budget()
  const certificates: RevokedCertificates[] = []
  const [keys, sha1, sha256] = [new Set<string>(), new Set<string>(), new Set<string>()]
  while (reader.remaining > 0) {
    const type = reader.uint8('a section type')
    const body = reader.string('a section', MAX_KRL_BYTES)
    switch (type) {
      case sections.certificates: budget.spend(); certificates.push(readCertificates(body, budget)); break
      case sections.explicitKey: readBlobs(body, keys, budget); break
      case sections.sha1: readBlobs(body, sha1, budget); break
      case sections.sha256: readBlobs(body, sha256, budget); break
      case sections.signature: break
      case sections.extension: refuseCritical(new SshReader(body)); break
      default: throw new MusterError('ssh.invalid', `an unknown section ${type} in the revocation list`)
    }
  }
  return { version, generatedAt: generated, comment, certificates, keys, sha1, sha256 }
}

/** True when the list names the key itself, by its wire form or a digest of it. */
export function isKeyRevoked(krl: Krl, key: SshPublicKey): boolean {
  const wire = encodeSshPublicKey(key)
  if (wire.length > MAX_PUBLIC_KEY_BYTES) return false
  const digest = (algorithm: string): string => createHash(algorithm).update(wire).digest('hex')
  return krl.keys.has(hex(wire)) || krl.sha1.has(digest('sha1')) || krl.sha256.has(digest('sha256'))
}

function holds({ first, last, bitmap }: Serials, serial: bigint): boolean {
  if (serial < first || serial > last) return false
  if (bitmap === null) return true
  // The bitmap is a multiple-precision integer: its last octet holds the lowest bits.
  const bit = Number(serial - first)
  const octet = bitmap[bitmap.length - 1 - (bit >> 3)]
  return octet !== undefined && ((octet >> (bit & 7)) & 1) === 1
}

/** True when the list revokes the certificate: its key, its authority's key, its serial number or its key id. */
export function isCertificateRevoked(krl: Krl, certificate: SshCertificateFields): boolean {
  if (isKeyRevoked(krl, certificate.publicKey) || isKeyRevoked(krl, certificate.signatureKey)) return true
  const ca = hex(encodeSshPublicKey(certificate.signatureKey))
  return krl.certificates.some((revoked) => {
    if (revoked.ca !== null && revoked.ca !== ca) return false
    // Serial 0 is what certificates without a number have; PROTOCOL.krl gives it no meaning.
    const bySerial = certificate.serial !== 0n && revoked.serials.some((serials) => holds(serials, certificate.serial))
    return bySerial || revoked.keyIds.has(certificate.keyId)
  })
}
