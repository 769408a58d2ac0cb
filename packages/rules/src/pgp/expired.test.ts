import { expect, it } from 'vitest'
import { at, context, credentialSubject } from '../fixtures.ts'
import { pgpExpired } from './expired.ts'
import { pgpKey } from './key.fixture.ts'

it('ends at its expiry instant', () => {
  expect(pgpExpired.check(credentialSubject(pgpKey({ notAfter: at(1) })), context)).toBeNull()
  expect(pgpExpired.check(credentialSubject(pgpKey({ notAfter: at(0) })), context)).not.toBeNull()
  expect(pgpExpired.check(credentialSubject(pgpKey({ revoked: true })), context)?.evidence).toBe('revoked by its owner')
})
