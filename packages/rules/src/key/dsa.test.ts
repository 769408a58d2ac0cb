import { expect, it } from 'vitest'
import { context, credentialSubject, key } from '../fixtures.ts'
import { dsa } from './dsa.ts'

const dsaKey = (sizeBits: number, kind: 'private-key' | 'ssh-key' = 'private-key') =>
  credentialSubject(key({ kind, key: { algorithm: 'dsa', sizeBits, curve: null, rsaExponent: null, rsaModulus: null } }))

it('DSA is found, and is worse under 2048 bits', () => {
  expect(dsa.check(dsaKey(1024), context)).toMatchObject({ severity: 'high', evidence: 'DSA 1024' })
  expect(dsa.check(dsaKey(2048), context)).toMatchObject({ severity: 'medium' })
})

it('SSH keys have a rule of their own', () => {
  expect(dsa.check(dsaKey(1024, 'ssh-key'), context)).toBeNull()
})
