import { embeddedIpv4, parseIpAddress, parseIpRange } from './address.ts'
import type { IpAddress } from './address.ts'
import { setHolds, toRangeSet } from './range-set.ts'
import type { RangeSet } from './range-set.ts'

/** Instance metadata and platform services of the clouds: whoever reads them holds the machine's credentials. */
const metadataAddresses: readonly string[] = [
  '169.254.169.254', // AWS, Azure, GCP, OpenStack and most others
  '169.254.169.253', // AWS resolver
  '169.254.169.123', // AWS time
  '169.254.170.2', // ECS task credentials
  '169.254.170.23', // EKS pod identity
  '169.254.42.42', // Scaleway
  '169.254.0.23', // Tencent
  '100.100.100.200', // Alibaba
  '168.63.129.16', // Azure wire server
  '192.0.0.192', // Oracle classic
  'fd00:ec2::254', 'fd00:ec2::253', 'fd00:ec2::123', 'fd00:ec2::23', // AWS over IPv6
  'fd20:ce::254', // GCP over IPv6
  'fd00:42::42', // Scaleway over IPv6
]

const metadataNames: ReadonlySet<string> = new Set([
  'metadata', 'metadata.google.internal', 'metadata.goog', 'instance-data', 'instance-data.ec2.internal', 'metadata.tencentyun.com',
  'metadata.azure.internal', 'metadata.platformequinix.com',
])

/** Says why an endpoint must never be contacted; null when it may be. */
export type ForbiddenCheck = {
  readonly name: (name: string) => string | null
  readonly endpoint: (address: string, port: number) => string | null
}

/** Addresses whose parsed forms are kept: a scan asks about the same ones for every port. */
const MAX_REMEMBERED = 4096

type PortRule = { readonly addresses: RangeSet; readonly port: number | null }

/**
 * The addresses no scan contacts: metadata services always, and whatever the caller names as `address`, `address:port`,
 * CIDR block or host name (its own database). An entry that names this very machine at a port covers every address the
 * machine is reached by (`ownAddresses`, loopback, the unspecified address). IPv6 forms of an IPv4 address count as it.
 */
export function forbid(entries: readonly string[], ownAddresses: readonly string[]): ForbiddenCheck {
  const metadata = toRangeSet(metadataAddresses.map((text) => parseIpRange(text)!))
  const rules: PortRule[] = []
  const names = new Set(metadataNames)
  for (const entry of entries) {
    const { host, port } = splitEntry(entry)
    const range = parseIpRange(host)
    if (range === null) names.add(host.toLowerCase())
    else rules.push({ addresses: range.first === range.last ? sameMachine(host, ownAddresses) : toRangeSet([range]), port })
  }
  const known = new Map<string, readonly IpAddress[]>()
  const formsOf = (text: string): readonly IpAddress[] => {
    const before = known.get(text)
    if (before !== undefined) return before
    const address = parseIpAddress(text)
    const forms = address === null ? [] : [address, ...embeddedIpv4(address)]
    if (known.size >= MAX_REMEMBERED) known.clear()
    known.set(text, forms)
    return forms
  }
  return {
    name: (name) => (names.has(name) ? 'the name belongs to a service Muster never contacts' : null),
    endpoint: (text, port) => {
      const forms = formsOf(text)
      if (forms.length === 0) return 'it is not an address'
      if (forms.some((form) => setHolds(metadata, form))) return 'it is a cloud metadata service'
      const hit = rules.some((rule) => (rule.port === null || rule.port === port) && forms.some((form) => setHolds(rule.addresses, form)))
      return hit ? 'it is excluded by the installation' : null
    },
  }
}

function splitEntry(entry: string): { host: string; port: number | null } {
  const match = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(entry.trim())
  if (match !== null) return { host: match[1] ?? match[2]!, port: Number(match[3]) }
  return { host: entry.trim().replace(/^\[(.*)\]$/, '$1'), port: null }
}

const loopback = ['127.0.0.0/8', '::1', '0.0.0.0', '::']

function sameMachine(host: string, ownAddresses: readonly string[]): RangeSet {
  const address = parseIpAddress(host)!
  const own = toRangeSet([...loopback, ...ownAddresses].map((text) => parseIpRange(text)).filter((range) => range !== null))
  const isOwn = [address, ...embeddedIpv4(address)].some((form: IpAddress) => setHolds(own, form))
  return isOwn ? own : toRangeSet([{ family: address.family, first: address.value, last: address.value }])
}
