import { domainToASCII } from 'node:url'
import { isIP } from 'node:net'
import type { Certificate } from '@muster/core'

/** A label as it stands in certificates: letters, digits, hyphens and, as out there, underscores. */
const LABEL = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/

/**
 * True when the certificate is for `name`, a host name or IP address (RFC 9525 §6). Only subjectAltNames count, never the
 * common name. A wildcard stands for exactly one whole leftmost label; names in U-labels are compared as A-labels; IP
 * addresses match only iPAddress entries.
 */
export function matchesHostname(certificate: Pick<Certificate, 'subjectAltNames'>, name: string): boolean {
  const address = normalAddress(name)
  if (address !== null) return certificate.subjectAltNames.some((san) => san.type === 'ip' && san.value === address)
  const host = normalHost(name)
  if (host === null) return false
  return certificate.subjectAltNames.some((san) => san.type === 'dns' && matchesPattern(san.value, host))
}

/** The address in the form certificates' entries are written in (RFC 5952); null when `name` is not an address. */
function normalAddress(name: string): string | null {
  const bare = name.startsWith('[') && name.endsWith(']') ? name.slice(1, -1) : name
  const version = isIP(bare)
  if (version === 0 || bare.includes('%')) return null
  if (version === 4) return bare
  const host = new URL(`http://[${bare}]/`).hostname
  return host.slice(1, -1)
}

/** Lower-case A-labels without the root dot; null when `name` is not a host name. */
function normalHost(name: string): string | null {
  const ascii = (/^[\x21-\x7e]+$/.test(name) ? name : domainToASCII(name)).toLowerCase().replace(/\.$/, '')
  if (ascii.length === 0 || ascii.length > 253) return null
  return ascii.split('.').every((label) => LABEL.test(label)) ? ascii : null
}

function matchesPattern(pattern: string, host: string): boolean {
  if (!pattern.startsWith('*.')) return normalHost(pattern) === host
  const suffix = normalHost(pattern.slice(2))
  const dot = host.indexOf('.')
  return suffix !== null && suffix.includes('.') && dot > 0 && host.slice(dot + 1) === suffix
}
