import { Secret } from '@muster/core'
import { namedSecretDigest, secretDigest } from '@muster/detect'
import { afterEach, describe, expect, it } from 'vitest'
import { connectorConformance, hostileAnswers, observationsOf, type Pointed, realPoint, scanned, testFingerprints } from '../api/conformance.testing.ts'
import { createGithubConnector, type GithubConnectorParts, type GithubOptions } from './index.ts'
import { hostNameOf } from './connector.ts'
import { fakeGithub, type FakeGithub } from './fake.testing.ts'
import { githubFixture } from './fixtures.ts'

type Fixture = ReturnType<typeof githubFixture>
const opened: FakeGithub[] = []
afterEach(async () => {
  for (const each of opened.splice(0)) await each.close()
})

const connector = (token: string, parts: Partial<GithubConnectorParts> = {}) => createGithubConnector({ fingerprints: testFingerprints, token: Secret.fromText(token), wait: () => Promise.resolve(), ...parts })

async function fake(change: (fixture: Fixture) => void = () => {}, parts: Partial<GithubConnectorParts> = {}) {
  const fixture = githubFixture()
  change(fixture)
  const server = await fakeGithub(fixture.token, fixture.data)
  opened.push(server)
  const options = { baseUrl: server.url, organizations: ['acme'], archived: false, ratePerSecond: 1000, egress: ['127.0.0.1'] }
  const scan = (more: object = {}) => scanned<GithubOptions>({ connector: connector(fixture.token, parts), options: { ...options, ...more } })
  return { ...fixture, server, options, scan, scope: `${server.host}/acme/web` }
}

const credentials = (batches: Parameters<typeof observationsOf>[0]) => observationsOf(batches).flatMap((each) => (each.observation === 'sighting' && each.of === 'credential' ? [each] : []))
const identities = (batches: Parameters<typeof observationsOf>[0]) => observationsOf(batches).flatMap((each) => (each.observation === 'sighting' && each.of === 'identity' ? [each] : []))
const coverage = (batches: Parameters<typeof observationsOf>[0]) => observationsOf(batches).flatMap((each) => (each.observation === 'coverage' && each.scope.kind === 'named' ? [{ scope: each.scope.scope, complete: each.complete, rights: each.rights }] : []))
const secretNamed = (batches: Parameters<typeof observationsOf>[0], name: string, scope: string) => credentials(batches).find(({ location }) => location.kind === 'ci-variable' && location.name === name && location.scope === scope)
const fingerprintOf = async (digest: string) => (await testFingerprints([digest]))[0]

connectorConformance<GithubOptions>('github', async (): Promise<Pointed<GithubOptions>> => {
  const real = realPoint('github')
  if (real !== null) return { connector: connector(real.token), options: real.options, secrets: [real.token], close: () => Promise.resolve() }
  const made = githubFixture()
  const server = await fakeGithub(made.token, made.data)
  return {
    connector: connector(made.token), options: { baseUrl: server.url, organizations: ['acme'], archived: false, ratePerSecond: 1000, egress: ['127.0.0.1'] },
    secrets: [made.token, made.leaked, made.chat, made.chat.slice(-24), made.database, '********', '71c3fc11'], close: () => server.close(),
  }
})

hostileAnswers<GithubOptions>('github', (url) => ({ connector: connector('t'), options: { baseUrl: url, organizations: ['acme'], repositories: ['acme/web'], ratePerSecond: 1000, maxResponseBytes: 100_000, egress: ['127.0.0.1'] } }))

