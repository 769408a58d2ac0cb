import { certificateOf } from '../facts.ts'
import type { CredentialRule } from '../rule.ts'
import { sources } from '../sources.ts'

export const signatureMd5: CredentialRule = {
  id: 'x509.signature-md5',
  title: 'Certificate is signed with MD5 or older',
  severity: 'critical',
  object: 'credential',
  meaning: 'Certificates with colliding MD5 signatures have been forged in public since 2008: the signature proves nothing.',
  remedy: 'Reissue it with SHA-256 or better and retire this one.',
  sources: [sources.rfc(6151), sources.sp800_131a],
  check(subject) {
    const certificate = certificateOf(subject)
    if (certificate === null || certificate.signatureHash === null || !/^md[245]$/.test(certificate.signatureHash)) return null
    return { evidence: `signed with ${certificate.signatureAlgorithm}` }
  },
}
