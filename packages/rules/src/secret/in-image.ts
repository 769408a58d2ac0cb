import { listPlaces } from '../facts.ts'
import type { CredentialRule } from '../rule.ts'
import { linesOf, liveSecret, placeWithin, severityAt } from '../secret-facts.ts'
import { NHI2, sources } from '../sources.ts'

export const inImage: CredentialRule = {
  id: 'secret.in-image',
  title: 'Secret built into a container image',
  severity: 'high',
  object: 'credential',
  meaning: 'Everybody who may pull the image has the secret, and so has every registry, cache and node that keeps a copy. It cannot be rotated without building again.',
  remedy: 'Rotate the secret. Mount it when the container runs, or use a build secret where the build needs it; `ARG` and `ENV` stay in the image.',
  sources: [NHI2, sources.cwe(798)],
  check(subject) {
    const secret = liveSecret(subject)
    const places = linesOf(subject, 'image-line').filter(({ location }) => location.hiddenBy === null)
    if (secret === null || places.length === 0) return null
    const named = places.map(placeWithin)
    return { severity: severityAt(secret, places), evidence: `readable in ${listPlaces(named)}`, places: named.slice(0, 50) }
  },
}
