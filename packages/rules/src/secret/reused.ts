import type { CredentialRule } from '../rule.ts'
import { liveSecret, severityAt } from '../secret-facts.ts'
import { NHI9, sources } from '../sources.ts'

export const reused: CredentialRule = {
  id: 'secret.reused',
  title: 'Same secret in several places that should not share it',
  severity: 'medium',
  object: 'credential',
  meaning: 'Repositories, images or machines use one secret. A leak of any one opens them all, nobody can tell them apart by it, and rotating it breaks all at once.',
  remedy: 'Give each its own secret. Where a cluster must share one, keep it in one store that they read from.',
  sources: [NHI9, sources.cwe(798)],
  check(subject) {
    const secret = liveSecret(subject)
    if (secret === null || !secret.valueKnown) return null
    const holders = new Map(subject.locations.map((at) => [at.machineId, at]))
    if (holders.size < 2) return null
    const held = [...holders.values()]
    const count = (n: number, one: string) => (n === 0 ? [] : [`${n} ${one}${n === 1 ? '' : 's'}`])
    const kept = held.filter((at) => at.machineKind === 'source').length
    const parts = [...count(kept, 'source'), ...count(held.length - kept, 'machine')]
    const severity = severityAt(secret, subject.locations, 1)
    return { severity: severity === 'critical' ? 'high' : severity, evidence: `in ${parts.join(' and on ')}: ${held.slice(0, 5).map((at) => at.machineName).join(', ')}` }
  },
}
