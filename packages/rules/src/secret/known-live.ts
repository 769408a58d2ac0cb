import { listPlaces } from '../facts.ts'
import type { CredentialRule } from '../rule.ts'
import { liveSecret, placeWithin } from '../secret-facts.ts'
import { NHI2, sources } from '../sources.ts'

export const knownLive: CredentialRule = {
  id: 'secret.known-live',
  title: 'Secret was checked and works',
  severity: 'critical',
  object: 'credential',
  meaning: 'Its provider, or this Muster, accepted it: this is no example and no leftover. Whoever reads the place it lies at can use it now.',
  remedy: 'Rotate it first and look for the guilty later; then remove it from every place listed.',
  sources: [NHI2, sources.cwe(798)],
  check(subject) {
    const secret = liveSecret(subject)
    if (secret === null || secret.facts['verified'] !== 'live' || subject.locationCount === 0) return null
    const by = secret.facts['verifiedBy'] === undefined ? '' : ` by ${secret.facts['verifiedBy']}`
    const at = secret.facts['verifiedAt'] === undefined ? '' : ` on ${secret.facts['verifiedAt'].slice(0, 10)}`
    const places = subject.locations.map(placeWithin)
    return { evidence: `accepted${by}${at}, at ${listPlaces(places)}`, places: places.slice(0, 50) }
  },
}
