import { expect, it } from 'vitest'
import { context, credentialSubject, key } from '../fixtures.ts'
import { sshDsa } from './dsa.ts'

const dsaKey = { algorithm: 'dsa', sizeBits: 1024, curve: null, rsaExponent: null, rsaModulus: null } as const

it('finds DSA in SSH only', () => {
  expect(sshDsa.check(credentialSubject(key({ kind: 'ssh-key', key: dsaKey })), context)?.evidence).toBe('DSA 1024')
  expect(sshDsa.check(credentialSubject(key({ kind: 'private-key', key: dsaKey })), context)).toBeNull()
  expect(sshDsa.check(credentialSubject(key({ kind: 'ssh-key' })), context)).toBeNull()
})
