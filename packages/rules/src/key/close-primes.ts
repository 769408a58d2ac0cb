import { weakKeyReasons } from '../facts.ts'
import type { CredentialRule } from '../rule.ts'
import { sources } from '../sources.ts'

export const closePrimes: CredentialRule = {
  id: 'key.close-primes',
  title: 'RSA key whose primes are too close',
  severity: 'critical',
  object: 'credential',
  meaning: "The two primes lie so close together that Fermat's method, three centuries old, factors the key in moments.",
  remedy: 'Treat the key as compromised: generate a new one with a sound generator, reissue and revoke. Find the device or library that made it.',
  sources: [sources.cve('CVE-2022-26320'), sources.cabBr('6.1.1.3')],
  check(subject) {
    return weakKeyReasons(subject.credential).includes('close-primes') ? { evidence: "Fermat's method factors the modulus within 100 rounds" } : null
  },
}
