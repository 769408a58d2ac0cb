import { lookup } from 'node:dns/promises'
import { BlockList, isIP } from 'node:net'
import { MusterError } from '@muster/core'
import { ipv6Groups } from '../platform/http/ip-address.ts'

/**
 * Where no message goes whatever a channel says: link-local addresses, where clouds keep their instance metadata, the
 * metadata addresses outside that range, and addresses that are no host's. Private networks are allowed: that is where
 * receivers are.
 */
const forbidden = new BlockList()
for (const [network, prefix] of [['169.254.0.0', 16], ['0.0.0.0', 8], ['224.0.0.0', 4], ['240.0.0.0', 4]] as const) forbidden.addSubnet(network, prefix, 'ipv4')
for (const [network, prefix] of [['fe80::', 10], ['ff00::', 8], ['::', 128], ['fd00:ec2::', 32]] as const) forbidden.addSubnet(network, prefix, 'ipv6')
forbidden.addAddress('100.100.100.200', 'ipv4')
forbidden.addAddress('192.0.0.192', 'ipv4')

/** Whether messages may go to this IP address. IPv4 inside IPv6 (mapped, NAT64, 6to4) counts as the IPv4 address. */
export function isAllowedAddress(address: string): boolean {
  const bare = address.split('%')[0]!
  if (isIP(bare) === 4) return !forbidden.check(bare, 'ipv4')
  if (isIP(bare) !== 6) return false
  const inner = embeddedIpv4(bare)
  return !forbidden.check(bare, 'ipv6') && (inner === null || !forbidden.check(inner, 'ipv4'))
}

/** The address a host name or literal stands for. @throws MusterError delivery.failed, target.forbidden */
export async function resolveAllowed(host: string): Promise<string> {
  const literal = host.replace(/^\[|\]$/g, '')
  const addresses = isIP(literal) !== 0 ? [literal] : (await lookup(literal, { all: true }).catch(() => [])).map(({ address }) => address)
  const [first] = addresses
  if (first === undefined) throw new MusterError('delivery.failed', `the name ${literal} has no address`)
  // One bad address is enough: which one a connection takes is not ours to say.
  if (!addresses.every(isAllowedAddress)) throw new MusterError('target.forbidden', `${literal} is an address messages are not sent to`, { host: literal })
  return first
}

function embeddedIpv4(address: string): string | null {
  const groups = ipv6Groups(address)
  const at = (index: number) => groups[index]!
  const dotted = (high: number, low: number) => [high >> 8, high & 255, low >> 8, low & 255].join('.')
  const leadingZeros = groups.slice(0, 5).every((group) => group === 0)
  if (leadingZeros && (at(5) === 0xffff || at(5) === 0)) return at(6) === 0 && at(7) <= 1 ? null : dotted(at(6), at(7))
  if (at(0) === 0x64 && at(1) === 0xff9b) return dotted(at(6), at(7))
  return at(0) === 0x2002 ? dotted(at(1), at(2)) : null
}
