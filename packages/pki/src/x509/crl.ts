import { hash } from 'node:crypto'
import type { Crl } from '@muster/core'
import { DerCursor } from '../der/cursor.ts'
import { derLimits, tags } from '../der/limits.ts'
import { oidToContent } from '../der/oid.ts'
import { readTime } from '../der/time.ts'
import { readSignatureAlgorithm } from './algorithms.ts'
import { readName } from './name.ts'
import { withoutLeadingZero } from './spki.ts'

const CRL_NUMBER = oidToContent('2.5.29.20')
const DELTA_CRL_INDICATOR = oidToContent('2.5.29.27')
const AUTHORITY_KEY_ID = oidToContent('2.5.29.35')
const MAX_NUMBER_OCTETS = 32

/**
 * Reads what a revocation list (RFC 5280 §5) of at most 64 MB says of itself. Entries are counted, not kept; their
 * insides are not looked at. `der` must hold nothing else. @throws MusterError der.invalid, der.limit, crl.invalid
 */
export function parseCrl(der: Uint8Array): Crl {
  const cursor = new DerCursor(der, derLimits.crlBytes)
  const { bytes } = cursor
  const end = cursor.enter(tags.sequence, bytes.length)
  if (end !== bytes.length) throw cursor.invalid('there are bytes after the revocation list', 'crl.invalid')
  const tbsEnd = cursor.enter(tags.sequence, end)
  if (cursor.peek(tbsEnd) === tags.integer && cursor.smallInteger(tbsEnd, 1) !== 1) throw cursor.invalid('unknown version', 'crl.invalid')
  cursor.expect(tags.sequence, tbsEnd)
  const issuer = readName(cursor, tbsEnd)
  const thisUpdate = readTime(cursor, tbsEnd)
  const next = cursor.peek(tbsEnd)
  const nextUpdate = next === tags.utcTime || next === tags.generalizedTime ? readTime(cursor, tbsEnd) : null
  const entryCount = countEntries(cursor, tbsEnd)
  const facts = readCrlExtensions(cursor, tbsEnd)
  cursor.leave(tbsEnd)
  const algorithm = readSignatureAlgorithm(cursor, end)
  cursor.expect(tags.bitString, end)
  cursor.leave(end)
  return {
    kind: 'crl', fingerprint: hash('sha256', bytes, 'hex'), spkiSha256: null, issuer: issuer.text, thisUpdate, nextUpdate,
    entryCount, ...facts, signatureAlgorithm: algorithm.name, signatureHash: algorithm.hash,
  }
}

function countEntries(cursor: DerCursor, limit: number): number {
  const end = cursor.enterOptional(tags.sequence, limit)
  let count = 0
  while (cursor.position < end) {
    cursor.expect(tags.sequence, end)
    count++
  }
  return count
}

type CrlExtensionFacts = Pick<Crl, 'crlNumber' | 'isDelta' | 'authorityKeyId'>

function readCrlExtensions(cursor: DerCursor, limit: number): CrlExtensionFacts {
  const facts: CrlExtensionFacts = { crlNumber: null, isDelta: false, authorityKeyId: null }
  const outerEnd = cursor.enterOptional(0xa0, limit)
  if (outerEnd === -1) return facts
  const end = cursor.enter(tags.sequence, outerEnd)
  while (cursor.position < end) {
    const extensionEnd = cursor.enter(tags.sequence, end)
    const key = cursor.oidKey(extensionEnd)
    if (cursor.peek(extensionEnd) === tags.boolean) cursor.boolean(extensionEnd)
    const valueEnd = cursor.enter(tags.octetString, extensionEnd)
    if (key === CRL_NUMBER) facts.crlNumber = readNumber(cursor, valueEnd)
    else if (key === DELTA_CRL_INDICATOR) facts.isDelta = true
    else if (key === AUTHORITY_KEY_ID) facts.authorityKeyId = readKeyId(cursor, valueEnd)
    cursor.position = extensionEnd
  }
  return facts
}

/** CRLNumber in lower-case hex without leading zeros. */
function readNumber(cursor: DerCursor, limit: number): string {
  cursor.integer(limit)
  if (cursor.contentEnd - cursor.contentStart > MAX_NUMBER_OCTETS) throw cursor.invalid('a CRL number is too long', 'der.limit')
  return withoutLeadingZero(cursor.hex(cursor.contentStart, cursor.contentEnd))
}

function readKeyId(cursor: DerCursor, limit: number): string | null {
  const end = cursor.enter(tags.sequence, limit)
  while (cursor.position < end) {
    if (cursor.read(end) === 0x80 && cursor.contentEnd - cursor.contentStart <= 64) return cursor.hex(cursor.contentStart, cursor.contentEnd)
  }
  return null
}
