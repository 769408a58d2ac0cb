import { isMusterError, MusterError, type ErrorCode, type Key, type SshCertificate } from '@muster/core'
import { cleanText } from '../der/index.ts'
import { credentialOfSshCertificate, isCertificateType } from './certificate.ts'
import { isBlank, readKeyText, skipBlanks, type KeyText } from './key-lines.ts'
import { credentialOfSshKey, parseSshPublicKey } from './public-key.ts'

/** Larger files are read up to here. */
export const MAX_KEY_FILE_LINES = 100_000
/** Longest line that is read; OpenSSH stops at 8 KiB, RSA keys with many options need more room. */
export const MAX_KEY_LINE_CHARACTERS = 128 * 1024
/** Bad lines told one by one; the rest are counted. */
export const MAX_LINE_PROBLEMS = 100
const MAX_OPTIONS = 64
const MAX_OPTION_CHARACTERS = 2048

/** An option of an authorized key; `value` without its quotes, null for a flag. */
export type AuthorizedKeyOption = { readonly name: string; readonly value: string | null }

/** What the options of a line say, in the order OpenSSH documents them (sshd(8), AUTHORIZED_KEYS FILE FORMAT). */
export type AuthorizedKeyPolicy = {
  readonly certAuthority: boolean
  /** Source patterns of `from=`; null when the key works from anywhere. */
  readonly from: readonly string[] | null
  /** The forced command; null when the holder gets a shell. */
  readonly command: string | null
  /** `restrict` is set: everything not named otherwise is forbidden. */
  readonly restrict: boolean
  /** Instant after which the key is refused (RFC 3339); null when it does not expire. Local times are taken as UTC. */
  readonly expiresAt: string | null
  /** `principals=` of a certificate authority; null when not given. */
  readonly principals: readonly string[] | null
  readonly mayForwardPorts: boolean
  readonly mayForwardAgent: boolean
  readonly mayForwardX11: boolean
  readonly mayAllocateTerminal: boolean
}

/** One line of an `authorized_keys` file. */
export type AuthorizedKey = {
  /** From 1. */
  readonly line: number
  readonly credential: Key | SshCertificate
  readonly comment: string | null
  /** As the inventory shows them: values of `environment=` are left out. */
  readonly options: readonly string[]
  readonly policy: AuthorizedKeyPolicy
}

/** A line that could not be read. `message` quotes nothing of it. */
export type LineProblem = { readonly line: number; readonly code: ErrorCode; readonly message: string }

export type AuthorizedKeys = { readonly entries: readonly AuthorizedKey[]; readonly problems: readonly LineProblem[] }

/**
 * Reads the options at the front of a line: names, optionally `="value"` where `\"` stands for a quote, separated by commas.
 * Returns where the key begins, or null when the grammar is broken.
 */
export function readOptions(line: string): { options: AuthorizedKeyOption[]; end: number } | null {
  const options: AuthorizedKeyOption[] = []
  let at = 0
  for (;;) {
    const name = /[A-Za-z0-9-]+/y
    name.lastIndex = at
    const match = name.exec(line)
    if (match === null || options.length === MAX_OPTIONS) return null
    at += match[0].length
    let value: string | null = null
    if (line[at] === '=') {
      const quoted = readQuoted(line, at + 1)
      if (quoted === null) return null
      value = quoted.value
      at = quoted.end
    }
    options.push({ name: match[0].toLowerCase(), value })
    if (line[at] === ',') at++
    else if (isBlank(line[at])) return { options, end: skipBlanks(line, at) }
    else return null
  }
}

function readQuoted(line: string, from: number): { value: string; end: number } | null {
  if (line[from] !== '"') return null
  let value = ''
  for (let at = from + 1; at < line.length; at++) {
    if (line[at] === '\\' && line[at + 1] === '"') {
      value += '"'
      at++
    } else if (line[at] === '"') return { value, end: at + 1 }
    else value += line[at]
  }
  return null
}

function shown(option: AuthorizedKeyOption): string {
  if (option.value === null) return option.name
  const value = option.name === 'environment' ? `${option.value.split('=', 1)[0]}=[redacted]` : option.value
  return cleanText(`${option.name}=${value}`, MAX_OPTION_CHARACTERS)
}

