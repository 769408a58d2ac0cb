import { privateKeysOf, servedAt } from '../facts.ts'
import type { CredentialRule } from '../rule.ts'
import { sources } from '../sources.ts'

export const noOwner: CredentialRule = {
  id: 'inventory.no-owner',
  title: 'Nobody answers for this credential',
  severity: 'low',
  object: 'credential',
  meaning: 'When it expires or leaks, nobody is told and nobody acts. Most outages by certificate begin like this.',
  remedy: 'Set an owner here, on its machine, or by a label rule for everything alike.',
  sources: [sources.sp1800_16, sources.owaspNhi(1, 'improper-offboarding')],
  check(subject) {
    if (subject.labels.owner !== null || subject.locationCount === 0) return null
    const kind = subject.credential.kind
    if (kind === 'crl' || kind === 'certificate-request') return null
    // A name without its value and the hash of somebody's password have no life of their own.
    if (subject.credential.kind === 'secret' && (!subject.credential.valueKnown || subject.credential.secretType === 'password-hash')) return null
    const served = servedAt(subject).length
    // Public halves lie everywhere; somebody must answer for what is served, authenticates, or holds a secret.
    if (kind === 'certificate' && (subject.credential.kind === 'certificate' && subject.credential.isCa) && served === 0) return null
    return { severity: served > 0 || privateKeysOf(subject).length > 0 ? 'low' : 'info', evidence: 'no owner on the credential or its machines' }
  },
}
