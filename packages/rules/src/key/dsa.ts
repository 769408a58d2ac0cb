import { keyName, keyOf } from '../facts.ts'
import type { CredentialRule } from '../rule.ts'
import { sources } from '../sources.ts'

export const dsa: CredentialRule = {
  id: 'key.dsa',
  title: 'DSA key outside SSH',
  severity: 'medium',
  object: 'credential',
  meaning: 'DSA is withdrawn for new signatures; most keys are 1024 bits, and one repeated random number gives the key away.',
  remedy: 'Replace it with an ECDSA P-256 or Ed25519 key.',
  sources: [sources.sp800_131a, sources.sp800_57],
  check(subject) {
    const key = keyOf(subject.credential)
    if (key === null || key.algorithm !== 'dsa' || subject.credential.kind === 'ssh-key') return null
    return { severity: (key.sizeBits ?? 0) < 2048 ? 'high' : 'medium', evidence: keyName(key) }
  },
}
