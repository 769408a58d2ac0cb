import { listPlaces } from '../facts.ts'
import type { CredentialRule } from '../rule.ts'
import { linesOf, liveSecret, placeWithin, severityAt } from '../secret-facts.ts'
import { NHI2, sources } from '../sources.ts'

export const inHistory: CredentialRule = {
  id: 'secret.in-history',
  title: 'Secret left in a repository’s history',
  severity: 'medium',
  object: 'credential',
  meaning: 'The files no longer show it, yet every clone carries the commits that do. Whoever removed it knew that it did not belong there; whether it was rotated, the history does not say.',
  remedy: 'Rotate the secret if that was not done, and say so here. Removing it from history only helps where no clone exists.',
  sources: [NHI2, sources.cwe(540)],
  check(subject) {
    const secret = liveSecret(subject)
    const all = linesOf(subject, 'repository-line')
    // Where one file still shows it, that is the finding.
    if (secret === null || all.length === 0 || all.some(({ location }) => location.presence !== 'history')) return null
    const commits = all.flatMap(({ location }) => (location.commit === null ? [] : [location.commit.committedAt.slice(0, 10)])).sort()
    const since = commits[0] === undefined ? '' : `, since ${commits[0]}`
    const named = all.map(placeWithin)
    return { severity: severityAt(secret, all, 1), evidence: `only in commits${since}: ${listPlaces(named)}`, places: named.slice(0, 50) }
  },
}
