import { createHash, createHmac, hash, pbkdf2Sync, scryptSync } from 'node:crypto'
import { MusterError } from '@muster/core'

/** Work one file may demand of key derivation: about ten seconds of one core at the worst. */
const DEFAULT_UNITS = 12_000_000
const MAX_SCRYPT_BYTES = 64 * 1024 * 1024

/**
 * Bounds what a hostile file can cost: every derivation is paid for before it runs. One unit is about one HMAC-SHA-256.
 * One budget serves one file and all passphrases tried on it.
 */
export class KdfBudget {
  #left: number

  constructor(units: number = DEFAULT_UNITS) {
    this.#left = units
  }

  /** @throws MusterError input.limit when the budget does not cover `units` */
  spend(units: number): void {
    if (!(units <= this.#left)) throw new MusterError('input.limit', 'deriving the key costs more than a file may demand', { units })
    this.#left -= units
  }
}

/** RFC 8018 §5.2. `hashName` as `node:crypto` names it. @throws MusterError input.limit */
export function pbkdf2(budget: KdfBudget, passphrase: Uint8Array, salt: Uint8Array, iterations: number, octets: number, hashName: string): Buffer {
  const perBlock = createHash(hashName).digest().length
  budget.spend(iterations * Math.ceil(octets / perBlock))
  return pbkdf2Sync(passphrase, salt, iterations, octets, hashName)
}

export type ScryptParameters = { readonly cost: number; readonly blockSize: number; readonly parallelization: number }

/** RFC 7914. @throws MusterError input.limit above 64 MB or when the budget does not last */
export function scrypt(budget: KdfBudget, passphrase: Uint8Array, salt: Uint8Array, parameters: ScryptParameters, octets: number): Buffer {
  const { cost, blockSize, parallelization } = parameters
  if (128 * cost * blockSize > MAX_SCRYPT_BYTES || parallelization > 64 || !Number.isInteger(Math.log2(cost)) || cost < 2) {
    throw new MusterError('input.limit', 'the scrypt parameters are out of range')
  }
  budget.spend(4 * cost * blockSize * parallelization)
  return scryptSync(passphrase, salt, octets, { N: cost, r: blockSize, p: parallelization, maxmem: 2 * MAX_SCRYPT_BYTES })
}

/** RFC 8018 §5.1 (PBKDF1). @throws MusterError input.limit */
export function pbkdf1(budget: KdfBudget, passphrase: Uint8Array, salt: Uint8Array, iterations: number, hashName: string): Buffer {
  budget.spend(iterations * 2)
  let digest: Uint8Array = createHash(hashName).update(passphrase).update(salt).digest()
  for (let i = 1; i < iterations; i++) digest = hash(hashName, digest, 'buffer')
  return Buffer.from(digest)
}

/** What PKCS#12 derives for (RFC 7292 §B.3). */
export const pkcs12Purpose = { key: 1, iv: 2, mac: 3 } as const

/**
 * RFC 7292 §B.2. `passphrase` is already a BMPString with its terminator, or empty for "no passphrase at all".
 * @throws MusterError input.limit
 */
export function pkcs12Kdf(
  budget: KdfBudget, hashName: string, purpose: 1 | 2 | 3, passphrase: Uint8Array, salt: Uint8Array, iterations: number, octets: number,
): Buffer {
  const blockOctets = hashName === 'sha384' || hashName.startsWith('sha512') ? 128 : 64
  const digestOctets = createHash(hashName).digest().length
  const rounds = Math.ceil(octets / digestOctets)
  budget.spend(2 * iterations * rounds)
  const diversifier = Buffer.alloc(blockOctets, purpose)
  const input = Buffer.concat([stretch(salt, blockOctets), stretch(passphrase, blockOctets)])
  const out: Buffer[] = []
  for (let round = 0; round < rounds; round++) {
    let digest: Uint8Array = createHash(hashName).update(diversifier).update(input).digest()
    for (let i = 1; i < iterations; i++) digest = hash(hashName, digest, 'buffer')
    out.push(Buffer.from(digest))
    addToBlocks(input, stretch(digest, blockOctets).subarray(0, blockOctets))
  }
  return Buffer.concat(out).subarray(0, octets)
}

/** Repeats `bytes` to a multiple of the block; empty stays empty. */
function stretch(bytes: Uint8Array, blockOctets: number): Buffer {
  if (bytes.length === 0) return Buffer.alloc(0)
  return Buffer.alloc(blockOctets * Math.ceil(bytes.length / blockOctets), bytes)
}

/** Each block of `input` becomes (block + addend + 1) modulo 2^(8·block). */
function addToBlocks(input: Buffer, addend: Uint8Array): void {
  for (let end = input.length; end > 0; end -= addend.length) {
    let carry = 1
    for (let i = 1; i <= addend.length; i++) {
      carry += input[end - i]! + addend[addend.length - i]!
      input[end - i] = carry & 0xff
      carry >>= 8
    }
  }
}

/** OpenSSL's EVP_BytesToKey with MD5 and one iteration: what `Proc-Type: 4,ENCRYPTED` keys use. */
export function evpBytesToKey(passphrase: Uint8Array, salt: Uint8Array, octets: number): Buffer {
  let key = Buffer.alloc(0)
  let digest = Buffer.alloc(0)
  while (key.length < octets) {
    digest = createHash('md5').update(digest).update(passphrase).update(salt).digest()
    key = Buffer.concat([key, digest])
  }
  return key.subarray(0, octets)
}

/** HMAC of `data`. */
export function hmac(hashName: string, key: Uint8Array, data: Uint8Array): Buffer {
  return createHmac(hashName, key).update(data).digest()
}

/** A UTF-8 passphrase as RFC 7292 §B.1 wants it: UTF-16BE with two zero octets at the end. */
export function bmpPassphrase(passphrase: Uint8Array): Buffer {
  return Buffer.from(`${Buffer.from(passphrase).toString('utf8')}\0`, 'utf16le').swap16()
}
