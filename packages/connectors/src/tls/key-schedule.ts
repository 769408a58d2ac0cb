import { createDecipheriv, createECDH, createHash, createHmac, createPublicKey, decapsulate, diffieHellman, generateKeyPairSync, hkdfSync } from 'node:crypto'
import { MusterError } from '@muster/core'
import type { RecordOpener } from './handshake-reader.ts'

/** The suites whose encrypted handshake this reader can open (RFC 8446 §B.4). */
export const openableSuites: readonly number[] = [0x1301, 0x1302, 0x1303, 0x1304, 0x1305]

type SuiteFacts = { readonly hash: 'sha256' | 'sha384'; readonly cipher: 'aes-128-gcm' | 'aes-256-gcm' | 'chacha20-poly1305' | 'aes-128-ccm'; readonly keyBytes: number; readonly tagBytes: number }

const suiteFacts: ReadonlyMap<number, SuiteFacts> = new Map<number, SuiteFacts>([
  [0x1301, { hash: 'sha256', cipher: 'aes-128-gcm', keyBytes: 16, tagBytes: 16 }],
  [0x1302, { hash: 'sha384', cipher: 'aes-256-gcm', keyBytes: 32, tagBytes: 16 }],
  [0x1303, { hash: 'sha256', cipher: 'chacha20-poly1305', keyBytes: 32, tagBytes: 16 }],
  [0x1304, { hash: 'sha256', cipher: 'aes-128-ccm', keyBytes: 16, tagBytes: 16 }],
  [0x1305, { hash: 'sha256', cipher: 'aes-128-ccm', keyBytes: 16, tagBytes: 8 }],
])

const DIGEST_BYTES = { sha256: 32, sha384: 48 } as const

/** HkdfLabel (RFC 8446 §7.1), with the block counter of HKDF-Expand behind it. */
function hkdfLabel(label: string, context: Uint8Array, length: number): Buffer {
  const info = Buffer.allocUnsafe(2 + 1 + 6 + label.length + 1 + context.length + 1)
  let at = info.writeUInt16BE(length, 0)
  at = info.writeUInt8(6 + label.length, at)
  at += info.write(`tls13 ${label}`, at, 'latin1')
  at = info.writeUInt8(context.length, at)
  info.set(context, at)
  info[info.length - 1] = 1
  return info
}

/** HKDF-Expand-Label (RFC 8446 §7.1); one block is enough for everything a handshake needs. */
function expandLabel(hash: SuiteFacts['hash'], secret: Uint8Array, label: string, context: Uint8Array, length: number): Buffer {
  return createHmac(hash, secret).update(hkdfLabel(label, context, length)).digest().subarray(0, length)
}

/** Derive-Secret(Early Secret, "derived", "") without a PSK: the same for every connection (RFC 8446 §7.1). */
function derivedSecret(hash: SuiteFacts['hash']): Buffer {
  const zeros = Buffer.alloc(DIGEST_BYTES[hash])
  const early = createHmac(hash, zeros).update(zeros).digest()
  return expandLabel(hash, early, 'derived', createHash(hash).digest(), DIGEST_BYTES[hash])
}
const derived = { sha256: derivedSecret('sha256'), sha384: derivedSecret('sha384') }

/**
 * Opens the records of the server's handshake: traffic keys from the shared secret and the transcript so far
 * (ClientHello … ServerHello). @throws MusterError tls.protocol for a suite that was not offered
 */
