import { createHash, timingSafeEqual } from 'node:crypto'
import { isMusterError, type Secret } from '@muster/core'
import { berToDer } from '../der/ber.ts'
import { DerCursor } from '../der/cursor.ts'
import { derLimits, tags } from '../der/limits.ts'
import { oidFromContent, oidToContent } from '../der/oid.ts'
import { macHash, readEncryption, readPbkdf2, type Passphrase } from '../keys/encryption.ts'
import { bmpPassphrase, hmac, pkcs12Kdf, pkcs12Purpose, type KdfBudget } from '../keys/kdf.ts'
import type { RecogniseProblem } from '../found.ts'
import { MAX_ENTRIES, type Keystore, type KeystoreEntry } from './keystore.ts'
import { readSafeContents } from './pkcs12-bags.ts'
import { SIGNED_DATA } from './pkcs7.ts'

const DATA = oidToContent('1.2.840.113549.1.7.1')
const ENCRYPTED_DATA = oidToContent('1.2.840.113549.1.7.6')
const PBMAC1 = oidToContent('1.2.840.113549.1.5.14')
const MAX_ITERATIONS = 10_000_000

/** What is carried through one reading of a store. */
export type Pkcs12Reading = {
  /** Tried in this order; the one that fits the integrity check comes first. */
  passphrases: readonly Passphrase[]
  readonly budget: KdfBudget
  readonly entries: KeystoreEntry[]
  readonly problems: RecogniseProblem[]
  locked: boolean
}

/**
 * Opens a PKCS#12 store (RFC 7292, PBMAC1 by RFC 9579) in DER or BER. Each passphrase is tried, and none at all (both
 * forms: the empty passphrase and no passphrase), since a store that opens without one is not protected.
 * What stays closed is a problem, not an error. @throws MusterError keystore.invalid, der.invalid, der.limit
 */
export function openPkcs12(bytes: Uint8Array, passphrases: readonly Secret[], budget: KdfBudget): Keystore {
  const cursor = new DerCursor(berToDer(bytes), derLimits.keystoreBytes)
  const end = cursor.enter(tags.sequence, cursor.bytes.length)
  if (cursor.smallInteger(end, 100) !== 3) throw cursor.invalid('unknown PKCS#12 version', 'keystore.invalid')
  const content = readAuthSafe(cursor, end)
  const mac = cursor.position < end ? readMac(cursor, end) : null
  cursor.leave(end)
  const tried: Passphrase[] = [null, Buffer.alloc(0), ...passphrases.map((secret) => secret.reveal())]
  const reading: Pkcs12Reading = { passphrases: tried, budget, entries: [], problems: [], locked: false }
  const verified = mac === null ? null : checkMac(mac, content, reading)
  readAuthenticatedSafe(content, reading)
  if (reading.locked) {
    reading.problems.push({ code: 'keystore.passphrase', message: 'no passphrase given opens everything in the keystore', part: null })
  }
  return {
    storeType: 'pkcs12', integrity: mac?.name ?? null, integrityVerified: verified, unlocked: !reading.locked,
    entries: reading.entries, problems: reading.problems,
  }
}

/** Content of the authSafe ContentInfo: the octets the MAC is over. A signed store's content is read without its signature. */
function readAuthSafe(cursor: DerCursor, limit: number): Buffer {
  const end = cursor.enter(tags.sequence, limit)
  const type = cursor.oidKey(end)
  let contentEnd = cursor.enter(0xa0, end)
  if (type === SIGNED_DATA) {
    const dataEnd = cursor.enter(tags.sequence, contentEnd)
    cursor.smallInteger(dataEnd, 5)
    cursor.expect(tags.set, dataEnd)
    const innerEnd = cursor.enter(tags.sequence, dataEnd)
    cursor.oidKey(innerEnd)
    contentEnd = cursor.enter(0xa0, innerEnd)
  } else if (type !== DATA) {
    throw cursor.invalid('the content is neither data nor signed data', 'keystore.invalid')
  }
  const content = cursor.content(tags.octetString, contentEnd)
  cursor.position = end
  return content
}

type Mac = { readonly name: string; readonly digest: Buffer; readonly compute: (content: Uint8Array, passphrase: Passphrase, budget: KdfBudget) => Buffer | null }

/** MacData (RFC 7292 §4): classic, or PBMAC1 whose parameters stand in the digest's algorithm. */
function readMac(cursor: DerCursor, limit: number): Mac {
  const end = cursor.enter(tags.sequence, limit)
  const digestEnd = cursor.enter(tags.sequence, end)
  const algorithmEnd = cursor.enter(tags.sequence, digestEnd)
  const key = cursor.oidKey(algorithmEnd)
  const pbmac1 = key === PBMAC1 ? readPbmac1(cursor, algorithmEnd) : null
  cursor.position = algorithmEnd
  const digest = Buffer.from(cursor.content(tags.octetString, digestEnd))
  cursor.leave(digestEnd)
  const salt = Buffer.from(cursor.content(tags.octetString, end))
  const iterations = cursor.peek(end) === tags.integer ? cursor.smallInteger(end, 0x7fffffff) : 1
  cursor.leave(end)
  if (pbmac1 !== null) return { ...pbmac1, digest }
  const hashName = macHash(key)
  const label = hashName ?? oidFromContent(key)
  return {
    name: `hmac-${label} pkcs12-${label}:${iterations}`,
    digest,
    compute: (content, passphrase, budget) => {
      if (hashName === null || iterations < 1 || iterations > MAX_ITERATIONS) return null
      const bmp = passphrase === null ? Buffer.alloc(0) : bmpPassphrase(passphrase)
      const octets = createHash(hashName).digest().length
      return hmac(hashName, pkcs12Kdf(budget, hashName, pkcs12Purpose.mac, bmp, salt, iterations, octets), content)
    },
  }
}

