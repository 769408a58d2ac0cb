import { expect, it } from 'vitest'
import { context, sshEndpoint } from '../fixtures.ts'
import { sshWeakAlgorithms } from './weak-algorithms.ts'

it('names what is outdated', () => {
  const endpoint = sshEndpoint({ keyExchange: ['curve25519-sha256', 'diffie-hellman-group1-sha1'], ciphers: ['aes128-cbc'] })
  expect(sshWeakAlgorithms.check(endpoint, context)?.evidence).toBe('key exchange diffie-hellman-group1-sha1; cipher aes128-cbc')
})

it('a current server is fine', () => {
  expect(sshWeakAlgorithms.check(sshEndpoint(), context)).toBeNull()
})
