import { createHash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import type { Facts } from '../finding.ts'
import { formReason, isDummy, isMixed } from './form.ts'
import { placeholderReason } from './placeholder.ts'

/** Facts read from a value whose structure holds; null for one that cannot be genuine. */
export type StructureCheck = (secret: string) => Facts | null

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const BASE58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'
const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** CRC-32 in base 62 (digits, upper, lower case), six digits with leading zeros. */
export function crc32Base62(text: string): string {
  let value = crc32(text)
  let digits = ''
  for (let i = 0; i < 6; i++) {
    digits = BASE62[value % 62]! + digits
    value = Math.floor(value / 62)
  }
  return digits
}

/** Prefix, random part, and the CRC-32 of the random part in the last six characters. */
function withChecksum(kinds: Readonly<Record<string, string>>): StructureCheck {
  return (secret) => {
    const cut = secret.indexOf('_') + 1
    const random = secret.slice(cut, -6)
    return crc32Base62(random) === secret.slice(-6) ? { tokenType: kinds[secret.slice(0, cut - 1)] ?? 'token' } : null
  }
}

/** The account is 40 bits behind the first bit of the base-32 text behind the four letters of the type. */
function awsKeyId(secret: string): Facts | null {
  if (!/^[A-Z]{4}[A-Z2-7]{16}$/.test(secret)) return null
  let bits = 0n
  for (const char of secret.slice(4, 14)) bits = bits * 32n + BigInt(BASE32.indexOf(char))
  const account = (bits >> 9n) & 0xff_ffff_ffffn
  return { type: secret.slice(0, 4) === 'ASIA' ? 'temporary' : 'long-term', account: account.toString().padStart(12, '0') }
}

function jwt(secret: string): Facts | null {
  const [header, payload] = secret.split('.').map(jsonOf)
  if (header == null || (typeof header.alg !== 'string' && payload == null)) return null
  const facts: Record<string, string> = typeof header.alg === 'string' ? { algorithm: header.alg.slice(0, 32) } : {}
  for (const [claim, name] of [['iss', 'issuer'], ['sub', 'subject'], ['exp', 'expires']] as const) {
    const value = payload?.[claim]
    if (typeof value === 'string' || typeof value === 'number') facts[name] = String(value).slice(0, 512)
  }
  return facts
}

function jsonOf(part: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'))
    return value !== null && typeof value === 'object' && !Array.isArray(value) ? { ...value } : null
  } catch {
    return null
  }
}

function pem(secret: string): Facts | null {
  const label = /-----BEGIN ([A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?)-----/.exec(secret)?.[1]
  // A body of a few words is no key.
  const body = secret.replaceAll(/-----[^-]*-----|^[\w-]{3,20}: .*$|\\[nr]/gm, '').replaceAll(/[^A-Za-z0-9+/]/g, '')
  return label === undefined || body.length < 40 ? null : { label, encrypted: String(label.startsWith('ENCRYPTED') || secret.includes('Proc-Type: 4,ENCRYPTED')) }
}

const decoded = (text: string): string => text.replaceAll(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))

const credentialUrl: StructureCheck = (secret) => {
  const found = /^([A-Za-z][\w+.-]{0,30}):\/\/([^\s:/@]*):([^\s/@]+)@([^\s/?:,]+)(?::(\d{1,5}))?(?:\/([\w.-]{0,128}))?/.exec(secret)
  if (found === null || /^(?:x-oauth-basic|x-token-auth|user|pwd?|\*+|x+|\.\.\.)$/i.test(found[3]!) || isDummy(decoded(found[3]!)) || found[2] === found[3] || placeholderReason(found[3]!) !== null) return null
  const [, scheme, user, , host, port, database] = found
  return { scheme: scheme!, ...user!.length >= 20 && isMixed(user!, 3) ? {} : { user: user! }, host: host!, ...port === undefined ? {} : { port }, ...database === undefined || database === '' ? {} : { database } }
}

/** The first part is the bot's user id, digits in base64. */
const discordToken: StructureCheck = (secret) => {
  const id = Buffer.from(secret.slice(0, secret.indexOf('.')), 'base64url').toString('latin1')
  return /^\d{17,20}$/.test(id) ? { bot: id } : null
}

/** Base 58 with four bytes of a double SHA-256 at its end (Bitcoin's wallet import format and addresses). */
const base58Check: StructureCheck = (secret) => {
  let value = 0n
  for (const char of secret) value = value * 58n + BigInt(BASE58.indexOf(char))
  const bytes = Buffer.from(value.toString(16).padStart(2 * (secret.length > 51 ? 38 : 37), '0'), 'hex')
  const sha256 = (data: Uint8Array) => createHash('sha256').update(data).digest()
  return sha256(sha256(bytes.subarray(0, -4))).subarray(0, 4).equals(bytes.subarray(-4)) ? {} : null
}

/** Base 32 of a version byte, 32 bytes of seed and a CRC-16 (XMODEM), low byte first (Stellar SEP-23). */
const stellarSeed: StructureCheck = (secret) => {
  let value = 0n
  for (const char of secret) value = value * 32n + BigInt(BASE32.indexOf(char))
  const bytes = Buffer.from(value.toString(16).padStart(70, '0'), 'hex')
  return bytes.readUInt16LE(33) === crc16(bytes.subarray(0, 33)) ? {} : null
}

/** CRC-16/XMODEM: polynomial 0x1021, start value 0. */
export function crc16(bytes: Uint8Array): number {
  let crc = 0
  for (const byte of bytes) {
    crc ^= byte << 8
    for (let bit = 0; bit < 8; bit++) crc = (crc & 0x8000) === 0 ? (crc << 1) & 0xffff : ((crc << 1) ^ 0x1021) & 0xffff
  }
  return crc
}

/** Base 64 of a login: a user, a colon, a password, all printable (RFC 7617 §2). */
const basicCredentials: StructureCheck = (secret) => {
  const text = Buffer.from(secret, 'base64').toString('utf8')
  const found = /^([^\s:]{1,100}):([^\s:\ufffd][^\s\ufffd]{2,200})$/.exec(text)
  if (found === null || /[^\x20-\x7e\u00a1-\uffff]/.test(text) || placeholderReason(found[2]!) !== null || isDummy(found[2]!) || formReason(found[2]!, 'setting') !== null) return null
  return { user: found[1]! }
}

/** Of a wallet's words few come twice; those of examples do. */
const seedPhrase: StructureCheck = (secret) => {
  const words = secret.split(' ')
  return new Set(words).size >= words.length - 2 ? { words: String(words.length) } : null
}

/** Every structural check a rule may name. */
export const structureChecks: Readonly<Record<string, StructureCheck>> = {
  'github-token': withChecksum({ ghp: 'personal access token', gho: 'OAuth token', ghu: 'user-to-server token', ghs: 'installation token', ghr: 'refresh token' }),
  'npm-token': withChecksum({ npm: 'access token' }),
  'not-hex': (secret) => /[_-][a-f0-9]{32,40}$/.test(secret) ? null : {}, 'basic-credentials': basicCredentials, 'discord-token': discordToken, 'base58-check': base58Check, 'stellar-seed': stellarSeed,
  'aws-key-id': awsKeyId, jwt, pem, 'credential-url': credentialUrl, 'seed-phrase': seedPhrase,
}
