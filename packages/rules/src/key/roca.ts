import { weakKeyReasons } from '../facts.ts'
import type { CredentialRule } from '../rule.ts'
import { sources } from '../sources.ts'

export const roca: CredentialRule = {
  id: 'key.roca',
  title: 'RSA key with the ROCA fingerprint',
  severity: 'critical',
  object: 'credential',
  meaning: 'The key has the structure of keys made by a faulty Infineon library: its private half can be computed from the public one.',
  remedy: 'Treat the key as compromised: generate a new one elsewhere, reissue, revoke. Update the firmware of the token or TPM that made it.',
  sources: [sources.cve('CVE-2017-15361'), sources.sp800_57],
  check(subject) {
    return weakKeyReasons(subject.credential).includes('roca') ? { evidence: 'the modulus has the residues that only the faulty generator produces' } : null
  },
}
