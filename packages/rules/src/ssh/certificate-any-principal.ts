import type { CredentialRule } from '../rule.ts'
import { sources } from '../sources.ts'

export const sshCertificateAnyPrincipal: CredentialRule = {
  id: 'ssh.certificate-any-principal',
  title: 'SSH certificate without principals',
  severity: 'high',
  object: 'credential',
  meaning: 'A certificate that names no principal is good for every account, or every host, that trusts its CA.',
  remedy: 'Revoke it by key revocation list and issue one with the principals it needs.',
  sources: [sources.cve('CVE-2024-7594'), sources.ir7966],
  check(subject) {
    const certificate = subject.credential
    if (certificate.kind !== 'ssh-certificate' || certificate.principals.length > 0) return null
    return { evidence: `${certificate.certificateType} certificate “${certificate.keyId}” names no principal` }
  },
}
