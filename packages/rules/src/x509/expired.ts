import { daysLeft } from '@muster/core'
import { certificateOf, listPlaces, servedAt } from '../facts.ts'
import type { CredentialRule } from '../rule.ts'
import { sources } from '../sources.ts'
import { placeOf } from '@muster/core'

export const expired: CredentialRule = {
  id: 'x509.expired',
  title: 'Certificate has expired',
  severity: 'high',
  object: 'credential',
  meaning: 'Peers that check validity refuse this certificate. Where it is still served, connections fail or people have learnt to click the warning away.',
  remedy: 'Renew it where it is still needed and deploy the new one to every location listed; delete it where it is not.',
  sources: [sources.rfc5280('4.1.2.5'), sources.sp1800_16, sources.pci('4.2.1')],
  check(subject, { now }) {
    const certificate = certificateOf(subject)
    if (certificate === null || now.getTime() <= Date.parse(certificate.notAfter)) return null
    const served = servedAt(subject).map((at) => placeOf(at.location))
    const days = -daysLeft(new Date(certificate.notAfter), now)
    const since = days === 0 ? 'less than a day ago' : `${days} ${days === 1 ? 'day' : 'days'} ago`
    return {
      severity: served.length > 0 ? 'critical' : certificate.isCa ? 'medium' : 'high',
      evidence: served.length > 0 ? `expired ${since} and is still served at ${listPlaces(served)}` : `expired ${since}`,
      places: served.slice(0, 50),
      due: certificate.notAfter,
    }
  },
}
