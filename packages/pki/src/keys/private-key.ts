import { createPrivateKey, createPublicKey, hash, type KeyObject } from 'node:crypto'
import { isMusterError, MusterError, type Key, type KeyFacts, type Protection, type Secret } from '@muster/core'
import { DerCursor } from '../der/cursor.ts'
import { derLimits, tags } from '../der/limits.ts'
import { oidToContent } from '../der/oid.ts'
import * as write from '../der/writer.ts'
import { sshFingerprintOfSpki } from '../ssh/index.ts'
import { spkiOf } from '../x509/spki-of.ts'
import { bareKeyFacts, integerBits, keyAlgorithmOf, namedCurves } from '../x509/spki.ts'
import { readEncryption } from './encryption.ts'
import { KdfBudget } from './kdf.ts'

/** The encodings a private or public key is found in. */
export type KeyFormat = 'pkcs1' | 'pkcs8' | 'sec1' | 'dsa' | 'spki'

/** A key as found: never any private material. */
export type FoundKey = {
  readonly key: Key
  readonly format: KeyFormat
  /** Plain, or how it is encrypted. */
  readonly protection: Protection
  /** False when it is encrypted and no passphrase given opened it: `key.spkiSha256` is then null. */
  readonly unlocked: boolean
  /** Why passphrases were not (all) tried: the scheme is unknown, or deriving keys costs too much. */
  readonly problem: MusterError | null
}

/** Passphrases to try and the work they may cost in total. */
export type Unlocking = { readonly passphrases: readonly Secret[]; readonly budget: KdfBudget }

export const plainProtection: Protection = Object.freeze({ encrypted: false, scheme: null, kdf: null })

const RSA = '1.2.840.113549.1.1.1'
const RSA_KEY = oidToContent(RSA)
const RSA_PSS_KEY = oidToContent('1.2.840.113549.1.1.10')
const EC_KEY = oidToContent('1.2.840.10045.2.1')
const DSA_KEY = oidToContent('1.2.840.10040.4.1')
const DH_KEYS: ReadonlySet<string> = new Set([oidToContent('1.2.840.113549.1.3.1'), oidToContent('1.2.840.10046.2.1')])
/** OpenSSL computes the public half by exponentiation; larger groups are refused. */
const MAX_GROUP_BITS = 10_000

/** The core key for a SubjectPublicKeyInfo. */
export function keyOfSpki(spki: Uint8Array): Key {
  const { key, spkiSha256 } = spkiOf(spki)
  return { kind: 'private-key', fingerprint: spkiSha256, spkiSha256, key, sshFingerprint: sshFingerprintOfSpki(spki), hardwareBacked: false }
}

/** The core key for a container whose public half cannot be read: its SHA-256 stands in for a fingerprint. */
export function lockedKey(container: Uint8Array, facts: KeyFacts = bareKeyFacts('unknown')): Key {
  return { kind: 'private-key', fingerprint: hash('sha256', container, 'hex'), spkiSha256: null, key: facts, sshFingerprint: null, hardwareBacked: false }
}

/**
 * Reads a private key in DER: PKCS#8 (RFC 5958), encrypted PKCS#8, PKCS#1, SEC1 (RFC 5915) or OpenSSL's DSA form; which of
 * them it is, its shape tells. An encrypted one is tried with each passphrase.
 * @throws MusterError key.invalid, key.unsupported, der.invalid, der.limit
 */
export function parsePrivateKey(der: Uint8Array, unlocking: Unlocking): FoundKey {
  const cursor = new DerCursor(der, derLimits.keyBytes)
  const end = cursor.enter(tags.sequence, cursor.bytes.length)
  if (end !== cursor.bytes.length) throw cursor.invalid('there are bytes after the key', 'key.invalid')
  if (cursor.peek(end) === tags.sequence) return parseEncryptedPkcs8(cursor.bytes, unlocking)
  cursor.smallInteger(end, 1)
  const shape = cursor.peek(end)
  if (shape === tags.sequence) return plain('pkcs8', cursor.bytes, spkiOfPkcs8(cursor.bytes))
  if (shape === tags.octetString) return plain('sec1', cursor.bytes, spkiOfSec1(cursor.bytes, null))
  if (shape !== tags.integer) throw cursor.invalid('not a private key', 'key.invalid')
  let integers = 0
  while (cursor.peek(end) === tags.integer) {
    cursor.integer(end)
    integers++
  }
  if (integers === 5) return plain('dsa', cursor.bytes, spkiOfDsa(cursor.bytes))
  return plain('pkcs1', cursor.bytes, spkiOfPkcs1(cursor.bytes, write.sequence(write.oid(RSA), write.nullValue())))
}

