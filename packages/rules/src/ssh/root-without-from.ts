import { listPlaces } from '../facts.ts'
import type { CredentialRule } from '../rule.ts'
import { NHI5, sources } from '../sources.ts'

export const rootWithoutFrom: CredentialRule = {
  id: 'ssh.root-key-without-from',
  title: 'SSH key lets its holder in as root from anywhere',
  severity: 'high',
  object: 'credential',
  meaning: 'Whoever has the private half is root on the machine, from any address: one stolen laptop is enough.',
  remedy: 'Add from="…" with the addresses it is used from, and restrict plus command="…" where it runs one job; better, let it in as an ordinary account with sudo.',
  sources: [sources.ir7966, NHI5, sources.opensshManual('authorized_keys')],
  check(subject) {
    const places: string[] = []
    for (const { location, machineName } of subject.locations) {
      if (location.kind !== 'authorized-key' || location.account !== 'root') continue
      const names = location.options.map((option) => option.split('=', 1)[0]!.toLowerCase())
      if (!names.includes('from')) places.push(`${machineName}:${location.path} line ${location.line}`)
    }
    return places.length === 0 ? null : { evidence: `no from= at ${listPlaces(places)}`, places: places.slice(0, 50) }
  },
}
