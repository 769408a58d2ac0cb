import { createDecipheriv, type DecipherGCM } from 'node:crypto'
import { MusterError, type Protection, type Secret } from '@muster/core'
import { cleanText } from '../der/index.ts'
import { bcryptPbkdf } from './bcrypt-pbkdf.ts'
import { parseSshPublicKey, type SshPublicKey } from './public-key.ts'
import { SshReader } from './wire.ts'

/** PEM label of OpenSSH's own private key format. */
export const OPENSSH_PRIVATE_KEY_LABEL = 'OPENSSH PRIVATE KEY'
const MAGIC = 'openssh-key-v1\0'

/**
 * Rounds of bcrypt_pbkdf spent on one file, over all passphrases tried: some 15 ms each. ssh-keygen writes 16 or 24, careful
 * people ask for a hundred.
 */
export const MAX_BCRYPT_ROUNDS = 256

/** An openssh-key-v1 file (OpenSSH PROTOCOL.key). The private numbers are never kept. */
export type OpensshPrivateKey = {
  readonly publicKey: SshPublicKey
  readonly protection: Protection
  /** bcrypt_pbkdf rounds; null when there is no key derivation. */
  readonly kdfRounds: number | null
  /** Null while the private half could not be read. */
  readonly comment: string | null
  /** `opened`: plain, or one of the passphrases fits; `locked`: none fits; `not-tried`: too costly or a cipher we do not speak. */
  readonly state: 'opened' | 'locked' | 'not-tried'
}

type CipherForm = { readonly node: string; readonly keyBytes: number; readonly ivBytes: number; readonly tagBytes: number }
const ciphers: Readonly<Record<string, CipherForm>> = {
  '3des-cbc': { node: 'des-ede3-cbc', keyBytes: 24, ivBytes: 8, tagBytes: 0 },
  'aes128-cbc': { node: 'aes-128-cbc', keyBytes: 16, ivBytes: 16, tagBytes: 0 },
  'aes192-cbc': { node: 'aes-192-cbc', keyBytes: 24, ivBytes: 16, tagBytes: 0 },
  'aes256-cbc': { node: 'aes-256-cbc', keyBytes: 32, ivBytes: 16, tagBytes: 0 },
  'aes128-ctr': { node: 'aes-128-ctr', keyBytes: 16, ivBytes: 16, tagBytes: 0 },
  'aes192-ctr': { node: 'aes-192-ctr', keyBytes: 24, ivBytes: 16, tagBytes: 0 },
  'aes256-ctr': { node: 'aes-256-ctr', keyBytes: 32, ivBytes: 16, tagBytes: 0 },
  'aes128-gcm@openssh.com': { node: 'aes-128-gcm', keyBytes: 16, ivBytes: 12, tagBytes: 16 },
  'aes256-gcm@openssh.com': { node: 'aes-256-gcm', keyBytes: 32, ivBytes: 12, tagBytes: 16 },
}

type Container = {
  readonly cipher: string
  readonly kdf: string
  readonly salt: Uint8Array
  readonly rounds: number
  readonly publicKey: SshPublicKey
  readonly sealed: Uint8Array
  readonly tag: Uint8Array
}

function readContainer(bytes: Uint8Array): Container {
  const reader = new SshReader(bytes)
  if (Buffer.from(reader.take(MAGIC.length, 'the header')).toString('latin1') !== MAGIC) {
    throw new MusterError('ssh.invalid', 'not an openssh-key-v1 private key')
  }
  const cipher = reader.text('the cipher name')
  const kdf = reader.text('the key derivation name')
  const options = new SshReader(reader.string('the key derivation options'))
  const hasOptions = kdf === 'bcrypt'
  const salt = hasOptions ? options.string('the salt') : new Uint8Array()
  const rounds = hasOptions ? options.uint32('the rounds') : 0
  const count = reader.uint32('the number of keys')
  // PROTOCOL.key allows several; OpenSSH has never written or read more than one.
  if (count !== 1) throw new MusterError('ssh.invalid', `a private key file with ${count} keys`)
  const publicKey = parseSshPublicKey(reader.string('the public key'))
  const sealed = reader.string('the private section')
  return { cipher, kdf, salt, rounds, publicKey, sealed, tag: reader.take(reader.remaining) }
}

