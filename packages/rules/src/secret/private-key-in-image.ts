import { listPlaces, privateKeysOf } from '../facts.ts'
import type { CredentialRule } from '../rule.ts'
import { placeWithin } from '../secret-facts.ts'
import { NHI2, sources } from '../sources.ts'

export const privateKeyInImage: CredentialRule = {
  id: 'secret.private-key-in-image',
  title: 'Private key built into a container image',
  severity: 'high',
  object: 'credential',
  meaning: 'Every container of the image has the same key, and so has everybody who may pull it, also where a later layer deletes the file. Host keys made while building are the commonest case.',
  remedy: 'Make keys when the container starts, or mount them. Replace this one, and build again without it.',
  sources: [NHI2, sources.cwe(321)],
  check(subject) {
    const keys = privateKeysOf(subject).filter(({ location }) => location.kind === 'image-line')
    if (keys.length === 0) return null
    const named = keys.map(placeWithin)
    const example = keys.every(({ location }) => location.kind === 'image-line' && location.pathClass !== 'other')
    const hidden = keys.every(({ location }) => location.kind === 'image-line' && location.hiddenBy !== null)
    return { severity: example ? 'low' : 'high', evidence: `${hidden ? 'deleted, yet still in a layer' : 'readable'}: ${listPlaces(named)}`, places: named.slice(0, 50) }
  },
}
