import { placeOf } from '@muster/core'
import { listPlaces, privateKeysOf } from '../facts.ts'
import type { CredentialRule } from '../rule.ts'
import { NHI2, sources } from '../sources.ts'

export const inWebRoot: CredentialRule = {
  id: 'key.in-web-root',
  title: 'Private key in a directory served to the web',
  severity: 'critical',
  object: 'credential',
  meaning: 'Everybody who guesses the name can download the key. Scanners on the internet ask for such names all day.',
  remedy: 'Move the file out of the document root now, treat the key as compromised: generate a new one, reissue and revoke.',
  sources: [NHI2, sources.sp1800_16],
  check(subject) {
    const places = privateKeysOf(subject)
      .filter(({ location }) => 'inWebRoot' in location && location.inWebRoot)
      .map((at) => placeOf(at.location))
    return places.length === 0 ? null : { evidence: `served at ${listPlaces(places)}`, places: places.slice(0, 50) }
  },
}
