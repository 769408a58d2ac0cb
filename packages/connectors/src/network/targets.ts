import { domainToASCII } from 'node:url'
import { MusterError } from '@muster/core'
import { parseIpRange } from './address.ts'
import type { IpRange } from './address.ts'
import { parsePorts } from './ports.ts'
import { schemes } from './schemes.ts'
import type { Scheme } from './schemes.ts'

/** What one line of the operator's target list names. */
export type TargetSpec = {
  /** As the operator wrote it. */
  readonly text: string
  readonly hosts: { readonly kind: 'addresses'; readonly range: IpRange } | { readonly kind: 'name'; readonly name: string }
  /** Null where the scan's own port list applies. */
  readonly ports: readonly number[] | null
  /** Protocol to speak, where the target says so. */
  readonly scheme: Scheme | null
  /** Names to send as SNI besides the target's own. */
  readonly sni: readonly string[]
}

const MAX_TARGET_CHARS = 2048

function invalid(text: string, why: string): MusterError {
  return new MusterError('target.invalid', `${JSON.stringify(text.slice(0, 200))} is not a target: ${why}`)
}

/**
 * Reads one target: a name, an address, a CIDR block, `10.0.0.1-10.0.0.20`, each with `:port`, `:port,port` or `:from-to`,
 * with `@name` for SNI; or a URL (`https://host/…`, `smtp://mail:25`, `postgres://db`).
 * @throws MusterError target.invalid
 */
export function parseTarget(text: string): TargetSpec {
  const trimmed = text.trim()
  if (trimmed === '' || trimmed.length > MAX_TARGET_CHARS) throw invalid(trimmed, trimmed === '' ? 'it is empty' : 'it is too long')
  const url = /^([a-z][a-z0-9+.-]*):\/\/(.*)$/i.exec(trimmed)
  if (url === null) return parseAuthority(trimmed, trimmed, null)
  const schemeName = url[1]!.toLowerCase()
  const scheme = schemes.get(schemeName)
  if (scheme === undefined) throw invalid(`${schemeName}://…`, `${schemeName} is not a scheme a probe speaks`)
  const { authority, sni } = splitUrl(schemeName, url[2]!)
  const spec = parseAuthority(`${schemeName}://${authority}`, authority + sni, scheme.protocol)
  return spec.ports === null ? { ...spec, ports: [scheme.port] } : spec
}

/** Cuts path, query and fragment off; `smtp://mail:25@name` keeps its SNI, `user:password@host` is refused unquoted. */
function splitUrl(schemeName: string, rest: string): { authority: string; sni: string } {
  const end = rest.search(/[?#]/)
  const withoutQuery = end < 0 ? rest : rest.slice(0, end)
  const slash = withoutQuery.indexOf('/')
  const isBlock = slash >= 0 && parseIpRange(withoutQuery.replace(/[:@].*$/, '')) !== null
  const authority = slash < 0 || isBlock ? withoutQuery : withoutQuery.slice(0, slash)
  const at = authority.lastIndexOf('@')
  if (at < 0) return { authority, sni: '' }
  const before = authority.slice(0, at)
  if (!/^(\[[^\]]*\]|[^:@]+)(:[\d,-]+)$/.test(before)) {
    throw invalid(`${schemeName}://…@…`, 'user information is not part of a target; write host:port@name to give an SNI name')
  }
  return { authority: before, sni: authority.slice(at) }
}

function parseAuthority(text: string, authority: string, scheme: Scheme | null): TargetSpec {
  const at = authority.indexOf('@')
  const address = at < 0 ? authority : authority.slice(0, at)
  const sni = at < 0 ? [] : authority.slice(at + 1).split(',').map((name) => parseSniName(name))
  const { host, portText } = splitHostPort(address, text)
  const ports = portText === null ? null : parsePorts(portText)
  const range = parseIpRange(host)
  if (range !== null) return { text, hosts: { kind: 'addresses', range }, ports, scheme, sni }
  return { text, hosts: { kind: 'name', name: parseHostName(host) }, ports, scheme, sni }
}

function splitHostPort(address: string, text: string): { host: string; portText: string | null } {
  const bracketed = /^\[([^\]]+)\](?:\/(\d{1,3}))?(?::(.+))?$/.exec(address)
  if (bracketed !== null) {
    const [, inner, prefix, portText] = bracketed
    if (!inner!.includes(':')) throw invalid(text, 'brackets are for IPv6 addresses')
    return { host: prefix === undefined ? inner! : `${inner}/${prefix}`, portText: portText ?? null }
  }
  if (parseIpRange(address) !== null) return { host: address, portText: null }
  const colon = address.indexOf(':')
  if (colon < 0) return { host: address, portText: null }
  if (address.indexOf(':', colon + 1) >= 0) throw invalid(text, 'an IPv6 address with a port is written [address]:port')
  return { host: address.slice(0, colon), portText: address.slice(colon + 1) }
}

/**
 * A DNS host name in its ASCII form: lower case, no trailing dot.
 * @throws MusterError target.invalid
 */
export function parseHostName(text: string): string {
  const bare = text.endsWith('.') ? text.slice(0, -1) : text
  // Digits and dots alone are a misspelt address; letting a resolver read them would allow 0x7f.1 and its like.
  if (bare === '' || /^[\d.]+$/.test(bare) || /^0x/i.test(bare)) throw invalid(text, 'it is neither an address nor a host name')
  const ascii = /^[\x21-\x7e]+$/.test(bare) ? bare.toLowerCase() : domainToASCII(bare)
  const labels = ascii.split('.')
  if (ascii.length === 0 || ascii.length > 253 || !labels.every((label) => /^(?!-)[a-z0-9_-]{1,63}(?<!-)$/.test(label))) {
    throw invalid(text, 'it is neither an address nor a host name')
  }
  return ascii
}

/**
 * A name to send as SNI. Addresses are refused: RFC 6066 §3 allows host names only.
 * @throws MusterError target.invalid
 */
export function parseSniName(text: string): string {
  const trimmed = text.trim()
  if (parseIpRange(trimmed) !== null) throw invalid(text, 'an SNI name is a host name, never an address')
  return parseHostName(trimmed)
}

/** A line of a targets file that could not be read. */
export type TargetLineProblem = { readonly line: number; readonly message: string }

const MAX_FILE_CHARS = 64 * 1024 * 1024

/**
 * Reads a targets file: one target a line (or several, separated by blanks), `#` starts a comment. Every line that cannot be
 * read is reported with its number; the others count.
 * @throws MusterError target.limit when the file is larger than 64 MiB
 */
export function parseTargetsFile(text: string): { readonly targets: readonly string[]; readonly problems: readonly TargetLineProblem[] } {
  if (text.length > MAX_FILE_CHARS) throw new MusterError('target.limit', 'the targets file is larger than 64 MiB')
  const targets: string[] = []
  const problems: TargetLineProblem[] = []
  let line = 0
  for (const raw of text.replace(/^\uFEFF/, '').split(/\r?\n/)) {
    line++
    const content = raw.replace(/(^|\s)#.*$/, '').trim()
    if (content === '') continue
    for (const word of content.split(/\s+/)) {
      try {
        parseTarget(word)
        targets.push(word)
      } catch (error) {
        if (!(error instanceof MusterError)) throw error
        problems.push({ line, message: error.message })
      }
    }
  }
  return { targets, problems }
}
