import { MusterError } from '@muster/core'
import { DerCursor, tags } from '../der/index.ts'
import { checkMaterial, curves, rawKeyAlgorithms, type CurveName, type PublicMaterial, type RawKeyAlgorithm } from './public-material.ts'
import { encodeSshPublicKey, MAX_PUBLIC_KEY_BYTES, sshFingerprintOf, sshPublicKeyOf } from './public-key.ts'

const curveByOid: ReadonlyMap<string, CurveName> = new Map(
  (Object.keys(curves) as CurveName[]).map((name) => [curves[name].oid, name]),
)
const rawByOid: ReadonlyMap<string, RawKeyAlgorithm> = new Map(
  (Object.keys(rawKeyAlgorithms) as RawKeyAlgorithm[]).map((name) => [rawKeyAlgorithms[name].oid, name]),
)

function unsignedInteger(cursor: DerCursor, limit: number): Uint8Array {
  cursor.integer(limit)
  let start = cursor.contentStart
  if (cursor.bytes[start]! >= 0x80) throw new MusterError('key.invalid', 'a number of the key is negative')
  while (start < cursor.contentEnd && cursor.bytes[start] === 0) start++
  return cursor.bytes.subarray(start, cursor.contentEnd)
}

function rsa(content: Uint8Array): PublicMaterial {
  const cursor = new DerCursor(content, MAX_PUBLIC_KEY_BYTES)
  const end = cursor.enter(tags.sequence, content.length)
  const modulus = unsignedInteger(cursor, end)
  return { algorithm: 'rsa', modulus, exponent: unsignedInteger(cursor, end) }
}

function dsa(parameters: DerCursor, limit: number): (content: Uint8Array) => PublicMaterial {
  const end = parameters.enter(tags.sequence, limit)
  const [p, q, g] = [unsignedInteger(parameters, end), unsignedInteger(parameters, end), unsignedInteger(parameters, end)]
  return (content) => ({ algorithm: 'dsa', p, q, g, y: unsignedInteger(new DerCursor(content, MAX_PUBLIC_KEY_BYTES), content.length) })
}

function ec(parameters: DerCursor, limit: number): (content: Uint8Array) => PublicMaterial {
  const curve = curveByOid.get(parameters.oid(limit))
  if (curve === undefined) throw new MusterError('key.unsupported', 'the curve of the key is not supported')
  return (point) => ({ algorithm: 'ec', curve, point })
}

/**
 * The numbers of a DER SubjectPublicKeyInfo of the algorithms SSH and OpenPGP share.
 * @throws MusterError der.invalid, key.invalid, key.unsupported
 */
export function materialOfSpki(spki: Uint8Array): PublicMaterial {
  const cursor = new DerCursor(spki, MAX_PUBLIC_KEY_BYTES)
  const end = cursor.enter(tags.sequence, spki.length)
  const algorithmEnd = cursor.enter(tags.sequence, end)
  const oid = cursor.oid(algorithmEnd)
  let read: (content: Uint8Array) => PublicMaterial
  const raw = rawByOid.get(oid)
  if (raw !== undefined) read = (point) => ({ algorithm: raw, point })
  else if (oid === '1.2.840.113549.1.1.1') read = rsa
  else if (oid === '1.2.840.10040.4.1') read = dsa(cursor, algorithmEnd)
  else if (oid === '1.2.840.10045.2.1') read = ec(cursor, algorithmEnd)
  else throw new MusterError('key.unsupported', `key algorithm ${oid} has no SSH form`)
  cursor.position = algorithmEnd
  return checkMaterial(read(cursor.bitStringOctets(end)))
}

/** OpenSSH's `SHA256:…` of the key in a DER SubjectPublicKeyInfo; null when SSH has no encoding for it or it is malformed. */
export function sshFingerprintOfSpki(spki: Uint8Array): string | null {
  try {
    const key = sshPublicKeyOf(materialOfSpki(spki))
    return key === null ? null : sshFingerprintOf(encodeSshPublicKey(key))
  } catch (error) {
    if (error instanceof MusterError) return null
    throw error
  }
}
