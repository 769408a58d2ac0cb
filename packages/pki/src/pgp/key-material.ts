import { MusterError, type KeyFacts } from '@muster/core'
import { checkMaterial, factsOf, magnitudeBits, spkiSha256Of, type CurveName, type PublicMaterial, type RawKeyAlgorithm } from '../ssh/public-material.ts'
import type { PgpReader } from './packets.ts'

/** A key as far as its numbers tell. */
export type PgpMaterial = {
  readonly facts: KeyFacts
  /** Null for keys X.509 has no form for (ElGamal, unknown algorithms). */
  readonly spkiSha256: string | null
}

type Curve = { readonly kind: 'weierstrass'; readonly curve: CurveName } | { readonly kind: 'native'; readonly algorithm: RawKeyAlgorithm }

/** Curve object identifiers, content octets in hex (RFC 9580 §9.2). */
const curveByOid: Readonly<Record<string, Curve>> = {
  '2a8648ce3d030107': { kind: 'weierstrass', curve: 'P-256' },
  '2b81040022': { kind: 'weierstrass', curve: 'P-384' },
  '2b81040023': { kind: 'weierstrass', curve: 'P-521' },
  '2b8104000a': { kind: 'weierstrass', curve: 'secp256k1' },
  '2b2403030208010107': { kind: 'weierstrass', curve: 'brainpoolP256r1' },
  '2b240303020801010b': { kind: 'weierstrass', curve: 'brainpoolP384r1' },
  '2b240303020801010d': { kind: 'weierstrass', curve: 'brainpoolP512r1' },
  '2b06010401da470f01': { kind: 'native', algorithm: 'ed25519' },
  '2b060104019755010501': { kind: 'native', algorithm: 'x25519' },
  '2b6570': { kind: 'native', algorithm: 'ed25519' },
  '2b656e': { kind: 'native', algorithm: 'x25519' },
  '2b6571': { kind: 'native', algorithm: 'ed448' },
  '2b656f': { kind: 'native', algorithm: 'x448' },
}

const nativeById: Readonly<Record<number, { algorithm: RawKeyAlgorithm; bytes: number }>> = {
  25: { algorithm: 'x25519', bytes: 32 }, 26: { algorithm: 'x448', bytes: 56 },
  27: { algorithm: 'ed25519', bytes: 32 }, 28: { algorithm: 'ed448', bytes: 57 },
}

const ECDH = 18
const plainFacts = (algorithm: KeyFacts['algorithm'], sizeBits: number | null, curve: string | null = null): KeyFacts =>
  ({ algorithm, sizeBits, curve, rsaExponent: null, rsaModulus: null })

function known(material: PublicMaterial): PgpMaterial {
  const key = checkMaterial(material)
  return { facts: factsOf(key), spkiSha256: spkiSha256Of(key) }
}

function readCurveKey(reader: PgpReader, algorithmId: number): PgpMaterial {
  const oid = Buffer.from(reader.take(reader.uint8())).toString('hex')
  const point = reader.mpi()
  // RFC 9580 §11.5: key derivation parameters of ECDH follow the point.
  if (algorithmId === ECDH) reader.take(reader.uint8())
  const curve = Object.hasOwn(curveByOid, oid) ? curveByOid[oid] : undefined
  if (curve === undefined) return { facts: plainFacts('ec', null, `oid ${oid.slice(0, 40)}`), spkiSha256: null }
  if (curve.kind === 'weierstrass') return known({ algorithm: 'ec', curve: curve.curve, point })
  // Native points stand behind 0x40 (RFC 9580 §11.2.2); Ed448 in LibrePGP keys has no prefix.
  return known({ algorithm: curve.algorithm, point: point[0] === 0x40 ? point.subarray(1) : point })
}

function readElgamal(reader: PgpReader): PgpMaterial {
  const [p, g, y] = [reader.mpi(), reader.mpi(), reader.mpi()]
  if (g.length === 0 || y.length === 0) throw new MusterError('key.invalid', 'a number of the elgamal key is zero')
  return { facts: plainFacts('elgamal', magnitudeBits(p)), spkiSha256: null }
}

/**
 * Reads the public numbers of a key packet (RFC 9580 §5.5.5). Null for an algorithm that is not known: where its numbers end
 * cannot be told.
 * @throws MusterError pgp.invalid, key.invalid
 */
export function readMaterial(reader: PgpReader, algorithmId: number): PgpMaterial | null {
  const native = nativeById[algorithmId]
  if (native !== undefined) return known({ algorithm: native.algorithm, point: reader.take(native.bytes) })
  switch (algorithmId) {
    case 1: case 2: case 3: {
      const modulus = reader.mpi()
      return known({ algorithm: 'rsa', modulus, exponent: reader.mpi() })
    }
    case 16: case 20: return readElgamal(reader)
    case 17: {
      const [p, q, g, y] = [reader.mpi(), reader.mpi(), reader.mpi(), reader.mpi()]
      return known({ algorithm: 'dsa', p, q, g, y })
    }
    case ECDH: case 19: case 22: return readCurveKey(reader, algorithmId)
    default: return null
  }
}

/** A key of an algorithm this version does not know. */
export const unknownMaterial: PgpMaterial = { facts: plainFacts('unknown', null), spkiSha256: null }