describe('GitHub', () => {
  it('lists names of secrets as credentials without a value, joined by system, scope and name', async () => {
    const { scan, scope } = await fake()
    const batches = await scan()
    const sighting = secretNamed(batches, 'DATABASE_URL', scope)!
    expect(sighting).toMatchObject({
      machine: `git:${scope}`,
      credential: { kind: 'secret', secretType: 'ci-secret', valueKnown: false, facts: { name: 'DATABASE_URL', createdAt: '2026-10-10T14:59:22.000Z' } },
      location: { kind: 'ci-variable', system: 'github', scope, name: 'DATABASE_URL', environment: null },
    })
    expect(sighting.credential.fingerprint).toBe(await fingerprintOf(namedSecretDigest('github', scope, 'DATABASE_URL')))
  })

  it('keeps one secret in several environments as one with several places, as old as its oldest value', async () => {
    const { scan, scope } = await fake()
    const places = credentials(await scan()).filter(({ location }) => location.kind === 'ci-variable' && location.name === 'API_KEY')
    expect(places.map(({ location }) => location)).toMatchObject([{ scope, environment: 'staging/eu', protected: false }, { scope, environment: 'production', protected: true }])
    expect(new Set(places.map(({ credential }) => credential.fingerprint)).size).toBe(1)
    expect(places[0]!.credential).toMatchObject({ facts: { createdAt: '2023-03-01T00:00:00.000Z', environments: 'staging/eu production' } })
  })

  it('shows what a repository inherits from its organisation, unless its own hides it', async () => {
    const { scan, scope, server } = await fake()
    const batches = await scan()
    expect(secretNamed(batches, 'GIST_ID', scope)!.credential).toMatchObject({ facts: { inheritedFrom: `${server.host}/acme` } })
    expect(secretNamed(batches, 'DEPLOY_TOKEN', scope)!.credential).not.toHaveProperty('facts.inheritedFrom')
  })

  it('takes a variable for what it is: nothing, unless it holds a secret', async () => {
    const { scan, scope, leaked, database } = await fake()
    const batches = await scan()
    expect(secretNamed(batches, 'REGION', scope)).toBeUndefined()
    const bot = secretNamed(batches, 'BOT', scope)!
    expect(bot).toMatchObject({ credential: { secretType: 'github-personal-access-token', valueKnown: true }, location: { masked: false } })
    expect(bot.credential.fingerprint).toBe(await fingerprintOf(secretDigest(Secret.fromText(leaked))))
    expect(secretNamed(batches, 'DB_PASSWORD', scope)!.credential.fingerprint).toBe(await fingerprintOf(secretDigest(Secret.fromText(database))))
  })

  it('knows a deploy key by its SPKI, with what it may do', async () => {
    const { scan, scope, key } = await fake()
    const batches = await scan()
    const found = credentials(batches).find(({ credential }) => credential.kind === 'ssh-key')!
    expect(found).toMatchObject({ credential: { spkiSha256: key.spkiSha256 }, location: { part: 'public-key', scope: `${scope}#deploy-keys` } })
    const identity = identities(batches).find(({ name }) => name === `${scope} deploy key 1`)!
    expect(identity.attributes).toMatchObject({ access: 'write', title: 'octocat@octomac', lastUsedAt: '2022-01-10T15:53:42.000Z' })
    expect(observationsOf(batches)).toContainEqual({ observation: 'relation', type: 'authenticates', from: { of: 'credential', fingerprint: key.spkiSha256 }, to: { of: 'identity', machine: `git:${scope}`, name: identity.name }, source: `${scope}#deploy-keys deploy key 1` })
    expect(batches.flatMap(({ problems }) => problems)).toContainEqual(expect.objectContaining({ code: 'ssh.invalid', where: scope }))
  })

  it('tells webhooks that are signed from those that are not, and finds the one whose URL is the secret', async () => {
    const { scan, scope, server } = await fake()
    const batches = await scan()
    const hooks = identities(batches).filter(({ attributes }) => attributes['role'] === 'webhook')
    expect(hooks.find(({ name }) => name === `${scope} webhook 12345678`)!.attributes).toMatchObject({ signed: false, encrypted: false, tlsVerified: false, targetHost: 'ci.example.com' })
    expect(hooks.find(({ name }) => name === `${scope} webhook 12345679`)!.attributes).toMatchObject({ signed: true, encrypted: true, tlsVerified: true })
    expect(secretNamed(batches, 'webhook 12345679', `${scope}#webhooks`)!.credential).toMatchObject({ secretType: 'webhook-secret', valueKnown: false })
    expect(secretNamed(batches, 'webhook 1 url', `${server.host}/acme#webhooks`)!.credential).toMatchObject({ secretType: 'slack-webhook', valueKnown: true })
  })

  it('lists tokens that were let in, with owner, expiry and last use, and no part of their value', async () => {
    const { scan, server } = await fake()
    const batches = await scan()
    const scope = `${server.host}/acme#tokens`
    expect(secretNamed(batches, 'token 98716', scope)!.credential).toMatchObject({ secretType: 'github-fine-grained-token', notAfter: '2027-11-16T15:47:09.000Z', facts: { owner: 'octocat', title: 'Some Token', permissions: 'organization:members:read repository:metadata:read repository:contents:write' } })
    expect(secretNamed(batches, 'authorised token 161195', scope)!.credential).toMatchObject({ secretType: 'github-personal-access-token', notAfter: '2011-02-25T19:06:43.000Z', facts: { scopes: 'user repo', lastUsedAt: '2011-01-26T19:06:43.000Z' } })
    expect(credentials(batches).filter(({ location }) => location.kind === 'ci-variable' && location.scope === scope).length).toBe(2)
  })

  it('reports apps, runners and whom workflows say they are as identities', async () => {
    const { scan, server } = await fake()
    const found = new Map(identities(await scan()).map(({ name, attributes }) => [name, attributes]))
    expect(found.get('ci-bot[bot]')).toMatchObject({ role: 'app', permissions: 'deployments:write metadata:read' })
    expect(found.get(`${server.host}/acme runner 23`)).toMatchObject({ role: 'runner', os: 'macos', labels: 'self-hosted X64' })
    expect(found.get('org:acme')).toMatchObject({ oidcDefaultSubject: false, oidcSubjectClaims: 'repo context job_workflow_ref' })
    expect(found.get('repo:acme/web')).toMatchObject({ oidcDefaultSubject: true })
  })

  it('covers what it listed, scope by scope, and says whose token it was', async () => {
    const { scan, scope, server } = await fake()
    const all = coverage(await scan())
    expect(new Set(all.map((each) => each.scope))).toEqual(new Set([`${server.host}/acme`, ...['dependabot', 'codespaces', 'webhooks', 'tokens'].map((part) => `${server.host}/acme#${part}`), scope, ...['dependabot', 'codespaces', 'deploy-keys', 'webhooks'].map((part) => `${scope}#${part}`)]))
    expect(all.every(({ complete, rights }) => complete && rights === 'user:octocat (admin:org, repo)')).toBe(true)
  })

  it('makes nothing of a list it may not read but an incomplete coverage and one problem that says what is needed', async () => {
    const { scan, scope, server } = await fake()
    server.denied.set('/repos/acme/web/environments/production/secrets', 'environments=read')
    server.denied.set('/repos/acme/web/dependabot/secrets', 'dependabot_secrets=read')
    const batches = await scan()
    const incomplete = coverage(batches).filter(({ complete }) => !complete).map((each) => each.scope)
    expect(incomplete.sort()).toEqual([scope, `${scope}#dependabot`])
    expect(secretNamed(batches, 'DATABASE_URL', scope)).toBeDefined()
    const denied = batches.flatMap(({ problems }) => problems).filter(({ code }) => code === 'access.denied')
    expect(denied).toEqual([{ code: 'access.denied', where: scope, message: expect.stringMatching(/^environment secrets, dependabot secrets: .*it needs environments=read$/) }])
  })

  it('reads only the parts it was asked for, and claims nothing about the others', async () => {
    const { scan, scope, server } = await fake()
    const batches = await scan({ parts: ['deploy-keys'], organizations: [], repositories: ['acme/web'] })
    expect(server.requests.map(({ path }) => path)).toEqual(['/user', '/repos/acme/web/keys'])
    expect(coverage(batches).map((each) => each.scope)).toEqual([`${scope}#deploy-keys`])
  })

  it('goes through all pages of repositories, archived ones too where asked', async () => {
    const { scan } = await fake()
    const batches = await scan({ archived: true, parts: ['deploy-keys'] })
    const repositories = observationsOf(batches).flatMap((each) => (each.observation === 'sighting' && each.of === 'machine' ? [each.name] : []))
    expect(new Set(repositories).size).toBe(106)
  })

  describe('what an organisation holds', () => {
    const holders = (batches: Parameters<typeof observationsOf>[0]) => observationsOf(batches).flatMap((each) => (each.observation === 'coverage' && each.scope.kind === 'holders' ? [each.scope] : []))
    const counted = (shown: number, others: number | undefined) => fake((fixture) => { fixture.data['/orgs/acme'] = { object: { login: 'acme', public_repos: shown, total_private_repos: others } } })

    it('is told where as many repositories were listed as there are, archived ones too, so that what is missing is gone', async () => {
      const { scan, server } = await counted(1, 104)
      const [scope, ...more] = holders(await scan({ parts: ['webhooks'] }))
      expect(more).toEqual([])
      expect(scope).toMatchObject({ kinds: ['ci-variable'], below: `${server.host}/acme` })
      expect(scope!.present).toHaveLength(105)
      expect(scope!.present).toEqual(expect.arrayContaining([`${server.host}/acme/web`, `${server.host}/acme/old`]))
    })

    it.each([['sees fewer than there are', 1, 105], ['is not told how many there are', 1, undefined]])('is not told by a token that %s', async (_, shown, others) => {
      const { scan } = await counted(shown, others)
      expect(holders(await scan({ parts: ['webhooks'] }))).toEqual([])
    })

    it('is not told where the list breaks off, or the organisation cannot be asked', async () => {
      const { scan, server } = await counted(1, 104)
      server.denied.set('/orgs/acme/repos', 'metadata=read')
      expect(holders(await scan({ parts: ['webhooks'] }))).toEqual([])
      expect(holders(await (await fake()).scan({ parts: ['webhooks'] }))).toEqual([])
    })
  })

  it('knows a repository by GitHub’s own number for it, whatever it is called', async () => {
    const { scan, scope, server } = await fake()
    const source = observationsOf(await scan({ parts: ['webhooks'] })).find((each) => each.observation === 'sighting' && each.of === 'machine' && each.name === scope)
    expect(source).toMatchObject({ identifiers: [{ type: 'source-uid', value: `github:${server.host}/repositories/1` }, { type: 'source-id', value: `git:${scope}` }] })
  })

  it('waits when it is told to', async () => {
    const waits: number[] = []
    const { scan, server, scope } = await fake(() => {}, { wait: (milliseconds) => { waits.push(milliseconds); return Promise.resolve() } })
    server.limited = 2
    expect(secretNamed(await scan(), 'DATABASE_URL', scope)).toBeDefined()
    expect(waits).toEqual([1000, 1000])
  })

  it('says so when the token is refused, and sees nothing', async () => {
    const { options } = await fake()
    const batches = await scanned<GithubOptions>({ connector: connector('wrong'), options })
    expect(observationsOf(batches)).toEqual([])
    expect(batches.flatMap(({ problems }) => problems)).toMatchObject([{ code: 'auth.failed' }])
  })

  it('asks about secrets it can read when verification is on', async () => {
    const asked: string[] = []
    const { scan, scope } = await fake(() => {}, { verifiedFacts: ({ kind }) => { asked.push(kind); return Promise.resolve({ verified: 'live', verifiedAt: '2026-11-27T10:00:00.000Z', verifiedBy: 'github', login: 'octocat' }) } })
    expect(secretNamed(await scan(), 'BOT', scope)!.credential).toMatchObject({ facts: { verified: 'live', login: 'octocat' } })
    expect(asked).toContain('github-personal-access-token')
  })

  it('calls the host by the name its repositories have', () => {
    expect(hostNameOf('https://api.github.com')).toBe('github.com')
    expect(hostNameOf('https://api.acme.ghe.com')).toBe('acme.ghe.com')
    expect(hostNameOf('https://git.example/api/v3')).toBe('git.example')
    expect(hostNameOf('https://git.example:8443/api/v3')).toBe('git.example:8443')
  })
})
