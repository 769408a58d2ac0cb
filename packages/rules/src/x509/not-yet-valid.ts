import { certificateOf } from '../facts.ts'
import type { CredentialRule } from '../rule.ts'
import { sources } from '../sources.ts'

export const notYetValid: CredentialRule = {
  id: 'x509.not-yet-valid',
  title: 'Certificate is not valid yet',
  severity: 'medium',
  object: 'credential',
  meaning: 'Its validity begins in the future: peers refuse it until then. Usually a clock is wrong or it was deployed too early.',
  remedy: 'Check the clocks of the issuer and of this server; serve the previous certificate until this one begins.',
  sources: [sources.rfc5280('4.1.2.5')],
  check(subject, { now }) {
    const certificate = certificateOf(subject)
    if (certificate === null || now.getTime() >= Date.parse(certificate.notBefore)) return null
    return { evidence: `becomes valid at ${certificate.notBefore}`, due: certificate.notBefore }
  },
}
