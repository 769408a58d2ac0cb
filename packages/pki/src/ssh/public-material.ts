import { createHash } from 'node:crypto'
import { MusterError, type KeyFacts } from '@muster/core'
import { write } from '../der/index.ts'

/** Curves with uncompressed points: object identifier, field size and their name in SSH where SSH has one. */
export const curves = {
  'P-256': { oid: '1.2.840.10045.3.1.7', sizeBits: 256, ssh: 'nistp256' },
  'P-384': { oid: '1.3.132.0.34', sizeBits: 384, ssh: 'nistp384' },
  'P-521': { oid: '1.3.132.0.35', sizeBits: 521, ssh: 'nistp521' },
  secp256k1: { oid: '1.3.132.0.10', sizeBits: 256, ssh: null },
  brainpoolP256r1: { oid: '1.3.36.3.3.2.8.1.1.7', sizeBits: 256, ssh: null },
  brainpoolP384r1: { oid: '1.3.36.3.3.2.8.1.1.11', sizeBits: 384, ssh: null },
  brainpoolP512r1: { oid: '1.3.36.3.3.2.8.1.1.13', sizeBits: 512, ssh: null },
} as const satisfies Record<string, { oid: string; sizeBits: number; ssh: string | null }>
export type CurveName = keyof typeof curves

/** Public key lengths of the RFC 8410 algorithms, in bytes, and their object identifiers. */
export const rawKeyAlgorithms = {
  ed25519: { oid: '1.3.101.112', bytes: 32, sizeBits: 256 },
  ed448: { oid: '1.3.101.113', bytes: 57, sizeBits: 456 },
  x25519: { oid: '1.3.101.110', bytes: 32, sizeBits: 256 },
  x448: { oid: '1.3.101.111', bytes: 56, sizeBits: 448 },
} as const
export type RawKeyAlgorithm = keyof typeof rawKeyAlgorithms

/** Largest modulus that is read; what OpenSSL accepts too. */
export const MAX_MODULUS_BITS = 16_384
/** Longest decimal exponent a {@link KeyFacts} holds. */
const MAX_EXPONENT_DIGITS = 64

/** The numbers of a public key. Magnitudes are big-endian without leading zeros, points uncompressed (SEC 1 §2.3.3). */
export type PublicMaterial =
  | { readonly algorithm: 'rsa'; readonly modulus: Uint8Array; readonly exponent: Uint8Array }
  | { readonly algorithm: 'dsa'; readonly p: Uint8Array; readonly q: Uint8Array; readonly g: Uint8Array; readonly y: Uint8Array }
  | { readonly algorithm: 'ec'; readonly curve: CurveName; readonly point: Uint8Array }
  | { readonly algorithm: RawKeyAlgorithm; readonly point: Uint8Array }

/** Bits of a big-endian magnitude; leading zero bytes do not count. */
export function magnitudeBits(magnitude: Uint8Array): number {
  let start = 0
  while (start < magnitude.length && magnitude[start] === 0) start++
  return start === magnitude.length ? 0 : (magnitude.length - start) * 8 - Math.clz32(magnitude[start]!) + 24
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')
}

/**
 * Refuses numbers that cannot be a public key: moduli of zero or above {@link MAX_MODULUS_BITS}, points of the wrong length.
 * @throws MusterError key.invalid
 */
export function checkMaterial(key: PublicMaterial): PublicMaterial {
  if (key.algorithm === 'rsa' || key.algorithm === 'dsa') {
    const numbers = key.algorithm === 'rsa' ? [key.modulus, key.exponent] : [key.p, key.q, key.g, key.y]
    for (const number of numbers) {
      const bits = magnitudeBits(number)
      if (bits === 0) throw new MusterError('key.invalid', `a number of the ${key.algorithm} key is zero`)
      if (bits > MAX_MODULUS_BITS) throw new MusterError('key.invalid', `a number of the ${key.algorithm} key has ${bits} bits, the limit is ${MAX_MODULUS_BITS}`)
    }
    return key
  }
  const wanted = key.algorithm === 'ec' ? 1 + 2 * Math.ceil(curves[key.curve].sizeBits / 8) : rawKeyAlgorithms[key.algorithm].bytes
  if (key.point.length !== wanted) throw new MusterError('key.invalid', `the ${key.algorithm} key has ${key.point.length} bytes, not ${wanted}`)
  if (key.algorithm === 'ec' && key.point[0] !== 4) throw new MusterError('key.invalid', 'the point of the ec key is not uncompressed')
  return key
}

/** The key as a DER SubjectPublicKeyInfo: RFC 3279 §2.3, RFC 5480 §2 (named curve), RFC 8410 §4. */
export function encodeSpki(key: PublicMaterial): Buffer {
  const { sequence, oid, bitString, integer, nullValue } = write
  switch (key.algorithm) {
    case 'rsa':
      return sequence(sequence(oid('1.2.840.113549.1.1.1'), nullValue()), bitString(sequence(integer(key.modulus), integer(key.exponent))))
    case 'dsa':
      return sequence(sequence(oid('1.2.840.10040.4.1'), sequence(integer(key.p), integer(key.q), integer(key.g))), bitString(integer(key.y)))
    case 'ec':
      return sequence(sequence(oid('1.2.840.10045.2.1'), oid(curves[key.curve].oid)), bitString(key.point))
    default:
      return sequence(sequence(oid(rawKeyAlgorithms[key.algorithm].oid)), bitString(key.point))
  }
}

/** SHA-256 of the SubjectPublicKeyInfo, lower-case hex. */
export function spkiSha256Of(key: PublicMaterial): string {
  return createHash('sha256').update(encodeSpki(key)).digest('hex')
}

/** What the key says of itself, in the inventory's terms. */
export function factsOf(key: PublicMaterial): KeyFacts {
  const facts = { algorithm: key.algorithm, curve: null, rsaExponent: null, rsaModulus: null }
  switch (key.algorithm) {
    case 'rsa': {
      const exponent = BigInt(`0x${hexOf(key.exponent)}`).toString()
      return {
        ...facts,
        sizeBits: magnitudeBits(key.modulus),
        rsaExponent: exponent.length > MAX_EXPONENT_DIGITS ? null : exponent,
        rsaModulus: hexOf(key.modulus).replace(/^0+/, ''),
      }
    }
    case 'dsa': return { ...facts, sizeBits: magnitudeBits(key.p) }
    case 'ec': return { ...facts, sizeBits: curves[key.curve].sizeBits, curve: key.curve }
    default: return { ...facts, sizeBits: rawKeyAlgorithms[key.algorithm].sizeBits }
  }
}
