import type { KeyAlgorithm, KeyFacts } from '@muster/core'
import type { DerCursor } from '../der/cursor.ts'
import { tags } from '../der/limits.ts'
import { oidFromContent, oidTable } from '../der/oid.ts'

/** Longest modulus kept, in octets: 16,384 bits. Larger ones are counted, not kept. */
const MAX_MODULUS_OCTETS = 2048
const MAX_EXPONENT_OCTETS = 26

type Encoding = 'rsa' | 'ec' | 'dsa' | 'dh' | 'plain'
type PublicKeyType = { readonly algorithm: KeyAlgorithm; readonly encoding: Encoding; readonly sizeBits: number | null; readonly curve: string | null }

const plain = (algorithm: KeyAlgorithm, sizeBits: number | null, curve: string | null = null): PublicKeyType => ({ algorithm, encoding: 'plain', sizeBits, curve })
const coded = (algorithm: KeyAlgorithm, encoding: Encoding): PublicKeyType => ({ algorithm, encoding, sizeBits: null, curve: null })

/** Public key algorithms by OID. For parameter-set schemes the size is the set's number. */
const publicKeyTypes = oidTable<PublicKeyType>({
  '1.2.840.113549.1.1.1': coded('rsa', 'rsa'),
  '1.2.840.113549.1.1.10': coded('rsa-pss', 'rsa'),
  '1.2.840.113549.1.1.7': coded('rsa', 'rsa'),
  '2.5.8.1.1': coded('rsa', 'rsa'),
  '1.2.840.10045.2.1': coded('ec', 'ec'),
  '1.3.132.1.12': coded('ec', 'ec'),
  '1.2.840.10040.4.1': coded('dsa', 'dsa'),
  '1.2.840.113549.1.3.1': coded('dh', 'dh'),
  '1.2.840.10046.2.1': coded('dh', 'dh'),
  '1.3.101.110': plain('x25519', 256),
  '1.3.101.111': plain('x448', 448),
  '1.3.101.112': plain('ed25519', 256),
  '1.3.101.113': plain('ed448', 456),
  '2.16.840.1.101.3.4.3.17': plain('ml-dsa-44', 44),
  '2.16.840.1.101.3.4.3.18': plain('ml-dsa-65', 65),
  '2.16.840.1.101.3.4.3.19': plain('ml-dsa-87', 87),
  '2.16.840.1.101.3.4.4.1': plain('ml-kem-512', 512),
  '2.16.840.1.101.3.4.4.2': plain('ml-kem-768', 768),
  '2.16.840.1.101.3.4.4.3': plain('ml-kem-1024', 1024),
  ...Object.fromEntries([128, 128, 192, 192, 256, 256, 128, 128, 192, 192, 256, 256].map((bits, i) => [`2.16.840.1.101.3.4.3.${20 + i}`, plain('slh-dsa', bits)])),
})

type Curve = { readonly name: string; readonly sizeBits: number }
const curve = (name: string, sizeBits: number): Curve => ({ name, sizeBits })

/** Named curves (SEC 2, RFC 5639, ANSI X9.62, SM2). */
export const namedCurves: ReadonlyMap<string, Curve> = oidTable<Curve>({
  '1.2.840.10045.3.1.7': curve('P-256', 256), '1.3.132.0.34': curve('P-384', 384), '1.3.132.0.35': curve('P-521', 521),
  '1.3.132.0.33': curve('P-224', 224), '1.2.840.10045.3.1.1': curve('P-192', 192), '1.3.132.0.10': curve('secp256k1', 256),
  '1.3.132.0.32': curve('secp224k1', 224), '1.3.132.0.31': curve('secp192k1', 192), '1.3.132.0.30': curve('secp160r2', 160),
  '1.3.132.0.8': curve('secp160r1', 160), '1.3.132.0.9': curve('secp160k1', 160), '1.3.132.0.28': curve('secp128r1', 128),
  '1.3.132.0.29': curve('secp128r2', 128), '1.3.132.0.6': curve('secp112r1', 112), '1.3.132.0.7': curve('secp112r2', 112),
  '1.3.132.0.1': curve('sect163k1', 163), '1.3.132.0.15': curve('sect163r2', 163), '1.3.132.0.26': curve('sect233k1', 233),
  '1.3.132.0.27': curve('sect233r1', 233), '1.3.132.0.16': curve('sect283k1', 283), '1.3.132.0.17': curve('sect283r1', 283),
  '1.3.132.0.36': curve('sect409k1', 409), '1.3.132.0.37': curve('sect409r1', 409), '1.3.132.0.38': curve('sect571k1', 571),
  '1.3.132.0.39': curve('sect571r1', 571), '1.3.36.3.3.2.8.1.1.1': curve('brainpoolP160r1', 160),
  '1.3.36.3.3.2.8.1.1.3': curve('brainpoolP192r1', 192), '1.3.36.3.3.2.8.1.1.5': curve('brainpoolP224r1', 224),
  '1.3.36.3.3.2.8.1.1.7': curve('brainpoolP256r1', 256), '1.3.36.3.3.2.8.1.1.8': curve('brainpoolP256t1', 256),
  '1.3.36.3.3.2.8.1.1.9': curve('brainpoolP320r1', 320), '1.3.36.3.3.2.8.1.1.11': curve('brainpoolP384r1', 384),
  '1.3.36.3.3.2.8.1.1.12': curve('brainpoolP384t1', 384), '1.3.36.3.3.2.8.1.1.13': curve('brainpoolP512r1', 512),
  '1.3.36.3.3.2.8.1.1.14': curve('brainpoolP512t1', 512), '1.2.156.10197.1.301': curve('SM2', 256),
})

