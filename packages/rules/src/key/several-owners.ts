import type { CredentialRule } from '../rule.ts'
import { NHI9, sources } from '../sources.ts'

export const severalOwners: CredentialRule = {
  id: 'key.several-owners',
  title: 'Same key under different owners',
  severity: 'high',
  object: 'credential',
  meaning: 'One key serves things that different people answer for: none of them can rotate it without breaking the other, and a leak on one side is a leak on both.',
  remedy: 'Give every owner a key of its own, and retire the shared one.',
  sources: [NHI9, sources.sp1800_16],
  check(subject) {
    const owners = new Set<string>()
    if (subject.labels.owner !== null) owners.add(subject.labels.owner)
    for (const other of subject.sameKey) if (other.owner !== null) owners.add(other.owner)
    for (const at of subject.locations) if (at.location.part === 'private-key' && at.machineLabels.owner !== null) owners.add(at.machineLabels.owner)
    return owners.size < 2 ? null : { evidence: `owners: ${[...owners].sort().slice(0, 5).join(', ')}` }
  },
}
