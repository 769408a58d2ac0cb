import { expect, it } from 'vitest'
import { certificate, context, credentialSubject, rsa } from '../fixtures.ts'
import { quantumVulnerable } from './quantum-vulnerable.ts'

const until = (notAfter: string, key = rsa(2048)) => quantumVulnerable.check(credentialSubject(certificate({ notAfter, key })), context)
const p256 = { algorithm: 'ec', sizeBits: 256, curve: 'P-256', rsaExponent: null, rsaModulus: null } as const

it('RSA 2048 is deprecated after 2030 and disallowed after 2035 (NIST IR 8547)', () => {
  expect(until('2030-12-31T23:59:59.000Z')).toBeNull()
  expect(until('2031-01-01T00:00:00.000Z')?.evidence).toContain('deprecated after 2030')
  expect(until('2036-01-01T00:00:00.000Z')?.evidence).toContain('disallowed after 2035')
})

it('P-256 has 128 bits of strength: only 2035 concerns it', () => {
  expect(until('2035-12-31T00:00:00.000Z', p256)).toBeNull()
  expect(until('2036-01-01T00:00:00.000Z', p256)).not.toBeNull()
})

it('ML-DSA is what to move to', () => {
  expect(until('2040-01-01T00:00:00.000Z', { ...p256, algorithm: 'ml-dsa-65', curve: null } as never)).toBeNull()
})
