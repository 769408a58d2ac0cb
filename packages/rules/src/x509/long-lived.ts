import { certificateOf, isPubliclyLogged, validityDays } from '../facts.ts'
import type { CredentialRule } from '../rule.ts'
import { NHI7, sources } from '../sources.ts'

const MAX_DAYS = 825

export const longLived: CredentialRule = {
  id: 'x509.long-lived',
  title: 'Private end-entity certificate lives longer than 825 days',
  severity: 'low',
  object: 'credential',
  meaning: 'A key that stays valid for years can be misused for years once stolen, and nobody remembers how to renew it when the day comes.',
  remedy: 'Issue with a validity of a year or less and renew automatically.',
  sources: [NHI7, sources.sp800_57],
  check(subject) {
    const certificate = certificateOf(subject)
    if (certificate === null || certificate.isCa || isPubliclyLogged(certificate)) return null
    const days = validityDays(certificate)
    return days <= MAX_DAYS ? null : { evidence: `valid for ${days} days, more than ${MAX_DAYS}` }
  },
}
