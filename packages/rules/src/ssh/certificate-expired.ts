import type { CredentialRule } from '../rule.ts'
import { sources } from '../sources.ts'

export const sshCertificateExpired: CredentialRule = {
  id: 'ssh.certificate-expired',
  title: 'SSH certificate has expired',
  severity: 'medium',
  object: 'credential',
  meaning: 'sshd and ssh refuse the certificate: logins with it fail, or clients fall back to asking whether to trust the host key.',
  remedy: 'Issue a new certificate where it is still needed, and delete this one.',
  sources: [sources.opensshManual('ssh-keygen'), sources.ir7966],
  check(subject, { now }) {
    const certificate = subject.credential
    // notAfter is the last second of validity, one before OpenSSH's exclusive valid_before.
    if (certificate.kind !== 'ssh-certificate' || certificate.notAfter === null || now.getTime() <= Date.parse(certificate.notAfter)) return null
    return { evidence: `${certificate.certificateType} certificate “${certificate.keyId}” ended at ${certificate.notAfter}`, due: certificate.notAfter }
  },
}
