import type { DerCursor } from '../der/cursor.ts'
import { tags } from '../der/limits.ts'
import { oidFromContent, oidTable, oidToContent } from '../der/oid.ts'

/** A signature algorithm as the inventory names it. */
export type SignatureAlgorithm = {
  /** Name as OpenSSL prints it, or the OID. */
  readonly name: string
  /** Hash inside the signature; null where the algorithm has none of its own. */
  readonly hash: string | null
}

const of = (name: string, hash: string | null): SignatureAlgorithm => ({ name, hash })

const signatureAlgorithms = oidTable<SignatureAlgorithm>({
  '1.2.840.113549.1.1.2': of('md2WithRSAEncryption', 'md2'),
  '1.2.840.113549.1.1.3': of('md4WithRSAEncryption', 'md4'),
  '1.2.840.113549.1.1.4': of('md5WithRSAEncryption', 'md5'),
  '1.2.840.113549.1.1.5': of('sha1WithRSAEncryption', 'sha1'),
  '1.3.14.3.2.29': of('sha1WithRSA', 'sha1'),
  '1.2.840.113549.1.1.14': of('sha224WithRSAEncryption', 'sha224'),
  '1.2.840.113549.1.1.11': of('sha256WithRSAEncryption', 'sha256'),
  '1.2.840.113549.1.1.12': of('sha384WithRSAEncryption', 'sha384'),
  '1.2.840.113549.1.1.13': of('sha512WithRSAEncryption', 'sha512'),
  '2.16.840.1.101.3.4.3.14': of('RSA-SHA3-256', 'sha3-256'),
  '1.3.36.3.3.1.2': of('ripemd160WithRSA', 'ripemd160'),
  '1.2.840.10040.4.3': of('dsaWithSHA1', 'sha1'),
  '2.16.840.1.101.3.4.3.1': of('dsa_with_SHA224', 'sha224'),
  '2.16.840.1.101.3.4.3.2': of('dsa_with_SHA256', 'sha256'),
  '2.16.840.1.101.3.4.3.3': of('dsa_with_SHA384', 'sha384'),
  '2.16.840.1.101.3.4.3.4': of('dsa_with_SHA512', 'sha512'),
  '1.2.840.10045.4.1': of('ecdsa-with-SHA1', 'sha1'),
  '1.2.840.10045.4.3.1': of('ecdsa-with-SHA224', 'sha224'),
  '1.2.840.10045.4.3.2': of('ecdsa-with-SHA256', 'sha256'),
  '1.2.840.10045.4.3.3': of('ecdsa-with-SHA384', 'sha384'),
  '1.2.840.10045.4.3.4': of('ecdsa-with-SHA512', 'sha512'),
  '2.16.840.1.101.3.4.3.10': of('ecdsa_with_SHA3-256', 'sha3-256'),
  '2.16.840.1.101.3.4.3.11': of('ecdsa_with_SHA3-384', 'sha3-384'),
  '2.16.840.1.101.3.4.3.12': of('ecdsa_with_SHA3-512', 'sha3-512'),
  '1.3.101.112': of('ED25519', null),
  '1.3.101.113': of('ED448', null),
  '1.2.156.10197.1.501': of('SM2-with-SM3', 'sm3'),
  '2.16.840.1.101.3.4.3.17': of('ML-DSA-44', null),
  '2.16.840.1.101.3.4.3.18': of('ML-DSA-65', null),
  '2.16.840.1.101.3.4.3.19': of('ML-DSA-87', null),
  '2.16.840.1.101.3.4.3.20': of('SLH-DSA-SHA2-128s', null),
  '2.16.840.1.101.3.4.3.21': of('SLH-DSA-SHA2-128f', null),
  '2.16.840.1.101.3.4.3.22': of('SLH-DSA-SHA2-192s', null),
  '2.16.840.1.101.3.4.3.23': of('SLH-DSA-SHA2-192f', null),
  '2.16.840.1.101.3.4.3.24': of('SLH-DSA-SHA2-256s', null),
  '2.16.840.1.101.3.4.3.25': of('SLH-DSA-SHA2-256f', null),
  '2.16.840.1.101.3.4.3.26': of('SLH-DSA-SHAKE-128s', null),
  '2.16.840.1.101.3.4.3.27': of('SLH-DSA-SHAKE-128f', null),
  '2.16.840.1.101.3.4.3.28': of('SLH-DSA-SHAKE-192s', null),
  '2.16.840.1.101.3.4.3.29': of('SLH-DSA-SHAKE-192f', null),
  '2.16.840.1.101.3.4.3.30': of('SLH-DSA-SHAKE-256s', null),
  '2.16.840.1.101.3.4.3.31': of('SLH-DSA-SHAKE-256f', null),
})

/** Hash functions by OID, as `node:crypto` names them. */
export const hashAlgorithms: ReadonlyMap<string, string> = oidTable({
  '1.2.840.113549.2.2': 'md2', '1.2.840.113549.2.4': 'md4', '1.2.840.113549.2.5': 'md5', '1.3.14.3.2.26': 'sha1',
  '2.16.840.1.101.3.4.2.4': 'sha224', '2.16.840.1.101.3.4.2.1': 'sha256', '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512', '2.16.840.1.101.3.4.2.5': 'sha512-224', '2.16.840.1.101.3.4.2.6': 'sha512-256',
  '2.16.840.1.101.3.4.2.7': 'sha3-224', '2.16.840.1.101.3.4.2.8': 'sha3-256', '2.16.840.1.101.3.4.2.9': 'sha3-384',
  '2.16.840.1.101.3.4.2.10': 'sha3-512', '2.16.840.1.101.3.4.2.11': 'shake128', '2.16.840.1.101.3.4.2.12': 'shake256',
  '1.2.156.10197.1.401': 'sm3', '1.3.36.3.2.1': 'ripemd160',
})

const RSASSA_PSS = oidToContent('1.2.840.113549.1.1.10')

/** An AlgorithmIdentifier in signature position. @throws MusterError der.invalid */
export function readSignatureAlgorithm(der: DerCursor, limit: number): SignatureAlgorithm {
  const end = der.enter(tags.sequence, limit)
  const key = der.oidKey(end)
  if (key === RSASSA_PSS) {
    const hash = pssHash(der, end)
    der.position = end
    return { name: 'rsassaPss', hash }
  }
  der.position = end
  return signatureAlgorithms.get(key) ?? { name: oidFromContent(key), hash: null }
}

/** RSASSA-PSS-params.hashAlgorithm; SHA-1 when left out (RFC 8017 §A.2.3). */
function pssHash(der: DerCursor, limit: number): string | null {
  const end = der.enterOptional(tags.sequence, limit)
  if (end === -1) return 'sha1'
  const hashEnd = der.enterOptional(0xa0, end)
  if (hashEnd === -1) return 'sha1'
  const algorithmEnd = der.enter(tags.sequence, hashEnd)
  return hashAlgorithms.get(der.oidKey(algorithmEnd)) ?? null
}
