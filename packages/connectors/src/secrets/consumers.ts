import type { IdentitySighting, Observation, Relation } from '@muster/core'
import { credentialSightingSchema, identitySightingSchema } from '@muster/core'
import { cloudOfSecretName, type FoundSecret } from '@muster/detect/inspect'
import type { PlacedFinding } from './observing.ts'

/** A secret known by name only: what names it, and what is to be said of it once its fingerprint is known. */
export type Consumer = { readonly name: readonly string[]; readonly observe: (fingerprint: string) => readonly Observation[] }

/** Where a reference of each kind leads; the other kinds (variables, templates, files) name nothing that is kept anywhere in particular. */
const systems: Readonly<Record<string, string>> = {
  'ci-secret': 'ci', 'ci-context': 'circleci', 'variable-group': 'azure-devops', 'service-connection': 'azure-devops', 'kubernetes-secret': 'kubernetes', 'external-secret': 'external-secrets',
  vault: 'vault', 'secret-manager': 'secret-manager', '1password': '1password', azure_key_vault: 'azure-key-vault', gcp_secret_manager: 'gcp-secret-manager', aws_secrets_manager: 'aws-secrets-manager', akeyless: 'akeyless',
  'build-secret': 'build',
}
const ciByFormat: Readonly<Record<string, string>> = { 'github-actions': 'github', 'gitlab-ci': 'gitlab', circleci: 'circleci', 'azure-pipelines': 'azure-devops', jenkins: 'jenkins' }

/** The named secret a reference takes; null for references that name none, for what every pipeline is given, and for what is told of the past. */
export function consumerOf({ found, place, scope }: PlacedFinding): Consumer | null {
  const { reference } = found
  if (isPast({ found, place })) return null
  if (reference === null || reference.name === '' || reference.name === '*' || reference.name === 'GITHUB_TOKEN') return null
  const known = systems[reference.kind]
  const system = known === 'ci' ? ciByFormat[found.ruleId] ?? 'ci' : known
  if (system === undefined) return null
  const within = system === 'kubernetes' ? found.facts['namespace'] ?? 'default' : scope
  const name = reference.name.slice(0, 256)
  return { name: [system, within, name], observe: (fingerprint) => consumed(found, place, { system, within, name, fingerprint }) }
}

function consumed(found: FoundSecret, { machine, path }: PlacedFinding['place'], { system, within, name, fingerprint }: { system: string; within: string; name: string; fingerprint: string }): readonly Observation[] {
  const provider = cloudOfSecretName(`${name} ${found.facts['name'] ?? ''}`)
  const facts = Object.fromEntries(Object.entries({ ...provider === null ? {} : { provider }, system, workflow: path }).map(([key, value]) => [key, value.slice(0, 512).toWellFormed()]))
  const checked = credentialSightingSchema.safeParse({
    observation: 'sighting', of: 'credential', machine,
    credential: { kind: 'secret', fingerprint, secretType: found.kind.slice(0, 128), facts, notAfter: null, valueKnown: false },
    location: { kind: 'ci-variable', part: 'value', system, scope: within.slice(0, 512), name, environment: found.facts['environment']?.slice(0, 256) ?? null, protected: null, masked: null },
  })
  if (!checked.success) return []
  const uses: Relation = { observation: 'relation', type: 'uses', from: { of: 'machine', ref: machine }, to: { of: 'credential', fingerprint }, source: path.slice(0, 4096).toWellFormed() }
  return [checked.data, uses]
}

/** What a pipeline may become by proving itself with a token of its own instead of a secret. */
export function trustOf({ found, place }: PlacedFinding): readonly Observation[] {
  if (isPast({ found, place }) || found.reference?.kind !== 'oidc' || found.kind !== 'federated-trust') return []
  const system = cloudOf(found.facts, found.reference.name)
  if (system === null || found.reference.name.includes('${')) return []
  const name = (found.facts['serviceAccount'] ?? found.reference.name).slice(0, 256)
  const identity: Omit<IdentitySighting, 'attributes'> = { observation: 'sighting', of: 'identity', machine: place.machine, system, name, identityKind: 'machine' }
  const checked = identitySightingSchema.safeParse({ ...identity, attributes: { trustedBy: 'oidc', source: place.path.slice(0, 4096).toWellFormed() } })
  if (!checked.success) return []
  const relation: Relation = { observation: 'relation', type: 'can-assume', from: { of: 'machine', ref: place.machine }, to: { of: 'identity', machine: place.machine, name }, source: place.path.slice(0, 4096).toWellFormed() }
  return [checked.data, relation]
}

/** An old version runs no more; a branch's pipeline does. */
function isPast({ found, place }: Pick<PlacedFinding, 'found' | 'place'>): boolean {
  return found.hiddenBy !== null || (place.kind === 'repository-line' && place.presence === 'history')
}

function cloudOf(facts: FoundSecret['facts'], name: string): 'aws' | 'gcp' | 'azure' | null {
  const provider = facts['provider']
  if (provider === 'aws' || provider === 'gcp' || provider === 'azure') return provider
  if (/^arn:aws[\w-]*:iam::/.test(name)) return 'aws'
  return null
}
