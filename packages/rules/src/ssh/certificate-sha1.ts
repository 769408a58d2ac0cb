import type { CredentialRule } from '../rule.ts'
import { sources } from '../sources.ts'

export const sshCertificateSha1: CredentialRule = {
  id: 'ssh.certificate-sha1',
  title: 'SSH certificate signed with SHA-1 or DSA',
  severity: 'medium',
  object: 'credential',
  meaning: 'The CA signed with ssh-rsa over SHA-1, or with DSA. OpenSSH refuses such certificates since version 8.2.',
  remedy: 'Sign with rsa-sha2-256 or rsa-sha2-512, or move the CA to Ed25519.',
  sources: [sources.rfc(8332), sources.rfc(9142)],
  check(subject) {
    const certificate = subject.credential
    if (certificate.kind !== 'ssh-certificate' || !/^ssh-(rsa|dss)$/.test(certificate.signatureAlgorithm)) return null
    return { evidence: `signed with ${certificate.signatureAlgorithm}` }
  },
}
