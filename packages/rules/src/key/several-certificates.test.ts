import { expect, it } from 'vitest'
import { certificate, context, credentialSubject } from '../fixtures.ts'
import { severalCertificates } from './several-certificates.ts'

it('counts other certificates, not the key file itself', () => {
  const file = { id: 'k', kind: 'private-key', name: 'web.key', owner: null } as const
  const renewal = { id: 'c2', kind: 'certificate', name: 'www 2025', owner: null } as const
  expect(severalCertificates.check(credentialSubject(certificate(), [], { sameKey: [file] }), context)).toBeNull()
  expect(severalCertificates.check(credentialSubject(certificate(), [], { sameKey: [file, renewal] }), context)?.evidence).toBe('1 other certificate has this key: www 2025')
  expect(severalCertificates.check(credentialSubject(certificate({ isCa: true }), [], { sameKey: [renewal] }), context)).toBeNull()
})
