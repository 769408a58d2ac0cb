import { expect, it } from 'vitest'
import { context, credentialSubject } from '../fixtures.ts'
import { sshCertificate } from './certificate.fixture.ts'
import { sshCertificateAnyPrincipal } from './certificate-any-principal.ts'

it('an empty list of principals is found, one principal is enough', () => {
  expect(sshCertificateAnyPrincipal.check(credentialSubject(sshCertificate({ principals: [] })), context)).not.toBeNull()
  expect(sshCertificateAnyPrincipal.check(credentialSubject(sshCertificate()), context)).toBeNull()
})
