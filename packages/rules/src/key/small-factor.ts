import { weakKeyReasons } from '../facts.ts'
import type { CredentialRule } from '../rule.ts'
import { sources } from '../sources.ts'

export const smallFactor: CredentialRule = {
  id: 'key.small-factor',
  title: 'RSA modulus with a small factor',
  severity: 'critical',
  object: 'credential',
  meaning: 'The modulus is divisible by a small number, so it is no RSA key at all: broken generation, a corrupted file, or a planted key.',
  remedy: 'Treat the key as compromised: generate a new one, reissue and revoke.',
  sources: [sources.cabBr('6.1.6'), sources.sp800_57],
  check(subject) {
    const reasons = weakKeyReasons(subject.credential)
    return reasons.includes('small-factor') || reasons.includes('even-modulus') ? { evidence: 'trial division finds a factor' } : null
  },
}
