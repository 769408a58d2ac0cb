import { instantOf, readOne, type Report } from '../api/index.ts'
import { GithubReader, type GithubScan } from './reader.ts'
import { shapes } from './shapes.ts'

/** Reads what an organisation holds for all its repositories, and the tokens and apps it let in. */
export async function readOrganization(scan: GithubScan, login: string): Promise<Report> {
  const reader = new GithubReader(scan, `/orgs/${login}`, login)
  if (reader.reads('actions')) {
    const secrets = await reader.list('secrets', '/actions/secrets', shapes.secret, { within: 'secrets' })
    const variables = await reader.list('variables', '/actions/variables', shapes.variable, { within: 'variables' })
    reader.secrets('github', reader.scope, secrets.items.map((secret) => ({ secret, environment: null, protected: null })))
    reader.variables(variables.items, null)
    reader.covered(reader.scope, secrets.complete && variables.complete)
  }
  for (const store of ['dependabot', 'codespaces'] as const) {
    if (!reader.reads(store)) continue
    const scope = `${reader.scope}#${store}`
    const { items, complete } = await reader.list(`${store} secrets`, `/${store}/secrets`, shapes.secret, { within: 'secrets' })
    reader.secrets(`github-${store}`, scope, items.map((secret) => ({ secret, environment: null, protected: null })))
    reader.covered(scope, complete)
  }
  if (reader.reads('webhooks')) await reader.webhooks()
  if (reader.reads('runners')) await reader.runners()
  if (reader.reads('oidc')) await readOidc(reader, login)
  if (reader.reads('tokens')) await readTokens(reader)
  if (reader.reads('apps')) await readApps(reader)
  return reader.report()
}

async function readOidc(reader: GithubReader, login: string): Promise<void> {
  const template = reader.problems.value('OIDC subject', await readOne(reader.client, `${reader.base}/actions/oidc/customization/sub`, shapes.oidcTemplate))
  if (template === null) return
  const claims = template.include_claim_keys.join(' ')
  reader.sightings.identity({ machine: reader.machine, system: 'github', name: `org:${login}`, identityKind: 'machine', attributes: { role: 'workflows', oidcDefaultSubject: claims === '' || claims === 'repo context', oidcSubjectClaims: claims === '' ? 'repo context' : claims } })
}

/** Fine-grained tokens that were let in, and, under SAML, every classic token and SSH key that was. Their values are known to nobody but their holders. */
async function readTokens(reader: GithubReader): Promise<void> {
  const scope = `${reader.scope}#tokens`
  const tokens = await reader.list('fine-grained tokens', '/personal-access-tokens', shapes.token)
  for (const token of tokens.items) {
    const name = `token ${token.token_id ?? token.id}`
    const granted = Object.entries(token.permissions).flatMap(([of, permissions]) => Object.entries(permissions).map(([permission, access]) => `${of}:${permission}:${access}`))
    addToken(reader, scope, name, 'github-fine-grained-token', token.owner.login, token.token_expires_at, {
      title: token.token_name, repositories: token.repository_selection, permissions: granted.join(' '), grantedAt: instantOf(token.access_granted_at), lastUsedAt: instantOf(token.token_last_used_at), expired: token.token_expired,
    })
  }
  const authorized = await reader.list('authorised credentials', '/credential-authorizations', shapes.authorization, { optional: true })
  for (const each of authorized.items) {
    if (!/token/i.test(each.credential_type)) continue
    addToken(reader, scope, `authorised token ${each.credential_id}`, 'github-personal-access-token', each.login, each.authorized_credential_expires_at ?? null, {
      title: each.authorized_credential_note, scopes: each.scopes?.join(' '), grantedAt: instantOf(each.credential_authorized_at), lastUsedAt: instantOf(each.credential_accessed_at ?? null),
    })
  }
  reader.covered(scope, tokens.complete && authorized.complete)
}

function addToken(reader: GithubReader, scope: string, name: string, secretType: string, login: string, notAfter: string | null, facts: Readonly<Record<string, string | boolean | null | undefined>>): void {
  const identity = reader.sightings.identity({ machine: reader.machine, system: 'github', name: login, identityKind: login.endsWith('[bot]') ? 'machine' : 'unknown', attributes: {} })
  const handle = reader.sightings.named({ machine: reader.machine, named: ['github', scope, name], secretType, facts: { name, owner: login, ...facts }, notAfter: instantOf(notAfter), location: reader.location(scope, name, { masked: true }) })
  reader.sightings.relate('authenticates', handle, identity, `${scope} ${name}`)
}

async function readApps(reader: GithubReader): Promise<void> {
  const { items } = await reader.list('apps', '/installations', shapes.installation, { within: 'installations' })
  for (const { app_slug: slug, app_id: appId, permissions, repository_selection: repositories, created_at: createdAt, suspended_at: suspendedAt } of items) {
    const granted = Object.entries(permissions).map(([permission, access]) => `${permission}:${access}`).join(' ')
    reader.sightings.identity({ machine: reader.machine, system: 'github', name: `${slug}[bot]`, identityKind: 'machine', attributes: { role: 'app', appId, permissions: granted, repositories: repositories ?? null, createdAt: instantOf(createdAt), suspendedAt: instantOf(suspendedAt ?? null) } })
  }
}
