import type { CredentialRule } from '../rule.ts'
import { sources } from '../sources.ts'

export const sshDsa: CredentialRule = {
  id: 'ssh.dsa-key',
  title: 'SSH DSA key',
  severity: 'high',
  object: 'credential',
  meaning: 'SSH DSA keys are always 1024 bits and signed over SHA-1. OpenSSH switched them off in 2015 and has removed them since.',
  remedy: 'Replace it with an Ed25519 key everywhere it is authorised, then remove it.',
  sources: [sources.ir7966, sources.sp800_131a, sources.rfc(9142)],
  check(subject) {
    const credential = subject.credential
    if (credential.kind !== 'ssh-key' || credential.key.algorithm !== 'dsa') return null
    return { evidence: `DSA ${credential.key.sizeBits ?? 1024}` }
  },
}
