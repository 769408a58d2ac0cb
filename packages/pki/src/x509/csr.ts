import { hash } from 'node:crypto'
import type { CertificateRequest, SubjectAltName } from '@muster/core'
import { DerCursor } from '../der/cursor.ts'
import { derLimits, tags } from '../der/limits.ts'
import { oidToContent } from '../der/oid.ts'
import { readSignatureAlgorithm } from './algorithms.ts'
import { readRequestedSubjectAltNames } from './extensions.ts'
import { readName } from './name.ts'
import { readSpki } from './spki.ts'

/** PKCS#9 extensionRequest and the one Microsoft's tools write. */
const EXTENSION_REQUESTS: ReadonlySet<string> = new Set([oidToContent('1.2.840.113549.1.9.14'), oidToContent('1.3.6.1.4.1.311.2.1.14')])

/**
 * Reads a PKCS#10 request (RFC 2986) of at most 75,000 bytes; `der` must hold nothing else. The signature is not checked.
 * @throws MusterError der.invalid, der.limit, csr.invalid
 */
export function parseCertificateRequest(der: Uint8Array): CertificateRequest {
  const cursor = new DerCursor(der, derLimits.certificateBytes)
  const { bytes } = cursor
  const end = cursor.enter(tags.sequence, bytes.length)
  if (end !== bytes.length) throw cursor.invalid('there are bytes after the request', 'csr.invalid')
  const infoEnd = cursor.enter(tags.sequence, end)
  if (cursor.smallInteger(infoEnd, 2) !== 0) throw cursor.invalid('the request has an unknown version', 'csr.invalid')
  const subject = readName(cursor, infoEnd)
  const spkiStart = cursor.position
  const key = readSpki(cursor, infoEnd)
  const spkiSha256 = hash('sha256', bytes.subarray(spkiStart, cursor.position), 'hex')
  const subjectAltNames = readAttributes(cursor, infoEnd)
  cursor.leave(infoEnd)
  const algorithm = readSignatureAlgorithm(cursor, end)
  cursor.expect(tags.bitString, end)
  cursor.leave(end)
  return {
    kind: 'certificate-request', fingerprint: hash('sha256', bytes, 'hex'), spkiSha256, subject: subject.text,
    commonName: subject.commonName, subjectAltNames, key, signatureAlgorithm: algorithm.name, signatureHash: algorithm.hash,
  }
}

/** The names of the extensionRequest attributes; the attributes field itself is left out by some software. */
function readAttributes(cursor: DerCursor, limit: number): SubjectAltName[] {
  const end = cursor.enterOptional(0xa0, limit)
  const names: SubjectAltName[] = []
  while (cursor.position < end) {
    const attributeEnd = cursor.enter(tags.sequence, end)
    const key = cursor.oidKey(attributeEnd)
    const valuesEnd = cursor.enter(tags.set, attributeEnd)
    if (EXTENSION_REQUESTS.has(key) && cursor.position < valuesEnd) names.push(...readRequestedSubjectAltNames(cursor, valuesEnd))
    cursor.position = attributeEnd
  }
  if (names.length > 2000) throw cursor.invalid('more than 2000 names', 'der.limit')
  return names
}
