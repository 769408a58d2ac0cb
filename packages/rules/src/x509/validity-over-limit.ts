import { certificateOf, isPubliclyLogged, isServerCertificate, validityDays } from '../facts.ts'
import type { CredentialRule } from '../rule.ts'
import { sources } from '../sources.ts'

/** Longest validity in days of a publicly trusted TLS certificate issued at or after `from`; newest first. */
export const validityLimits: readonly { readonly from: string; readonly maxDays: number }[] = [
  { from: '2029-03-15T00:00:00Z', maxDays: 47 },
  { from: '2027-03-15T00:00:00Z', maxDays: 100 },
  { from: '2026-03-15T00:00:00Z', maxDays: 200 },
  { from: '2020-09-01T00:00:00Z', maxDays: 398 },
  { from: '2018-03-01T00:00:00Z', maxDays: 825 },
]

/** The limit in force when a certificate was issued, by its notBefore; null before any limit in the list. */
export function validityLimitAt(notBefore: string): { readonly from: string; readonly maxDays: number } | null {
  return validityLimits.find((limit) => Date.parse(notBefore) >= Date.parse(limit.from)) ?? null
}

export const validityOverLimit: CredentialRule = {
  id: 'x509.validity-over-limit',
  title: 'Public certificate lives longer than the limit when it was issued',
  severity: 'medium',
  object: 'credential',
  meaning: 'Browsers refuse publicly trusted TLS certificates whose validity exceeds the limit in force on the day they were issued.',
  remedy: 'Reissue it with a validity inside the limit; plan for 100 days from March 2027 and 47 days from March 2029 by automating renewal.',
  sources: [sources.cabSc081, sources.cabBr('6.3.2')],
  check(subject) {
    const certificate = certificateOf(subject)
    if (certificate === null || !isServerCertificate(certificate) || !isPubliclyLogged(certificate)) return null
    const limit = validityLimitAt(certificate.notBefore)
    const days = validityDays(certificate)
    if (limit === null || days <= limit.maxDays) return null
    return { evidence: `valid for ${days} days; the limit for certificates issued from ${limit.from.slice(0, 10)} is ${limit.maxDays}` }
  },
}
