import { createHash, createPublicKey } from 'node:crypto'
import { Secret } from '@muster/core'
import { namedSecretDigest, secretDigest } from '@muster/detect'
import { afterEach, describe, expect, it } from 'vitest'
import { connectorConformance, hostileAnswers, observationsOf, type Pointed, realPoint, scanned, testFingerprints } from '../api/conformance.testing.ts'
import { hostNameOf } from './connector.ts'
import { type FakeGitlab, fakeGitlab } from './fake.testing.ts'
import { gitlabFixture } from './fixtures.ts'
import { createGitlabConnector, type GitlabConnectorParts, type GitlabOptions } from './index.ts'

type Batches = Parameters<typeof observationsOf>[0]
const opened: FakeGitlab[] = []
afterEach(async () => {
  for (const each of opened.splice(0)) await each.close()
})

const connector = (token: string, parts: Partial<GitlabConnectorParts> = {}) => createGitlabConnector({ fingerprints: testFingerprints, token: Secret.fromText(token), wait: () => Promise.resolve(), ...parts })
const optionsFor = (server: FakeGitlab) => ({ baseUrl: server.baseUrl, groups: ['acme'], archived: false, ratePerSecond: 1000, egress: ['127.0.0.1'] })

async function fake(parts: Partial<GitlabConnectorParts> = {}, change: (data: ReturnType<typeof gitlabFixture>['data']) => void = () => {}) {
  const fixture = gitlabFixture()
  change(fixture.data)
  const server = await fakeGitlab(fixture.token, fixture.data)
  opened.push(server)
  const scan = (more: object = {}) => scanned<GitlabOptions>({ connector: connector(fixture.token, parts), options: { ...optionsFor(server), ...more } })
  return { ...fixture, server, scan, scope: `${server.host}/acme/web` }
}

const credentials = (batches: Batches) => observationsOf(batches).flatMap((each) => (each.observation === 'sighting' && each.of === 'credential' ? [each] : []))
const identities = (batches: Batches) => new Map(observationsOf(batches).flatMap((each) => (each.observation === 'sighting' && each.of === 'identity' ? [[each.name, each.attributes] as const] : [])))
const coverage = (batches: Batches) => observationsOf(batches).flatMap((each) => (each.observation === 'coverage' && each.scope.kind === 'named' ? [{ scope: each.scope.scope, complete: each.complete, rights: each.rights }] : []))
const named = (batches: Batches, name: string, scope: string) => credentials(batches).filter(({ location }) => location.kind === 'ci-variable' && location.name === name && location.scope === scope)
const fingerprintOf = async (digest: string) => (await testFingerprints([digest]))[0]
const ofValue = (value: string) => fingerprintOf(secretDigest(Secret.fromText(value)))

connectorConformance<GitlabOptions>('gitlab', async (): Promise<Pointed<GitlabOptions>> => {
  const real = realPoint('gitlab')
  if (real !== null) return { connector: connector(real.token), options: real.options, secrets: [real.token], close: () => Promise.resolve() }
  const made = gitlabFixture()
  const server = await fakeGitlab(made.token, made.data)
  return {
    connector: connector(made.token), options: { ...optionsFor(server), instance: true },
    secrets: [made.token, made.deploy, made.masked, made.trigger, made.password, made.pem.split('\n')[1]!, 'token=x'], close: () => server.close(),
  }
})

hostileAnswers<GitlabOptions>('gitlab', (url) => ({ connector: connector('t'), options: { baseUrl: `${url}/api/v4`, groups: ['acme'], projects: ['acme/web'], instance: true, ratePerSecond: 1000, maxResponseBytes: 100_000, egress: ['127.0.0.1'] } }))

