import { DAY_MS } from '@muster/core'
import type { CredentialRule } from '../rule.ts'
import { linesOf, liveSecret, severityAt } from '../secret-facts.ts'
import { NHI7, sources } from '../sources.ts'
import type { CredentialSubject } from '../subject.ts'

export const secretLongLived: CredentialRule = {
  id: 'secret.long-lived',
  title: 'Secret is old and never expires',
  severity: 'medium',
  object: 'credential',
  meaning: 'The longer a secret lives, the more people, logs and backups have seen it. Without an end it stays good for whoever found it years ago.',
  remedy: 'Rotate it now and on a schedule, or replace it by credentials that end by themselves.',
  sources: [NHI7, sources.pci('8.6.3')],
  check(subject, { now, policy }) {
    const secret = liveSecret(subject)
    if (secret === null || !secret.valueKnown || secret.notAfter !== null || secret.secretType === 'password-hash' || subject.locationCount === 0) return null
    const { since, how } = oldest(subject)
    const ageMs = now.getTime() - since
    if (ageMs <= policy.secretMaxAgeDays * DAY_MS) return null
    const severity = severityAt(secret, subject.locations, 1)
    return { severity: severity === 'critical' ? 'high' : severity, evidence: `${how} ${new Date(since).toISOString().slice(0, 10)}, ${Math.floor(ageMs / DAY_MS)} days ago; the policy allows ${policy.secretMaxAgeDays}` }
  },
}

/** The earliest date anything tells: its format, the commit that brought it in, or when it was first seen here. */
function oldest(subject: CredentialSubject): { readonly since: number; readonly how: string } {
  const facts = subject.credential.kind === 'secret' ? subject.credential.facts : {}
  const dates = [
    { since: Date.parse(facts['createdAt'] ?? facts['issuedAt'] ?? ''), how: 'made' },
    ...linesOf(subject, 'repository-line').flatMap(({ location }) => (location.commit === null ? [] : [{ since: Date.parse(location.commit.committedAt), how: 'committed' }])),
    { since: subject.firstSeen.getTime(), how: 'first seen' },
  ]
  return dates.filter(({ since }) => !Number.isNaN(since)).reduce((a, b) => (b.since < a.since ? b : a))
}
