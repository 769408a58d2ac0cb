import { expect, it } from 'vitest'
import { at, context, credentialSubject } from '../fixtures.ts'
import { sshCertificate } from './certificate.fixture.ts'
import { sshCertificateLongLived } from './certificate-long-lived.ts'

const lasting = (seconds: number) => sshCertificateLongLived.check(credentialSubject(sshCertificate({ notBefore: at(0), notAfter: at(seconds) })), context)

it('thirty days are fine, a second more is not, for ever is worse', () => {
  expect(lasting(30 * 86_400)).toBeNull()
  expect(lasting(30 * 86_400 + 1)?.evidence).toContain('31 days')
  expect(sshCertificateLongLived.check(credentialSubject(sshCertificate({ notAfter: null })), context)).toMatchObject({ severity: 'high' })
})
