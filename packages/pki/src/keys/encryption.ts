import { createDecipheriv } from 'node:crypto'
import { MusterError, type Protection } from '@muster/core'
import { hashAlgorithms } from '../x509/algorithms.ts'
import type { DerCursor } from '../der/cursor.ts'
import { tags } from '../der/limits.ts'
import { oidFromContent, oidTable, oidToContent } from '../der/oid.ts'
import { bmpPassphrase, pbkdf1, pbkdf2, pkcs12Kdf, pkcs12Purpose, scrypt, type KdfBudget } from './kdf.ts'
import { rc2CbcDecrypt, rc4 } from './old-ciphers.ts'

/** A passphrase as bytes; null is PKCS#12's "no passphrase", which differs from the empty one. */
export type Passphrase = Uint8Array | null

/** How something is encrypted, and the way to undo it. */
export type Encryption = {
  readonly protection: Protection
  /**
   * The plain bytes, or null when the passphrase does not fit (wrong padding; a wrong passphrase passes by chance once in
   * 256 times, so the caller checks what comes out).
   * @throws MusterError key.unsupported, input.limit
   */
  readonly decrypt: (data: Uint8Array, passphrase: Passphrase, budget: KdfBudget) => Buffer | null
}

const MAX_ITERATIONS = 10_000_000

type CipherName = 'aes-128-cbc' | 'aes-192-cbc' | 'aes-256-cbc' | 'des-ede3-cbc' | 'des-cbc' | 'rc2-cbc' | 'camellia-128-cbc' | 'camellia-192-cbc' | 'camellia-256-cbc' | 'aria-128-cbc' | 'aria-192-cbc' | 'aria-256-cbc'
type Cipher = { readonly name: CipherName; readonly label: string; readonly keyOctets: number; readonly ivOctets: number }
const cipher = (name: CipherName, label: string, keyOctets: number, ivOctets: number): Cipher => ({ name, label, keyOctets, ivOctets })

/** Ciphers of PBES2 (RFC 8018 §B.2), by OID. */
const ciphers = oidTable<Cipher>({
  '2.16.840.1.101.3.4.1.2': cipher('aes-128-cbc', 'aes128-cbc', 16, 16),
  '2.16.840.1.101.3.4.1.22': cipher('aes-192-cbc', 'aes192-cbc', 24, 16),
  '2.16.840.1.101.3.4.1.42': cipher('aes-256-cbc', 'aes256-cbc', 32, 16),
  '1.2.840.113549.3.7': cipher('des-ede3-cbc', 'des-ede3-cbc', 24, 8),
  '1.3.14.3.2.7': cipher('des-cbc', 'des-cbc', 8, 8),
  '1.2.840.113549.3.2': cipher('rc2-cbc', 'rc2-cbc', 16, 8),
  '1.2.392.200011.61.1.1.1.2': cipher('camellia-128-cbc', 'camellia128-cbc', 16, 16),
  '1.2.392.200011.61.1.1.1.3': cipher('camellia-192-cbc', 'camellia192-cbc', 24, 16),
  '1.2.392.200011.61.1.1.1.4': cipher('camellia-256-cbc', 'camellia256-cbc', 32, 16),
  '1.2.410.200046.1.1.2': cipher('aria-128-cbc', 'aria128-cbc', 16, 16),
  '1.2.410.200046.1.1.7': cipher('aria-192-cbc', 'aria192-cbc', 24, 16),
  '1.2.410.200046.1.1.12': cipher('aria-256-cbc', 'aria256-cbc', 32, 16),
})

/** Hashes of PBKDF2's HMAC, by OID. */
const prfs = oidTable<string>({
  '1.2.840.113549.2.7': 'sha1', '1.2.840.113549.2.8': 'sha224', '1.2.840.113549.2.9': 'sha256', '1.2.840.113549.2.10': 'sha384',
  '1.2.840.113549.2.11': 'sha512', '1.2.840.113549.2.12': 'sha512-224', '1.2.840.113549.2.13': 'sha512-256',
  '2.16.840.1.101.3.4.2.13': 'sha3-224', '2.16.840.1.101.3.4.2.14': 'sha3-256', '2.16.840.1.101.3.4.2.15': 'sha3-384',
  '2.16.840.1.101.3.4.2.16': 'sha3-512', '1.2.156.10197.1.401.2': 'sm3',
})

type Pbes1 = { readonly name: string; readonly hash: string; readonly cipher: 'des-cbc' | 'rc2-cbc' }
/** RFC 8018 §A.3. */
const pbes1 = oidTable<Pbes1>({
  '1.2.840.113549.1.5.3': { name: 'pbeWithMD5AndDES-CBC', hash: 'md5', cipher: 'des-cbc' },
  '1.2.840.113549.1.5.6': { name: 'pbeWithMD5AndRC2-CBC', hash: 'md5', cipher: 'rc2-cbc' },
  '1.2.840.113549.1.5.10': { name: 'pbeWithSHA1AndDES-CBC', hash: 'sha1', cipher: 'des-cbc' },
  '1.2.840.113549.1.5.11': { name: 'pbeWithSHA1AndRC2-CBC', hash: 'sha1', cipher: 'rc2-cbc' },
})

