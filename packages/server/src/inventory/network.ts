import { BlockList, isIP } from 'node:net'

/**
 * A test for membership of an address in a CIDR block (or a single address); null when `cidr` is neither. An IPv4 address
 * mapped into IPv6 counts as the IPv4 address.
 */
export function networkTest(cidr: string): ((address: string) => boolean) | null {
  const [base = '', length, ...rest] = cidr.trim().split('/')
  const family = isIP(base)
  if (family === 0 || rest.length > 0) return null
  const most = family === 4 ? 32 : 128
  const prefix = length === undefined ? most : /^\d{1,3}$/.test(length) ? Number(length) : -1
  if (prefix < 0 || prefix > most) return null
  const list = new BlockList()
  list.addSubnet(base, prefix, family === 4 ? 'ipv4' : 'ipv6')
  return (address) => {
    const plain = address.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, '').replace(/%.*$/, '')
    const kind = isIP(plain)
    return kind !== 0 && list.check(plain, kind === 4 ? 'ipv4' : 'ipv6')
  }
}
