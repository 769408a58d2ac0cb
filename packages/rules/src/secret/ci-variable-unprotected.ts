import { listPlaces } from '../facts.ts'
import type { CredentialRule } from '../rule.ts'
import { liveSecret, placeWithin } from '../secret-facts.ts'
import { NHI6, sources } from '../sources.ts'

export const ciVariableUnprotected: CredentialRule = {
  id: 'secret.ci-variable-unprotected',
  title: 'CI secret is given to every branch or shown in logs',
  severity: 'medium',
  object: 'credential',
  meaning: 'A variable that is not protected goes to the pipeline of any branch, so everybody who may push one can print it. One that is not masked appears in job logs as it is.',
  remedy: 'Protect the variable, or bind it to an environment with rules of its own, and mask it. Rotate it if it stood in logs.',
  sources: [NHI6, sources.cwe(532)],
  check(subject) {
    if (liveSecret(subject) === null) return null
    const open = subject.locations.filter(({ location }) => location.kind === 'ci-variable' && location.protected === false)
    const shown = subject.locations.filter(({ location }) => location.kind === 'ci-variable' && location.masked === false)
    if (open.length === 0 && shown.length === 0) return null
    const parts = [
      ...(open.length > 0 ? [`not protected: ${listPlaces(open.map(placeWithin))}`] : []),
      ...(shown.length > 0 ? [`not masked: ${listPlaces(shown.map(placeWithin))}`] : []),
    ]
    return { severity: open.length > 0 ? 'medium' : 'low', evidence: parts.join('; '), places: [...new Set([...open, ...shown].map(placeWithin))].slice(0, 50) }
  },
}
