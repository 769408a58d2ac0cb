import { listPlaces } from '../facts.ts'
import type { CredentialRule } from '../rule.ts'
import { sources } from '../sources.ts'

export const authorizedKeysWritable: CredentialRule = {
  id: 'ssh.authorized-keys-writable',
  title: 'authorized_keys can be written by others',
  severity: 'high',
  object: 'credential',
  meaning: 'Other accounts can add a key of theirs and log in as this one. sshd with StrictModes refuses the file, so the key may not work either.',
  remedy: 'Set the mode to 0600 and the owner to the account; check the file for keys nobody knows.',
  sources: [sources.opensshManual('sshd_config'), sources.ir7966],
  check(subject) {
    const places: string[] = []
    for (const { location, machineName } of subject.locations) {
      if (location.kind === 'authorized-key' && (location.file.mode & 0o022) !== 0) places.push(`${machineName}:${location.path}`)
    }
    return places.length === 0 ? null : { evidence: `writable at ${listPlaces(places)}`, places: places.slice(0, 50) }
  },
}