function plain(format: KeyFormat, container: Uint8Array, spki: Uint8Array | KeyFacts): FoundKey {
  const key = spki instanceof Uint8Array ? keyOfSpki(spki) : lockedKey(container, spki)
  return { key, format, protection: plainProtection, unlocked: true, problem: null }
}

/** Reads EncryptedPrivateKeyInfo and tries each passphrase. */
function parseEncryptedPkcs8(der: Buffer, unlocking: Unlocking): FoundKey {
  const { protection, attempt } = encryptedPkcs8(der)
  const locked: FoundKey = { key: lockedKey(der), format: 'pkcs8', protection, unlocked: false, problem: null }
  try {
    for (const passphrase of unlocking.passphrases) {
      const spki = attempt(passphrase.reveal(), unlocking.budget)
      if (spki !== null) return { ...plain('pkcs8', der, spki), protection }
    }
  } catch (error) {
    if (isMusterError(error, 'input.limit') || isMusterError(error, 'key.unsupported')) return { ...locked, problem: error }
    throw error
  }
  return locked
}

/** An EncryptedPrivateKeyInfo: how it is encrypted, and a try at opening it that answers with the public half or null. */
export function encryptedPkcs8(der: Uint8Array): {
  readonly protection: Protection
  readonly attempt: (passphrase: Uint8Array | null, budget: KdfBudget) => Uint8Array | KeyFacts | null
} {
  const cursor = new DerCursor(der, derLimits.keyBytes)
  const end = cursor.enter(tags.sequence, cursor.bytes.length)
  const encryption = readEncryption(cursor, end)
  const data = cursor.content(tags.octetString, end)
  cursor.leave(end)
  return {
    protection: encryption.protection,
    attempt: (passphrase, budget) => {
      const plainText = encryption.decrypt(data, passphrase, budget)
      if (plainText === null) return null
      try {
        return spkiOfPkcs8(plainText)
      } catch (error) {
        if (error instanceof MusterError) return null
        throw error
      } finally {
        plainText.fill(0)
      }
    },
  }
}

/**
 * The SubjectPublicKeyInfo of a plain PKCS#8 key, or only facts where the public half cannot be computed.
 * @throws MusterError key.invalid, der.invalid
 */
export function spkiOfPkcs8(der: Uint8Array): Uint8Array | KeyFacts {
  const cursor = new DerCursor(der, derLimits.keyBytes)
  const end = cursor.enter(tags.sequence, cursor.bytes.length)
  cursor.smallInteger(end, 1)
  const algorithmStart = cursor.position
  const algorithmEnd = cursor.enter(tags.sequence, end)
  const algorithm = cursor.bytes.subarray(algorithmStart, algorithmEnd)
  const oidKey = cursor.oidKey(algorithmEnd)
  const parameters = cursor.bytes.subarray(cursor.position, algorithmEnd)
  const groupBits = cursor.peek(algorithmEnd) === tags.sequence && oidKey !== EC_KEY ? firstIntegerBits(cursor, algorithmEnd) : 0
  cursor.position = algorithmEnd
  const privateKey = cursor.content(tags.octetString, end)
  if (oidKey === RSA_KEY || oidKey === RSA_PSS_KEY) return spkiOfPkcs1(privateKey, algorithm)
  if (oidKey === EC_KEY) return spkiOfSec1(privateKey, parameters)
  if ((oidKey === DSA_KEY || DH_KEYS.has(oidKey)) && groupBits > MAX_GROUP_BITS) throw cursor.invalid('the group is too large', 'key.invalid')
  if (cursor.peek(end) === 0xa0) cursor.read(end)
  if (cursor.peek(end) === 0x81) {
    cursor.read(end)
    return write.sequence(algorithm, write.element(tags.bitString, cursor.bytes.subarray(cursor.contentStart, cursor.contentEnd)))
  }
  const { algorithm: name, sizeBits } = keyAlgorithmOf(oidKey)
  return publicHalf(() => createPrivateKey({ key: cursor.bytes, format: 'der', type: 'pkcs8' })) ?? bareKeyFacts(name, sizeBits)
}

