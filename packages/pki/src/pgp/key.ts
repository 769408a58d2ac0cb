import { createHash } from 'node:crypto'
import { isMusterError, MusterError, type PgpKey, type Protection } from '@muster/core'
import { cleanText } from '../der/index.ts'
import { readMaterial, unknownMaterial, type PgpMaterial } from './key-material.ts'
import { packetTags, PgpReader, type Packet } from './packets.ts'
import { readProtection } from './secret.ts'
import { keyIdOf, readSignature, signatureTypes, type PgpSignature } from './signature.ts'

const MAX_USER_IDS = 64
const MAX_USER_ID_CHARACTERS = 1024
const MAX_SUBKEYS = 1024
const MAX_SIGNATURES = 10_000
/** Unreadable keys after which a ring is given up. */
const MAX_BAD_KEYS = 10_000

/** The head of a key packet. */
type KeyPacket = {
  readonly version: number
  readonly createdSeconds: number
  /** Version 3 keys carry their end themselves; null from version 4 on, and for no end. */
  readonly validityDays: number | null
  readonly material: PgpMaterial
  readonly fingerprint: string
  readonly keyId: string
  /** The body up to the end of the public numbers: the same for a public and a secret packet. */
  readonly publicBody: Uint8Array
  /** Null for a public packet, and where the secret half is elsewhere. */
  readonly protection: Protection | null
}

/** A transferable key (RFC 9580 §10.1, §10.2). */
export type PgpKeyRing = {
  readonly credential: PgpKey
  /** How the secret half lies here; null for a public key and for stubs whose secret half is elsewhere. */
  readonly protection: Protection | null
  readonly hasSecret: boolean
}

function fingerprintOf(version: number, body: Uint8Array): string {
  if (version === 3 || version === 2) {
    const reader = new PgpReader(body.subarray(8))
    return createHash('md5').update(reader.mpi()).update(reader.mpi()).digest('hex')
  }
  const prefix = version === 4 ? Buffer.alloc(3) : Buffer.alloc(5)
  prefix[0] = { 4: 0x99, 5: 0x9a }[version] ?? 0x9b
  prefix.writeUIntBE(body.length, 1, prefix.length - 1)
  return createHash(version === 4 ? 'sha1' : 'sha256').update(prefix).update(body).digest('hex')
}

/** RFC 9580 §5.5.2. @throws MusterError pgp.invalid, key.invalid, key.unsupported */
function readKeyPacket(packet: Packet): KeyPacket {
  const { body } = packet
  const reader = new PgpReader(body)
  const version = reader.uint8()
  if (version < 2 || version > 6) throw new MusterError('key.unsupported', `an OpenPGP key of version ${version}`)
  const createdSeconds = reader.uint32()
  const days = version <= 3 ? reader.uint16() : 0
  const algorithm = reader.uint8()
  if (version <= 3 && (algorithm < 1 || algorithm > 3)) throw new MusterError('pgp.invalid', 'a version 3 key that is not RSA')
  const length = version >= 5 ? reader.uint32() : null
  const start = reader.offset
  const secret = packet.tag === packetTags.secretKey || packet.tag === packetTags.secretSubkey
  let material = readMaterial(length === null ? reader : new PgpReader(reader.take(length)), algorithm)
  if (material === null) {
    if (secret && length === null) throw new MusterError('key.unsupported', `OpenPGP algorithm ${algorithm} is not known`)
    material = unknownMaterial
    if (length === null) reader.take(reader.remaining)
  }
  const publicBody = body.subarray(0, length === null ? reader.offset : start + length)
  const fingerprint = fingerprintOf(version, publicBody)
  // RFC 4880 §12.2: the key id of a version 3 key is the low 64 bits of its modulus.
  const keyId = version <= 3 ? Buffer.from(new PgpReader(body.subarray(8)).mpi().subarray(-8)).toString('hex') : keyIdOf(version, fingerprint)
  return {
    version, createdSeconds, validityDays: days === 0 ? null : days, material, fingerprint, keyId, publicBody,
    protection: secret ? readProtection(reader, version) : null,
  }
}

/** What is gathered while the packets of one key pass by. */
class KeyBuilder {
  readonly #primary: KeyPacket
  readonly #isSecret: boolean
  readonly #userIds: string[] = []
  readonly #protections: Protection[] = []
  readonly #revokers = new Set<string>()
  readonly #revocations: PgpSignature[] = []
  #subkeys = 0
  #signatures = 0
  #newestDirect: PgpSignature | null = null
  #newestCertification: PgpSignature | null = null

