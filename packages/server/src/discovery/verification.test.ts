import { randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { CredentialDetail, CredentialRow, FindingRow, Page, ProblemDetails, RouteOutput, ScanRow } from '@muster/core/api'
import { defaultRules, drawExample, seededRandom } from '@muster/detect'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type PipelineServer, pipelineServer } from '../test-support/pipeline.ts'
import { checkVerification } from './verification.ts'

let server: PipelineServer
let administrator: string
let directory: string
let github: Server
let asked: string[] = []

beforeAll(async () => {
  github = createServer((request, response) => {
    asked.push(request.headers.authorization ?? '')
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ login: 'deploy-bot', id: 7, type: 'User' }))
  })
  await new Promise<void>((resolve) => github.listen(0, '127.0.0.1', resolve))
  const baseUrl = `http://127.0.0.1:${(github.address() as AddressInfo).port}`
  server = await pipelineServer({ verification: { providers: ['github'], baseUrls: { github: baseUrl }, egress: [] } })
  administrator = await server.token('administrator')
})
afterAll(async () => {
  await server?.close()
  github.close()
})
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'muster-verify-'))
  asked = []
})
afterEach(() => rm(directory, { recursive: true, force: true }))

const start = (options: object) => server.json<ScanRow & ProblemDetails>('POST', '/api/v1/scans', administrator, { kind: 'secrets', options: { targets: [directory], ...options } })
async function scan(options: object = {}): Promise<ScanRow> {
  server.clock.advance(60_000)
  const { body } = await start(options)
  await server.settle()
  return (await server.json<ScanRow>('GET', `/api/v1/scans/${body.id}`, administrator)).body
}
async function only(secretType: string) {
  const { items } = (await server.json<Page<CredentialRow>>('GET', `/api/v1/credentials?secretType=${secretType}&presence=all`, administrator)).body
  const { body } = await server.json<CredentialDetail>('GET', `/api/v1/credentials/${items[0]!.id}`, administrator)
  const findings = (await server.json<Page<FindingRow>>('GET', `/api/v1/findings?objectId=${items[0]!.id}`, administrator)).body.items
  return { facts: body.credential.kind === 'secret' ? body.credential.facts : {}, rules: findings.map(({ ruleId }) => ruleId), count: items.length }
}

describe('whose a secret is', () => {
  it('this Muster tells of its own tokens by itself: live, whose, and dead once revoked', async () => {
    const made = (await server.json<RouteOutput<'createApiToken'>>('POST', '/api/v1/api-tokens', administrator, { name: 'ci', role: 'operator' })).body
    await writeFile(join(directory, 'ci.env'), `MUSTER_TOKEN=${made.token}\n`)
    expect(await scan()).toMatchObject({ state: 'complete' })
    const live = await only('muster-api-token')
    expect(live).toMatchObject({ count: 1, facts: { verified: 'live', verifiedBy: 'muster', role: 'operator' } })
    expect(live.rules).toContain('secret.known-live')
    expect(JSON.stringify(live)).not.toContain(made.token)
    await server.json('DELETE', `/api/v1/api-tokens/${made.apiToken.id}`, administrator)
    await scan()
    const dead = await only('muster-api-token')
    expect(dead.facts).toMatchObject({ verified: 'dead' })
    expect(dead.rules).not.toContain('secret.known-live')
  })

  it('a token that looks like one and was never made here is not known', async () => {
    await writeFile(join(directory, 'x.env'), `OTHER_TOKEN=mst_${randomBytes(32).toString('base64url')}\n`)
    await scan()
    const { items } = (await server.json<Page<CredentialRow>>('GET', '/api/v1/credentials?secretType=muster-api-token', administrator)).body
    const details = await Promise.all(items.map(async ({ id }) => (await server.json<CredentialDetail>('GET', `/api/v1/credentials/${id}`, administrator)).body.credential))
    expect(details.map((credential) => credential.kind === 'secret' && credential.facts['verified'])).toContain(undefined)
  })

  it('a provider is asked when the scan names it, and never otherwise', async () => {
    const rule = defaultRules().rules.find(({ id }) => id === 'github-personal-access-token')!
    await writeFile(join(directory, 'a.env'), `${drawExample(rule.examples.matches[0]!, seededRandom(randomBytes(4).readUInt32BE()))}\n`)
    await scan()
    expect(asked).toEqual([])
    expect((await only(rule.kind)).facts).not.toHaveProperty('verified')
    expect(await scan({ verify: ['github'] })).toMatchObject({ state: 'complete', message: null })
    expect(asked).toHaveLength(1)
    const verified = await only(rule.kind)
    expect(verified).toMatchObject({ facts: { verified: 'live', verifiedBy: 'github', login: 'deploy-bot' } })
    expect(verified.rules).toContain('secret.known-live')
  })

  it('is asked of those alone that the operator allowed, and scans that find no secrets ask nobody', async () => {
    for (const [verify, path] of [[['slack'], 'options.verify.0'], [['github', 'nobody'], 'options.verify.1'], ['github', 'options.verify']] as const) {
      const { status, body } = await start({ verify })
      expect([status, body.code, body.errors?.map((error) => error.path)]).toEqual([400, 'request.invalid', [path]])
    }
    expect((await server.json('POST', '/api/v1/scans', administrator, { kind: 'host', options: { roots: [directory], verify: [] } })).status).toBe(400)
  })
})

describe('the configuration of verification', () => {
  it.each([
    [{ providers: ['nobody'], baseUrls: {}, egress: [] }, 'no such provider'],
    [{ providers: ['github'], baseUrls: { github: 'https://user:word@x.example' }, egress: [] }, 'base URL'],
    [{ providers: ['github'], baseUrls: {}, egress: ['*.com'] }, 'egress list'],
    [{ providers: [], baseUrls: { github: 'https://x.example' }, egress: [] }, 'does not'],
  ])('is refused at the start: %j', (config, reason) => {
    expect(() => checkVerification(config)).toThrow(expect.objectContaining({ code: 'config.invalid', message: expect.stringContaining(reason) }))
  })
})
