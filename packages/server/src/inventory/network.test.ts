import { expect, it } from 'vitest'
import { networkTest } from './network.ts'

it.each([
  ['10.0.0.0/8', '9.255.255.255', false], ['10.0.0.0/8', '10.0.0.0', true], ['10.0.0.0/8', '10.255.255.255', true], ['10.0.0.0/8', '11.0.0.0', false],
  ['0.0.0.0/0', '203.0.113.9', true], ['10.1.2.3', '10.1.2.3', true], ['10.1.2.3', '10.1.2.4', false], ['10.0.0.0/8', '::ffff:10.1.1.1', true],
  ['2001:db8::/32', '2001:db8:ffff::1', true], ['2001:db8::/32', '2001:db9::1', false], ['2001:db8::/32', '10.0.0.1', false], ['10.0.0.0/8', 'not an address', false], ['fe80::/10', 'fe80::1%eth0', true],
])('%s holds %s: %s', (network, address, expected) => {
  expect(networkTest(network)!(address)).toBe(expected)
})

it.each(['', '10.0.0.0/33', '10.0.0.0/-1', '10.0.0.0/8/8', '10.0.0.0/', 'example.com', '::/129', '10.0.0.0/1e1'])('%j is no network', (text) => {
  expect(networkTest(text)).toBeNull()
})
