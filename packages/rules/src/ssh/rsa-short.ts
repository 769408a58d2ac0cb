import type { CredentialRule } from '../rule.ts'
import { sources } from '../sources.ts'

export const sshRsaShort: CredentialRule = {
  id: 'ssh.rsa-under-3072',
  title: 'SSH RSA key of less than 3072 bits',
  severity: 'low',
  object: 'credential',
  meaning: 'SSH keys live long. RSA below 3072 bits has 112 bits of strength or less, which is to be given up after 2030.',
  remedy: 'Replace it with an Ed25519 key, or RSA of at least 3072 bits where Ed25519 is not supported.',
  sources: [sources.ir7966, sources.ir8547, sources.sp800_57],
  check(subject) {
    const credential = subject.credential
    if (credential.kind !== 'ssh-key' || credential.key.algorithm !== 'rsa') return null
    const bits = credential.key.sizeBits
    // Below 2048 bits the rule for all RSA keys speaks, louder.
    return bits !== null && bits >= 2048 && bits < 3072 ? { evidence: `RSA ${bits}` } : null
  },
}
