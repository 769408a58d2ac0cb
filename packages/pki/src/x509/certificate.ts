import { hash } from 'node:crypto'
import type { Certificate } from '@muster/core'
import { DerCursor } from '../der/cursor.ts'
import { derLimits, tags } from '../der/limits.ts'
import { readTime } from '../der/time.ts'
import { readSignatureAlgorithm } from './algorithms.ts'
import { readExtensions } from './extensions.ts'
import { readName, readUniqueName } from './name.ts'
import { bareKeyFacts, readSpki, withoutLeadingZero } from './spki.ts'

/** Octets of a serial number kept; RFC 5280 §4.1.2.2 allows 20, more are out there. */
const MAX_SERIAL_OCTETS = 32

/**
 * Reads an X.509 certificate (RFC 5280 §4.1) of at most 75,000 bytes in one pass; `der` must hold nothing else.
 * The result shares nothing with `der`. Texts are safe to print: control characters are escaped, long ones end in `…`.
 * @throws MusterError der.invalid, der.limit, certificate.invalid
 */
export function parseCertificate(der: Uint8Array): Certificate {
  const cursor = new DerCursor(der, derLimits.certificateBytes)
  const { bytes } = cursor
  const end = cursor.enter(tags.sequence, bytes.length)
  if (end !== bytes.length) throw cursor.invalid('there are bytes after the certificate', 'certificate.invalid')
  const tbsEnd = cursor.enter(tags.sequence, end)
  const certificate = emptyCertificate()
  certificate.version = readVersion(cursor, tbsEnd)
  certificate.serialNumber = readSerial(cursor, tbsEnd)
  const innerAlgorithm = cursor.position
  cursor.expect(tags.sequence, tbsEnd)
  const innerEnd = cursor.contentEnd
  readNamesAndValidity(cursor, tbsEnd, certificate)
  const spkiStart = cursor.position
  certificate.key = readSpki(cursor, tbsEnd)
  certificate.spkiSha256 = hash('sha256', bytes.subarray(spkiStart, cursor.position), 'hex')
  readOptionalFields(cursor, tbsEnd, certificate)
  const outerAlgorithm = cursor.position
  const algorithm = readSignatureAlgorithm(cursor, end)
  certificate.signatureAlgorithm = algorithm.name
  certificate.signatureHash = algorithm.hash
  if (!sameOctets(bytes, innerAlgorithm, innerEnd, outerAlgorithm, cursor.position)) {
    throw cursor.invalid('the signature algorithm differs inside and outside the signed part', 'certificate.invalid')
  }
  cursor.expect(tags.bitString, end)
  cursor.leave(end)
  certificate.fingerprint = hash('sha256', bytes, 'hex')
  certificate.der = bytes.toString('base64')
  return certificate
}

function sameOctets(bytes: Uint8Array, from: number, to: number, otherFrom: number, otherTo: number): boolean {
  if (to - from !== otherTo - otherFrom) return false
  for (let i = from, j = otherFrom; i < to; i++, j++) if (bytes[i] !== bytes[j]) return false
  return true
}

function emptyCertificate(): Certificate {
  return {
    kind: 'certificate', fingerprint: '', spkiSha256: '', der: '', subject: '', issuer: '', commonName: null, serialNumber: '',
    notBefore: '', notAfter: '', subjectAltNames: [], key: UNREAD_KEY, signatureAlgorithm: '', signatureHash: null,
    version: 1, isCa: false, hasBasicConstraints: false, pathLength: null, keyUsage: null, extendedKeyUsage: null,
    subjectKeyId: null, authorityKeyId: null, selfIssued: false, crlDistributionPoints: [], ocspUrls: [], caIssuersUrls: [],
    policies: [], sctCount: 0, mustStaple: false, unknownCriticalExtensions: [],
  }
}

/** Stands in until the key is read; never part of a result. */
const UNREAD_KEY = Object.freeze(bareKeyFacts('unknown'))

function readVersion(cursor: DerCursor, limit: number): number {
  const end = cursor.enterOptional(0xa0, limit)
  if (end === -1) return 1
  const version = cursor.smallInteger(end, 2) + 1
  cursor.leave(end)
  return version
}

/** Lower-case hex without leading zeros; a leading `-` for the negative numbers some software issued. */
export function readSerial(cursor: DerCursor, limit: number): string {
  cursor.integer(limit)
  const { contentStart, contentEnd, bytes } = cursor
  const octets = contentEnd - contentStart
  if (octets > MAX_SERIAL_OCTETS) throw cursor.invalid('a serial number is too long', 'der.limit')
  const hex = cursor.hex(contentStart, contentEnd)
  if (bytes[contentStart]! < 0x80) return withoutLeadingZero(hex)
  return BigInt.asIntN(octets * 8, BigInt(`0x${hex}`)).toString(16)
}

function readNamesAndValidity(cursor: DerCursor, limit: number, certificate: Certificate): void {
  const issuerStart = cursor.position
  const issuer = readName(cursor, limit)
  const issuerEnd = cursor.position
  const validityEnd = cursor.enter(tags.sequence, limit)
  certificate.issuer = issuer.text
  certificate.notBefore = readTime(cursor, validityEnd)
  certificate.notAfter = readTime(cursor, validityEnd)
  cursor.leave(validityEnd)
  const subjectStart = cursor.position
  const subject = readUniqueName(cursor, limit)
  certificate.subject = subject.text
  certificate.commonName = subject.commonName
  certificate.selfIssued = sameOctets(cursor.bytes, issuerStart, issuerEnd, subjectStart, cursor.position)
}

/** issuerUniqueID, subjectUniqueID (both unused since decades) and the extensions. */
function readOptionalFields(cursor: DerCursor, limit: number, certificate: Certificate): void {
  if ((cursor.peek(limit) & ~0x20) === 0x81) cursor.read(limit)
  if ((cursor.peek(limit) & ~0x20) === 0x82) cursor.read(limit)
  const end = cursor.enterOptional(0xa3, limit)
  if (end !== -1) {
    readExtensions(cursor, end, certificate)
    cursor.leave(end)
  }
  cursor.leave(limit)
}
