import { listPlaces } from '../facts.ts'
import type { CredentialRule } from '../rule.ts'
import { linesOf, liveSecret, placeWithin, severityAt } from '../secret-facts.ts'
import { NHI2, sources } from '../sources.ts'

export const deletedButInImageLayer: CredentialRule = {
  id: 'secret.deleted-but-in-image-layer',
  title: 'Deleted secret is still in an image’s layer',
  severity: 'high',
  object: 'credential',
  meaning: 'A later layer removes the file, so the running container does not show it. The earlier layer is pulled all the same, and anybody can unpack it.',
  remedy: 'Rotate the secret. Do not copy it in at all: use a build secret, or a build stage whose layers are not published.',
  sources: [NHI2, sources.cwe(538)],
  check(subject) {
    const secret = liveSecret(subject)
    const places = linesOf(subject, 'image-line').filter(({ location }) => location.hiddenBy !== null)
    if (secret === null || places.length === 0) return null
    const named = places.map(placeWithin)
    const layers = new Set(places.flatMap(({ location }) => (location.layer === null ? [] : [location.layer.slice(0, 19)])))
    return { severity: severityAt(secret, places, 1), evidence: `removed from sight, still in ${layers.size === 1 ? `layer ${[...layers][0]}` : `${layers.size} layers`}: ${listPlaces(named)}`, places: named.slice(0, 50) }
  },
}
