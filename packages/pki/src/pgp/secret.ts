import { MusterError, type Protection } from '@muster/core'
import type { PgpReader } from './packets.ts'

const ciphers: Readonly<Record<number, string>> = {
  1: 'idea', 2: '3des', 3: 'cast5', 4: 'blowfish', 7: 'aes128', 8: 'aes192', 9: 'aes256', 10: 'twofish', 11: 'camellia128', 12: 'camellia192', 13: 'camellia256',
}
const aeadModes: Readonly<Record<number, string>> = { 1: 'eax', 2: 'ocb', 3: 'gcm' }
const hashes: Readonly<Record<number, string>> = {
  1: 'md5', 2: 'sha1', 3: 'ripemd160', 8: 'sha256', 9: 'sha384', 10: 'sha512', 11: 'sha224', 12: 'sha3-256', 14: 'sha3-512',
}
/** GnuPG's private string-to-key type: the secret numbers are elsewhere (GnuPG DETAILS, "GNU extensions to the S2K algorithm"). */
const GNU_S2K = 101

const cipherName = (id: number): string => ciphers[id] ?? `cipher ${id}`
const hashName = (id: number): string => hashes[id] ?? `hash ${id}`

/** Octets hashed, from the one-octet code (RFC 9580 §3.7.1.3). */
function iteratedCount(code: number): number {
  return (16 + (code & 15)) * 2 ** ((code >> 4) + 6)
}

/** The key derivation in words; null when the secret numbers are not in the packet at all. */
function readS2k(reader: PgpReader): string | null {
  const type = reader.uint8()
  switch (type) {
    case 0: return `simple ${hashName(reader.uint8())}`
    case 1: {
      const hash = hashName(reader.uint8())
      reader.take(8)
      return `salted ${hash}`
    }
    case 3: {
      const hash = hashName(reader.uint8())
      reader.take(8)
      return `iterated-salted ${hash}, ${iteratedCount(reader.uint8())} bytes`
    }
    case 4: {
      reader.take(16)
      const [passes, lanes, memory] = [reader.uint8(), reader.uint8(), reader.uint8()]
      return `argon2id, ${2 ** Math.min(memory, 31)} KiB, ${passes} passes, ${lanes} lanes`
    }
    case GNU_S2K: return null
    default: return `s2k type ${type}`
  }
}

/**
 * Reads how the secret half of a key packet is protected (RFC 9580 §5.5.3) from just behind the public numbers. Null when the
 * secret half is elsewhere (a smart card, an offline primary key).
 * @throws MusterError pgp.invalid
 */
export function readProtection(reader: PgpReader, version: number): Protection | null {
  const usage = reader.uint8()
  if (version >= 5 && usage !== 0) reader.uint8()
  if (usage === 0) {
    if (reader.remaining === 0) throw new MusterError('pgp.invalid', 'a secret key packet without its secret numbers')
    return { encrypted: false, scheme: null, kdf: null }
  }
  // Any other octet is itself the cipher, with MD5 of the passphrase as key.
  if (usage < 253) return { encrypted: true, scheme: `${cipherName(usage)}-cfb`, kdf: 'simple md5' }
  const cipher = cipherName(reader.uint8())
  const mode = usage === 253 ? aeadModes[reader.uint8()] ?? 'aead' : 'cfb'
  if (version === 6 && usage !== 255) reader.uint8()
  const kdf = readS2k(reader)
  return kdf === null ? null : { encrypted: true, scheme: `${cipher}-${mode}`, kdf }
}
