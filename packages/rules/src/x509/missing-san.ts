import { certificateOf } from '../facts.ts'
import type { CredentialRule } from '../rule.ts'
import { sources } from '../sources.ts'

export const missingSan: CredentialRule = {
  id: 'x509.missing-san',
  title: 'Server certificate names no host in subjectAltName',
  severity: 'medium',
  object: 'credential',
  meaning: 'Clients no longer look for host names in the common name: without a subject alternative name the certificate matches nothing.',
  remedy: 'Reissue it with every host name and address it serves as subjectAltName.',
  sources: [sources.rfc9525('6.3'), sources.cabBr('7.1.4.2')],
  check(subject) {
    const certificate = certificateOf(subject)
    if (certificate === null || certificate.isCa || !certificate.extendedKeyUsage?.includes('serverAuth')) return null
    if (certificate.subjectAltNames.some((name) => name.type === 'dns' || name.type === 'ip' || name.type === 'uri')) return null
    return { evidence: certificate.commonName === null ? 'neither subjectAltName nor common name' : `only the common name ${certificate.commonName}` }
  },
}
