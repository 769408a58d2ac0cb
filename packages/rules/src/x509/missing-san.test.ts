import { expect, it } from 'vitest'
import { certificate, context, credentialSubject } from '../fixtures.ts'
import { missingSan } from './missing-san.ts'

it('a server certificate with a common name alone is found', () => {
  expect(missingSan.check(credentialSubject(certificate({ subjectAltNames: [] })), context)?.evidence).toBe('only the common name www.example.org')
})

it('any host name, address or URI will do, and a client certificate needs none', () => {
  expect(missingSan.check(credentialSubject(certificate({ subjectAltNames: [{ type: 'ip', value: '10.0.0.1' }] })), context)).toBeNull()
  expect(missingSan.check(credentialSubject(certificate({ subjectAltNames: [], extendedKeyUsage: ['clientAuth'] })), context)).toBeNull()
})