  constructor(packet: Packet) {
    this.#primary = readKeyPacket(packet)
    this.#isSecret = packet.tag === packetTags.secretKey
    if (this.#primary.protection !== null) this.#protections.push(this.#primary.protection)
  }

  add(packet: Packet): void {
    switch (packet.tag) {
      case packetTags.userId:
        if (this.#userIds.length < MAX_USER_IDS) this.#userIds.push(cleanText(Buffer.from(packet.body).toString('utf8'), MAX_USER_ID_CHARACTERS))
        break
      case packetTags.publicSubkey: case packetTags.secretSubkey: this.#addSubkey(packet); break
      case packetTags.signature: this.#addSignature(packet); break
      default: break
    }
  }

  #addSubkey(packet: Packet): void {
    if (++this.#subkeys > MAX_SUBKEYS) throw new MusterError('input.limit', `more than ${MAX_SUBKEYS} subkeys`)
    if (packet.tag !== packetTags.secretSubkey) return
    const { protection } = readKeyPacket(packet)
    if (protection !== null) this.#protections.push(protection)
  }

  #addSignature(packet: Packet): void {
    if (++this.#signatures > MAX_SIGNATURES) return
    const signature = readSignature(packet.body)
    if (signature === null) return
    if (signature.type === signatureTypes.keyRevocation) this.#revocations.push(signature)
    if (!signature.issuers.includes(this.#primary.keyId)) return
    if (signature.type === signatureTypes.directKey) {
      for (const revoker of signature.revokers) this.#revokers.add(revoker)
      if (signature.createdSeconds >= (this.#newestDirect?.createdSeconds ?? 0)) this.#newestDirect = signature
    } else if (signature.type >= signatureTypes.certificationFirst && signature.type <= signatureTypes.certificationLast) {
      if (signature.createdSeconds >= (this.#newestCertification?.createdSeconds ?? 0)) this.#newestCertification = signature
    }
  }

  /** As GnuPG counts: what a direct-key signature says goes before the newest certification of a user id. */
  #notAfter(): string | null {
    const { createdSeconds, validityDays } = this.#primary
    const seconds = validityDays === null
      ? this.#newestDirect?.keyExpirySeconds ?? this.#newestCertification?.keyExpirySeconds ?? null
      : validityDays * 86_400
    return seconds === null ? null : new Date((createdSeconds + seconds) * 1000).toISOString()
  }

  #revoked(): boolean {
    const allowed = new Set([this.#primary.keyId, ...[...this.#revokers].map((fingerprint) => keyIdOf(fingerprint.length > 40 ? 6 : 4, fingerprint))])
    return this.#revocations.some((revocation) => revocation.issuers.some((issuer) => allowed.has(issuer)))
  }

  build(): PgpKeyRing {
    const { version, createdSeconds, material, fingerprint, publicBody } = this.#primary
    const credential: PgpKey = {
      kind: 'pgp-key',
      fingerprint: createHash('sha256').update(publicBody).digest('hex'),
      spkiSha256: material.spkiSha256,
      pgpFingerprint: fingerprint,
      pgpVersion: version,
      userIds: this.#userIds,
      createdAt: new Date(createdSeconds * 1000).toISOString(),
      notAfter: this.#notAfter(),
      key: material.facts,
      subkeyCount: this.#subkeys,
      revoked: this.#revoked(),
    }
    // A ring is as well protected as its least protected part.
    const protection = this.#protections.find((each) => !each.encrypted) ?? this.#protections[0] ?? null
    return { credential, protection, hasSecret: this.#isSecret && protection !== null }
  }
}

/** Keys and what could not be read of them. */
export type PgpKeys = { readonly keys: readonly PgpKeyRing[]; readonly problems: readonly MusterError[] }

/**
 * Groups packets into keys. A key that cannot be read is a problem and the next one goes on; packets before the first key
 * and packets of other kinds are passed over.
 */
export class KeyCollector {
  readonly #maxKeys: number
  readonly #keys: PgpKeyRing[] = []
  readonly #problems: MusterError[] = []
  #current: KeyBuilder | null = null

  constructor(maxKeys: number) {
    this.#maxKeys = maxKeys
  }

  /** True when no more keys are taken. */
  get full(): boolean {
    return this.#keys.length >= this.#maxKeys || this.#problems.length >= MAX_BAD_KEYS
  }

  add(packet: Packet): void {
    this.#attempt(() => {
      if (packet.tag === packetTags.publicKey || packet.tag === packetTags.secretKey) {
        this.#finish()
        this.#current = new KeyBuilder(packet)
      } else this.#current?.add(packet)
    })
  }

  #attempt(run: () => void): void {
    try {
      run()
    } catch (error) {
      if (!isMusterError(error)) throw error
      this.#problems.push(error)
      this.#current = null
    }
  }

  #finish(): void {
    if (this.#current !== null) this.#keys.push(this.#current.build())
    this.#current = null
  }

  end(): PgpKeys {
    this.#finish()
    return { keys: this.#keys, problems: this.#problems }
  }
}