function readPbmac1(cursor: DerCursor, limit: number): Omit<Mac, 'digest'> {
  const end = cursor.enter(tags.sequence, limit)
  const kdfEnd = cursor.enter(tags.sequence, end)
  cursor.oidKey(kdfEnd)
  const kdf = readPbkdf2(cursor, kdfEnd)
  cursor.position = kdfEnd
  const macEnd = cursor.enter(tags.sequence, end)
  const hashName = macHash(cursor.oidKey(macEnd))
  return {
    name: `pbmac1-hmac-${hashName ?? 'unknown'} ${kdf.name}`,
    compute: (content, passphrase, budget) => {
      if (hashName === null) return null
      return hmac(hashName, kdf.derive(passphrase ?? Buffer.alloc(0), createHash(hashName).digest().length, budget), content)
    },
  }
}

/** Finds the passphrase that fits and puts it first. */
function checkMac(mac: Mac, content: Uint8Array, reading: Pkcs12Reading): boolean {
  try {
    for (const passphrase of reading.passphrases) {
      const computed = mac.compute(content, passphrase, reading.budget)
      if (computed !== null && computed.length === mac.digest.length && timingSafeEqual(computed, mac.digest)) {
        reading.passphrases = [passphrase, ...reading.passphrases.filter((other) => other !== passphrase)]
        return true
      }
    }
  } catch (error) {
    note(reading, error, 'integrity check')
  }
  return false
}

/** Turns an expected error into a problem. */
export function note(reading: Pkcs12Reading, error: unknown, part: string): void {
  if (!isMusterError(error)) throw error
  reading.problems.push({ code: error.code, message: error.message, part })
}

/** AuthenticatedSafe: a SEQUENCE OF ContentInfo. */
function readAuthenticatedSafe(content: Uint8Array, reading: Pkcs12Reading): void {
  const cursor = new DerCursor(berToDer(content), derLimits.keystoreBytes)
  const end = cursor.enter(tags.sequence, cursor.bytes.length)
  for (let index = 0; cursor.position < end; index++) {
    if (index === MAX_ENTRIES) throw cursor.invalid('too many safes', 'der.limit')
    const infoEnd = cursor.enter(tags.sequence, end)
    try {
      const type = cursor.oidKey(infoEnd)
      const contentEnd = cursor.enter(0xa0, infoEnd)
      if (type === DATA) readSafeContents(cursor.content(tags.octetString, contentEnd), reading, 0)
      else if (type === ENCRYPTED_DATA) readEncryptedSafe(cursor, contentEnd, reading)
      else reading.problems.push({ code: 'key.unsupported', message: `content of type ${oidFromContent(type)} is not supported`, part: `safe ${index}` })
    } catch (error) {
      note(reading, error, `safe ${index}`)
      reading.locked ||= isMusterError(error, 'input.limit') || isMusterError(error, 'key.unsupported')
    }
    cursor.position = infoEnd
  }
}

/** EncryptedData (RFC 5652 §8) with SafeContents inside. */
function readEncryptedSafe(cursor: DerCursor, limit: number, reading: Pkcs12Reading): void {
  const end = cursor.enter(tags.sequence, limit)
  cursor.smallInteger(end, 2)
  const infoEnd = cursor.enter(tags.sequence, end)
  cursor.oidKey(infoEnd)
  const encryption = readEncryption(cursor, infoEnd)
  const data = implicitOctets(cursor, infoEnd)
  for (const passphrase of reading.passphrases) {
    const plain = encryption.decrypt(data, passphrase, reading.budget)
    if (plain === null || !looksLikeSafeContents(plain)) continue
    readSafeContents(plain, reading, 0)
    plain.fill(0)
    return
  }
  reading.locked = true
}

/** A wrong passphrase passes the padding check by chance; SafeContents begin with a SEQUENCE that fills them. */
function looksLikeSafeContents(plain: Buffer): boolean {
  try {
    return new DerCursor(berToDer(plain), derLimits.keystoreBytes).peek(1) === tags.sequence
  } catch {
    return false
  }
}

/** `[0] IMPLICIT OCTET STRING`, whole or in segments as BER writers leave it. */
function implicitOctets(cursor: DerCursor, limit: number): Buffer {
  const tag = cursor.read(limit)
  if (tag === 0x80) return cursor.bytes.subarray(cursor.contentStart, cursor.contentEnd)
  if (tag !== 0xa0) throw cursor.invalid('the encrypted content is missing', 'keystore.invalid')
  const end = cursor.contentEnd
  cursor.position = cursor.contentStart
  const segments: Buffer[] = []
  while (cursor.position < end) segments.push(cursor.content(tags.octetString, end))
  return Buffer.concat(segments)
}

