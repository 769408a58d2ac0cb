import { listPlaces } from '../facts.ts'
import type { CredentialRule } from '../rule.ts'
import { placeWithin } from '../secret-facts.ts'
import { NHI2, sources } from '../sources.ts'

export const rotatedStillPresent: CredentialRule = {
  id: 'secret.rotated-still-present',
  title: 'Rotated secret still lies in its old places',
  severity: 'low',
  object: 'credential',
  meaning: 'The value is dead, so nobody gains by it. Whatever still reads it there does not work, and the next reader takes it for live.',
  remedy: 'Remove it from the places listed. In history it may stay: there it does no harm any more.',
  sources: [NHI2, sources.cwe(540)],
  check(subject) {
    if (subject.secretState !== 'rotated' && subject.secretState !== 'revoked') return null
    if (subject.locations.length === 0) return null
    const past = subject.locations.every(({ location }) => location.kind === 'repository-line' && location.presence === 'history')
    const places = subject.locations.map(placeWithin)
    return { severity: past ? 'info' : 'low', evidence: `${subject.secretState}, and still at ${listPlaces(places)}`, places: places.slice(0, 50) }
  },
}
