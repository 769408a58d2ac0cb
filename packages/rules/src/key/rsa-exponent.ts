import { keyOf } from '../facts.ts'
import type { CredentialRule } from '../rule.ts'
import { sources } from '../sources.ts'

export const rsaExponent: CredentialRule = {
  id: 'key.rsa-exponent',
  title: 'RSA public exponent 1, even or 3',
  severity: 'low',
  object: 'credential',
  meaning: 'With exponent 1 nothing is encrypted or signed at all. Exponent 3 has made sloppy signature checks forgeable again and again.',
  remedy: 'Generate a new key with exponent 65537.',
  sources: [sources.sp800_57, sources.cabBr('6.1.6'), sources.cve('CVE-2006-4339')],
  check(subject) {
    const exponent = keyOf(subject.credential)?.rsaExponent ?? null
    if (exponent === null) return null
    if (exponent === '1' || exponent === '0' || /[02468]$/.test(exponent)) return { severity: 'critical', evidence: `public exponent ${exponent.slice(0, 20)}` }
    return exponent === '3' ? { evidence: 'public exponent 3' } : null
  },
}
