import { expect, it } from 'vitest'
import { context, credentialSubject } from '../fixtures.ts'
import { sshCertificate } from './certificate.fixture.ts'
import { sshCertificateSha1 } from './certificate-sha1.ts'

it('ssh-rsa is SHA-1, rsa-sha2-256 is not', () => {
  expect(sshCertificateSha1.check(credentialSubject(sshCertificate({ signatureAlgorithm: 'ssh-rsa' })), context)).not.toBeNull()
  expect(sshCertificateSha1.check(credentialSubject(sshCertificate({ signatureAlgorithm: 'rsa-sha2-256' })), context)).toBeNull()
})