export function handshakeOpener(suite: number, sharedSecret: Uint8Array, transcript: readonly Buffer[]): RecordOpener {
  const facts = suiteFacts.get(suite)
  if (facts === undefined) throw new MusterError('tls.protocol', 'the server chose a cipher suite that was not offered')
  const { hash, cipher, keyBytes, tagBytes } = facts
  const digest = createHash(hash)
  for (const message of transcript) digest.update(message)
  // HKDF-Extract to the handshake secret and Derive-Secret from it in one call; hkdfSync counts the block itself.
  const info = hkdfLabel('s hs traffic', digest.digest(), DIGEST_BYTES[hash]).subarray(0, -1)
  const traffic = Buffer.from(hkdfSync(hash, sharedSecret, derived[hash], info, DIGEST_BYTES[hash]))
  const key = expandLabel(hash, traffic, 'key', new Uint8Array(0), keyBytes)
  const iv = expandLabel(hash, traffic, 'iv', new Uint8Array(0), 12)
  let sequence = 0
  return (header, fragment) => openRecord({ cipher, tagBytes, key, iv, sequence: sequence++ }, header, fragment)
}

type RecordKeys = Pick<SuiteFacts, 'cipher' | 'tagBytes'> & { readonly key: Buffer; readonly iv: Buffer; readonly sequence: number }

function openRecord({ cipher, tagBytes, key, iv, sequence }: RecordKeys, header: Buffer, fragment: Buffer): { type: number; plaintext: Buffer } {
  if (fragment.length <= tagBytes) throw new MusterError('tls.protocol', 'an encrypted record is too short')
  const nonce = Buffer.from(iv)
  nonce.writeUInt32BE((nonce.readUInt32BE(8) ^ sequence) >>> 0, 8)
  const sealedBytes = fragment.length - tagBytes
  // One type argument serves GCM, CCM and ChaCha20-Poly1305: Node takes the tag length for all three.
  const decipher = createDecipheriv(cipher as 'aes-128-ccm', key, nonce, { authTagLength: tagBytes })
  decipher.setAuthTag(fragment.subarray(sealedBytes))
  decipher.setAAD(header, { plaintextLength: sealedBytes })
  let padded: Buffer
  try {
    padded = decipher.update(fragment.subarray(0, sealedBytes))
    decipher.final()
  } catch {
    throw new MusterError('tls.protocol', 'an encrypted record does not authenticate')
  }
  let end = padded.length - 1
  while (end >= 0 && padded[end] === 0) end--
  if (end < 0) throw new MusterError('tls.protocol', 'an encrypted record has no content type')
  return { type: padded[end]!, plaintext: padded.subarray(0, end) }
}

/** A key exchange whose public value is sent in many hellos: nothing confidential travels under it. */
export type KeyShare = { readonly group: number; readonly publicKey: Uint8Array; readonly sharedSecret: (peer: Uint8Array) => Buffer }

function montgomeryShare(group: number, type: 'x25519' | 'x448'): KeyShare {
  const pair = type === 'x25519' ? generateKeyPairSync('x25519') : generateKeyPairSync('x448')
  const spki = pair.publicKey.export({ type: 'spki', format: 'der' })
  const rawBytes = type === 'x25519' ? 32 : 56
  const prefix = spki.subarray(0, spki.length - rawBytes)
  const sharedSecret = (peer: Uint8Array): Buffer => {
    try {
      const publicKey = createPublicKey({ key: Buffer.concat([prefix, peer]), format: 'der', type: 'spki' })
      return diffieHellman({ privateKey: pair.privateKey, publicKey })
    } catch {
      throw new MusterError('tls.protocol', 'the server sent an invalid key share')
    }
  }
  return { group, publicKey: spki.subarray(-rawBytes), sharedSecret }
}

function curveShare(group: number, curve: string): KeyShare {
  const ecdh = createECDH(curve)
  const publicKey = ecdh.generateKeys()
  const sharedSecret = (peer: Uint8Array): Buffer => {
    try {
      return ecdh.computeSecret(peer)
    } catch {
      throw new MusterError('tls.protocol', 'the server sent an invalid key share')
    }
  }
  return { group, publicKey, sharedSecret }
}

/**
 * ML-KEM beside a curve (draft-ietf-tls-ecdhe-mlkem §3): shares and secrets are concatenated, ML-KEM first for X25519 and the curve
 * first for the NIST curves.
 */
