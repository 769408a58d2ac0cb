import { certificateOf } from '../facts.ts'
import type { CredentialRule } from '../rule.ts'
import { sources } from '../sources.ts'

export const missingEku: CredentialRule = {
  id: 'x509.missing-extended-key-usage',
  title: 'Certificate does not say what it is for',
  severity: 'low',
  object: 'credential',
  meaning: 'Without an extended key usage the certificate is good for everything: a stolen web server key also signs code and mail.',
  remedy: 'Reissue it with the one purpose it has, such as serverAuth.',
  sources: [sources.rfc5280('4.2.1.12'), sources.cabBr('7.1.2.7.10')],
  check(subject) {
    const certificate = certificateOf(subject)
    if (certificate === null || certificate.isCa || certificate.version < 3) return null
    if (certificate.extendedKeyUsage === null) return { evidence: 'no extendedKeyUsage extension' }
    return certificate.extendedKeyUsage.includes('anyExtendedKeyUsage') ? { evidence: 'extendedKeyUsage is anyExtendedKeyUsage' } : null
  },
}
