import { isIPv4, isIPv6 } from 'node:net'

/** An IP address as a number, so that ranges are arithmetic. `value` is 32 bits for family 4 and 128 for family 6. */
export type IpAddress = { readonly family: 4 | 6; readonly value: bigint }

/** An inclusive range of addresses of one family. */
export type IpRange = { readonly family: 4 | 6; readonly first: bigint; readonly last: bigint }

const LOW_32 = 0xffff_ffffn

/** The address a text spells, or null. Dotted decimal only (no octal, no short forms); no zone index. */
export function parseIpAddress(text: string): IpAddress | null {
  if (isIPv4(text)) return { family: 4, value: ipv4Value(text) }
  if (!isIPv6(text) || text.includes('%')) return null
  return { family: 6, value: ipv6Value(text) }
}

function ipv4Value(text: string): bigint {
  const [a, b, c, d] = text.split('.').map(Number) as [number, number, number, number]
  return BigInt(a * 0x1_00_00_00 + b * 0x1_00_00 + c * 0x1_00 + d)
}

function ipv6Value(text: string): bigint {
  const lastColon = text.lastIndexOf(':')
  const tail = text.slice(lastColon + 1)
  let plain = text
  if (tail.includes('.')) {
    const v4 = ipv4Value(tail)
    plain = `${text.slice(0, lastColon + 1)}${(v4 >> 16n).toString(16)}:${(v4 & 0xffffn).toString(16)}`
  }
  const [head = '', rest] = plain.split('::') as [string, string | undefined]
  const left = head === '' ? [] : head.split(':')
  const right = rest === undefined || rest === '' ? [] : rest.split(':')
  const zeros = rest === undefined ? 0 : 8 - left.length - right.length
  let value = 0n
  for (const group of [...left, ...Array.from({ length: zeros }, () => '0'), ...right]) value = (value << 16n) | BigInt(`0x${group}`)
  return value
}

/** Canonical text: dotted decimal, or RFC 5952 for IPv6. */
export function formatIpAddress({ family, value }: IpAddress): string {
  if (family === 4) return `${value >> 24n}.${(value >> 16n) & 255n}.${(value >> 8n) & 255n}.${value & 255n}`
  if (value >> 32n === 0xffffn) return `::ffff:${formatIpAddress({ family: 4, value: value & LOW_32 })}`
  const groups = Array.from({ length: 8 }, (_, i) => Number((value >> BigInt(112 - 16 * i)) & 0xffffn))
  const { start, length } = longestZeroRun(groups)
  const hex = groups.map((group) => group.toString(16))
  if (length < 2) return hex.join(':')
  return `${hex.slice(0, start).join(':')}::${hex.slice(start + length).join(':')}`
}

function longestZeroRun(groups: readonly number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 }
  for (let i = 0; i < groups.length; i++) {
    let end = i
    while (end < groups.length && groups[end] === 0) end++
    if (end - i > best.length) best = { start: i, length: end - i }
    i = Math.max(i, end)
  }
  return best
}

/** The range a text spells: one address, `a.b.c.d/n`, `first-last`, or `a.b.c.d-e` with only the last octet; null otherwise. */
export function parseIpRange(text: string): IpRange | null {
  const single = parseIpAddress(text)
  if (single !== null) return { family: single.family, first: single.value, last: single.value }
  const slash = text.indexOf('/')
  if (slash >= 0) return parseCidr(text.slice(0, slash), text.slice(slash + 1))
  const dash = text.indexOf('-')
  if (dash < 0) return null
  const first = parseIpAddress(text.slice(0, dash))
  if (first === null) return null
  const lastText = text.slice(dash + 1)
  const last = first.family === 4 && /^\d{1,3}$/.test(lastText)
    ? parseIpAddress(`${text.slice(0, text.lastIndexOf('.', dash))}.${Number(lastText)}`)
    : parseIpAddress(lastText)
  if (last === null || last.family !== first.family || last.value < first.value) return null
  return { family: first.family, first: first.value, last: last.value }
}

function parseCidr(addressText: string, prefixText: string): IpRange | null {
  const address = parseIpAddress(addressText)
  if (address === null || !/^\d{1,3}$/.test(prefixText)) return null
  const width = address.family === 4 ? 32 : 128
  const prefix = Number(prefixText)
  if (prefix > width) return null
  const hostBits = BigInt(width - prefix)
  const first = (address.value >> hostBits) << hostBits
  return { family: address.family, first, last: first + (1n << hostBits) - 1n }
}

/** True when the address lies in the range. */
export function rangeHolds(range: IpRange, address: IpAddress): boolean {
  return range.family === address.family && address.value >= range.first && address.value <= range.last
}

const embeddings: readonly { readonly range: IpRange; readonly shift: bigint; readonly inverted?: boolean }[] = [
  { range: parseIpRange('::ffff:0:0/96')!, shift: 0n }, // IPv4-mapped, RFC 4291 §2.5.5.2
  { range: parseIpRange('::/96')!, shift: 0n }, // IPv4-compatible, RFC 4291 §2.5.5.1
  { range: parseIpRange('::ffff:0:0:0/96')!, shift: 0n }, // IPv4-translated, RFC 7915
  { range: parseIpRange('64:ff9b::/96')!, shift: 0n }, // NAT64, RFC 6052 §2.1
  { range: parseIpRange('64:ff9b:1::/48')!, shift: 0n }, // local-use NAT64 with a /96 inside, RFC 8215
  { range: parseIpRange('2002::/16')!, shift: 80n }, // 6to4, RFC 3056
  { range: parseIpRange('2001::/32')!, shift: 0n, inverted: true }, // Teredo client address, RFC 4380 §4
]

/** Every IPv4 address an IPv6 address may stand for (mapped, NAT64, 6to4, Teredo); empty for a plain one. */
export function embeddedIpv4(address: IpAddress): readonly IpAddress[] {
  if (address.family === 4 || address.value <= 1n) return []
  return embeddings.filter(({ range }) => rangeHolds(range, address)).map(({ shift, inverted }) => {
    const bits = (address.value >> shift) & LOW_32
    return { family: 4, value: inverted === true ? bits ^ LOW_32 : bits }
  })
}
