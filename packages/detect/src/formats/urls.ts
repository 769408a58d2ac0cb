import { isMixed } from '../filters/form.ts'
import type { Collector } from './found.ts'
import type { Format } from './input.ts'

const MAX_URL = 4096
const MAX_URLS = 50_000

/** Percent escapes resolved; malformed ones stay. Works on latin-1 texts of UTF-8 bytes. */
export function percentDecoded(text: string): string {
  return text.includes('%') ? text.replaceAll(/%([0-9a-fA-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))) : text
}

const databaseSchemes = /^(?:postgres(?:ql)?|mysql|mariadb|mongodb|redis|rediss|mssql|sqlserver|oracle|cockroachdb|clickhouse|couchbase|cassandra|neo4j|bolt|influxdb|db2|snowflake|redshift|vertica|amqps?)(?:\+[\w-]{1,24})?$/i

type UrlLogin = {
  readonly scheme: string
  readonly user: string
  readonly password: { readonly text: string; readonly start: number; readonly end: number }
  readonly host: string
  readonly port: string | null
  readonly path: string
  readonly end: number
}

/** The login in the authority of the URL whose `://` stands at `colon`; null when it has none (RFC 3986 §3.2.1). */
function loginAt(text: string, colon: number): UrlLogin | null {
  let start = colon
  while (start > 0 && colon - start < 32 && /[\w+.-]/.test(text[start - 1]!)) start--
  const scheme = /[A-Za-z][\w+.-]*$/.exec(text.slice(start, colon))?.[0]
  if (scheme === undefined) return null
  const from = colon + 3
  const window = text.slice(from, from + MAX_URL)
  const raw = /^[!#-&(-;=?-[\]^_a-\u00ff]*/.exec(window)![0]
  const slash = authorityEnd(raw)
  const authority = raw.slice(0, slash)
  const at = authority.lastIndexOf('@')
  if (at < 1) return null
  const userInfo = authority.slice(0, at)
  const divide = userInfo.indexOf(':')
  const user = divide < 0 ? userInfo : userInfo.slice(0, divide)
  const passwordStart = divide < 0 ? 0 : divide + 1
  const hosts = /^(\[[0-9A-Fa-f:.]{2,45}\]|[\w.-]{1,253}|\$\{[\w.:-]{1,128}\}|\{\{[^}]{1,128}\}\}|)(?::(\d{1,5}))?/.exec(authority.slice(at + 1))
  if (hosts === null) return null
  return {
    scheme: scheme.toLowerCase(), user: percentDecoded(user), host: hosts[1]!, port: hosts[2] ?? null,
    password: { text: userInfo.slice(passwordStart), start: from + passwordStart, end: from + at },
    path: raw.slice(slash), end: from + raw.length,
  }
}

/** Where the authority ends. A template (`${…}`, `{{ … }}`) in it may hold slashes and blanks of its own. */
function authorityEnd(raw: string): number {
  for (let at = 0; at < raw.length; at++) {
    const char = raw[at]!
    if (char === '/' || char === '?' || char === '#') {
      return at
    }
    if (char === ',' && !raw.slice(at).includes('@')) return at
    if ((char === '$' || char === '{') && raw[at + 1] === '{') {
      const close = raw.indexOf('}', at)
      if (close < 0) return raw.length
      at = close
    }
  }
  return raw.length
}

/** Adds the password, or the token that stands for one, of every URL with a login in `text`. */
export function addUrlLogins(text: string, into: Collector, format: string): void {
  let count = 0
  for (let colon = text.indexOf('://'); colon >= 0 && count < MAX_URLS; colon = text.indexOf('://', colon + 3), count++) {
    const login = loginAt(text, colon)
    if (login === null || into.covers(login.password.start)) continue
    const { scheme, host, port, path } = login
    const byUser = isTokenLike(login.user) && markers.test(login.password.text)
    const { user } = login
    const password = byUser ? { text: user, start: colon + 3, end: login.password.start - 1 } : login.password
    const alone = password.start === colon + 3
    if (alone && !isTokenLike(password.text)) continue
    if (/^(?:user(?:name)?|login|me|name)$/i.test(user) && /^(?:pass(?:word)?|passwd|pwd|secret|token)$/i.test(password.text) && /example|localhost|^host(?:name)?$|^server$/i.test(host)) continue
    // The key of a Sentry address is public: it may only send.
    if (alone && /(?:^|\.)(?:ingest\.)?sentry\.io$|^sentry\./i.test(host)) continue
    const isDatabase = databaseSchemes.test(scheme)
    into.add(format, {
      secretType: isDatabase ? 'database-password' : alone ? 'token' : 'url-password',
      value: percentDecoded(password.text), start: password.start, end: password.end,
      facts: {
        scheme, host, port, user: alone || isDrawn(user) ? null : user,
        database: isDatabase ? percentDecoded(/^\/([^/?#;]{1,128})/.exec(path)?.[1] ?? '') : null,
        path: isDatabase ? null : /^\/[\w./~-]{0,256}/.exec(path)?.[0].replace(/^\/$/, ''),
      },
    })
  }
}

/** What stands for a password where the user is the token. */
const markers = /^(?:x-oauth-basic|x-token-auth|oauth2?|token|api|x|_)$/i

/** True for a user that is no name: facts hold no secret. */
export const isDrawn = (user: string): boolean => user.length >= 20 && isMixed(user, 3)

/** A user part without password is a secret only when it looks like one (`https://TOKEN@host`), never a plain name. */
function isTokenLike(text: string): boolean {
  return text.length >= 20 && /\d/.test(text) && /[A-Za-z]/.test(text) && /^[\w.-]+$/.test(text) && !text.includes('..')
}

/** Logins in the URLs of any file. */
export const urlFormat: Format = {
  id: 'url',
  matches: (input) => input.has('://'),
  extract: (input, into) => addUrlLogins(input.text, into, 'url'),
}
