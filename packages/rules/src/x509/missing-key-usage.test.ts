import { expect, it } from 'vitest'
import { certificate, context, credentialSubject } from '../fixtures.ts'
import { missingKeyUsage } from './missing-key-usage.ts'

it('is worse for a CA', () => {
  expect(missingKeyUsage.check(credentialSubject(certificate({ keyUsage: null })), context)).toMatchObject({ severity: 'low' })
  expect(missingKeyUsage.check(credentialSubject(certificate({ keyUsage: null, isCa: true })), context)).toMatchObject({ severity: 'medium' })
  expect(missingKeyUsage.check(credentialSubject(certificate({ keyUsage: ['cRLSign'], isCa: true })), context)).toMatchObject({ severity: 'medium' })
})

it('accepts a usage that fits', () => {
  expect(missingKeyUsage.check(credentialSubject(certificate()), context)).toBeNull()
  expect(missingKeyUsage.check(credentialSubject(certificate({ keyUsage: ['keyCertSign'], isCa: true })), context)).toBeNull()
})
