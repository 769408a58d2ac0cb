import { DerCursor } from '../der/cursor.ts'
import { derLimits, tags } from '../der/limits.ts'
import { oidToContent } from '../der/oid.ts'
import { readTime } from '../der/time.ts'
import { hashAlgorithms, readSignatureAlgorithm, type SignatureAlgorithm } from './algorithms.ts'
import { readSerial } from './certificate.ts'
import { readName } from './name.ts'

const BASIC = oidToContent('1.3.6.1.5.5.7.48.1.1')
const MAX_RESPONSES = 1000
const RESPONSE_STATUS = ['successful', 'malformedRequest', 'internalError', 'tryLater', null, 'sigRequired', 'unauthorized'] as const

export type OcspResponseStatus = NonNullable<(typeof RESPONSE_STATUS)[number]>

/** What one SingleResponse says (RFC 6960 §4.2.1). */
export type OcspSingleResponse = {
  /** Hash of the CertID, as `node:crypto` names it; null when unknown. */
  readonly hashAlgorithm: string | null
  /** Lower-case hex. */
  readonly issuerNameHash: string
  readonly issuerKeyHash: string
  readonly serialNumber: string
  readonly certStatus: 'good' | 'revoked' | 'unknown'
  /** When and why; set for revoked certificates. Reason names are RFC 5280 §5.3.1's. */
  readonly revokedAt: string | null
  readonly revocationReason: string | null
  readonly thisUpdate: string
  readonly nextUpdate: string | null
}

export type OcspResponse = {
  readonly status: OcspResponseStatus
  /** Null unless `status` is successful. */
  readonly basic: null | {
    readonly producedAt: string
    /** RFC 4514 name or the key hash in hex, as the responder identifies itself. */
    readonly responderName: string | null
    readonly responderKeyHash: string | null
    readonly responses: readonly OcspSingleResponse[]
    readonly signatureAlgorithm: SignatureAlgorithm
  }
}

/** Reads an OCSP response; signatures are not checked. @throws MusterError der.invalid, der.limit, ocsp.invalid */
export function parseOcspResponse(der: Uint8Array): OcspResponse {
  const cursor = new DerCursor(der, derLimits.ocspBytes)
  const end = cursor.enter(tags.sequence, cursor.bytes.length)
  if (end !== cursor.bytes.length) throw cursor.invalid('there are bytes after the response', 'ocsp.invalid')
  cursor.expect(tags.enumerated, end)
  const status = cursor.contentEnd - cursor.contentStart === 1 ? RESPONSE_STATUS[cursor.bytes[cursor.contentStart]!] : undefined
  if (status === undefined || status === null) throw cursor.invalid('unknown response status', 'ocsp.invalid')
  const bytesEnd = cursor.enterOptional(0xa0, end)
  if (bytesEnd === -1) {
    cursor.leave(end)
    if (status === 'successful') throw cursor.invalid('a successful response holds nothing', 'ocsp.invalid')
    return { status, basic: null }
  }
  const responseEnd = cursor.enter(tags.sequence, bytesEnd)
  if (cursor.oidKey(responseEnd) !== BASIC) throw cursor.invalid('not a basic OCSP response', 'ocsp.invalid')
  const basicEnd = cursor.enter(tags.octetString, responseEnd)
  return { status, basic: readBasic(cursor, basicEnd) }
}

function readBasic(cursor: DerCursor, limit: number): NonNullable<OcspResponse['basic']> {
  const end = cursor.enter(tags.sequence, limit)
  const dataEnd = cursor.enter(tags.sequence, end)
  if (cursor.enterOptional(0xa0, dataEnd) !== -1) cursor.position = cursor.contentEnd
  const responder = readResponder(cursor, dataEnd)
  const producedAt = readTime(cursor, dataEnd)
  const listEnd = cursor.enter(tags.sequence, dataEnd)
  const responses: OcspSingleResponse[] = []
  while (cursor.position < listEnd) {
    if (responses.length === MAX_RESPONSES) throw cursor.invalid(`more than ${MAX_RESPONSES} responses`, 'der.limit')
    responses.push(readSingle(cursor, listEnd))
  }
  cursor.position = dataEnd
  const signatureAlgorithm = readSignatureAlgorithm(cursor, end)
  cursor.expect(tags.bitString, end)
  return { producedAt, ...responder, responses, signatureAlgorithm }
}

function readResponder(cursor: DerCursor, limit: number): { responderName: string | null; responderKeyHash: string | null } {
  const nameEnd = cursor.enterOptional(0xa1, limit)
  if (nameEnd !== -1) return { responderName: readName(cursor, nameEnd).text, responderKeyHash: null }
  const keyEnd = cursor.enter(0xa2, limit)
  cursor.expect(tags.octetString, keyEnd)
  return { responderName: null, responderKeyHash: shortHex(cursor) }
}

/** The octets read last as hex; hashes have at most 64. */
function shortHex(cursor: DerCursor): string {
  if (cursor.contentEnd - cursor.contentStart > 64) throw cursor.invalid('a hash is too long', 'der.limit')
  return cursor.hex(cursor.contentStart, cursor.contentEnd)
}

const REASONS = [
  'unspecified', 'keyCompromise', 'cACompromise', 'affiliationChanged', 'superseded', 'cessationOfOperation', 'certificateHold',
  null, 'removeFromCRL', 'privilegeWithdrawn', 'aACompromise',
] as const

function readSingle(cursor: DerCursor, limit: number): OcspSingleResponse {
  const end = cursor.enter(tags.sequence, limit)
  const idEnd = cursor.enter(tags.sequence, end)
  const algorithmEnd = cursor.enter(tags.sequence, idEnd)
  const hashAlgorithm = hashAlgorithms.get(cursor.oidKey(algorithmEnd)) ?? null
  cursor.position = algorithmEnd
  cursor.expect(tags.octetString, idEnd)
  const issuerNameHash = shortHex(cursor)
  cursor.expect(tags.octetString, idEnd)
  const issuerKeyHash = shortHex(cursor)
  const serialNumber = readSerial(cursor, idEnd)
  cursor.leave(idEnd)
  const status = readCertStatus(cursor, end)
  const thisUpdate = readTime(cursor, end)
  const nextEnd = cursor.enterOptional(0xa0, end)
  const nextUpdate = nextEnd === -1 ? null : readTime(cursor, nextEnd)
  cursor.position = end
  return { hashAlgorithm, issuerNameHash, issuerKeyHash, serialNumber, ...status, thisUpdate, nextUpdate }
}

function readCertStatus(cursor: DerCursor, limit: number): Pick<OcspSingleResponse, 'certStatus' | 'revokedAt' | 'revocationReason'> {
  switch (cursor.read(limit)) {
    case 0x80: return { certStatus: 'good', revokedAt: null, revocationReason: null }
    case 0x82: return { certStatus: 'unknown', revokedAt: null, revocationReason: null }
    case 0xa1: break
    default: throw cursor.invalid('unknown certificate status', 'ocsp.invalid')
  }
  const end = cursor.contentEnd
  cursor.position = cursor.contentStart
  const revokedAt = readTime(cursor, end)
  const reasonEnd = cursor.enterOptional(0xa0, end)
  let revocationReason: string | null = null
  if (reasonEnd !== -1) {
    cursor.expect(tags.enumerated, reasonEnd)
    revocationReason = REASONS[cursor.bytes[cursor.contentStart]!] ?? null
  }
  cursor.position = end
  return { certStatus: 'revoked', revokedAt, revocationReason }
}
