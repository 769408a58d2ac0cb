import { readFileSync } from 'node:fs'
import { createVerify, generateKeyPairSync, randomBytes } from 'node:crypto'
import { Secret } from '@muster/core'
import { defaultRules } from '@muster/detect'
import { afterEach, describe, expect, it } from 'vitest'
import { type FakeAnswer, type FakeRequest, fakeServer, type FakeServer } from '../api/fake-server.testing.ts'
import { cloudCalls } from './fixtures/clouds.ts'
import { codeHostCalls } from './fixtures/code-hosts.ts'
import { type DocumentedCall, drawn } from './fixtures/documented-call.ts'
import { aiCalls, serviceCalls } from './fixtures/services.ts'
import { signedHeaders } from './sigv4.ts'
import { verifiableProviders, verifiers } from './table.ts'
import { found, verificationOf } from './verification.testing.ts'

const calls: readonly DocumentedCall[] = [...codeHostCalls, ...cloudCalls, ...serviceCalls, ...aiCalls]
const opened: { close: () => unknown }[] = []
afterEach(async () => {
  for (const each of opened.splice(0)) await each.close()
})

async function fakeProvider(answer: Parameters<typeof fakeServer>[0]): Promise<FakeServer> {
  const server = await fakeServer(answer)
  opened.push(server)
  return server
}

function ask(provider: string, server: FakeServer) {
  const verification = verificationOf({ providers: [provider], baseUrls: { [provider]: server.url } })
  opened.push(verification)
  return verification
}

