import type { Environment } from '@muster/core'
import type { CredentialRule } from '../rule.ts'
import { liveSecret } from '../secret-facts.ts'
import { NHI8, sources } from '../sources.ts'
import type { SubjectLocation } from '../subject.ts'

export const acrossEnvironments: CredentialRule = {
  id: 'secret.across-environments',
  title: 'Same secret in several environments',
  severity: 'medium',
  object: 'credential',
  meaning: 'What is guarded least opens what is guarded most: whoever gets into the test system has the secret of production.',
  remedy: 'Use a secret of its own in every environment, and rotate the one that was shared.',
  sources: [NHI8, sources.pci('6.5.3')],
  check(subject) {
    const secret = liveSecret(subject)
    if (secret === null || !secret.valueKnown) return null
    const found = new Map<Environment, string>()
    for (const at of subject.locations) {
      const environment = environmentOf(at)
      if (environment !== null && !found.has(environment)) found.set(environment, at.machineName)
    }
    if (found.size < 2) return null
    return { severity: found.has('production') ? 'high' : 'low', evidence: [...found].map(([environment, name]) => `${environment}: ${name}`).join('; ') }
  },
}

/** By the label of the machine or source, or what a CI system says the variable is for. */
function environmentOf({ location, machineLabels }: SubjectLocation): Environment | null {
  const stated = location.kind === 'ci-variable' ? location.environment : location.kind === 'kubernetes-secret' ? location.namespace : null
  if (stated !== null) {
    if (/^prod/i.test(stated)) return 'production'
    if (/^(?:stag|preprod|uat)/i.test(stated)) return 'staging'
    if (/^dev/i.test(stated)) return 'development'
    if (/^(?:test|qa)/i.test(stated)) return 'test'
  }
  return machineLabels.environment
}
