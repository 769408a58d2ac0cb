import { isMusterError, type Protection } from '@muster/core'
import { cleanText } from '../der/index.ts'
import type { FoundItem, RecogniseOptions, RecogniseProblem, RecogniseResult } from '../found.ts'
import { credentialOfKeyText, parseAuthorizedKeys, type AuthorizedKey, type LineProblem } from './authorized-keys.ts'
import { armouredBlocks, fromBase64 } from './base64.ts'
import { parseSshCertificate, isCertificateType } from './certificate.ts'
import { isBlank, readKeyText } from './key-lines.ts'
import { parseKnownHosts, type KnownHost } from './known-hosts.ts'
import { OPENSSH_PRIVATE_KEY_LABEL, parseOpensshPrivateKey } from './private-key.ts'
import { credentialOfSshKey, MAX_PUBLIC_KEY_BYTES, parseSshPublicKey } from './public-key.ts'
import { parsePuttyKey, PUTTY_MAGIC } from './putty.ts'
import { SshReader } from './wire.ts'

/** Larger inputs are no SSH format. */
export const MAX_SSH_FILE_BYTES = 16 * 1024 * 1024
const MAX_PRIVATE_KEY_BYTES = 256 * 1024
const MAX_BLOCKS = 64
const RFC4716_BEGIN = '---- BEGIN SSH2 PUBLIC KEY ----'
const RFC4716_END = '---- END SSH2 PUBLIC KEY ----'
/** Base64 of the largest key, and its headers. */
const MAX_RFC4716_CHARACTERS = 128 * 1024
/** Lines that are looked at to tell a format. */
const PROBE_LINES = 200

/** The bytes as UTF-8 with bad sequences replaced; a byte order mark is dropped. */
function textOf(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8')
  return text.startsWith('\ufeff') ? text.slice(1) : text
}

/** Calls `read`; what it refuses becomes a problem. */
function attempt(problems: RecogniseProblem[], part: string | null, read: () => void): void {
  try {
    read()
  } catch (error) {
    if (!isMusterError(error)) throw error
    problems.push({ code: error.code, message: error.message, part })
  }
}

/**
 * The credential of an openssh-key-v1 body, for a reader of PEM files that met the label `OPENSSH PRIVATE KEY`.
 * @throws MusterError ssh.invalid, key.invalid, key.unsupported, input.limit
 */
export function foundOpensshPrivateKey(body: Uint8Array, options: RecogniseOptions, entry: number): FoundItem {
  const key = parseOpensshPrivateKey(body, options.passphrases)
  return {
    credential: credentialOfSshKey(key.publicKey),
    part: 'private-key', format: 'openssh', entry, protection: key.protection,
    comment: key.comment === '' ? null : key.comment,
  }
}

function privateKeys(text: string, options: RecogniseOptions): RecogniseResult {
  const findings: FoundItem[] = []
  const problems: RecogniseProblem[] = []
  attempt(problems, null, () => {
    const blocks = armouredBlocks(text, OPENSSH_PRIVATE_KEY_LABEL, { maxBytes: MAX_PRIVATE_KEY_BYTES, maxBlocks: MAX_BLOCKS })
    for (const [entry, block] of blocks.entries()) {
      attempt(problems, `entry ${entry}`, () => findings.push(foundOpensshPrivateKey(block, options, entry)))
      block.fill(0)
    }
  })
  return { findings, problems }
}

function puttyKey(text: string): RecogniseResult {
  const findings: FoundItem[] = []
  const problems: RecogniseProblem[] = []
  attempt(problems, null, () => {
    const ppk = parsePuttyKey(text)
    const comment = ppk.comment === '' ? null : ppk.comment
    const add = (credential: FoundItem['credential'], part: FoundItem['part'], protection: Protection | null): void => {
      findings.push({ credential, part, format: 'putty', entry: findings.length, protection, comment })
    }
    if (isCertificateType(ppk.algorithm)) {
      add(credentialOfSshKey(parseSshCertificate(ppk.publicWire).publicKey), 'private-key', ppk.protection)
      add(credentialOfKeyText({ type: ppk.algorithm, wire: ppk.publicWire, comment }), 'certificate', null)
    } else {
      add(credentialOfSshKey(parseSshPublicKey(ppk.publicWire)), 'private-key', ppk.protection)
    }
  })
  return { findings, problems }
}

