import { type Connector, isMusterError, MusterError, type ScanBatch, type ScanContext, type ScanProblem, type Secret } from '@muster/core'
import { type ApiClient, type ApiConnectorParts, baseUrlOf, listAll, openClient, type SightingParts, scanIdOf, scanUnits, type Unit, ValueInspector } from '../api/index.ts'
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
    const { repositories, problems } = await repositoriesOf(client, options)
    const units: Unit[] = [
      ...options.organizations.map((login): Unit => ({ key: `organisation ${login}`, run: () => readOrganization(scan, login) })),
      ...repositories.map((fullName): Unit => ({ key: fullName, run: () => readRepository(scan, fullName) })),
    ]
    yield* scanUnits({
      opening: { observations: [], problems }, units, scanId: scanIdOf('github', options.baseUrl, options.organizations, options.repositories, options.parts, options.archived),
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

async function repositoriesOf(client: ApiClient, options: GithubOptions): Promise<{ readonly repositories: readonly string[]; readonly problems: readonly ScanProblem[] }> {
  const names = new Set<string>(options.repositories)
  const problems: ScanProblem[] = []
  for (const login of options.organizations) {
    const listing = await listAll(client, { path: `/orgs/${login}/repos`, query: { type: 'all', sort: 'full_name', direction: 'asc' }, item: shapes.repository })
    problems.push(...listing.problems)
    for (const { full_name: name, archived } of listing.items) if (options.archived || !archived) names.add(name)
  }
  return { repositories: [...names].sort(), problems }
}