type Pkcs12Pbe = { readonly name: string; readonly cipher: 'rc4' | 'des-ede3-cbc' | 'rc2-cbc'; readonly keyOctets: number }
/** RFC 7292 §C. */
const pkcs12Pbes = oidTable<Pkcs12Pbe>({
  '1.2.840.113549.1.12.1.1': { name: 'pbeWithSHA1And128BitRC4', cipher: 'rc4', keyOctets: 16 },
  '1.2.840.113549.1.12.1.2': { name: 'pbeWithSHA1And40BitRC4', cipher: 'rc4', keyOctets: 5 },
  '1.2.840.113549.1.12.1.3': { name: 'pbeWithSHA1And3-KeyTripleDES-CBC', cipher: 'des-ede3-cbc', keyOctets: 24 },
  '1.2.840.113549.1.12.1.4': { name: 'pbeWithSHA1And2-KeyTripleDES-CBC', cipher: 'des-ede3-cbc', keyOctets: 16 },
  '1.2.840.113549.1.12.1.5': { name: 'pbeWithSHA1And128BitRC2-CBC', cipher: 'rc2-cbc', keyOctets: 16 },
  '1.2.840.113549.1.12.1.6': { name: 'pbeWithSHA1And40BitRC2-CBC', cipher: 'rc2-cbc', keyOctets: 5 },
})

const PBES2 = oidToContent('1.2.840.113549.1.5.13')
const PBKDF2 = oidToContent('1.2.840.113549.1.5.12')
const SCRYPT = oidToContent('1.3.6.1.4.1.11591.4.11')
const HMAC_SHA1 = oidToContent('1.2.840.113549.2.7')

/**
 * Reads an encryption AlgorithmIdentifier. Schemes that are not known can be described but not undone.
 * @throws MusterError der.invalid, der.limit
 */
export function readEncryption(der: DerCursor, limit: number): Encryption {
  const end = der.enter(tags.sequence, limit)
  const key = der.oidKey(end)
  const encryption = key === PBES2 ? readPbes2(der, end) : readOldScheme(der, end, key)
  der.position = end
  return encryption
}

function readOldScheme(der: DerCursor, limit: number, key: string): Encryption {
  const [old, pkcs12] = [pbes1.get(key), pkcs12Pbes.get(key)]
  if (old === undefined && pkcs12 === undefined) return unsupported(oidFromContent(key), null)
  const end = der.enter(tags.sequence, limit)
  const salt = Buffer.from(der.content(tags.octetString, end))
  const iterations = der.smallInteger(end, 0x7fffffff)
  return old === undefined ? pkcs12Encryption(pkcs12!, salt, iterations) : pbes1Encryption(old, salt, iterations)
}

function unsupported(scheme: string, kdf: string | null): Encryption {
  return {
    protection: { encrypted: true, scheme, kdf },
    decrypt: () => { throw new MusterError('key.unsupported', `the encryption scheme ${scheme} is not supported`) },
  }
}

function checkIterations(iterations: number): void {
  if (iterations < 1 || iterations > MAX_ITERATIONS) throw new MusterError('input.limit', `${iterations} iterations are out of range`)
}

function pkcs12Encryption(scheme: Pkcs12Pbe, salt: Uint8Array, iterations: number): Encryption {
  return {
    protection: { encrypted: true, scheme: scheme.name, kdf: `pkcs12-sha1:${iterations}` },
    decrypt: (data, passphrase, budget) => {
      checkIterations(iterations)
      const bmp = passphrase === null ? Buffer.alloc(0) : bmpPassphrase(passphrase)
      const key = pkcs12Kdf(budget, 'sha1', pkcs12Purpose.key, bmp, salt, iterations, scheme.keyOctets)
      if (scheme.cipher === 'rc4') return rc4(key, data)
      const iv = pkcs12Kdf(budget, 'sha1', pkcs12Purpose.iv, bmp, salt, iterations, 8)
      return scheme.cipher === 'rc2-cbc' ? rc2CbcDecrypt(key, scheme.keyOctets * 8, iv, data) : decryptCbc('des-ede3-cbc', key, iv, data)
    },
  }
}

function pbes1Encryption(scheme: Pbes1, salt: Uint8Array, iterations: number): Encryption {
  return {
    protection: { encrypted: true, scheme: scheme.name, kdf: `pbkdf1-${scheme.hash}:${iterations}` },
    decrypt: (data, passphrase, budget) => {
      checkIterations(iterations)
      const derived = pbkdf1(budget, passphrase ?? Buffer.alloc(0), salt, iterations, scheme.hash)
      const [key, iv] = [derived.subarray(0, 8), derived.subarray(8, 16)]
      return scheme.cipher === 'rc2-cbc' ? rc2CbcDecrypt(key, 64, iv, data) : decryptCbc('des-cbc', key, iv, data)
    },
  }
}

