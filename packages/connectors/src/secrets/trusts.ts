import { type ConfigurationSighting, configurationSightingSchema } from '@muster/core'
import type { PlacedFinding } from './observing.ts'

/**
 * What a trust policy or a workflow's permission says, as configurations of the file it stands in; nothing for other findings, and nothing for what is no
 * longer, or not yet, in what a repository ships: an old version lets nobody in.
 */
export function configurationsOf({ found, place }: PlacedFinding): readonly ConfigurationSighting[] {
  const { reference, kind, facts, hiddenBy } = found
  if (hiddenBy !== null || (place.kind === 'repository-line' && place.presence !== 'head')) return []
  const at = { observation: 'sighting', of: 'configuration', machine: place.machine, path: place.path.slice(0, 4096).toWellFormed() }
  const file = { line: [`${found.line}`], 'path-class': [found.pathClass] }
  if (reference?.kind === 'trust') return checked({ ...at, format: 'federated-trust', entry: entryOf(reference.name), settings: { ...trustSettings(facts), ...file } })
  if (kind !== 'oidc-permission') return []
  const settings = { permission: [facts['permission'] ?? ''], trigger: words(facts['triggers']), checkout: words(facts['checkout']), ...file }
  return checked({ ...at, format: 'workflow', entry: entryOf(facts['job'] ?? ''), settings })
}

const words = (text: string | undefined): string[] => (text === undefined || text === '' ? [] : text.split(' '))
const entryOf = (name: string): string => name.slice(0, 256).toWellFormed()

function trustSettings(facts: Readonly<Record<string, string>>): Record<string, string[]> {
  const settings: Record<string, string[]> = {}
  for (const [name, text] of Object.entries(facts)) {
    if (/^(?:is|like)\./.test(name)) settings[name] = words(text).slice(0, 256)
    else if (name === 'provider' || name === 'issuer' || name === 'target' || name === 'condition') settings[name] = [text]
  }
  return settings
}

function checked(sighting: object): readonly ConfigurationSighting[] {
  const parsed = configurationSightingSchema.safeParse(sighting)
  return parsed.success ? [parsed.data] : []
}
