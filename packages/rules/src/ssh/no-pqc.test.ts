import { expect, it } from 'vitest'
import { context, sshEndpoint } from '../fixtures.ts'
import { sshNoPqc } from './no-pqc.ts'

it.each(['mlkem768x25519-sha256', 'sntrup761x25519-sha512@openssh.com'])('%s is post-quantum', (name) => {
  expect(sshNoPqc.check(sshEndpoint({ keyExchange: [name] }), context)).toBeNull()
})

it('classical groups alone are not', () => {
  expect(sshNoPqc.check(sshEndpoint({ keyExchange: ['curve25519-sha256'] }), context)?.evidence).toBe('offers curve25519-sha256')
})
