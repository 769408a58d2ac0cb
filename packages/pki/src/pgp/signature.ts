import { PgpReader } from './packets.ts'

/** What a self-signature tells about a key; only hashed subpackets count for dates and expiry. */
export type PgpSignature = {
  readonly type: number
  /** Seconds since 1970. */
  readonly createdSeconds: number
  /** Seconds after the key's creation; null when the signature sets no end. */
  readonly keyExpirySeconds: number | null
  /** Issuer key ids in hex that the signature names, from ids and fingerprints. */
  readonly issuers: readonly string[]
  /** Fingerprints allowed to revoke the key. */
  readonly revokers: readonly string[]
}

/** Signature types (RFC 9580 §5.2.1). */
export const signatureTypes = { directKey: 0x1f, keyRevocation: 0x20, certificationFirst: 0x10, certificationLast: 0x13 } as const

type Draft = { created: number; expiry: number | null; issuers: string[]; revokers: string[] }
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

/** The key id of a fingerprint: the last eight octets up to version 4, the first eight from version 5 on. */
export function keyIdOf(version: number, fingerprint: string): string {
  return version <= 4 ? fingerprint.slice(-16) : fingerprint.slice(0, 16)
}

function subpacketLength(reader: PgpReader): number {
  const first = reader.uint8()
  if (first < 192) return first
  if (first < 255) return (first - 192) * 256 + reader.uint8() + 192
  return reader.uint32()
}

function readSubpackets(bytes: Uint8Array, draft: Draft, hashed: boolean): void {
  const reader = new PgpReader(bytes)
  while (reader.remaining > 0) {
    const length = subpacketLength(reader)
    if (length === 0) continue
    const body = new PgpReader(reader.take(length))
    const type = body.uint8() & 0x7f
    if (type === 16 && body.remaining === 8) draft.issuers.push(hex(body.take(8)))
    else if (type === 33 && body.remaining > 8) {
      const version = body.uint8()
      draft.issuers.push(keyIdOf(version, hex(body.take(body.remaining))))
    } else if (hashed && type === 2 && body.remaining === 4) draft.created = body.uint32()
    else if (hashed && type === 9 && body.remaining === 4) draft.expiry = body.uint32()
    else if (hashed && type === 12 && body.remaining >= 22) {
      body.take(2)
      draft.revokers.push(hex(body.take(body.remaining)))
    }
  }
}

/**
 * Reads a signature packet of version 3 to 6 (RFC 9580 §5.2); null for other versions. The signature itself is not verified:
 * what is told is what the file claims.
 * @throws MusterError pgp.invalid
 */
export function readSignature(packet: Uint8Array): PgpSignature | null {
  const reader = new PgpReader(packet)
  const version = reader.uint8()
  const draft: Draft = { created: 0, expiry: null, issuers: [], revokers: [] }
  if (version === 2 || version === 3) {
    reader.take(1)
    const type = reader.uint8()
    const createdSeconds = reader.uint32()
    return { type, createdSeconds, keyExpirySeconds: null, issuers: [hex(reader.take(8))], revokers: [] }
  }
  if (version < 4 || version > 6) return null
  const type = reader.uint8()
  reader.take(2)
  const areaLength = (): number => version === 6 ? reader.uint32() : reader.uint16()
  readSubpackets(reader.take(areaLength()), draft, true)
  readSubpackets(reader.take(areaLength()), draft, false)
  return { type, createdSeconds: draft.created, keyExpirySeconds: draft.expiry === 0 ? null : draft.expiry, issuers: draft.issuers, revokers: draft.revokers }
}
