import { expect, it } from 'vitest'
import { certificate, context, credentialSubject } from '../fixtures.ts'
import { missingEku } from './missing-eku.ts'

it('a missing purpose and "any purpose" are both found', () => {
  expect(missingEku.check(credentialSubject(certificate({ extendedKeyUsage: null })), context)).not.toBeNull()
  expect(missingEku.check(credentialSubject(certificate({ extendedKeyUsage: ['anyExtendedKeyUsage'] })), context)).not.toBeNull()
  expect(missingEku.check(credentialSubject(certificate()), context)).toBeNull()
})

it('a CA needs none', () => {
  expect(missingEku.check(credentialSubject(certificate({ extendedKeyUsage: null, isCa: true })), context)).toBeNull()
})
