import { expect, it } from 'vitest'
import { certificate, context, credentialSubject } from '../fixtures.ts'
import { unknownCriticalExtension } from './unknown-critical-extension.ts'

it('names the extensions', () => {
  expect(unknownCriticalExtension.check(credentialSubject(certificate({ unknownCriticalExtensions: ['1.2.3.4'] })), context)?.evidence).toBe('critical: 1.2.3.4')
  expect(unknownCriticalExtension.check(credentialSubject(certificate()), context)).toBeNull()
})
