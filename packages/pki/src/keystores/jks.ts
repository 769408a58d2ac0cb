import { createHash, hash, timingSafeEqual } from 'node:crypto'
import { isMusterError, MusterError, type KeyFacts, type Protection, type Secret } from '@muster/core'
import { DerCursor } from '../der/cursor.ts'
import { derLimits, tags } from '../der/limits.ts'
import { oidFromContent, oidToContent } from '../der/oid.ts'
import { cleanText } from '../der/strings.ts'
import type { RecogniseProblem } from '../found.ts'
import { decryptCbc } from '../keys/encryption.ts'
import type { KdfBudget } from '../keys/kdf.ts'
import { keyOfSpki, lockedKey, spkiOfPkcs8 } from '../keys/private-key.ts'
import { parseCertificate } from '../x509/certificate.ts'
import { skipSerializedObject } from './java-serialization.ts'
import { JavaReader } from './java-reader.ts'
import { MAX_ENTRIES, type Keystore, type KeystoreEntry } from './keystore.ts'

const JKS_MAGIC = 0xfeedfeed
const JCEKS_MAGIC = 0xcececece
const DIGEST_OCTETS = 20
const MD5_OCTETS = 16
const MAX_CHAIN = 64

const JKS_PROTECTOR = oidToContent('1.3.6.1.4.1.42.2.17.1.1')
const JCEKS_PROTECTOR = oidToContent('1.3.6.1.4.1.42.2.19.1')

/** True for the first bytes of a JKS or JCEKS store. */
export function isJks(bytes: Uint8Array): boolean {
  if (bytes.length < 32) return false
  const magic = ((bytes[0]! << 24) | (bytes[1]! << 16) | (bytes[2]! << 8) | bytes[3]!) >>> 0
  return magic === JKS_MAGIC || magic === JCEKS_MAGIC
}

type Reading = {
  readonly passwords: readonly Secret[]
  readonly budget: KdfBudget
  readonly entries: KeystoreEntry[]
  readonly problems: RecogniseProblem[]
  locked: boolean
}

/**
 * Reads a Java keystore of type JKS or JCEKS. Certificates and aliases need no passphrase; private keys and the integrity
 * check are tried with each. Secret keys in JCEKS are passed over. @throws MusterError keystore.invalid, der.limit
 */
export function openJks(bytes: Uint8Array, passphrases: readonly Secret[], budget: KdfBudget): Keystore {
  if (!isJks(bytes)) throw new MusterError('keystore.invalid', 'not a Java keystore')
  if (bytes.length > derLimits.keystoreBytes) throw new MusterError('der.limit', `the keystore has ${bytes.length} bytes, the limit is ${derLimits.keystoreBytes}`)
  const reader = new JavaReader(bytes, bytes.length - DIGEST_OCTETS)
  const storeType = reader.uint32() === JCEKS_MAGIC ? 'jceks' : 'jks'
  const version = reader.uint32()
  if (version !== 1 && version !== 2) throw new MusterError('keystore.invalid', 'unknown version of a Java keystore')
  const count = reader.uint32()
  if (count > MAX_ENTRIES) throw new MusterError('der.limit', `the keystore has more than ${MAX_ENTRIES} entries`)
  // the one that fits the integrity check is nearly always the one that opens the keys
  const fitting = passphrases.find((passphrase) => checkDigest(bytes, passphrase))
  const passwords = fitting === undefined ? passphrases : [fitting, ...passphrases.filter((other) => other !== fitting)]
  const reading: Reading = { passwords, budget, entries: [], problems: [], locked: false }
  for (let i = 0; i < count; i++) readEntry(reader, version, reading)
  if (!reader.atEnd()) throw new MusterError('keystore.invalid', 'there are bytes after the last entry')
  if (reading.locked) reading.problems.push({ code: 'keystore.passphrase', message: 'no passphrase given opens every private key in the keystore', part: null })
  return { storeType, integrity: 'sha1-keyed-digest', integrityVerified: fitting !== undefined, unlocked: !reading.locked, entries: reading.entries, problems: reading.problems }
}

function readEntry(reader: JavaReader, version: number, reading: Reading): void {
  const type = reader.uint32()
  const alias = cleanText(reader.utf(), 512)
  reader.skip(8) // creation time
  if (type === 2) {
    readCertificate(reader, version, alias, reading)
  } else if (type === 1) {
    const key = reader.bytes(reader.uint32())
    readPrivateKey(key, alias, reading)
    const chain = reader.uint32()
    if (chain > MAX_CHAIN) throw new MusterError('der.limit', `a chain has more than ${MAX_CHAIN} certificates`)
    for (let i = 0; i < chain; i++) readCertificate(reader, version, alias, reading)
  } else if (type === 3) {
    skipSerializedObject(reader)
  } else {
    throw new MusterError('keystore.invalid', 'unknown type of entry in a Java keystore')
  }
}

function readCertificate(reader: JavaReader, version: number, alias: string, reading: Reading): void {
  const type = version === 2 ? reader.utf() : 'X.509'
  const der = reader.bytes(reader.uint32())
  if (type !== 'X.509') return
  attempt(reading, alias, () => {
    reading.entries.push({ alias, part: 'certificate', credential: parseCertificate(der), protection: null, unlocked: true })
  })
}

function attempt(reading: Reading, part: string, read: () => void): void {
  try {
    read()
  } catch (error) {
    if (!isMusterError(error)) throw error
    reading.problems.push({ code: error.code, message: error.message, part })
  }
}

