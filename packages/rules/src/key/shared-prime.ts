import type { CredentialRule } from '../rule.ts'
import { sources } from '../sources.ts'

export const sharedPrime: CredentialRule = {
  id: 'key.shared-prime',
  title: 'RSA key shares a prime with another key',
  severity: 'critical',
  object: 'credential',
  meaning: 'Two keys made with too little randomness came out with a prime in common; one division of their moduli gives both private keys.',
  remedy: 'Treat both keys as compromised: generate new ones on a system with enough entropy, reissue and revoke.',
  sources: [sources.sp800_57, sources.cabBr('6.1.1.3')],
  check(subject) {
    const weakness = subject.weaknesses.find((one) => one.reason === 'shared-prime')
    return weakness === undefined ? null : { evidence: weakness.note }
  },
}
