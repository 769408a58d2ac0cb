import { expect, it } from 'vitest'
import { context, credentialSubject, key } from '../fixtures.ts'
import { sharedPrime } from './shared-prime.ts'

it('reports what the comparison of the whole inventory found', () => {
  const weaknesses = [{ reason: 'shared-prime', note: 'shares a prime with 1 other key' }] as const
  expect(sharedPrime.check(credentialSubject(key(), [], { weaknesses }), context)?.evidence).toBe('shares a prime with 1 other key')
  expect(sharedPrime.check(credentialSubject(key()), context)).toBeNull()
})
