import { certificateOf } from '../facts.ts'
import type { CredentialRule } from '../rule.ts'
import { sources } from '../sources.ts'

export const signatureSha1: CredentialRule = {
  id: 'x509.signature-sha1',
  title: 'Certificate is signed with SHA-1',
  severity: 'high',
  object: 'credential',
  meaning: 'Collisions for SHA-1 are practical, so another certificate with the same signature can be made. Clients refuse it.',
  remedy: 'Reissue it with SHA-256 or better.',
  sources: [sources.sp800_131a, sources.cabBr('7.1.3.2')],
  check(subject) {
    const certificate = certificateOf(subject)
    // The signature on a self-issued root proves nothing to anybody: trust comes from the store it lies in.
    if (certificate === null || certificate.signatureHash !== 'sha1' || (certificate.isCa && certificate.selfIssued)) return null
    return { evidence: `signed with ${certificate.signatureAlgorithm}` }
  },
}