describe('GitLab', () => {
  it('takes the fingerprint of a variable’s value, so that it meets the same value elsewhere', async () => {
    const { scan, scope, server, deploy } = await fake()
    const batches = await scan()
    const [variable] = named(batches, 'DEPLOY_TOKEN', scope)
    expect(variable).toMatchObject({ credential: { secretType: 'gitlab-personal-access-token', valueKnown: true, fingerprint: await ofValue(deploy) }, location: { system: 'gitlab', environment: 'production', protected: true, masked: true } })
    expect(named(batches, 'GROUP_TOKEN', `${server.host}/acme`)[0]!.credential.fingerprint).toBe(variable!.credential.fingerprint)
  })

  it('takes a masked value for a secret whatever it looks like, and a plain one only where name or form say so', async () => {
    const { scan, scope, masked } = await fake()
    const batches = await scan()
    expect(named(batches, 'OPAQUE', scope)).toMatchObject([{ credential: { secretType: 'ci-secret', fingerprint: await ofValue(masked) } }])
    expect([...named(batches, 'REGION', scope), ...named(batches, 'LOG_LEVEL', scope)]).toEqual([])
  })

  it('knows a hidden variable by its name', async () => {
    const { scan, scope } = await fake()
    const batches = await scan()
    expect(named(batches, 'HIDDEN', scope)).toMatchObject([{ credential: { valueKnown: false, fingerprint: await fingerprintOf(namedSecretDigest('gitlab', scope, 'HIDDEN')) }, location: { masked: true, protected: true } }])
    expect(named(batches, 'AWS_SECRET_ACCESS_KEY', scope)).toMatchObject([{ credential: { facts: { provider: 'aws' } }, location: { protected: false } }])
  })

  it('looks into variables that hold a file: a key is the key it is, a registry login its password', async () => {
    const { scan, scope, pem, password } = await fake()
    const batches = await scan()
    const spki = createHash('sha256').update(createPublicKey(pem).export({ type: 'spki', format: 'der' })).digest('hex')
    expect(named(batches, 'SIGNING_KEY', scope)).toMatchObject([{ credential: { kind: 'private-key', spkiSha256: spki }, location: { part: 'private-key' } }])
    const login = named(batches, 'DOCKER_AUTH_CONFIG', scope)
    expect(login.map(({ credential }) => credential.fingerprint)).toContain(await ofValue(password))
    expect(login[0]).toMatchObject({ credential: { facts: { user: 'robot' } }, location: { masked: false } })
  })

  it('lists access tokens that can still be used, with rights, expiry and last use', async () => {
    const { scan, scope, server } = await fake()
    const batches = await scan()
    expect(named(batches, 'access token 43', `${scope}#access-tokens`)).toMatchObject([{ credential: { secretType: 'gitlab-project-access-token', valueKnown: false, notAfter: '2026-12-31T00:00:00.000Z', facts: { access: 'developer', scopes: 'read_repository', createdAt: '2025-01-20T22:11:48.151Z' } } }])
    expect(named(batches, 'access token 44', `${scope}#access-tokens`)).toEqual([])
    expect(named(batches, 'access token 42', `${server.host}/acme#access-tokens`)).toMatchObject([{ credential: { secretType: 'gitlab-group-access-token', facts: { lastUsedAt: '2022-03-15T11:05:42.437Z' } } }])
    expect(identities(batches).get(`${scope} access token 43`)).toMatchObject({ role: 'access-token', access: 'developer' })
  })

  it('reads an instance’s own, every personal token on every page', async () => {
    const { scan, server } = await fake()
    const batches = await scan({ groups: [], instance: true })
    expect(credentials(batches).filter(({ location }) => location.kind === 'ci-variable' && location.scope === `${server.host}#access-tokens`).length).toBe(130)
    expect(coverage(batches)).toContainEqual({ scope: `${server.host}#access-tokens`, complete: true, rights: 'administrator:john_smith' })
    expect(named(batches, 'INSTANCE_KEY', server.host)[0]!.machine).toBe(`gitlab:${server.host}`)
  })

  it('knows deploy keys by SPKI and deploy tokens by name', async () => {
    const { scan, scope, key } = await fake()
    const batches = await scan()
    expect(named(batches, 'deploy key 1', `${scope}#deploy-keys`)).toMatchObject([{ credential: { kind: 'ssh-key', spkiSha256: key.spkiSha256 }, location: { part: 'public-key' } }])
    expect(identities(batches).get(`${scope} deploy key 1`)).toMatchObject({ access: 'write' })
    expect(named(batches, 'deploy token 1', `${scope}#deploy-tokens`)).toMatchObject([{ credential: { notAfter: null, facts: { user: 'gitlab+deploy-token-1', scopes: 'read_repository read_registry' } } }])
    expect(batches.flatMap(({ problems }) => problems)).toMatchObject([{ code: 'ssh.invalid', where: scope }])
  })

  it('tells webhooks with a token from those without, and from those whose version does not say', async () => {
    const { scan, scope } = await fake()
    const found = identities(await scan())
    expect(found.get(`${scope} webhook 1`)).toMatchObject({ signed: false, encrypted: false, tlsVerified: false, targetHost: 'example.com' })
    expect(found.get(`${scope} webhook 2`)).toMatchObject({ signed: true, encrypted: true })
    expect(found.get(`${scope} webhook 3`)).toMatchObject({ signed: null })
  })

  it('takes the fingerprint of a trigger token that is shown whole, and the name of one that is not', async () => {
    const { scan, scope, trigger } = await fake()
    const batches = await scan()
    expect(named(batches, 'pipeline trigger 10', `${scope}#triggers`)).toMatchObject([{ credential: { valueKnown: true, fingerprint: await ofValue(trigger) } }])
    expect(named(batches, 'pipeline trigger 11', `${scope}#triggers`)).toMatchObject([{ credential: { valueKnown: false } }])
  })

  it('says whom jobs say they are and whose jobs may come in', async () => {
    const { scan } = await fake()
    const found = identities(await scan())
    expect(found.get('project:acme/web')).toMatchObject({ oidcSubjectClaims: 'project_path ref_type ref', jobTokensOfOthersLimited: false })
    expect(found.get('project:acme/platform/infra')).toMatchObject({ oidcSubjectClaims: null, jobTokensOfOthersLimited: true })
    expect(found.get('runner 8')).toMatchObject({ role: 'runner', type: 'project_type' })
  })

  it('makes nothing of a list it may not read but an incomplete coverage of that scope', async () => {
    const { scan, scope, server } = await fake()
    server.denied.add('/projects/1/variables')
    const batches = await scan()
    expect(coverage(batches).filter(({ complete }) => !complete).map((each) => each.scope)).toEqual([scope])
    expect(batches.flatMap(({ problems }) => problems)).toContainEqual(expect.objectContaining({ code: 'access.denied', where: scope, message: expect.stringMatching(/^variables: /) }))
  })

  it('takes group webhooks for absent where the edition has none', async () => {
    const { scan, server } = await fake()
    expect(coverage(await scan())).toContainEqual({ scope: `${server.host}/acme#webhooks`, complete: true, rights: 'administrator:john_smith' })
  })

  describe('what a group holds', () => {
    const holders = (batches: Batches) => observationsOf(batches).flatMap((each) => (each.observation === 'coverage' && each.scope.kind === 'holders' ? [each.scope] : []))
    const as = (level: number | null) => fake({}, (data) => {
      data['/user'] = { object: { id: 1, username: 'john_smith', state: 'active' } }
      if (level !== null) data['/groups/acme/members/all/1'] = { object: { id: 1, access_level: level } }
    })

    it('is told by a member with rights everywhere below it, so that what is missing is gone', async () => {
      const { scan, server } = await as(40)
      expect(holders(await scan())).toEqual([{ kind: 'holders', kinds: ['ci-variable'], below: `${server.host}/acme`, present: ['acme/platform', 'acme/web', 'acme/platform/infra', 'acme/old'].map((path) => `${server.host}/${path}`) }])
      expect(holders(await (await fake()).scan())).toHaveLength(1)
    })

    it.each([['whose rights shrank', 30], ['who is no member any more', null]])('is not told by somebody %s', async (_, level) => {
      expect(holders(await (await as(level)).scan())).toEqual([])
    })

    it('is not told where a list of it breaks off', async () => {
      const { scan, server } = await as(50)
      server.denied.add('/groups/acme/descendant_groups')
      expect(holders(await scan())).toEqual([])
    })
  })

  it('knows projects and groups by GitLab’s own numbers for them', async () => {
    const { scan, server } = await fake()
    const known = new Map(observationsOf(await scan()).flatMap((each) => (each.observation === 'sighting' && each.of === 'machine' ? [[each.name, each.identifiers[0]!.value] as const] : [])))
    expect([known.get(`${server.host}/acme`), known.get(`${server.host}/acme/web`)]).toEqual([`gitlab:${server.host}/groups/10`, `gitlab:${server.host}/projects/1`])
  })

  it('waits when it is told to', async () => {
    const waits: number[] = []
    const { scan, server, scope } = await fake({ wait: (milliseconds) => { waits.push(milliseconds); return Promise.resolve() } })
    server.limited = 1
    expect(named(await scan(), 'HIDDEN', scope).length).toBe(1)
    expect(waits).toEqual([30_000])
  })

  it('says so when the token is refused or a group is not there', async () => {
    const { server, scan } = await fake()
    const refused = await scanned<GitlabOptions>({ connector: connector('wrong'), options: optionsFor(server) })
    expect(refused.flatMap(({ problems }) => problems)).toMatchObject([{ code: 'auth.failed' }])
    expect((await scan({ groups: ['nobody'] })).flatMap(({ problems }) => problems)).toMatchObject([{ code: 'object.not-found' }])
  })

  it('calls the host by the name its repositories have', () => {
    expect(hostNameOf('https://gitlab.com/api/v4')).toBe('gitlab.com')
    expect(hostNameOf('https://git.example:8443/gitlab/api/v4/')).toBe('git.example:8443/gitlab')
  })
})
