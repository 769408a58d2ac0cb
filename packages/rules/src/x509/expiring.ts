import { daysLeft } from '@muster/core'
import { certificateOf, expiryThresholds } from '../facts.ts'
import type { CredentialRule } from '../rule.ts'
import { sources } from '../sources.ts'

export const expiring: CredentialRule = {
  id: 'x509.expiring',
  title: 'Certificate expires soon',
  severity: 'medium',
  object: 'credential',
  meaning: 'The certificate is inside the renewal window that the policy sets for its criticality. Past its end, whatever depends on it stops.',
  remedy: 'Renew it now and deploy it to every location; automate the renewal if this came as a surprise.',
  sources: [sources.sp1800_16, sources.cabSc081, sources.pci('4.2.1.1')],
  check(subject, { now, policy }) {
    const certificate = certificateOf(subject)
    if (certificate === null || subject.locationCount === 0) return null
    const notAfter = new Date(certificate.notAfter)
    if (now.getTime() > notAfter.getTime()) return null
    const lifetimeDays = (notAfter.getTime() - Date.parse(certificate.notBefore)) / 86_400_000
    const { warnDays, urgentDays } = expiryThresholds(policy, subject.labels)
    // A certificate that lives shorter than the window would be "expiring" from birth: it is due in its last third.
    const warn = Math.min(warnDays, lifetimeDays / 3)
    const left = daysLeft(notAfter, now)
    if ((notAfter.getTime() - now.getTime()) / 86_400_000 > warn) return null
    return {
      severity: left <= Math.min(urgentDays, lifetimeDays / 9) ? 'high' : 'medium',
      evidence: `expires in ${left} ${left === 1 ? 'day' : 'days'}; the window for ${subject.labels.criticality ?? 'unrated'} criticality is ${Math.floor(warn)} days`,
      due: certificate.notAfter,
    }
  },
}
