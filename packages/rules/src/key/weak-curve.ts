import { keyName, keyOf } from '../facts.ts'
import type { CredentialRule } from '../rule.ts'
import { sources } from '../sources.ts'

export const weakCurve: CredentialRule = {
  id: 'key.weak-curve',
  title: 'Elliptic curve under 224 bits',
  severity: 'high',
  object: 'credential',
  meaning: 'Curves below 224 bits give less than 112 bits of strength, which NIST no longer allows for anything.',
  remedy: 'Generate a new key on P-256 or as Ed25519, issue again and retire this one.',
  sources: [sources.sp800_57, sources.sp800_131a],
  check(subject) {
    const key = keyOf(subject.credential)
    if (key === null || key.algorithm !== 'ec' || key.sizeBits === null || key.sizeBits >= 224) return null
    return { evidence: `${keyName(key)}, ${key.sizeBits} bits` }
  },
}
