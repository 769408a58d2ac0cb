import { privateKeysOf } from '../facts.ts'
import type { CredentialRule } from '../rule.ts'
import { NHI9, sources } from '../sources.ts'

export const severalMachines: CredentialRule = {
  id: 'key.several-machines',
  title: 'Private key lies on several machines',
  severity: 'medium',
  object: 'credential',
  meaning: 'Every copy is a place to steal it from, and nobody can tell the machines apart by it.',
  remedy: 'Give each machine a key of its own; where a cluster must share one, keep it in one store that they read from.',
  sources: [NHI9, sources.sp1800_16],
  check(subject) {
    // A copy in a repository or an image is not on a machine; other rules speak of it.
    const machines = new Map(privateKeysOf(subject).filter((at) => at.machineKind !== 'source').map((at) => [at.machineId, at.machineName]))
    return machines.size < 2 ? null : { evidence: `on ${machines.size} machines: ${[...machines.values()].slice(0, 5).join(', ')}` }
  },
}
