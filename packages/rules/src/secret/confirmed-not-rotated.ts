import { listPlaces } from '../facts.ts'
import type { CredentialRule } from '../rule.ts'
import { liveSecret, placeWithin } from '../secret-facts.ts'
import { NHI2, sources } from '../sources.ts'

export const confirmedNotRotated: CredentialRule = {
  id: 'secret.confirmed-not-rotated',
  title: 'Confirmed leak has not been rotated',
  severity: 'critical',
  object: 'credential',
  meaning: 'Somebody looked at it and said that it is real. Until it is rotated, everyone who could read it can use it.',
  remedy: 'Rotate or revoke it at its provider, give the new one to what needs it, and mark it rotated here.',
  sources: [NHI2, sources.pci('8.6.3')],
  check(subject) {
    if (liveSecret(subject) === null || subject.secretState !== 'confirmed' || subject.locationCount === 0) return null
    const places = subject.locations.map(placeWithin)
    return { evidence: `confirmed, and still at ${listPlaces(places)}`, places: places.slice(0, 50) }
  },
}