/** The part of a credential that stands in the path, where it does. */
const inPath = (secret: string): string => secret.replace(/^https:\/\/[^/]+\/api\/webhooks\//, '')

function accepts(call: DocumentedCall, secret: string, request: FakeRequest): boolean {
  if (request.method !== (call.method ?? 'GET')) return false
  if (call.header === null) return request.path === call.path.replace(':secret', inPath(secret))
  const [name, value] = call.header(secret)
  return request.path === call.path && request.headers[name] === value
}

describe.each(calls.map((call) => [`${call.provider}, ${call.kind}`, call] as const))('%s', (_, call) => {
  const draw = call.secret ?? drawn

  it('is live when the provider says whose it is', async () => {
    const secret = draw()
    const server = await fakeProvider((request) => (accepts(call, secret, request) ? call.live : call.refused))
    const verdict = await ask(call.provider, server).verify(found(call.kind, secret, call.facts))
    expect(verdict).toMatchObject({ state: 'live', provider: call.provider, checkedAt: '2026-11-27T10:00:00.000Z' })
    expect(verdict!.facts).toMatchObject(call.expected ?? {})
    expect(JSON.stringify(verdict)).not.toContain(secret)
    expect(server.requests.length).toBe(1)
  })

  it('is not when the provider refuses it as documented', async () => {
    const good = draw()
    const server = await fakeProvider((request) => (accepts(call, good, request) ? call.live : call.refused))
    expect(await ask(call.provider, server).verify(found(call.kind, draw(), call.facts))).toMatchObject({ state: call.refusedIs ?? 'dead' })
  })

  it('stays unknown when the provider is out of order, answers with a page or with nothing of use', async () => {
    const answers: readonly FakeAnswer[] = [{ status: 500, text: '' }, { text: '<html></html>', headers: { 'content-type': 'text/html' } }, { json: {} }, { status: 302, headers: { location: '/login' } }, { status: 403, text: '<html></html>', headers: { 'content-type': 'text/html' } }]
    for (const answer of answers) {
      const verdict = await ask(call.provider, await fakeProvider(() => answer)).verify(found(call.kind, draw(), call.facts))
      expect(verdict, JSON.stringify(answer)).toMatchObject({ state: 'unknown' })
    }
  })
})

describe('the table', () => {
  it('has a documented exchange for every verifier', () => {
    const tested = new Set([...calls.map(({ provider, kind }) => `${provider} ${kind}`), 'aws aws-secret-access-key', 'gcp gcp-service-account-key', 'azure azure-client-secret'])
    expect(verifiers.filter(({ provider, kinds }) => !kinds.some((kind) => tested.has(`${provider} ${kind}`))).map(({ provider }) => provider)).toEqual([])
    expect(verifiableProviders.length).toBeGreaterThanOrEqual(25)
  })

  it('stands in the documentation, provider by provider', () => {
    const page = readFileSync(new URL('../../../../docs/verification.md', import.meta.url), 'utf8')
    expect(verifiers.filter(({ provider, kinds, documentation }) => ![`| \`${provider}\` |`, documentation, ...kinds.map((kind) => `\`${kind}\``)].every((text) => page.includes(text))).map(({ provider }) => provider)).toEqual([])
  })

  it('names a page for every refusal that means more than a dead credential, and the documentation shows it', () => {
    const page = readFileSync(new URL('../../../../docs/verification.md', import.meta.url), 'utf8')
    const named = verifiers.flatMap(({ refusals }) => refusals ?? [])
    expect(named.length).toBeGreaterThanOrEqual(10)
    expect(named.filter((url) => !page.includes(`(${url})`))).toEqual([])
  })

  it('speaks of kinds that the rules or the formats find', () => {
    const kinds = new Set([...defaultRules().rules.map(({ kind }) => kind), 'gcp-service-account-key'])
    expect(verifiers.flatMap(({ kinds: asked }) => asked.filter((kind) => !kinds.has(kind)))).toEqual([])
  })

  it('does not ask about tokens of the routable form that are no personal ones', async () => {
    const server = await fakeProvider(() => ({ status: 401, json: {} }))
    expect(await ask('gitlab', server).verify(found('gitlab-routable-token', `glrt-${drawn()}.01.0z12345ab`))).toBeNull()
    expect(server.requests).toEqual([])
  })

  it('asks one verifier per provider and kind, over HTTPS', () => {
    const pairs = verifiers.flatMap(({ provider, kinds }) => kinds.map((kind) => `${provider} ${kind}`))
    expect(new Set(pairs).size).toBe(pairs.length)
    expect(verifiers.filter(({ baseUrl, documentation }) => (baseUrl !== null && !baseUrl.startsWith('https://')) || !documentation.startsWith('https://'))).toEqual([])
  })
})

describe('AWS', () => {
  it('signs as the example of its documentation does', () => {
    const headers = signedHeaders({
      method: 'GET', url: new URL('https://iam.amazonaws.com/?Action=ListUsers&Version=2010-05-08'), headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' }, body: '',
      region: 'us-east-1', service: 'iam', keyId: ['AKID', 'EXAMPLE'].join(''), secretKey: ['wJalrXUtnFEMI', 'K7MDENG+bPxRfiCY', 'EXAMPLEKEY'].join('/').replace('Y/E', 'YE'), now: new Date('2015-08-30T12:36:00Z'),
    })
    expect(headers['authorization']).toMatch(/Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7$/)
  })

  it('tells the caller of a key pair, a key that is gone, and a secret that is not its key’s', async () => {
    const keyId = `AKIA${'ABCDEFGH'.split('').sort(() => Math.random() - 0.5).join('')}23456722`
    const secret = randomBytes(30).toString('base64')
    const xml = (status: number, text: string) => ({ status, text, headers: { 'content-type': 'text/xml' } })
    const error = (code: string) => xml(403, `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>echo</Message></Error></ErrorResponse>`)
    const server: FakeServer = await fakeProvider((request) => {
      const stamp = String(request.headers['x-amz-date'])
      const now = new Date(stamp.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'))
      const expected = signedHeaders({ method: 'POST', url: new URL('/', server.url), headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' }, body: request.body, region: 'us-east-1', service: 'sts', keyId, secretKey: secret, now })
      if (!String(request.headers.authorization).includes(keyId)) return error('InvalidClientTokenId')
      if (request.headers.authorization !== expected['authorization']) return error('SignatureDoesNotMatch')
      return xml(200, '<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::123456789012:user/Alice</Arn><UserId>AIDACKCEVSQ6C2EXAMPLE</UserId><Account>123456789012</Account></GetCallerIdentityResult></GetCallerIdentityResponse>')
    })
    const verification = ask('aws', server)
    expect(await verification.verify(found('aws-secret-access-key', secret, { keyId }))).toMatchObject({ state: 'live', facts: { arn: 'arn:aws:iam::123456789012:user/Alice', accountId: '123456789012' } })
    expect(await verification.verify(found('aws-secret-access-key', randomBytes(30).toString('base64'), { keyId }))).toMatchObject({ state: 'unknown' })
    expect(await verification.verify(found('aws-secret-access-key', secret, { keyId: `AKIA${'7'.repeat(16)}` }))).toMatchObject({ state: 'dead' })
    expect(await verification.verify(found('aws-secret-access-key', secret))).toBeNull()
    expect(await verification.verify(found('aws-secret-access-key', secret, { keyId: keyId.replace('AKIA', 'ASIA') }))).toBeNull()
  })

  it('asks with a temporary key only together with its session token, which is signed and told to nobody else', async () => {
    const keyId = `ASIA${Array.from(randomBytes(16), (byte) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'[byte % 32]).join('')}`
    const [secret, sessionToken, ended] = [30, 240, 240].map((size) => randomBytes(size).toString('base64')) as [string, string, string]
    const xml = (status: number, text: string) => ({ status, text, headers: { 'content-type': 'text/xml' } })
    const error = (code: string) => xml(403, `<ErrorResponse><Error><Code>${code}</Code></Error></ErrorResponse>`)
    const server: FakeServer = await fakeProvider((request) => {
      const sent = request.headers['x-amz-security-token']
      if (sent === ended) return error('ExpiredToken')
      if (sent !== sessionToken) return error('InvalidClientTokenId')
      const now = new Date(String(request.headers['x-amz-date']).replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'))
      const headers = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8', 'x-amz-security-token': sessionToken }
      const expected = signedHeaders({ method: 'POST', url: new URL('/', server.url), headers, body: request.body, region: 'us-east-1', service: 'sts', keyId, secretKey: secret, now })
      return request.headers.authorization !== expected['authorization'] ? error('SignatureDoesNotMatch') : xml(200, `<R><Arn>arn:aws:sts::123456789012:assumed-role/deploy/${sessionToken}</Arn><UserId>AROA:s</UserId><Account>123456789012</Account></R>`)
    })
    const verification = ask('aws', server)
    const verify = (token: string | null) => verification.verify({ ...found('aws-secret-access-key', secret, { keyId }), ...(token === null ? {} : { sessionToken: Secret.fromText(token) }) })
    const live = await verify(sessionToken)
    expect(live).toMatchObject({ state: 'live', facts: { accountId: '123456789012' } })
    expect(JSON.stringify(live)).not.toContain(sessionToken)
    expect(await verify(ended)).toMatchObject({ state: 'dead', reason: 'the session has ended' })
    expect(await verify(randomBytes(240).toString('base64'))).toMatchObject({ state: 'unknown' })
    expect(await verify(null)).toBeNull()
    expect(server.requests).toHaveLength(3)
  })
})

describe('Google Cloud', () => {
  it('is asked with a statement signed by the key, at its own address whatever the key file says', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
    const server = await fakeProvider(({ body }) => {
      const [head, claims, signature] = (new URLSearchParams(body).get('assertion') ?? '').split('.') as [string, string, string]
      const isSigned = createVerify('sha256').update(`${head}.${claims}`).verify(publicKey, signature, 'base64url')
      const { iss, exp, iat } = JSON.parse(Buffer.from(claims, 'base64url').toString()) as { iss: string; exp: number; iat: number }
      return isSigned && iss === 'etl@acme.iam.gserviceaccount.com' && exp - iat <= 3600 ? { json: { access_token: drawn(), expires_in: 3599, token_type: 'Bearer' } } : { status: 400, json: { error: 'invalid_grant', error_description: 'Invalid JWT Signature.' } }
    })
    const facts = { user: 'etl@acme.iam.gserviceaccount.com', keyId: '1', tokenUri: 'https://evil.example/token' }
    const verification = ask('gcp', server)
    const other = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
    expect(await verification.verify(found('gcp-service-account-key', pem.replaceAll('\n', String.raw`\n`), facts))).toMatchObject({ state: 'live' })
    expect(await verification.verify(found('gcp-service-account-key', other, facts))).toMatchObject({ state: 'dead' })
    const late = await fakeProvider(() => ({ status: 400, json: { error: 'invalid_grant', error_description: 'Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe.' } }))
    expect(await ask('gcp', late).verify(found('gcp-service-account-key', pem, facts))).toMatchObject({ state: 'unknown' })
    expect(await verification.verify(found('gcp-service-account-key', 'no key', facts))).toBeNull()
    expect(await verification.verify(found('gcp-service-account-key', pem))).toBeNull()
  })
})

describe('a refusal that speaks of something else', () => {
  const cases: readonly (readonly [provider: string, kind: string, what: string, status: number, json: unknown])[] = [
    ['openai', 'openai-proj-key', 'the address that asks', 401, { error: { code: 'ip_not_authorized', message: 'Your IP is not authorized' } }],
    ['openai', 'openai-admin-key', 'the host that is asked', 401, { error: { code: 'incorrect_hostname', message: 'use eu.api.openai.com' } }],
    ['brevo', 'brevo-api-key', 'the address that asks', 401, { code: 'unauthorized', message: 'We have detected you are using an unrecognised IP address 192.0.2.1' }],
    ['slack', 'slack-bot-token', 'the address that asks, or of the token', 200, { ok: false, error: 'invalid_auth' }],
    ['stripe', 'stripe-live-secret-key', 'the address that asks', 401, { error: { message: 'The API key provided does not allow requests from your IP address.', type: 'invalid_request_error' } }],
  ]
  const lacking: readonly (readonly [provider: string, kind: string, status: number, json: unknown])[] = [
    ['anthropic', 'anthropic-api-key', 403, { type: 'error', error: { type: 'permission_error', message: 'Your API key does not have permission to use the specified resource.' } }],
    ['atlassian', 'atlassian-admin-token', 401, { errors: [{ code: 'ADMIN-401-2', status: '401', title: 'INSUFFICIENT_SCOPE', detail: 'Insufficient scope. Create a new API Key for your Organization' }] }],
    ['clickup', 'clickup-api-token', 401, { err: 'Team not authorized', ECODE: 'OAUTH_027' }],
    ['elevenlabs', 'elevenlabs-api-key', 401, { detail: { status: 'missing_permissions', message: 'The API key you used is missing the permission user_read' } }],
    ['github', 'github-installation-token', 403, { message: 'Although you appear to have the correct authorization credentials, the `acme` organization has an IP allow list enabled' }],
    ['gitlab', 'gitlab-personal-access-token', 403, { error: 'insufficient_scope', error_description: 'The request requires higher privileges than provided by the access token.', scope: 'api read_api' }],
    ['intercom', 'intercom-access-token', 401, { type: 'error.list', errors: [{ code: 'token_unauthorized' }] }],
    ['linode', 'linode-api-token', 401, { errors: [{ reason: 'Your OAuth token is not authorized to use this endpoint.' }] }],
    ['sentry', 'sentry-user-token', 403, { detail: 'You do not have permission to perform this action.' }],
    ['supabase', 'supabase-access-token', 403, { message: 'Your account does not have the necessary privileges to access this endpoint.' }],
    ['notion', 'notion-token', 403, { object: 'error', status: 403, code: 'restricted_resource', message: 'Insufficient permissions for this endpoint.' }],
    ['openai', 'openai-proj-key', 401, { error: { message: 'You have insufficient permissions for this operation. Missing scopes: api.model.read.', type: 'invalid_request_error' } }],
  ]
  it.each(lacking)('by %s of a %s that lacks a permission shows that it lives', async (provider, kind, status, json) => {
    const server = await fakeProvider(() => ({ status, json }))
    expect(await ask(provider, server).verify(found(kind, drawn()))).toMatchObject({ state: 'live', reason: expect.stringContaining('permission') })
  })

  it.each([
    ['anthropic', 'anthropic-api-key', 403, { error: { type: 'forbidden', message: 'Request not allowed' } }],
    ['groq', 'groq-api-key', 403, { error: { message: 'Access denied. Please check your network settings.' } }],
    ['gitlab', 'gitlab-personal-access-token', 403, { message: '403 Forbidden - Your account has been blocked.' }],
    ['xai', 'xai-api-key', 200, { api_key_id: 'a', team_blocked: true, api_key_blocked: false, api_key_disabled: false }],
    ['sentry', 'sentry-user-token', 401, { detail: 'Unauthorized org access.' }],
    ['vercel', 'vercel-token', 403, { error: { code: 'forbidden', message: 'Not authorized' } }],
  ])('by %s of a %s, with %i, of the network or the account proves nothing', async (provider, kind, status, json) => {
    const server = await fakeProvider(() => ({ status, json }))
    expect(await ask(provider, server).verify(found(kind, drawn()))).toMatchObject({ state: 'unknown' })
  })

  it.each(cases)('by %s of a %s, of %s, proves nothing', async (provider, kind, _, status, json) => {
    const server = await fakeProvider(() => ({ status, json }))
    expect(await ask(provider, server).verify(found(kind, drawn()))).toMatchObject({ state: 'unknown', reason: expect.stringContaining('alone') })
  })

  it.each(['sendgrid', 'twilio', 'square', 'postman', 'elevenlabs', 'mailgun'])('by %s proves nothing of a credential of another of its hosts', (provider) => {
    expect(verifiers.filter((one) => one.provider === provider).map(({ elsewhere }) => elsewhere)).toEqual([true])
  })
})

describe('Microsoft Entra', () => {
  it('tells a client secret that works from one that is wrong, expired, or of no application', async () => {
    const secret = drawn()
    const facts = { tenantId: '72f988bf-86f1-41af-91ab-2d7cd011db47', clientId: 'app-1' }
    let code = 'AADSTS7000215'
    const server = await fakeProvider(({ path, body }) => {
      const isRight = path === `/${facts.tenantId}/oauth2/v2.0/token` && new URLSearchParams(body).get('client_secret') === secret
      return isRight ? { json: { token_type: 'Bearer', expires_in: 3599, access_token: drawn() } } : { status: 401, json: { error: 'invalid_client', error_description: `${code}: Invalid client secret provided.` } }
    })
    const verification = ask('azure', server)
    expect(await verification.verify(found('azure-client-secret', secret, facts))).toMatchObject({ state: 'live' })
    expect(await verification.verify(found('azure-client-secret', drawn(), facts))).toMatchObject({ state: 'dead' })
    code = 'AADSTS7000222'
    expect(await verification.verify(found('azure-client-secret', drawn(), facts))).toMatchObject({ state: 'dead', reason: 'expired' })
    code = 'AADSTS90002'
    expect(await verification.verify(found('azure-client-secret', drawn(), facts))).toMatchObject({ state: 'unknown' })
    expect(await verification.verify(found('azure-client-secret', secret, { ...facts, tenantId: '../x' }))).toBeNull()
  })
})
