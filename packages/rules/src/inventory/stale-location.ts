import { DAY_MS, placeOf } from '@muster/core'
import { listPlaces } from '../facts.ts'
import type { CredentialRule } from '../rule.ts'
import { sources } from '../sources.ts'

export const staleLocation: CredentialRule = {
  id: 'inventory.stale-location',
  title: 'Location has not been looked at for long',
  severity: 'info',
  object: 'credential',
  meaning: 'Nothing proves that the credential is gone from there, but no scan has seen it lately: the machine may be switched off, moved, or out of reach.',
  remedy: 'Scan the machine or network again, or retire the machine if it is gone.',
  sources: [sources.sp1800_16, sources.pci('4.2.1.1')],
  check(subject, { now, policy }) {
    const stale = subject.locations.filter((at) => now.getTime() - at.lastSeen.getTime() > policy.staleAfterDays * DAY_MS)
    if (stale.length === 0) return null
    const places = stale.map((at) => `${at.machineName}:${placeOf(at.location)}`)
    return { evidence: `not seen for more than ${policy.staleAfterDays} days: ${listPlaces(places)}`, places: places.slice(0, 50) }
  },
}
