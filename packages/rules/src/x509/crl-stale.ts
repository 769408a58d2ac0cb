import type { CredentialRule } from '../rule.ts'
import { sources } from '../sources.ts'

export const crlStale: CredentialRule = {
  id: 'crl.stale',
  title: 'Revocation list is past its next update',
  severity: 'medium',
  object: 'credential',
  meaning: 'Whoever relies on this copy does not learn of newer revocations, or refuses every certificate of its issuer.',
  remedy: 'Fetch the current list and find out why the refresh stopped.',
  sources: [sources.rfc5280('5.1.2.5')],
  check(subject, { now }) {
    const crl = subject.credential
    if (crl.kind !== 'crl' || crl.nextUpdate === null || now.getTime() <= Date.parse(crl.nextUpdate)) return null
    return { evidence: `next update was due at ${crl.nextUpdate}`, due: crl.nextUpdate }
  },
}
