import { placeOf } from '@muster/core'
import { listPlaces, privateKeysOf } from '../facts.ts'
import type { CredentialRule } from '../rule.ts'
import { NHI2, sources } from '../sources.ts'

export const unencryptedElsewhere: CredentialRule = {
  id: 'key.unencrypted-outside-service-directory',
  title: 'Unencrypted private key outside a service directory',
  severity: 'medium',
  object: 'credential',
  meaning: 'A plain key where no service needs it is a copy somebody forgot: in a home directory, a download, a backup. Whoever reads the file has the identity.',
  remedy: 'Delete copies that nothing uses. Encrypt the key with a passphrase, or move it to where its service reads it with mode 0600.',
  sources: [NHI2, sources.ir7966],
  check(subject) {
    const places: string[] = []
    for (const { location } of privateKeysOf(subject)) {
      if (location.kind === 'file-line' && !location.inWebRoot) places.push(placeOf(location))
      if (location.kind !== 'file' && location.kind !== 'keystore-entry') continue
      if (location.protection?.encrypted === false && !location.inServiceDirectory && !location.inWebRoot) places.push(placeOf(location))
    }
    return places.length === 0 ? null : { evidence: `plain text at ${listPlaces(places)}`, places: places.slice(0, 50) }
  },
}
