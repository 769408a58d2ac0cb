import { expect, it } from 'vitest'
import { at, context, credentialSubject } from '../fixtures.ts'
import { sshCertificate } from './certificate.fixture.ts'
import { sshCertificateExpired } from './certificate-expired.ts'

it('the notAfter second itself is still valid', () => {
  expect(sshCertificateExpired.check(credentialSubject(sshCertificate({ notAfter: at(1) })), context)).toBeNull()
  expect(sshCertificateExpired.check(credentialSubject(sshCertificate({ notAfter: at(0) })), context)).toBeNull()
  expect(sshCertificateExpired.check(credentialSubject(sshCertificate({ notAfter: at(-1) })), context)).not.toBeNull()
  expect(sshCertificateExpired.check(credentialSubject(sshCertificate({ notAfter: null })), context)).toBeNull()
})
