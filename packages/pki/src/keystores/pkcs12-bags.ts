import { isMusterError, type Certificate, type Crl, type Key, type KeyFacts, type Protection } from '@muster/core'
import { berToDer } from '../der/ber.ts'
import { DerCursor } from '../der/cursor.ts'
import { derLimits, tags } from '../der/limits.ts'
import { oidFromContent, oidToContent } from '../der/oid.ts'
import { cleanText, clip, isStringTag, stringOf } from '../der/strings.ts'
import { encryptedPkcs8, keyOfSpki, lockedKey, plainProtection, spkiOfPkcs8 } from '../keys/private-key.ts'
import { parseCertificate } from '../x509/certificate.ts'
import { parseCrl } from '../x509/crl.ts'
import { MAX_ENTRIES } from './keystore.ts'
import { note, type Pkcs12Reading } from './pkcs12.ts'

const bag = (number: number): string => oidToContent(`1.2.840.113549.1.12.10.1.${number}`)
const [KEY_BAG, SHROUDED_KEY_BAG, CERT_BAG, CRL_BAG, SECRET_BAG, SAFE_CONTENTS_BAG] = [bag(1), bag(2), bag(3), bag(4), bag(5), bag(6)]
const X509_CERTIFICATE = oidToContent('1.2.840.113549.1.9.22.1')
const X509_CRL = oidToContent('1.2.840.113549.1.9.23.1')
const FRIENDLY_NAME = oidToContent('1.2.840.113549.1.9.20')
const LOCAL_KEY_ID = oidToContent('1.2.840.113549.1.9.21')
const MAX_DEPTH = 8
const MAX_ALIAS = 512

/** Reads SafeContents (RFC 7292 §4.2) into `reading`; a bag that cannot be read becomes a problem. */
export function readSafeContents(bytes: Uint8Array, reading: Pkcs12Reading, depth: number): void {
  const cursor = new DerCursor(berToDer(bytes), derLimits.keystoreBytes)
  if (depth > MAX_DEPTH) throw cursor.invalid(`safes nest deeper than ${MAX_DEPTH} levels`, 'der.limit')
  const end = cursor.enter(tags.sequence, cursor.bytes.length)
  while (cursor.position < end) {
    if (reading.entries.length + reading.problems.length >= MAX_ENTRIES) throw cursor.invalid(`more than ${MAX_ENTRIES} entries`, 'der.limit')
    const bagEnd = cursor.enter(tags.sequence, end)
    const label = `entry ${reading.entries.length}`
    try {
      readBag(cursor, bagEnd, reading, depth)
    } catch (error) {
      note(reading, error, label)
      reading.locked ||= isMusterError(error, 'input.limit')
    }
    cursor.position = bagEnd
  }
}

function readBag(cursor: DerCursor, limit: number, reading: Pkcs12Reading, depth: number): void {
  const type = cursor.oidKey(limit)
  const valueEnd = cursor.enter(0xa0, limit)
  const valueStart = cursor.position
  const value = cursor.bytes.subarray(valueStart, valueEnd)
  cursor.position = valueEnd
  const alias = readAlias(cursor, limit)
  switch (type) {
    case CERT_BAG: {
      const der = wrapped(value, X509_CERTIFICATE)
      if (der !== null) addPublic(reading, alias, 'certificate', parseCertificate(der))
      break
    }
    case CRL_BAG: {
      const der = wrapped(value, X509_CRL)
      if (der !== null) addPublic(reading, alias, 'crl', parseCrl(der))
      break
    }
    case KEY_BAG: addKey(reading, alias, keyOf(spkiOfPkcs8(value), value), plainProtection, true); break
    case SHROUDED_KEY_BAG: openShroudedKey(value, alias, reading); break
    case SAFE_CONTENTS_BAG: readSafeContents(value, reading, depth + 1); break
    case SECRET_BAG: break // a symmetric key or password: not a credential with a public half, and its value is not kept
    default: throw cursor.invalid(`an entry of type ${oidFromContent(type)} is not supported`, 'key.unsupported')
  }
}

/** What an entry without a name of its own is called: stable when entries before it come or go. */
function nameOf(credential: Certificate | Crl | Key): string {
  return credential.kind === 'certificate' && credential.commonName !== null ? clip(credential.commonName, MAX_ALIAS) : credential.fingerprint.slice(0, 16)
}

function addPublic(reading: Pkcs12Reading, alias: string | null, part: 'certificate' | 'crl', credential: Certificate | Crl): void {
  reading.entries.push({ alias: alias ?? nameOf(credential), part, credential, protection: null, unlocked: true })
}

function addKey(reading: Pkcs12Reading, alias: string | null, credential: Key, protection: Protection, unlocked: boolean): void {
  reading.entries.push({ alias: alias ?? nameOf(credential), part: 'private-key', credential, protection, unlocked })
}

const keyOf = (spki: Uint8Array | KeyFacts, container: Uint8Array): Key =>
  spki instanceof Uint8Array ? keyOfSpki(spki) : lockedKey(container, spki)

function openShroudedKey(value: Uint8Array, alias: string | null, reading: Pkcs12Reading): void {
  const { protection, attempt } = encryptedPkcs8(value)
  try {
    for (const passphrase of reading.passphrases) {
      const spki = attempt(passphrase, reading.budget)
      if (spki === null) continue
      addKey(reading, alias, keyOf(spki, value), protection, true)
      return
    }
  } catch (error) {
    note(reading, error, alias ?? 'a private key')
  }
  reading.locked = true
  addKey(reading, alias, lockedKey(value), protection, false)
}

/** CertBag and CRLBag: SEQUENCE of a type and `[0] OCTET STRING`; null for SDSI and other types. */
function wrapped(value: Uint8Array, wanted: string): Uint8Array | null {
  const cursor = new DerCursor(value, derLimits.keystoreBytes)
  const end = cursor.enter(tags.sequence, value.length)
  if (cursor.oidKey(end) !== wanted) return null
  return cursor.content(tags.octetString, cursor.enter(0xa0, end))
}

/** friendlyName, else localKeyID in hex, else null. */
function readAlias(cursor: DerCursor, limit: number): string | null {
  const end = cursor.enterOptional(tags.set, limit)
  let friendlyName: string | null = null
  let localKeyId: string | null = null
  while (cursor.position < end) {
    const attributeEnd = cursor.enter(tags.sequence, end)
    const key = cursor.oidKey(attributeEnd)
    const valuesEnd = cursor.enter(tags.set, attributeEnd)
    if (cursor.position < valuesEnd) {
      const tag = cursor.read(valuesEnd)
      if (key === FRIENDLY_NAME && isStringTag(tag)) friendlyName = cleanText(stringOf(cursor), MAX_ALIAS)
      if (key === LOCAL_KEY_ID) localKeyId = cursor.hex(cursor.contentStart, Math.min(cursor.contentEnd, cursor.contentStart + 64))
    }
    cursor.position = attributeEnd
  }
  return friendlyName === null || friendlyName === '' ? localKeyId : friendlyName
}