/** Key facts with nothing known but the algorithm. */
export function bareKeyFacts(algorithm: KeyAlgorithm, sizeBits: number | null = null, curveName: string | null = null): KeyFacts {
  return { algorithm, sizeBits, curve: curveName, rsaExponent: null, rsaModulus: null }
}

/** Reads a SubjectPublicKeyInfo (RFC 5280 §4.1.2.7) and moves past it. @throws MusterError der.invalid, der.limit */
export function readSpki(der: DerCursor, limit: number): KeyFacts {
  const end = der.enter(tags.sequence, limit)
  const algorithmEnd = der.enter(tags.sequence, end)
  const key = der.oidKey(algorithmEnd)
  const type = publicKeyTypes.get(key)
  const parameters = der.position
  der.position = algorithmEnd
  const keyEnd = der.enter(tags.bitString, end)
  const keyStart = der.position + 1
  if (keyStart > keyEnd) throw der.invalid('a public key is empty')
  const facts = factsOf(der, type, { parameters, algorithmEnd, keyStart, keyEnd })
  der.position = keyEnd
  der.leave(end)
  return facts
}

type Places = { readonly parameters: number; readonly algorithmEnd: number; readonly keyStart: number; readonly keyEnd: number }

function factsOf(der: DerCursor, type: PublicKeyType | undefined, places: Places): KeyFacts {
  switch (type?.encoding) {
    case undefined: return bareKeyFacts('unknown')
    case 'rsa':
      der.position = places.keyStart
      return readRsaFacts(der, places.keyEnd, type.algorithm)
    case 'ec':
      der.position = places.parameters
      return readEcParameters(der, places.algorithmEnd)
    case 'dsa': case 'dh':
      der.position = places.parameters
      return bareKeyFacts(type.algorithm, groupSizeBits(der, places.algorithmEnd))
    case 'plain': return bareKeyFacts(type.algorithm, type.sizeBits, type.curve)
  }
}

/** The algorithm a key's AlgorithmIdentifier OID names, `unknown` for others. */
export function keyAlgorithmOf(oidKey: string): { readonly algorithm: KeyAlgorithm; readonly sizeBits: number | null } {
  return publicKeyTypes.get(oidKey) ?? { algorithm: 'unknown', sizeBits: null }
}

/** An RSAPublicKey: SEQUENCE of modulus and exponent (RFC 8017 §A.1.1). */
export function readRsaFacts(der: DerCursor, limit: number, algorithm: KeyAlgorithm): KeyFacts {
  const end = der.enter(tags.sequence, limit)
  der.expect(tags.integer, end)
  const from = firstNonZero(der)
  const octets = der.contentEnd - from
  const sizeBits = octets === 0 ? 0 : octets * 8 - Math.clz32(der.bytes[from]!) + 24
  const modulus = octets <= MAX_MODULUS_OCTETS ? der.hex(from, der.contentEnd) : null
  der.expect(tags.integer, end)
  return { algorithm, sizeBits, curve: null, rsaExponent: exponentText(der), rsaModulus: modulus === null ? null : withoutLeadingZero(modulus) }
}

function firstNonZero(der: DerCursor): number {
  let from = der.contentStart
  while (from < der.contentEnd && der.bytes[from] === 0) from++
  return from
}

/** Lower-case hex without a leading zero digit; `0` for zero. */
export function withoutLeadingZero(hex: string): string {
  if (hex.charCodeAt(0) !== 0x30) return hex === '' ? '0' : hex
  const stripped = hex.replace(/^0+/, '')
  return stripped === '' ? '0' : stripped
}

/** The INTEGER read last in decimal; null when longer than 26 octets. */
function exponentText(der: DerCursor): string | null {
  const { bytes, contentStart: at, contentEnd } = der
  const length = contentEnd - at
  if (length === 3 && bytes[at] === 1 && bytes[at + 1] === 0 && bytes[at + 2] === 1) return '65537'
  if (length === 0 || length > MAX_EXPONENT_OCTETS) return null
  return BigInt(`0x${der.hex(at, contentEnd)}`).toString()
}

/** ECParameters (RFC 5480 §2.1.1): a named curve, or explicit parameters of which only the field size is told. */
export function readEcParameters(der: DerCursor, limit: number): KeyFacts {
  if (der.peek(limit) === tags.oid) {
    const key = der.oidKey(limit)
    const known = namedCurves.get(key)
    return known === undefined ? bareKeyFacts('ec', null, oidFromContent(key)) : bareKeyFacts('ec', known.sizeBits, known.name)
  }
  const end = der.enterOptional(tags.sequence, limit)
  if (end === -1) return bareKeyFacts('ec')
  der.integer(end)
  const fieldEnd = der.enter(tags.sequence, end)
  der.oidKey(fieldEnd)
  if (der.peek(fieldEnd) !== tags.integer) return bareKeyFacts('ec', null, 'explicit')
  return bareKeyFacts('ec', integerBits(der, fieldEnd), 'explicit')
}

/** Size of the first INTEGER of a parameter SEQUENCE (the prime p of DSA and DH); null when parameters are inherited. */
function groupSizeBits(der: DerCursor, limit: number): number | null {
  const end = der.enterOptional(tags.sequence, limit)
  return end === -1 ? null : integerBits(der, end)
}

/** Bits of the next INTEGER. */
export function integerBits(der: DerCursor, limit: number): number {
  der.integer(limit)
  const from = firstNonZero(der)
  return from === der.contentEnd ? 0 : (der.contentEnd - from) * 8 - Math.clz32(der.bytes[from]!) + 24
}
