import { MusterError } from '@muster/core'
import { embeddedIpv4, parseIpAddress, parseIpRange } from '../network/address.ts'
import type { ForbiddenCheck } from '../network/forbidden.ts'
import { setHolds, toRangeSet } from '../network/range-set.ts'
import type { RangeSet } from '../network/range-set.ts'

/** Addresses that are not the public Internet's (IANA special-purpose registries): contacted only where the operator named them. */
const nonPublic = toRangeSet([
  '0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.0.0.0/24', '192.168.0.0/16',
  '198.18.0.0/15', '224.0.0.0/3', '::/127', 'fc00::/7', 'fe80::/10', 'fec0::/10', 'ff00::/8',
].map((text) => parseIpRange(text)!))

const MAX_ENTRIES = 1000

/** Says what may be contacted; both answer with the reason why not, null when it may be. */
export type Egress = {
  readonly host: (url: URL) => string | null
  /** For an address the host of a permitted URL resolved to. */
  readonly address: (address: string, port: number) => string | null
}

type HostEntry = { readonly name: string; readonly below: boolean; readonly port: number | null }

/**
 * The list of what may be contacted; nothing else is. An entry is a host name, `*.example.com` for every name below it, either with
 * `:port`, an address or a CIDR block. A name that resolves to an address that is not public needs an entry for that address too, so
 * that a name under somebody else's control leads nowhere inside. `forbidden` wins over every entry.
 * @throws MusterError usage.invalid for an entry that is none of these
 */
export function egressList(entries: readonly string[], forbidden: ForbiddenCheck): Egress {
  if (entries.length > MAX_ENTRIES) throw new MusterError('usage.invalid', `more than ${MAX_ENTRIES} hosts on the egress list`)
  const hosts: HostEntry[] = []
  const ranges: { readonly set: RangeSet; readonly port: number | null }[] = []
  for (const entry of entries) {
    const { host, port } = splitEntry(entry)
    const range = parseIpRange(host)
    if (range !== null) ranges.push({ set: toRangeSet([range]), port })
    else hosts.push(hostEntry(host, port))
  }
  const named = (address: string, port: number): boolean => formsOf(address).some((form) => ranges.some((range) => (range.port === null || range.port === port) && setHolds(range.set, form)))
  return {
    host: (url) => {
      if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'it is neither http nor https'
      if (url.username !== '' || url.password !== '') return 'the URL carries a login'
      const name = hostOf(url)
      const port = portOf(url)
      const isAddress = parseIpAddress(name) !== null
      if (url.protocol === 'http:' && !(isAddress && isLoopback(name))) return 'it is not encrypted; only loopback addresses are spoken to in plain HTTP'
      const refused = forbidden.name(name)
      if (refused !== null) return refused
      const isListed = isAddress ? named(name, port) : hosts.some((host) => matches(host, name, port))
      return isListed ? null : 'it is not on the egress list'
    },
    address: (address, port) => {
      const refused = forbidden.endpoint(address, port)
      if (refused !== null) return refused
      const isPrivate = formsOf(address).some((form) => setHolds(nonPublic, form))
      return !isPrivate || named(address, port) ? null : 'it is no public address, and neither it nor its range is on the egress list'
    },
  }
}

/** The host of a URL as names and addresses are compared: lower case, no brackets, no dot at the end. */
export function hostOf(url: URL): string {
  return url.hostname.toLowerCase().replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '')
}

/** The port a URL leads to. */
export function portOf(url: URL): number {
  return url.port === '' ? (url.protocol === 'http:' ? 80 : 443) : Number(url.port)
}

/** The entry of an egress list that names exactly the URL's host and port. */
export function egressEntryOf(url: URL): string {
  const host = hostOf(url)
  return host.includes(':') ? `[${host}]:${portOf(url)}` : `${host}:${portOf(url)}`
}

const loopback = toRangeSet(['127.0.0.0/8', '::1'].map((text) => parseIpRange(text)!))

function isLoopback(address: string): boolean {
  const parsed = parseIpAddress(address)
  return parsed !== null && setHolds(loopback, parsed)
}

function formsOf(text: string) {
  const address = parseIpAddress(text)
  return address === null ? [] : [address, ...embeddedIpv4(address)]
}

function matches(entry: HostEntry, name: string, port: number): boolean {
  if (entry.port !== null && entry.port !== port) return false
  return entry.below ? name.endsWith(`.${entry.name}`) : name === entry.name
}

function splitEntry(entry: string): { host: string; port: number | null } {
  const match = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(entry.trim())
  if (match !== null) return { host: match[1] ?? match[2]!, port: Number(match[3]) }
  return { host: entry.trim().replace(/^\[(.*)\]$/, '$1'), port: null }
}

function hostEntry(host: string, port: number | null): HostEntry {
  const below = host.startsWith('*.')
  const name = (below ? host.slice(2) : host).toLowerCase()
  const labels = name.split('.')
  const isName = name.length <= 253 && labels.every((label) => /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/.test(label))
  // A whole top-level domain would be no list any more.
  if (!isName || (below && labels.length < 2)) throw new MusterError('usage.invalid', `not a host, address or range for the egress list: ${JSON.stringify(host.slice(0, 100))}`)
  return { name, below, port }
}