/** Bits of the first INTEGER of the parameter SEQUENCE that comes next; 0 when it does not begin with one. */
function firstIntegerBits(cursor: DerCursor, limit: number): number {
  const end = cursor.enter(tags.sequence, limit)
  return cursor.peek(end) === tags.integer ? integerBits(cursor, end) : 0
}

function publicHalf(load: () => KeyObject): Buffer | null {
  try {
    return createPublicKey(load()).export({ type: 'spki', format: 'der' })
  } catch {
    return null
  }
}

/** RSAPrivateKey (RFC 8017 §A.1.2): modulus and exponent stand in it in the clear. */
function spkiOfPkcs1(der: Uint8Array, algorithm: Uint8Array): Uint8Array {
  const cursor = new DerCursor(der, derLimits.keyBytes)
  const end = cursor.enter(tags.sequence, cursor.bytes.length)
  cursor.smallInteger(end, 1)
  const start = cursor.position
  cursor.integer(end)
  cursor.integer(end)
  const numbers = cursor.bytes.subarray(start, cursor.position)
  cursor.integer(end)
  return write.sequence(algorithm, write.bitString(write.sequence(numbers)))
}

/** ECPrivateKey (RFC 5915): parameters inside win over those of the PKCS#8 wrapping; the public point is optional. */
function spkiOfSec1(der: Uint8Array, outerParameters: Uint8Array | null): Uint8Array | KeyFacts {
  const cursor = new DerCursor(der, derLimits.keyBytes)
  const end = cursor.enter(tags.sequence, cursor.bytes.length)
  cursor.smallInteger(end, 1)
  const privateKey = cursor.content(tags.octetString, end)
  const innerEnd = cursor.enterOptional(0xa0, end)
  const inner = innerEnd === -1 ? null : cursor.bytes.subarray(cursor.position, innerEnd)
  if (innerEnd !== -1) cursor.position = innerEnd
  const parameters = outerParameters ?? inner
  if (parameters === null || parameters.length === 0) throw new MusterError('key.invalid', 'an EC key does not name its curve')
  const algorithm = write.sequence(write.oid('1.2.840.10045.2.1'), parameters)
  const pointEnd = cursor.enterOptional(0xa1, end)
  if (pointEnd !== -1) return write.sequence(algorithm, write.bitString(cursor.bitStringOctets(pointEnd)))
  return ecFromPrivate(parameters, privateKey) ?? bareKeyFacts('ec')
}

/** Computes the point, for named curves only: explicit parameters could name a field of any size. */
function ecFromPrivate(parameters: Uint8Array, privateKey: Uint8Array): Buffer | null {
  const cursor = new DerCursor(parameters, derLimits.keyBytes)
  if (cursor.peek(parameters.length) !== tags.oid || !namedCurves.has(cursor.oidKey(parameters.length))) return null
  const inner = write.sequence(write.integer(1), write.octetString(privateKey))
  const pkcs8 = write.sequence(write.integer(0), write.sequence(write.oid('1.2.840.10045.2.1'), parameters), write.octetString(inner))
  return publicHalf(() => createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' }))
}

/** OpenSSL's traditional DSA form: version, p, q, g, y, x. */
function spkiOfDsa(der: Uint8Array): Uint8Array {
  const cursor = new DerCursor(der, derLimits.keyBytes)
  const end = cursor.enter(tags.sequence, cursor.bytes.length)
  cursor.smallInteger(end, 0)
  const [p, q, g, y] = [cursor.element(end), cursor.element(end), cursor.element(end), cursor.element(end)]
  return write.sequence(write.sequence(write.oid('1.2.840.10040.4.1'), write.sequence(p, q, g)), write.bitString(y))
}

/** Reads a public key in DER: SubjectPublicKeyInfo, or PKCS#1 RSAPublicKey. @throws MusterError der.invalid, der.limit, key.invalid */
export function parsePublicKey(der: Uint8Array): { readonly key: Key; readonly format: 'spki' | 'pkcs1' } {
  const cursor = new DerCursor(der, derLimits.keyBytes)
  const end = cursor.enter(tags.sequence, cursor.bytes.length)
  if (end !== cursor.bytes.length) throw cursor.invalid('there are bytes after the key', 'key.invalid')
  if (cursor.peek(end) === tags.sequence) return { key: keyOfSpki(cursor.bytes), format: 'spki' }
  cursor.integer(end)
  cursor.integer(end)
  cursor.leave(end)
  return { key: keyOfSpki(write.sequence(write.sequence(write.oid(RSA), write.nullValue()), write.bitString(cursor.bytes))), format: 'pkcs1' }
}
