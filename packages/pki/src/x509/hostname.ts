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

const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4}$/

/** The address in the form certificates' entries are written in (RFC 5952); null when `name` is not an address. */
function normalAddress(name: string): string | null {
  if (IPV4.test(name)) return name
  const bare = name.startsWith('[') && name.endsWith(']') ? name.slice(1, -1) : name
  if (!/^[0-9A-Fa-f:.]{2,45}$/.test(bare) || !bare.includes(':')) return null
  return urlHost(`[${bare}]`)?.slice(1, -1) ?? null
}

/** The host as a URL's parser normalises it (UTS 46 for names); null when it is none. */
function urlHost(host: string): string | null {
  const url = `http://${host}/`
  return URL.canParse(url) ? new URL(url).hostname : null
}

/** Lower-case A-labels without the root dot; null when `name` is not a host name. */
function normalHost(name: string): string | null {
  const ascii = (/^[\x21-\x7e]+$/.test(name) ? name : /[\s/?#@:\\[\]]/.test(name) ? '' : (urlHost(name) ?? '')).toLowerCase().replace(/\.$/, '')
  if (ascii.length === 0 || ascii.length > 253 || IPV4.test(ascii)) return null
  return ascii.split('.').every((label) => LABEL.test(label)) ? ascii : null
}

function matchesPattern(pattern: string, host: string): boolean {
  if (!pattern.startsWith('*.')) return normalHost(pattern) === host
  const suffix = normalHost(pattern.slice(2))
  const dot = host.indexOf('.')
  return suffix !== null && suffix.includes('.') && dot > 0 && host.slice(dot + 1) === suffix
}