function readPrivateKey(container: Buffer, alias: string, reading: Reading): void {
  attempt(reading, alias, () => {
    const protector = readProtector(container)
    let spki: Uint8Array | KeyFacts | null = null
    attempt(reading, alias, () => { spki = unlock(protector, reading) })
    reading.locked ||= spki === null
    const credential = openedKey(spki, container)
    reading.entries.push({ alias, part: 'private-key', credential, protection: protector.protection, unlocked: spki !== null })
  })
}

function openedKey(spki: Uint8Array | KeyFacts | null, container: Uint8Array): ReturnType<typeof lockedKey> {
  if (spki === null) return lockedKey(container)
  return spki instanceof Uint8Array ? keyOfSpki(spki) : lockedKey(container, spki)
}

function unlock(protector: Protector, reading: Reading): Uint8Array | KeyFacts | null {
  for (const passphrase of reading.passwords) {
    const plain = protector.decrypt(passphrase, reading.budget)
    if (plain === null) continue
    try {
      return spkiOfPkcs8(plain)
    } catch (error) {
      // a wrong passphrase passes the padding check by chance
      if (!isMusterError(error)) throw error
    } finally {
      plain.fill(0)
    }
  }
  return null
}

type Protector = { readonly protection: Protection; readonly decrypt: (passphrase: Secret, budget: KdfBudget) => Buffer | null }

/** EncryptedPrivateKeyInfo with one of the two schemes of Sun's providers. */
function readProtector(container: Buffer): Protector {
  const cursor = new DerCursor(container, derLimits.keyBytes)
  const end = cursor.enter(tags.sequence, container.length)
  const algorithmEnd = cursor.enter(tags.sequence, end)
  const key = cursor.oidKey(algorithmEnd)
  const parameters = key === JCEKS_PROTECTOR ? readPbeParameters(cursor, algorithmEnd) : null
  cursor.position = algorithmEnd
  const data = cursor.content(tags.octetString, end)
  if (parameters !== null) {
    return {
      protection: { encrypted: true, scheme: 'pbeWithMD5AndTripleDES-CBC', kdf: `jce-md5:${parameters.iterations}` },
      decrypt: (passphrase, budget) => decryptJceks(data, parameters, passphrase, budget),
    }
  }
  if (key === JKS_PROTECTOR) {
    return { protection: { encrypted: true, scheme: 'jks-sha1-stream', kdf: 'jks-sha1:1' }, decrypt: (passphrase, budget) => decryptJks(data, passphrase, budget) }
  }
  throw new MusterError('key.unsupported', `the key protection ${oidFromContent(key)} is not supported`)
}

type PbeParameters = { readonly salt: Buffer; readonly iterations: number }

function readPbeParameters(cursor: DerCursor, limit: number): PbeParameters {
  const end = cursor.enter(tags.sequence, limit)
  const salt = Buffer.from(cursor.content(tags.octetString, end))
  if (salt.length !== 8) throw cursor.invalid('the salt does not have 8 octets', 'keystore.invalid')
  return { salt, iterations: cursor.smallInteger(end, 0x7fffffff) }
}

/** A passphrase as Java hashes it: UTF-16BE. */
const javaPassword = (passphrase: Secret): Buffer => Buffer.from(passphrase.revealText(), 'utf16le').swap16()

/** Sun's KeyProtector: 20 octets of salt, the key XORed with a chain of SHA-1 digests, and a digest of the plain key. */
function decryptJks(data: Buffer, passphrase: Secret, budget: KdfBudget): Buffer | null {
  const length = data.length - 2 * DIGEST_OCTETS
  if (length <= 0) return null
  budget.spend(Math.ceil(length / DIGEST_OCTETS) * 2)
  const password = javaPassword(passphrase)
  let digest: Uint8Array = data.subarray(0, DIGEST_OCTETS)
  const plain = Buffer.alloc(length)
  for (let at = 0; at < length; at += DIGEST_OCTETS) {
    digest = createHash('sha1').update(password).update(digest).digest()
    for (let i = 0; i < DIGEST_OCTETS && at + i < length; i++) plain[at + i] = data[DIGEST_OCTETS + at + i]! ^ digest[i]!
  }
  const check = createHash('sha1').update(password).update(plain).digest()
  password.fill(0)
  return timingSafeEqual(check, data.subarray(DIGEST_OCTETS + length)) ? plain : null
}

/** Sun's PBEWithMD5AndTripleDES: both halves of the salt are hashed with the password into key and IV. */
function decryptJceks(data: Buffer, { salt, iterations }: PbeParameters, passphrase: Secret, budget: KdfBudget): Buffer | null {
  if (iterations < 1) return null
  budget.spend(4 * iterations)
  const password = Buffer.from(passphrase.revealText().split('').map((character) => character.charCodeAt(0) & 0x7f))
  const halves = [salt.subarray(0, 4), salt.subarray(4)] as const
  const input = Buffer.concat([Buffer.alloc(MD5_OCTETS), password])
  const derived = Buffer.concat(halves.map((half) => {
    let digest = hash('md5', Buffer.concat([half, password]), 'buffer')
    for (let i = 1; i < iterations; i++) {
      input.set(digest)
      digest = hash('md5', input, 'buffer')
    }
    return digest
  }))
  password.fill(0)
  input.fill(0)
  return decryptCbc('des-ede3-cbc', derived.subarray(0, 24), derived.subarray(24, 32), data)
}

/** The digest at the end: SHA-1 over the password, a fixed phrase and the store. */
function checkDigest(bytes: Uint8Array, passphrase: Secret): boolean {
  const end = bytes.length - DIGEST_OCTETS
  const password = javaPassword(passphrase)
  const digest = createHash('sha1').update(password).update('Mighty Aphrodite').update(bytes.subarray(0, end)).digest()
  password.fill(0)
  return timingSafeEqual(digest, bytes.subarray(end))
}