function publicItem(credential: FoundItem['credential'], entry: number, comment: string | null): FoundItem {
  const certificate = credential.kind === 'ssh-certificate'
  return {
    credential, entry, comment, protection: null,
    part: certificate ? 'certificate' : 'public-key',
    format: certificate ? 'ssh-certificate' : 'ssh-public',
  }
}

/** RFC 4716: headers `Name: value` with `\` continuations, then base64. */
function rfc4716Keys(text: string): RecogniseResult {
  const findings: FoundItem[] = []
  const problems: RecogniseProblem[] = []
  for (let at = text.indexOf(RFC4716_BEGIN), entry = 0; at >= 0 && entry < MAX_BLOCKS; at = text.indexOf(RFC4716_BEGIN, at + 1), entry++) {
    const stop = text.indexOf(RFC4716_END, at)
    const end = Math.min(stop < 0 ? text.length : stop, at + MAX_RFC4716_CHARACTERS)
    const body = text.slice(at + RFC4716_BEGIN.length, end).replaceAll(/\\\r?\n/g, '')
    const comment = /^Comment: *"?([^"\r\n]{0,1024})"?/im.exec(body)?.[1] ?? null
    const wire = fromBase64(body.replaceAll(/^[^\s:]{1,64}:.*$/gm, ''), MAX_PUBLIC_KEY_BYTES)
    if (stop < 0 || wire === null) {
      problems.push({ code: 'ssh.invalid', message: 'an SSH2 PUBLIC KEY block is damaged', part: `entry ${entry}` })
      continue
    }
    attempt(problems, `entry ${entry}`, () => {
      const type = new SshReader(wire).text('the key type')
      findings.push(publicItem(credentialOfKeyText({ type, wire, comment }), entry, comment === null ? null : cleanText(comment, 512)))
    })
  }
  return { findings, problems }
}

function toProblems(problems: readonly LineProblem[]): RecogniseProblem[] {
  return problems.map(({ line, code, message }) => ({ code, message, part: `line ${line}` }))
}

function authorizedKeyItem(key: AuthorizedKey, entry: number): FoundItem {
  const authorizedKey = { line: key.line, options: [...key.options], certAuthority: key.policy.certAuthority }
  return { ...publicItem(key.credential, entry, key.comment), authorizedKey }
}

/** The items of an `authorized_keys` text, each with its line's facts. */
export function foundAuthorizedKeys(text: string): RecogniseResult {
  const { entries, problems } = parseAuthorizedKeys(text)
  return { findings: entries.map(authorizedKeyItem), problems: toProblems(problems) }
}

function knownHostItem(host: KnownHost, entry: number): FoundItem {
  const knownHost = { line: host.line, hosts: [...host.hosts], hashed: host.hashed !== null, marker: host.marker }
  return { ...publicItem(host.credential, entry, host.comment), knownHost }
}

/** The items of a `known_hosts` text, each with its line's facts. */
export function foundKnownHosts(text: string): RecogniseResult {
  const { entries, problems } = parseKnownHosts(text)
  return { findings: entries.map(knownHostItem), problems: toProblems(problems) }
}

type LineKind = 'bare-key' | 'authorized-key' | 'known-host' | 'other'