type DeriveKey = (passphrase: Uint8Array, octets: number, budget: KdfBudget) => Buffer

function readPbes2(der: DerCursor, limit: number): Encryption {
  const end = der.enter(tags.sequence, limit)
  const kdf = readKdf(der, end)
  const schemeEnd = der.enter(tags.sequence, end)
  const key = der.oidKey(schemeEnd)
  const scheme = ciphers.get(key)
  if (scheme === undefined || kdf.derive === null) return unsupported(`pbes2-${scheme?.label ?? oidFromContent(key)}`, kdf.name)
  const { iv, effectiveBits } = readCipherParameters(der, schemeEnd, scheme)
  const { derive } = kdf
  return {
    protection: { encrypted: true, scheme: `pbes2-${scheme.label}`, kdf: kdf.name },
    decrypt: (data, passphrase, budget) => {
      const derived = derive(passphrase ?? Buffer.alloc(0), scheme.keyOctets, budget)
      return scheme.name === 'rc2-cbc' ? rc2CbcDecrypt(derived, effectiveBits, iv, data) : decryptCbc(scheme.name, derived, iv, data)
    },
  }
}

/** The IV; for RC2 also the effective key bits, coded as RFC 8018 §B.2.3 has it. */
function readCipherParameters(der: DerCursor, limit: number, scheme: Cipher): { iv: Buffer; effectiveBits: number } {
  let effectiveBits = 32
  let end = limit
  if (scheme.name === 'rc2-cbc') {
    end = der.enter(tags.sequence, limit)
    const version = der.peek(end) === tags.integer ? der.smallInteger(end, 1024) : -1
    effectiveBits = version === 160 ? 40 : version === 120 ? 64 : version === 58 ? 128 : version >= 256 ? version : 32
  }
  const iv = Buffer.from(der.content(tags.octetString, end))
  if (iv.length !== scheme.ivOctets) throw der.invalid('an initialisation vector has the wrong length')
  return { iv, effectiveBits }
}

function readKdf(der: DerCursor, limit: number): { name: string; derive: DeriveKey | null } {
  const end = der.enter(tags.sequence, limit)
  const key = der.oidKey(end)
  const read = key === PBKDF2 ? readPbkdf2(der, end) : key === SCRYPT ? readScrypt(der, end) : { name: oidFromContent(key), derive: null }
  der.position = end
  return read
}

/** PBKDF2-params, also inside PBMAC1. */
export function readPbkdf2(der: DerCursor, limit: number): { name: string; derive: DeriveKey } {
  const end = der.enter(tags.sequence, limit)
  const salt = Buffer.from(der.content(tags.octetString, end))
  const iterations = der.smallInteger(end, 0x7fffffff)
  if (der.peek(end) === tags.integer) der.smallInteger(end, 4096)
  let prf = HMAC_SHA1
  if (der.position < end) prf = der.oidKey(der.enter(tags.sequence, end))
  const hashName = prfs.get(prf)
  return {
    name: `pbkdf2-hmac-${hashName ?? oidFromContent(prf)}:${iterations}`,
    derive: (passphrase, octets, budget) => {
      checkIterations(iterations)
      if (hashName === undefined) throw new MusterError('key.unsupported', 'the hash of the key derivation is not supported')
      return pbkdf2(budget, passphrase, salt, iterations, octets, hashName)
    },
  }
}

/** RFC 7914 §7.1. */
function readScrypt(der: DerCursor, limit: number): { name: string; derive: DeriveKey } {
  const end = der.enter(tags.sequence, limit)
  const salt = Buffer.from(der.content(tags.octetString, end))
  const cost = der.smallInteger(end, 0x7fffffff)
  const blockSize = der.smallInteger(end, 0xffff)
  const parallelization = der.smallInteger(end, 0xffff)
  return {
    name: `scrypt:${cost},${blockSize},${parallelization}`,
    derive: (passphrase, octets, budget) => scrypt(budget, passphrase, salt, { cost, blockSize, parallelization }, octets),
  }
}

/** Decrypts with PKCS#7 padding; null when that does not come out. Two-key 3DES and DES are run as three-key 3DES. */
export function decryptCbc(name: Exclude<CipherName, 'rc2-cbc'>, key: Uint8Array, iv: Uint8Array, data: Uint8Array): Buffer | null {
  const block = iv.length
  if (data.length === 0 || data.length % block !== 0) return null
  const [algorithm, fullKey] = name === 'des-cbc' ? ['des-ede3-cbc', Buffer.concat([key, key, key])]
    : name === 'des-ede3-cbc' && key.length === 16 ? [name, Buffer.concat([key, key.subarray(0, 8)])] : [name, key]
  try {
    const decipher = createDecipheriv(algorithm, fullKey, iv)
    return Buffer.concat([decipher.update(data), decipher.final()])
  } catch {
    return null
  }
}

/** Name of the hash an OID stands for in a MAC; null when unknown. */
export function macHash(oidKey: string): string | null {
  return hashAlgorithms.get(oidKey) ?? prfs.get(oidKey) ?? null
}
