import { keyName, keyOf } from '../facts.ts'
import type { CredentialRule } from '../rule.ts'
import { sources } from '../sources.ts'

/** NIST IR 8547 initial public draft (November 2024), tables 2 and 4. */
const disallowedAfter = '2035-12-31T23:59:59.000Z'

const quantumSafe = (algorithm: string) => /^(ml-|slh-)/.test(algorithm)

/** Security strength of 112 bits or less: deprecated after 2030 already. */
function atMost112Bits(algorithm: string, sizeBits: number | null): boolean {
  if (algorithm === 'ec') return (sizeBits ?? 256) < 256
  if (/^(ed|x)\d/.test(algorithm)) return false
  return (sizeBits ?? 2048) < 3072
}

export const quantumVulnerable: CredentialRule = {
  id: 'key.quantum-vulnerable',
  title: 'Long-lived credential with a quantum-vulnerable key',
  severity: 'info',
  object: 'credential',
  meaning:
    'A large quantum computer breaks RSA and elliptic curves. NIST plans to deprecate strengths of 112 bits after 2030 and to disallow all of them after 2035; this credential is still valid then.',
  remedy: 'Plan its replacement with ML-DSA or SLH-DSA when its software supports them; begin with roots and whatever cannot be changed later.',
  sources: [sources.ir8547],
  check(subject) {
    const credential = subject.credential
    const key = keyOf(credential)
    if (key === null || quantumSafe(key.algorithm) || key.algorithm === 'unknown') return null
    if (credential.kind !== 'certificate') return null
    const deprecated = atMost112Bits(key.algorithm, key.sizeBits)
    const year = new Date(credential.notAfter).getUTCFullYear()
    if (year > 2035) return { evidence: `${keyName(key)}, valid until ${year}: disallowed after 2035`, due: disallowedAfter }
    return deprecated && year > 2030 ? { evidence: `${keyName(key)}, valid until ${year}: deprecated after 2030` } : null
  },
}
