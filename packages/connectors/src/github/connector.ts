import { type Connector, type Coverage, isMusterError, MusterError, type ScanBatch, type ScanContext, type ScanProblem, type Secret } from '@muster/core'
import { type ApiClient, type ApiConnectorParts, baseUrlOf, holdersCoverage, listAll, openClient, readOne, type SightingParts, scanIdOf, scanUnits, type Unit, ValueInspector } from '../api/index.ts'
import { type GithubOptions, githubOptionsSchema } from './options.ts'
import { readOrganization } from './organization.ts'
import type { GithubScan } from './reader.ts'
import { readRepository } from './repository.ts'
import { shapes } from './shapes.ts'

export type GithubConnectorParts = SightingParts & ApiConnectorParts & {
  /** A token that may read; docs/connectors/github.md names the least it needs. */
  readonly token: Secret
}

/** A connector that lists what GitHub keeps for pipelines and lets in: names of secrets, deploy keys, tokens, webhooks, runners, apps. Resumable; reads only. */
export function createGithubConnector(parts: GithubConnectorParts): Connector<GithubOptions> {
  return { id: 'github', options: githubOptionsSchema, scan: (options, context) => scanGithub(parts, options, context) }
}

async function* scanGithub(parts: GithubConnectorParts, options: GithubOptions, context: ScanContext): AsyncGenerator<ScanBatch, void, void> {
  const { clock, signal } = context
  const { client, close } = openClient(options, parts, {
    baseUrl: options.baseUrl, token: parts.token, authorize: (token) => ({ authorization: `Bearer ${token}` }),
    headers: { 'x-github-api-version': '2022-11-28' }, clock, signal,
  })
  try {
    const host = hostNameOf(options.baseUrl)
    const scan: GithubScan = { ...parts, client, options, host, values: new ValueInspector(clock), rights: await rightsOf(client) }
    const { repositories, observations, problems } = await repositoriesOf(scan)
    const units: Unit[] = [
      ...options.organizations.map((login): Unit => ({ key: `organisation ${login}`, run: () => readOrganization(scan, login) })),
      ...repositories.map(([fullName, id]): Unit => ({ key: fullName, run: () => readRepository(scan, fullName, id) })),
    ]
    yield* scanUnits({
      opening: { observations, problems }, units, scanId: scanIdOf('github', options.baseUrl, options.organizations, options.repositories, options.parts, options.archived),
      resumeFrom: context.resumeFrom, concurrency: options.concurrency, signal, requests: () => client.requests,
    })
  } catch (error) {
    // Whatever one request meets is a problem of its unit; what comes here is the token refused at the very start, or the end of the scan.
    if (!isMusterError(error) || signal.aborted) { if (signal.aborted) return; throw error }
    yield { observations: [], problems: [{ code: error.code, where: client.where, message: error.message.slice(0, 1024) }], cursor: null, progress: { done: client.requests, total: null, unit: 'requests', current: '' } }
  } finally {
    close()
  }
}

/** How the host is called in names of repositories: `github.com` for its API's host, the host itself for one's own server. */
export function hostNameOf(baseUrl: string): string {
  const { host } = baseUrlOf(baseUrl)
  return host === 'api.github.com' ? 'github.com' : /^api\.[\w-]+\.ghe\.com$/.test(host) ? host.slice('api.'.length) : host
}

/** Whose token it is, for the coverage. An app's installation has no user, which GitHub refuses with 403. @throws MusterError auth.failed and others */
async function rightsOf(client: ApiClient): Promise<string> {
  try {
    const { body, headers } = await client.get(client.url('/user'))
    const scopes = headers['x-oauth-scopes']
    return `user:${shapes.user.parse(body).login}${typeof scopes === 'string' && scopes !== '' ? ` (${scopes})` : ''}`.slice(0, 300)
  } catch (error) {
    if (isMusterError(error, 'access.denied')) return 'app installation'
    if (isMusterError(error)) throw error
    throw new MusterError('input.unrecognised', `${client.where} did not say whose token it is; is the base URL that of the API?`)
  }
}

type Repositories = { readonly repositories: readonly (readonly [fullName: string, id: number | null])[]; readonly observations: readonly Coverage[]; readonly problems: readonly ScanProblem[] }

async function repositoriesOf({ client, options, host, rights }: GithubScan): Promise<Repositories> {
  const byName = new Map<string, number | null>(options.repositories.map((name) => [name, null]))
  const problems: ScanProblem[] = []
  const observations: Coverage[] = []
  for (const login of options.organizations) {
    const listing = await listAll(client, { path: `/orgs/${login}/repos`, query: { type: 'all', sort: 'full_name', direction: 'asc' }, item: shapes.repository })
    problems.push(...listing.problems)
    for (const { full_name: name, archived, id = null } of listing.items) if (options.archived || !archived) byName.set(name, id)
    const { value: organization } = await readOne(client, `/orgs/${login}`, shapes.organization)
    if (organization === null || !listing.complete) continue
    // A token that may see some repositories gets the list of these alone; only who is told how many there are knows that it is all of them.
    const { login: name, public_repos: shown, total_private_repos: others } = organization
    if (others !== undefined && listing.items.length === shown + others) observations.push(holdersCoverage(`${host}/${name}`, listing.items.map((each) => `${host}/${each.full_name}`), rights))
  }
  return { repositories: [...byName].sort(([a], [b]) => (a < b ? -1 : 1)), observations, problems }
}