function hybridShare(group: number, kem: { readonly name: 'ml-kem-768' | 'ml-kem-1024'; readonly keyBytes: number; readonly ciphertextBytes: number }, curve: KeyShare, kemFirst: boolean): KeyShare {
  const pair = kem.name === 'ml-kem-768' ? generateKeyPairSync('ml-kem-768') : generateKeyPairSync('ml-kem-1024')
  const kemKey = pair.publicKey.export({ type: 'spki', format: 'der' }).subarray(-kem.keyBytes)
  const join = (ofKem: Uint8Array, ofCurve: Uint8Array): Buffer => Buffer.concat(kemFirst ? [ofKem, ofCurve] : [ofCurve, ofKem])
  const sharedSecret = (peer: Uint8Array): Buffer => {
    const curveBytes = peer.length - kem.ciphertextBytes
    if (curveBytes <= 0) throw new MusterError('tls.protocol', 'the server sent an invalid key share')
    const ciphertext = kemFirst ? peer.subarray(0, kem.ciphertextBytes) : peer.subarray(curveBytes)
    const point = kemFirst ? peer.subarray(kem.ciphertextBytes) : peer.subarray(0, curveBytes)
    try {
      return join(decapsulate(pair.privateKey, ciphertext), curve.sharedSecret(point))
    } catch {
      throw new MusterError('tls.protocol', 'the server sent an invalid key share')
    }
  }
  return { group, publicKey: join(kemKey, curve.publicKey), sharedSecret }
}

const mlKem768 = { name: 'ml-kem-768', keyBytes: 1184, ciphertextBytes: 1088 } as const
const mlKem1024 = { name: 'ml-kem-1024', keyBytes: 1568, ciphertextBytes: 1568 } as const

const makers: ReadonlyMap<number, () => KeyShare> = new Map([
  [0x001d, () => montgomeryShare(0x001d, 'x25519')],
  [0x001e, () => montgomeryShare(0x001e, 'x448')],
  [0x0017, () => curveShare(0x0017, 'prime256v1')],
  [0x0018, () => curveShare(0x0018, 'secp384r1')],
  [0x0019, () => curveShare(0x0019, 'secp521r1')],
  [0x001f, () => curveShare(0x001f, 'brainpoolP256r1')],
  [0x0020, () => curveShare(0x0020, 'brainpoolP384r1')],
  [0x0021, () => curveShare(0x0021, 'brainpoolP512r1')],
  [0x11ec, () => hybridShare(0x11ec, mlKem768, keyShareOf(0x001d)!, true)],
  [0x11eb, () => hybridShare(0x11eb, mlKem768, keyShareOf(0x0017)!, false)],
  [0x11ed, () => hybridShare(0x11ed, mlKem1024, keyShareOf(0x0018)!, false)],
])
const made = new Map<number, KeyShare>()

/** The process's key share of a group, made once; null for groups this reader cannot compute. */
export function keyShareOf(group: number): KeyShare | null {
  const before = made.get(group)
  if (before !== undefined) return before
  const share = makers.get(group)?.() ?? null
  if (share !== null) made.set(group, share)
  return share
}

/** Hybrids {@link keyShareOf} can compute: offered only where nothing else is accepted, as servers prefer them and they cost more. */
export const hybridGroups: readonly number[] = [0x11ec, 0x11eb, 0x11ed]

/** Curves {@link keyShareOf} can compute, in the order to offer. */
export const computableGroups: readonly number[] = [...makers.keys()].filter((group) => !hybridGroups.includes(group))

/** Replaces the first ClientHello in the transcript after a HelloRetryRequest (RFC 8446 §4.4.1). */
export function messageHash(suite: number, clientHello: Buffer): Buffer {
  const hash = suiteFacts.get(suite)?.hash ?? 'sha256'
  const digest = createHash(hash).update(clientHello).digest()
  return Buffer.concat([Uint8Array.of(254, 0, 0, digest.length), digest])
}