/** Reads past the private numbers to the comment. @throws MusterError ssh.invalid when the section is not what it should be */
function readComment(plain: Uint8Array, publicKey: SshPublicKey): string {
  const reader = new SshReader(plain)
  if (reader.uint32() !== reader.uint32()) throw new MusterError('ssh.invalid', 'the check numbers of the private section differ')
  const type = reader.text('the key type')
  if (type !== publicKey.type && !type.startsWith(publicKey.type.replace(/@.*$/, ''))) {
    throw new MusterError('ssh.invalid', 'public and private section are of different types')
  }
  const before = { 'ssh-rsa': 6, 'ssh-dss': 5, 'ssh-ed25519': 2, 'ssh-ed448': 2, 'sk-ssh-ed25519@openssh.com': 2 }[publicKey.type] ?? 3
  for (let i = 0; i < before; i++) reader.string('a private number')
  if (publicKey.application !== null) {
    reader.uint8('the flags')
    reader.string('the key handle')
    reader.string('the reserved field')
  }
  const comment = cleanText(Buffer.from(reader.string('the comment')).toString('utf8'), 512)
  for (let expected = 1; reader.remaining > 0; expected++) {
    if (reader.uint8() !== (expected & 0xff)) throw new MusterError('ssh.invalid', 'the padding of the private section is wrong')
  }
  return comment
}

function decrypt(container: Container, form: CipherForm, passphrase: Uint8Array): Uint8Array | null {
  const derived = bcryptPbkdf(passphrase, container.salt, container.rounds, form.keyBytes + form.ivBytes)
  try {
    const decipher = createDecipheriv(form.node, derived.subarray(0, form.keyBytes), derived.subarray(form.keyBytes))
    decipher.setAutoPadding(false)
    if (form.tagBytes > 0) (decipher as DecipherGCM).setAuthTag(container.tag)
    return Buffer.concat([decipher.update(container.sealed), decipher.final()])
  } catch {
    return null
  } finally {
    derived.fill(0)
  }
}

function tryOpen(container: Container, passphrases: readonly Secret[]): Pick<OpensshPrivateKey, 'comment' | 'state'> {
  const form = ciphers[container.cipher]
  const nonEmpty = passphrases.map((secret) => secret.reveal()).filter((bytes) => bytes.length > 0)
  if (nonEmpty.length === 0) return { comment: null, state: 'locked' }
  const affordable = Math.floor(MAX_BCRYPT_ROUNDS / Math.max(1, container.rounds))
  if (form === undefined || container.kdf !== 'bcrypt' || container.rounds === 0 || container.salt.length === 0 || affordable === 0) {
    return { comment: null, state: 'not-tried' }
  }
  for (const passphrase of nonEmpty.slice(0, affordable)) {
    const plain = decrypt(container, form, passphrase)
    if (plain === null) continue
    try {
      return { comment: readComment(plain, container.publicKey), state: 'opened' }
    } catch (error) {
      // A wrong passphrase yields noise: the check numbers differ.
      if (!(error instanceof MusterError)) throw error
    } finally {
      plain.fill(0)
    }
  }
  return { comment: null, state: nonEmpty.length > affordable ? 'not-tried' : 'locked' }
}

/**
 * Reads the decoded body of an `OPENSSH PRIVATE KEY` block. The public half needs no passphrase; the comment does.
 * @throws MusterError ssh.invalid, key.invalid, key.unsupported, input.limit
 */
export function parseOpensshPrivateKey(bytes: Uint8Array, passphrases: readonly Secret[]): OpensshPrivateKey {
  const container = readContainer(bytes)
  if (container.cipher === 'none') {
    const protection = { encrypted: false, scheme: null, kdf: null }
    const comment = readComment(container.sealed, container.publicKey)
    return { publicKey: container.publicKey, protection, kdfRounds: null, comment, state: 'opened' }
  }
  const kdf = container.kdf === 'bcrypt' ? `bcrypt, ${container.rounds} rounds` : container.kdf
  const protection = { encrypted: true, scheme: cleanText(container.cipher, 128), kdf: cleanText(kdf, 128) }
  const kdfRounds = container.kdf === 'bcrypt' ? container.rounds : null
  return { publicKey: container.publicKey, protection, kdfRounds, ...tryOpen(container, passphrases) }
}
