import { certificateOf } from '../facts.ts'
import type { CredentialRule } from '../rule.ts'
import { sources } from '../sources.ts'

export const oldVersion: CredentialRule = {
  id: 'x509.old-version',
  title: 'X.509 version 1 or 2 certificate',
  severity: 'medium',
  object: 'credential',
  meaning: 'Before version 3 a certificate cannot say whether it is a CA. Some software takes any of them as an issuer.',
  remedy: 'Reissue it as version 3 with basic constraints, key usage and subject alternative names.',
  sources: [sources.rfc5280('4.1.2.1')],
  check(subject) {
    const certificate = certificateOf(subject)
    if (certificate === null || certificate.version === 3 || certificate.selfIssued) return null
    return { evidence: `X.509 version ${certificate.version}` }
  },
}
