import { isMusterError } from '@muster/core'
import { DerCursor } from './der/cursor.ts'
import { derLimits, tags } from './der/limits.ts'
import { oidToContent } from './der/oid.ts'

/** What a DER or BER structure looks like from its first few headers. */
export type DerShape = 'certificate' | 'request' | 'crl' | 'pkcs7' | 'pkcs12' | 'private-key' | 'public-key'

const SIGNED_DATA = oidToContent('1.2.840.113549.1.7.2')
const DATA = oidToContent('1.2.840.113549.1.7.1')
/** Shorter moduli are no keys; a DSA or ECDSA signature has the same shape as a PKCS#1 public key. */
const MIN_MODULUS_OCTETS = 48
const MAX_EXPONENT_OCTETS = 9

/**
 * Tells by headers alone what the structure at the start of `bytes` is, and where it ends (the end of the input for BER of
 * indefinite length). Null for everything else. Costs well under a microsecond for bytes that do not begin with a SEQUENCE.
 */
export function shapeOf(bytes: Uint8Array): { readonly shape: DerShape; readonly end: number } | null {
  if (bytes.length < 16 || bytes[0] !== tags.sequence || bytes.length > derLimits.crlBytes) return null
  if (bytes[1] === 0x80) return berShape(bytes)
  try {
    const cursor = new DerCursor(bytes, derLimits.crlBytes)
    const end = cursor.enter(tags.sequence, bytes.length)
    const shape = shapeInside(cursor, end)
    return shape === null ? null : { shape, end }
  } catch (error) {
    if (isMusterError(error)) return berShape(bytes)
    throw error
  }
}

function shapeInside(cursor: DerCursor, end: number): DerShape | null {
  const first = cursor.peek(end)
  if (first === tags.oid) return cursor.oidKey(end) === SIGNED_DATA && cursor.peek(end) === 0xa0 ? 'pkcs7' : null
  if (first === tags.integer) return afterInteger(cursor, end)
  if (first !== tags.sequence) return null
  const start = cursor.position
  const innerEnd = cursor.expect(tags.sequence, end)
  const second = cursor.peek(end)
  cursor.position = start
  cursor.enter(tags.sequence, end)
  // an AlgorithmIdentifier first: a public key, or an encrypted private key
  if (cursor.peek(innerEnd) === tags.oid) return second === tags.bitString ? 'public-key' : second === tags.octetString ? 'private-key' : null
  return second === tags.sequence ? signedShape(cursor, innerEnd) : null
}

function afterInteger(cursor: DerCursor, end: number): DerShape | null {
  cursor.expect(tags.integer, end)
  const octets = cursor.contentEnd - cursor.contentStart
  const value = octets === 1 ? cursor.bytes[cursor.contentStart]! : -1
  const next = cursor.peek(end)
  if (value === 3 && next === tags.sequence) {
    const innerEnd = cursor.enter(tags.sequence, end)
    const key = cursor.peek(innerEnd) === tags.oid ? cursor.oidKey(innerEnd) : ''
    return key === DATA || key === SIGNED_DATA ? 'pkcs12' : null
  }
  if ((value === 0 || value === 1) && next === tags.sequence) return hasOidFirst(cursor, end) ? 'private-key' : null
  if (value === 1 && next === tags.octetString) return 'private-key'
  if (next !== tags.integer) return null
  cursor.expect(tags.integer, end)
  const secondOctets = cursor.contentEnd - cursor.contentStart
  if ((value === 0 || value === 1) && secondOctets >= MIN_MODULUS_OCTETS) return cursor.peek(end) === tags.integer ? 'private-key' : null
  return octets >= MIN_MODULUS_OCTETS && secondOctets <= MAX_EXPONENT_OCTETS && cursor.position === end ? 'public-key' : null
}

function hasOidFirst(cursor: DerCursor, end: number): boolean {
  const innerEnd = cursor.enter(tags.sequence, end)
  return cursor.peek(innerEnd) === tags.oid
}

/** Inside the signed part of a certificate, request or revocation list. */
function signedShape(cursor: DerCursor, end: number): DerShape | null {
  const versioned = cursor.peek(end) === 0xa0
  if (versioned) return 'certificate'
  const hasInteger = cursor.peek(end) === tags.integer
  if (hasInteger) cursor.read(end)
  const shape: number[] = []
  while (cursor.position < end && shape.length < 5) shape.push(cursor.read(end))
  const [first, second, third, fourth, fifth] = shape
  if (first !== tags.sequence || second !== tags.sequence) return null
  if (third === tags.utcTime || third === tags.generalizedTime) return 'crl'
  if (!hasInteger) return null
  if (third === undefined || third === 0xa0) return 'request'
  return third === tags.sequence && fourth === tags.sequence && fifth === tags.sequence ? 'certificate' : null
}

/** Indefinite lengths: only PKCS#7 and PKCS#12 are written that way. */
function berShape(bytes: Uint8Array): { readonly shape: DerShape; readonly end: number } | null {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, 64)).toString('latin1')
  const contentType = (oid: string): number => head.indexOf(`\x06\x09${oid}`)
  if (contentType(SIGNED_DATA) >= 2 && contentType(SIGNED_DATA) <= 6) return { shape: 'pkcs7', end: bytes.length }
  const version = head.indexOf('\x02\x01\x03\x30')
  const inner = Math.max(contentType(DATA), contentType(SIGNED_DATA))
  return version >= 2 && version <= 6 && inner > version ? { shape: 'pkcs12', end: bytes.length } : null
}
