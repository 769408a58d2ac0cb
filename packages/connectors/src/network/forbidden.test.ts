import { expect, test } from 'vitest'
import { forbid } from './forbidden.ts'

test.each([
  '169.254.169.254', '::ffff:169.254.169.254', '64:ff9b::a9fe:a9fe', '2002:a9fe:a9fe::', 'fd00:ec2::254', '100.100.100.200', '168.63.129.16', '169.254.170.2',
])('the metadata service at %s is never contacted', (address) => {
  expect(forbid([], []).endpoint(address, 80)).not.toBeNull()
})

test('addresses beside a metadata service, private and loopback ones are allowed', () => {
  const check = forbid([], [])
  for (const address of ['169.254.169.252', '169.254.169.255', '100.100.100.199', '100.100.100.201', '10.0.0.1', '192.168.1.1', '127.0.0.1', '::1', 'fd00::1']) {
    expect(check.endpoint(address, 443), address).toBeNull()
  }
  expect(check.name('metadata.google.internal')).not.toBeNull()
  expect(check.name('internal.google')).toBeNull()
})

test("the server's own database is recognised by every address of the machine", () => {
  const check = forbid(['127.0.0.1:5432', '192.0.2.9', '[2001:db8::5]:6432', 'db.internal'], ['198.51.100.7', 'fe80::7'])
  for (const address of ['127.0.0.1', '127.9.9.9', '::1', '0.0.0.0', '::', '::ffff:127.0.0.1', '198.51.100.7', 'fe80::7']) {
    expect(check.endpoint(address, 5432), address).not.toBeNull()
    expect(check.endpoint(address, 5433), address).toBeNull()
  }
  expect(check.endpoint('192.0.2.9', 1)).not.toBeNull()
  expect(check.endpoint('192.0.2.8', 1)).toBeNull()
  expect(check.endpoint('2001:db8::5', 6432)).not.toBeNull()
  expect(check.endpoint('2001:db8::5', 443)).toBeNull()
  expect(check.name('db.internal')).not.toBeNull()
})
