import { createHmac, timingSafeEqual } from 'node:crypto'
import { MusterError, type Key, type SshCertificate } from '@muster/core'
import { cleanText } from '../der/index.ts'
import { credentialOfKeyText, MAX_KEY_LINE_CHARACTERS, readKeyLines, type LineProblem } from './authorized-keys.ts'
import { fromBase64 } from './base64.ts'
import { endOfWord, readKeyText, skipBlanks } from './key-lines.ts'

const MAX_HOSTS = 256
const MAX_PATTERN_CHARACTERS = 512

/** One line of a `known_hosts` file. */
export type KnownHost = {
  /** From 1. */
  readonly line: number
  readonly marker: 'cert-authority' | 'revoked' | null
  /** Host patterns as written (`*.example.org`, `!bad.example.org`, `[host]:2222`); empty when the line is hashed. */
  readonly hosts: readonly string[]
  /** HMAC-SHA-1 salt and hash of the one host name; null for a plain line. */
  readonly hashed: { readonly salt: Uint8Array; readonly hash: Uint8Array } | null
  readonly credential: Key | SshCertificate
  readonly comment: string | null
}

export type KnownHosts = { readonly entries: readonly KnownHost[]; readonly problems: readonly LineProblem[] }

const markers: Readonly<Record<string, KnownHost['marker']>> = { '@cert-authority': 'cert-authority', '@revoked': 'revoked' }

function readMarker(line: string): { marker: KnownHost['marker']; next: number } {
  if (!line.startsWith('@')) return { marker: null, next: 0 }
  const end = endOfWord(line, 0)
  const marker = markers[line.slice(0, end)]
  if (marker === undefined) throw new MusterError('ssh.invalid', 'an unknown marker')
  return { marker, next: skipBlanks(line, end) }
}

function readHashed(field: string): KnownHost['hashed'] {
  if (!field.startsWith('|')) return null
  const parts = field.split('|')
  const [salt, hash] = [fromBase64(parts[2] ?? '', 64), fromBase64(parts[3] ?? '', 64)]
  if (parts.length !== 4 || parts[1] !== '1' || salt?.length !== 20 || hash?.length !== 20) {
    throw new MusterError('ssh.invalid', 'a hashed host name is malformed')
  }
  return { salt, hash }
}

function readHosts(field: string): string[] {
  const hosts = field.split(',').filter((pattern) => pattern !== '')
  if (hosts.length === 0) throw new MusterError('ssh.invalid', 'a line without host names')
  if (hosts.length > MAX_HOSTS || hosts.some((pattern) => pattern.length > MAX_PATTERN_CHARACTERS)) {
    throw new MusterError('input.limit', `more than ${MAX_HOSTS} host names in a line, or one of them too long`)
  }
  return hosts.map((pattern) => cleanText(pattern, MAX_PATTERN_CHARACTERS))
}

function parseLine(text: string, line: number): KnownHost {
  if (text.length > MAX_KEY_LINE_CHARACTERS) throw new MusterError('input.limit', `a line of ${text.length} characters`)
  const { marker, next } = readMarker(text)
  const hostsEnd = endOfWord(text, next)
  const field = text.slice(next, hostsEnd)
  const hashed = readHashed(field)
  const hosts = hashed === null ? readHosts(field) : []
  const key = readKeyText(text, skipBlanks(text, hostsEnd))
  if (key === null) throw new MusterError('ssh.invalid', 'not a host key line: unknown key type or a damaged key')
  const comment = key.comment === null ? null : cleanText(key.comment, 512)
  return { line, marker, hosts, hashed, credential: credentialOfKeyText(key), comment }
}

/** Parses a `known_hosts` file (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT). Lines that cannot be read are reported. */
export function parseKnownHosts(text: string): KnownHosts {
  return readKeyLines(text, parseLine)
}

/** Matches `*` and `?` in time linear in `pattern` × `name`. */
function matchesWildcard(pattern: string, name: string): boolean {
  let [p, n, star, retry] = [0, 0, -1, 0]
  while (n < name.length) {
    if (pattern[p] === '*') {
      star = p++
      retry = n
    } else if (pattern[p] === '?' || pattern[p] === name[n]) {
      p++
      n++
    } else if (star >= 0) {
      p = star + 1
      n = ++retry
    } else return false
  }
  while (pattern[p] === '*') p++
  return p === pattern.length
}

/** The name OpenSSH looks a host up by: bare on port 22, `[host]:port` elsewhere; lower case. */
export function knownHostName(host: string, port = 22): string {
  const name = host.toLowerCase()
  return port === 22 ? name : `[${name}]:${port}`
}

/**
 * True when the line speaks about the host: the hash fits, or a pattern does and no `!pattern` excludes it (ssh(1)).
 * Markers are not looked at.
 */
export function matchesKnownHost(entry: Pick<KnownHost, 'hosts' | 'hashed'>, host: string, port = 22): boolean {
  const name = knownHostName(host, port)
  if (entry.hashed !== null) {
    return timingSafeEqual(createHmac('sha1', entry.hashed.salt).update(name).digest(), entry.hashed.hash)
  }
  let matched = false
  for (const pattern of entry.hosts) {
    const negated = pattern.startsWith('!')
    if (!matchesWildcard((negated ? pattern.slice(1) : pattern).toLowerCase(), name)) continue
    if (negated) return false
    matched = true
  }
  return matched
}
