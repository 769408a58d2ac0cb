import { listPlaces } from '../facts.ts'
import type { CredentialRule } from '../rule.ts'
import { linesOf, liveSecret, placeWithin, severityAt } from '../secret-facts.ts'
import { NHI2, sources } from '../sources.ts'

export const inRepository: CredentialRule = {
  id: 'secret.in-repository',
  title: 'Secret written into a repository',
  severity: 'high',
  object: 'credential',
  meaning: 'Everybody who can read the repository, now or from any clone, fork or backup, can use the secret. Taking it out of the file takes it out of nobody’s hands.',
  remedy: 'Rotate the secret, then read it from a secret store or the pipeline’s variables. Rewriting history is no substitute for rotating.',
  sources: [NHI2, sources.cwe(798), sources.cwe(540)],
  check(subject) {
    const secret = liveSecret(subject)
    const places = linesOf(subject, 'repository-line').filter(({ location }) => location.presence !== 'history')
    if (secret === null || places.length === 0) return null
    const named = places.map(placeWithin)
    return { severity: severityAt(secret, places), evidence: `in the files of ${new Set(places.map((at) => at.machineId)).size === 1 ? 'one repository' : 'several repositories'}: ${listPlaces(named)}`, places: named.slice(0, 50) }
  },
}
