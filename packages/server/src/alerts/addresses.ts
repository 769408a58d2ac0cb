import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { forbid } from '@muster/connectors'
import { MusterError } from '@muster/core'

/**
 * Where no message goes whatever a channel says: instance metadata services, as for scans, all link-local addresses, and
 * addresses that are no host's. Private networks are allowed: that is where receivers are.
 */
const never = forbid(['169.254.0.0/16', '0.0.0.0/8', '224.0.0.0/3', 'fe80::/10', 'ff00::/8'], [])

/** Whether messages may go to this IP address. IPv4 inside IPv6 (mapped, NAT64, 6to4 …) counts as the IPv4 address. */
export function isAllowedAddress(address: string): boolean {
  return never.endpoint(address.split('%')[0]!, 0) === null
}

/** The address a host name or literal stands for. @throws MusterError delivery.failed, target.forbidden */
export async function resolveAllowed(host: string): Promise<string> {
  const name = host.replace(/^\[|\]$/g, '').replace(/\.$/, '').toLowerCase()
  const refused = () => new MusterError('target.forbidden', `${name} is an address messages are not sent to`, { host: name })
  if (never.name(name) !== null) throw refused()
  const addresses = isIP(name) !== 0 ? [name] : (await lookup(name, { all: true }).catch(() => [])).map(({ address }) => address)
  const [first] = addresses
  if (first === undefined) throw new MusterError('delivery.failed', `the name ${name} has no address`)
  // One bad address is enough: which one a connection takes is not ours to say.
  if (!addresses.every(isAllowedAddress)) throw refused()
  return first
}
