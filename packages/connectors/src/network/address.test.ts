import { isIP } from 'node:net'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { embeddedIpv4, formatIpAddress, parseIpAddress, parseIpRange } from './address.ts'
import { countAddresses, indexAddresses, setHolds, subtractRanges, toRangeSet } from './range-set.ts'

const ipv4 = fc.bigInt({ min: 0n, max: 2n ** 32n - 1n }).map((value) => ({ family: 4 as const, value }))
const ipv6 = fc.bigInt({ min: 0n, max: 2n ** 128n - 1n }).map((value) => ({ family: 6 as const, value }))

test('an address survives being written and read', () => {
  fc.assert(fc.property(fc.oneof(ipv4, ipv6), (address) => {
    const text = formatIpAddress(address)
    expect(isIP(text)).toBe(address.family)
    expect(parseIpAddress(text)).toEqual(address)
  }))
})

test('IPv6 text is canonical (RFC 5952)', () => {
  for (const [text, canonical] of [
    ['2001:DB8:0:0:0:0:0:1', '2001:db8::1'], ['::', '::'], ['::1', '::1'], ['1::', '1::'], ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['2001:0:0:1:0:0:0:1', '2001:0:0:1::1'], ['::ffff:10.0.0.1', '::ffff:10.0.0.1'], ['64:ff9b::10.0.0.1', '64:ff9b::a00:1'],
  ] as const) expect(formatIpAddress(parseIpAddress(text)!)).toBe(canonical)
})

test('short, octal, zoned and overlong forms are not addresses', () => {
  for (const text of ['127.1', '0177.0.0.1', '0x7f.0.0.1', '256.0.0.1', 'fe80::1%eth0', '1:2:3:4:5:6:7', '', '2130706433']) expect(parseIpAddress(text)).toBeNull()
})

test('ranges are read as single, block, pair and last octet', () => {
  const size = (text: string): bigint | null => {
    const range = parseIpRange(text)
    return range === null ? null : range.last - range.first + 1n
  }
  expect(size('10.0.0.1')).toBe(1n)
  expect(size('10.0.0.77/24')).toBe(256n)
  expect(size('10.0.0.1-10.0.0.20')).toBe(20n)
  expect(size('10.0.0.1-20')).toBe(20n)
  expect(size('0.0.0.0/0')).toBe(2n ** 32n)
  expect(size('2001:db8::/64')).toBe(2n ** 64n)
  expect(size('10.0.0.20-10.0.0.1')).toBeNull()
  expect(size('10.0.0.1-2001:db8::1')).toBeNull()
  expect(size('10.0.0.0/33')).toBeNull()
})

test('an IPv4 address is seen inside the IPv6 forms that stand for it', () => {
  for (const text of ['::ffff:169.254.169.254', '::169.254.169.254', '64:ff9b::169.254.169.254', '2002:a9fe:a9fe::1', '2001:0:1::5601:5601', '64:ff9b:1::a9fe:a9fe']) {
    expect(embeddedIpv4(parseIpAddress(text)!).map(formatIpAddress), text).toContain('169.254.169.254')
  }
  expect(embeddedIpv4(parseIpAddress('2001:db8::1')!)).toEqual([])
})

const smallRange = fc.tuple(fc.constantFrom(4 as const, 6 as const), fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 12 }))
  .map(([family, first, length]) => ({ family, first: BigInt(first), last: BigInt(first + length) }))

test('range sets behave like sets of addresses', () => {
  fc.assert(fc.property(fc.array(smallRange, { maxLength: 8 }), fc.array(smallRange, { maxLength: 8 }), (a, b) => {
    const members = (ranges: typeof a): Set<string> => new Set(ranges.flatMap(({ family, first, last }) => Array.from({ length: Number(last - first) + 1 }, (_, i) => `${family}:${first + BigInt(i)}`)))
    const expected = [...members(a)].filter((member) => !members(b).has(member)).sort()
    const left = subtractRanges(toRangeSet(a), toRangeSet(b))
    const at = indexAddresses(left)
    const listed = Array.from({ length: Number(countAddresses(left)) }, (_, i) => at(BigInt(i)))
    expect(listed.map(({ family, value }) => `${family}:${value}`).sort()).toEqual(expected)
    for (const address of listed) expect(setHolds(left, address)).toBe(true)
    for (const address of listed) expect(setHolds(toRangeSet(b), address)).toBe(false)
  }))
})
