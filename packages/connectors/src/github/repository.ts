import { instantOf, readOne, type Report } from '../api/index.ts'
import { GithubReader, type GithubScan } from './reader.ts'
import { shapes } from './shapes.ts'

type Kept = Parameters<GithubReader['secrets']>[2][number]

/** Reads what a repository holds for its pipelines and lets in. `fullName` is `owner/name`. */
export async function readRepository(scan: GithubScan, fullName: string, id: number | null): Promise<Report> {
  const reader = new GithubReader(scan, `/repos/${fullName}`, fullName, id)
  if (reader.reads('actions')) await readActions(reader)
  if (reader.reads('dependabot')) await readStore(reader, 'github-dependabot', 'dependabot')
  if (reader.reads('codespaces')) await readStore(reader, 'github-codespaces', 'codespaces')
  if (reader.reads('deploy-keys')) await readDeployKeys(reader, fullName)
  if (reader.reads('webhooks')) await reader.webhooks()
  if (reader.reads('oidc')) await readOidc(reader, fullName)
  if (reader.reads('runners')) await reader.runners()
  return reader.report()
}

async function readActions(reader: GithubReader): Promise<void> {
  const own = await reader.list('secrets', '/actions/secrets', shapes.secret, { within: 'secrets' })
  const shared = await reader.list('organisation secrets', '/actions/organization-secrets', shapes.secret, { within: 'secrets' })
  const variables = await reader.list('variables', '/actions/variables', shapes.variable, { within: 'variables' })
  const environments = await reader.list('environments', '/environments', shapes.environment, { within: 'environments' })
  const owner = reader.scope.slice(0, reader.scope.lastIndexOf('/'))
  const names = new Set(own.items.map(({ name }) => name))
  const kept: Kept[] = own.items.map((secret) => ({ secret, environment: null, protected: null }))
  // The repository's own secret hides the organisation's of the same name.
  for (const secret of shared.items) if (!names.has(secret.name)) kept.push({ secret, environment: null, protected: null, from: owner })
  reader.variables(variables.items, null)
  let complete = own.complete && shared.complete && variables.complete && environments.complete
  for (const { name: environment, protection_rules: rules } of environments.items) {
    const path = `/environments/${encodeURIComponent(environment)}`
    const secrets = await reader.list('environment secrets', `${path}/secrets`, shapes.secret, { within: 'secrets' })
    const more = await reader.list('environment variables', `${path}/variables`, shapes.variable, { within: 'variables' })
    kept.push(...secrets.items.map((secret) => ({ secret, environment, protected: rules.length > 0 })))
    reader.variables(more.items, environment)
    complete &&= secrets.complete && more.complete
  }
  reader.secrets('github', reader.scope, kept)
  reader.covered(reader.scope, complete)
}

async function readStore(reader: GithubReader, store: 'github-dependabot' | 'github-codespaces', name: string): Promise<void> {
  const scope = `${reader.scope}#${name}`
  const { items, complete } = await reader.list(`${name} secrets`, `/${name}/secrets`, shapes.secret, { within: 'secrets' })
  reader.secrets(store, scope, items.map((secret) => ({ secret, environment: null, protected: null })))
  reader.covered(scope, complete)
}

async function readDeployKeys(reader: GithubReader, fullName: string): Promise<void> {
  const scope = `${reader.scope}#deploy-keys`
  const { items, complete } = await reader.list('deploy keys', '/keys', shapes.deployKey)
  for (const { id, key, title, read_only: readOnly, verified, created_at: createdAt, last_used: lastUsed, added_by: addedBy } of items) {
    const found = reader.publicKey(key)
    if (found === null) {
      reader.problems.note('deploy keys', [{ code: 'ssh.invalid', where: reader.scope, message: `deploy key ${id} is no public key that can be read` }])
      continue
    }
    const name = `deploy key ${id}`
    const identity = reader.sightings.identity({
      machine: reader.machine, system: 'github', name: `${reader.scope} ${name}`, identityKind: 'machine',
      attributes: { role: 'deploy-key', title, access: readOnly ? 'read' : 'write', repository: fullName, verified, createdAt: instantOf(createdAt), lastUsedAt: instantOf(lastUsed ?? null), addedBy: addedBy ?? null },
    })
    const credential = reader.sightings.value(reader.machine, reader.location(scope, name, { part: 'public-key', masked: true }), { kind: 'credential', credential: found.credential, part: 'public-key' })
    reader.sightings.relate('authenticates', credential, identity, `${scope} ${name}`)
  }
  reader.covered(scope, complete)
}

/** Whom the tokens of the repository's workflows say they are: what a cloud's trust in them is matched with. */
async function readOidc(reader: GithubReader, fullName: string): Promise<void> {
  const template = reader.problems.value('OIDC subject', await readOne(reader.client, `${reader.base}/actions/oidc/customization/sub`, shapes.oidcTemplate))
  if (template === null) return
  const isDefault = template.use_default ?? template.include_claim_keys.length === 0
  reader.sightings.identity({
    machine: reader.machine, system: 'github', name: `repo:${fullName}`, identityKind: 'machine',
    attributes: { role: 'workflows', oidcDefaultSubject: isDefault, oidcSubjectClaims: isDefault ? 'repo context' : template.include_claim_keys.join(' ') },
  })
}