/** What a line looks like, judged by where its key type stands. */
function kindOfLine(line: string): LineKind {
  if (readKeyText(line, 0) !== null) return 'bare-key'
  const position = /[ \t](ssh-|ecdsa-sha2-|sk-(?:ssh|ecdsa)-)[a-z0-9@.-]+[ \t]+AAAA/.exec(line)
  if (position === null || readKeyText(line, position.index + 1) === null) return 'other'
  const front = line.slice(0, position.index)
  if (/^(?:@(?:cert-authority|revoked)[ \t]+)?[^\s="]+$/.test(front) && !/^(?:restrict|cert-authority|(?:no-)?[a-z0-9]+-[a-z-]+|no-pty|pty)(?:,|$)/i.test(front)) {
    return 'known-host'
  }
  return isBlank(front[0]) ? 'other' : 'authorized-key'
}

function kindsOfLines(bytes: Uint8Array): LineKind[] {
  if (bytes.length > MAX_SSH_FILE_BYTES || bytes.subarray(0, 4096).includes(0)) return []
  const text = textOf(bytes.subarray(0, 256 * 1024))
  const lines = text.split(/\r?\n/, PROBE_LINES).map((line) => line.trim())
  return lines.filter((line) => line !== '' && !line.startsWith('#')).map(kindOfLine)
}

/** Most lines are keys, and none belongs to the other format. */
function mostly(kinds: readonly LineKind[], wanted: readonly LineKind[], never: LineKind): boolean {
  const good = kinds.filter((kind) => wanted.includes(kind)).length
  return good > 0 && good * 2 > kinds.length && !kinds.includes(never)
}

/** True when the bytes read like an `authorized_keys` file: key lines with or without options. A `.pub` file does too. */
export function looksLikeAuthorizedKeys(bytes: Uint8Array): boolean {
  return mostly(kindsOfLines(bytes), ['bare-key', 'authorized-key'], 'known-host')
}

/** True when the bytes read like a `known_hosts` file: a host field, plain or hashed, before each key. */
export function looksLikeKnownHosts(bytes: Uint8Array): boolean {
  return mostly(kindsOfLines(bytes), ['known-host'], 'bare-key')
}

function publicKeys(text: string): RecogniseResult {
  const { entries, problems } = parseAuthorizedKeys(text)
  return { findings: entries.map((key, entry) => publicItem(key.credential, entry, key.comment)), problems: toProblems(problems) }
}

function keyLines(bytes: Uint8Array, name: string | undefined): RecogniseResult | null {
  const kinds = kindsOfLines(bytes)
  if (mostly(kinds, ['known-host'], 'bare-key')) return foundKnownHosts(textOf(bytes))
  if (!mostly(kinds, ['bare-key', 'authorized-key'], 'known-host')) return null
  const named = name !== undefined && /^authorized_keys/i.test(name)
  const plain = kinds.length === 1 || (name !== undefined && /\.pub$/i.test(name))
  return named || !plain || kinds.includes('authorized-key') ? foundAuthorizedKeys(textOf(bytes)) : publicKeys(textOf(bytes))
}

function includesAscii(bytes: Uint8Array, text: string): boolean {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).includes(text, 0, 'latin1')
}

/**
 * Recognises OpenSSH and PuTTY private keys, public keys (one-line and RFC 4716), SSH certificates, `authorized_keys` and
 * `known_hosts` by content. Null when the bytes are none of these. A file name settles only whether lone key lines are
 * public key files or `authorized_keys`.
 */
export function recogniseSsh(bytes: Uint8Array, options: RecogniseOptions): RecogniseResult | null {
  if (bytes.length === 0 || bytes.length > MAX_SSH_FILE_BYTES) return null
  if (includesAscii(bytes.subarray(0, 64), PUTTY_MAGIC)) return textOf(bytes).startsWith(PUTTY_MAGIC) ? puttyKey(textOf(bytes)) : null
  if (includesAscii(bytes, `-----BEGIN ${OPENSSH_PRIVATE_KEY_LABEL}-----`)) return privateKeys(textOf(bytes), options)
  if (includesAscii(bytes, RFC4716_BEGIN)) return rfc4716Keys(textOf(bytes))
  return keyLines(bytes, options.name)
}
