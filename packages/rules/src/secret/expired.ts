import { daysLeft } from '@muster/core'
import { listPlaces } from '../facts.ts'
import type { CredentialRule } from '../rule.ts'
import { liveSecret, placeWithin } from '../secret-facts.ts'
import { NHI7, sources } from '../sources.ts'

export const secretExpired: CredentialRule = {
  id: 'secret.expired',
  title: 'Secret has expired and still lies there',
  severity: 'low',
  object: 'credential',
  meaning: 'By its own date it opens nothing any more. Whatever still reads it fails, or has another one; left in place it hides the secrets that matter.',
  remedy: 'Find out what reads it and give that a new one; delete it where nothing does.',
  sources: [NHI7, sources.sp800_57],
  check(subject, { now }) {
    const secret = liveSecret(subject)
    if (secret === null || secret.notAfter === null || now.getTime() <= Date.parse(secret.notAfter)) return null
    const days = -daysLeft(new Date(secret.notAfter), now)
    const places = subject.locations.map(placeWithin)
    return { evidence: `expired ${days === 0 ? 'less than a day' : `${days} ${days === 1 ? 'day' : 'days'}`} ago, still at ${listPlaces(places)}`, places: places.slice(0, 50), due: secret.notAfter }
  },
}
