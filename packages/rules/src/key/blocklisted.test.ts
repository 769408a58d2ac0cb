import { expect, it } from 'vitest'
import { context, credentialSubject, key } from '../fixtures.ts'
import { blocklisted } from './blocklisted.ts'

it('names the list', () => {
  const weaknesses = [{ reason: 'blocklisted', note: 'debian-openssl' }] as const
  expect(blocklisted.check(credentialSubject(key(), [], { weaknesses }), context)?.evidence).toBe('listed in debian-openssl')
  expect(blocklisted.check(credentialSubject(key()), context)).toBeNull()
})