/** YYYYMMDD, YYYYMMDDHHMM or YYYYMMDDHHMMSS, with an optional Z: sshd(8), `expiry-time`. Null when it is none of them. */
function expiryOf(text: string): string | null {
  const match = /^(\d{4})(\d\d)(\d\d)(?:(\d\d)(\d\d)(\d\d)?)?Z?$/.exec(text)
  if (match === null) return null
  const [year, month, day, hour, minute, second] = match.slice(1).map((digits) => Number(digits ?? 0))
  const instant = new Date(Date.UTC(year!, month! - 1, day!, hour, minute, second))
  return instant.getUTCMonth() === month! - 1 && instant.getUTCDate() === day ? instant.toISOString() : null
}

function policyOf(options: readonly AuthorizedKeyOption[]): AuthorizedKeyPolicy {
  const has = (name: string): boolean => options.some((option) => option.name === name)
  const value = (name: string): string | null => options.find((option) => option.name === name)?.value ?? null
  const list = (name: string): string[] | null => value(name)?.split(',').map((item) => item.trim()).filter((item) => item !== '') ?? null
  const restrict = has('restrict')
  // Later flags win, as in auth_options.c.
  const may = (what: string): boolean => {
    const last = options.findLast((option) => option.name === what || option.name === `no-${what}` || option.name === 'restrict')
    return last === undefined || last.name === what
  }
  const expiries = options.filter((option) => option.name === 'expiry-time').map((option) => expiryOf(option.value ?? ''))
  return {
    certAuthority: has('cert-authority'),
    from: list('from'),
    command: value('command'),
    restrict,
    expiresAt: expiries.filter((instant) => instant !== null).sort()[0] ?? null,
    principals: list('principals'),
    mayForwardPorts: may('port-forwarding'),
    mayForwardAgent: may('agent-forwarding'),
    mayForwardX11: may('x11-forwarding'),
    mayAllocateTerminal: may('pty'),
  }
}

/** The credential of a key line. @throws MusterError ssh.invalid, key.invalid, key.unsupported, input.limit */
export function credentialOfKeyText(text: KeyText): Key | SshCertificate {
  return isCertificateType(text.type) ? credentialOfSshCertificate(text.wire) : credentialOfSshKey(parseSshPublicKey(text.wire))
}

/** Parses one line that is neither blank nor a comment. @throws MusterError */
function parseLine(text: string, line: number): AuthorizedKey {
  if (text.length > MAX_KEY_LINE_CHARACTERS) throw new MusterError('input.limit', `a line of ${text.length} characters`)
  let key = readKeyText(text, 0)
  let options: AuthorizedKeyOption[] = []
  if (key === null) {
    const front = readOptions(text)
    if (front !== null) {
      options = front.options
      key = readKeyText(text, front.end)
    }
  }
  if (key === null) throw new MusterError('ssh.invalid', 'not a key line: unknown options, key type or a damaged key')
  const comment = key.comment === null ? null : cleanText(key.comment, 512)
  return { line, credential: credentialOfKeyText(key), comment, options: options.map(shown), policy: policyOf(options) }
}

/**
 * Calls `read` for every line that is neither blank nor a comment. What it refuses becomes a problem with the line's number, up
 * to {@link MAX_LINE_PROBLEMS}; one more says how many followed.
 */
export function readKeyLines<Entry>(text: string, read: (line: string, number: number) => Entry): { entries: Entry[]; problems: LineProblem[] } {
  const entries: Entry[] = []
  const problems: LineProblem[] = []
  let untold = 0
  const lines = text.split(/\r?\n/, MAX_KEY_FILE_LINES + 1)
  for (const [index, raw] of lines.entries()) {
    const line = raw.trim()
    if (line === '' || line.startsWith('#')) continue
    if (index === MAX_KEY_FILE_LINES) {
      problems.push({ line: index + 1, code: 'input.limit', message: `only the first ${MAX_KEY_FILE_LINES} lines were read` })
      break
    }
    try {
      entries.push(read(line, index + 1))
    } catch (error) {
      if (!isMusterError(error)) throw error
      if (problems.length < MAX_LINE_PROBLEMS) problems.push({ line: index + 1, code: error.code, message: error.message })
      else untold++
    }
  }
  if (untold > 0) problems.push({ line: lines.length, code: 'ssh.invalid', message: `${untold} more lines could not be read` })
  return { entries, problems }
}

/**
 * Parses an `authorized_keys` file (sshd(8)). Lines that cannot be read are reported and the rest goes on; the same serves for
 * `TrustedUserCAKeys` files, whose lines are keys without options.
 */
export function parseAuthorizedKeys(text: string): AuthorizedKeys {
  return readKeyLines(text, parseLine)
}
