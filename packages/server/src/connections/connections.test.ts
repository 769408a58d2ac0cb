import { randomBytes } from 'node:crypto'
import { DEFAULT_TENANT, type TenantId } from '@muster/core'
import type { AuditRecord, Connection, Page, ProblemDetails } from '@muster/core/api'
import { testCa } from '@muster/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testServer, type TestServer } from '../test-support/server.ts'
import { type Connections, createConnections } from './index.ts'
import { listConnections } from './store.ts'

let server: TestServer
let connections: Connections
let administrator: string
let operator: string

beforeAll(async () => {
  server = await testServer({ slices: (deps) => [(connections = createConnections(deps)).slice] })
  administrator = await server.token('administrator')
  operator = await server.token('operator')
})
afterAll(() => server?.close())

const token = () => `t-${randomBytes(20).toString('hex')}`
async function call<Body>(method: string, path: string, as: string, body?: unknown): Promise<{ status: number; body: Body }> {
  const response = await server.call(method, `/api/v1/${path}`, { token: as, ...(body === undefined ? {} : { body }) })
  return { status: response.status, body: (response.status === 204 ? null : await response.json()) as Body }
}
const wanted = (name: string, more: object = {}) => ({ kind: 'github', name, baseUrl: 'https://github.example.org/api/v3', token: token(), ...more })
const create = (name: string, more: object = {}) => call<Connection & ProblemDetails>('POST', 'connections', administrator, wanted(name, more))

describe('a connection to a cluster', () => {
  const ca = testCa({ name: 'Cluster' })
  const leaf = ca.issue({ subject: 'CN=muster' })
  const pem = leaf.pem + leaf.privateKeyPem
  const keyLine = leaf.privateKeyPem.split('\n')[1]!
  const cluster = (name: string, more: object) => call<Connection & ProblemDetails>('POST', 'connections', administrator, { kind: 'kubernetes', name, baseUrl: 'https://k.example.org:6443', ...more })
  const kubeconfig = (user: object) => JSON.stringify({ kind: 'Config', 'current-context': 'a', contexts: [{ name: 'a', context: { cluster: 'c', user: 'u' } }], clusters: [{ name: 'c', cluster: { server: 'https://from.example.org:6443', 'certificate-authority-data': Buffer.from(ca.root.pem).toString('base64') } }], users: [{ name: 'u', user }] })
  const everything = async () => JSON.stringify([await call('GET', 'connections', operator), await call('GET', 'audit?limit=200', administrator), await listConnections(server.database.db, DEFAULT_TENANT)])

  it('keeps a client certificate and its key sealed, and a scan gets them back', async () => {
    const { status, body } = await cluster('by certificate', { clientCertificate: pem })
    expect([status, body.signsInWith]).toEqual([201, 'client-certificate'])
    expect(JSON.stringify(body) + await everything()).not.toContain(keyLine)
    expect((await connections.open(DEFAULT_TENANT, body.id))!.token.revealText()).toBe(pem)
  })

  it('takes server, authority and credential from a kubeconfig, which is kept nowhere', async () => {
    const { status, body } = await cluster('by kubeconfig', { baseUrl: undefined, kubeconfig: kubeconfig({ 'client-certificate-data': Buffer.from(leaf.pem).toString('base64'), 'client-key-data': Buffer.from(leaf.privateKeyPem).toString('base64') }) })
    expect([status, body.baseUrl, body.caPem, body.signsInWith]).toEqual([201, 'https://from.example.org:6443', ca.root.pem, 'client-certificate'])
    expect(await everything()).not.toContain(Buffer.from(leaf.privateKeyPem).toString('base64').slice(0, 60))
    const again = token()
    expect(await call<Connection>('PATCH', `connections/${body.id}`, administrator, { kubeconfig: kubeconfig({ token: again }) })).toMatchObject({ status: 200, body: { signsInWith: 'token' } })
    expect((await connections.open(DEFAULT_TENANT, body.id))!.token.revealText()).toBe(again)
  })

  it('reads a token from its own pod’s files for its own cluster alone', async () => {
    const tokenFile = '/var/run/secrets/kubernetes.io/serviceaccount/token'
    expect(await cluster('elsewhere', { tokenFile })).toMatchObject({ status: 400, body: { detail: expect.stringContaining('kubernetes.default.svc') } })
    expect((await cluster('upwards', { baseUrl: 'https://kubernetes.default.svc', tokenFile: '/run/secrets/../../etc/shadow' })).status).toBe(400)
    expect((await cluster('any file', { baseUrl: 'https://kubernetes.default.svc', tokenFile: '/etc/shadow' })).status).toBe(400)
    const { status, body } = await cluster('own', { baseUrl: 'https://kubernetes.default.svc', tokenFile })
    expect([status, body.signsInWith]).toEqual([201, 'token-file'])
    expect((await call('PATCH', `connections/${body.id}`, administrator, { baseUrl: 'https://evil.example.com', tokenFile })).status).toBe(400)
  })

  it('is refused without a credential, with two, with a key of another, and with a program to run; the refusal quotes none of it', async () => {
    const other = ca.issue({ subject: 'CN=other' })
    const secret = token()
    const refused = await Promise.all([
      cluster('none', {}), cluster('two', { token: secret, clientCertificate: pem }), cluster('mixed', { clientCertificate: leaf.pem + other.privateKeyPem }),
      cluster('program', { kubeconfig: kubeconfig({ exec: { command: 'aws' }, as: '', token: '' }) }), cluster('files', { kubeconfig: kubeconfig({ 'client-certificate': '/etc/c.pem', 'client-key': '/etc/c.key' }) }), cluster('not one', { kubeconfig: secret }),
      call<Connection & ProblemDetails>('POST', 'connections', administrator, wanted('github', { token: undefined, clientCertificate: pem })),
    ])
    expect(refused.map(({ status }) => status)).toEqual(refused.map(() => 400))
    expect(refused[3]!.body.detail).toContain('is not run')
    expect(refused[4]!.body.detail).toContain('--flatten')
    expect(JSON.stringify(refused)).not.toMatch(new RegExp(`${secret}|${RegExp.escape(keyLine)}|${RegExp.escape(other.privateKeyPem.split('\n')[1]!)}`))
  })
})

describe('a connection', () => {
  it('keeps its token sealed: no answer, list, audit record or column shows it, and a scan gets it back', async () => {
    const secret = token()
    const { status, body } = await create('code host', { token: `${secret}\n`, egress: ['10.0.0.0/8'] })
    expect(status).toBe(201)
    expect(body).toMatchObject({ name: 'code host', kind: 'github', egress: ['10.0.0.0/8'], caPem: null, lastUsedAt: null })
    const { body: list } = await call<{ items: Connection[] }>('GET', 'connections', operator)
    const { body: audit } = await call<Page<AuditRecord>>('GET', `audit?objectId=${body.id}`, administrator)
    expect(audit.items).toMatchObject([{ action: 'connection.created', detail: { name: 'code host', kind: 'github' } }])
    expect(JSON.stringify([body, list, audit, await listConnections(server.database.db, DEFAULT_TENANT)])).not.toContain(secret)
    const opened = await connections.open(DEFAULT_TENANT, body.id)
    expect(opened!.token.revealText()).toBe(secret)
    expect((await call<{ items: Connection[] }>('GET', 'connections', operator)).body.items[0]!.lastUsedAt).not.toBeNull()
  })

  it('sends its token only where it was given for: another base URL or authority needs it again', async () => {
    const { body: made } = await create('moved')
    const path = `connections/${made.id}`
    expect(await call<ProblemDetails>('PATCH', path, administrator, { baseUrl: 'https://evil.example.com' })).toMatchObject({ status: 400, body: { code: 'request.invalid', detail: expect.stringContaining('token') } })
    expect(await call<ProblemDetails>('PATCH', path, administrator, { caPem: testCa().root.pem })).toMatchObject({ status: 400, body: { detail: expect.stringContaining('token') } })
    expect(await call<Connection>('PATCH', path, administrator, { name: 'renamed', egress: ['10.1.2.3'] })).toMatchObject({ status: 200, body: { name: 'renamed', baseUrl: made.baseUrl } })
    const again = token()
    expect((await call('PATCH', path, administrator, { baseUrl: 'https://other.example.org', token: again })).status).toBe(200)
    expect((await connections.open(DEFAULT_TENANT, made.id))!.token.revealText()).toBe(again)
  })

  it('needs its token again when its own authority gives way to all of the system’s', async () => {
    const { body: made } = await create('pinned', { caPem: testCa().root.pem })
    expect((await call('PATCH', `connections/${made.id}`, administrator, { caPem: null })).status).toBe(400)
    expect((await call('PATCH', `connections/${made.id}`, administrator, { caPem: null, token: token() })).status).toBe(200)
  })

  it('trusts certificates alone, and says which field holds something else', async () => {
    const ca = testCa()
    const cut = ca.root.pem.split('\n').toSpliced(2, 3).join('\n')
    for (const [caPem, says] of [['', 'holds no certificate'], ['of ours', 'holds no certificate'], [ca.root.privateKeyPem, 'private key'], [cut, 'cannot be read'], [`${ca.root.pem}${cut}`, 'its certificate 2 of 2']] as const) {
      const answer = await create('refused', { caPem })
      expect(answer, says).toMatchObject({ status: 400, body: { code: 'request.invalid', errors: [{ path: 'body.caPem', message: expect.stringContaining(says) }] } })
      expect(JSON.stringify(answer.body)).not.toContain('BEGIN PRIVATE')
    }
    const kubeconfig = JSON.stringify({ apiVersion: 'v1', kind: 'Config', 'current-context': 'c', contexts: [{ name: 'c', context: { cluster: 'k', user: 'u' } }], clusters: [{ name: 'k', cluster: { server: 'https://k.example.org', 'certificate-authority-data': Buffer.from(cut).toString('base64') } }], users: [{ name: 'u', user: { token: token() } }] })
    expect(await call<ProblemDetails>('POST', 'connections', administrator, { kind: 'kubernetes', name: 'k', kubeconfig })).toMatchObject({ status: 400, body: { errors: [{ path: 'body.kubeconfig', message: expect.stringContaining('the authority of its cluster') }] } })
    const { body: made } = await create('trusting')
    expect(await call<ProblemDetails>('PATCH', `connections/${made.id}`, administrator, { caPem: 'x', token: token() })).toMatchObject({ status: 400, body: { errors: [{ path: 'body.caPem' }] } })
    expect((await create('right', { caPem: `# theirs\n${ca.root.pem}${testCa().root.pem}` })).status).toBe(201)
  })

  it.each(['ftp://x.example.org', 'http://x.example.org', 'http://localhost:8080', 'https://user:word@x.example.org', 'https://x.example.org/?a=b', 'https://x.example.org/#a'])('is not at %s', async (baseUrl) => {
    expect(await create(`bad ${baseUrl}`, { baseUrl })).toMatchObject({ status: 400, body: { code: 'request.invalid' } })
  })

  it('has a name of its own', async () => {
    await create('twice')
    expect(await create('twice')).toMatchObject({ status: 409, body: { code: 'object.exists' } })
  })

  it('is made, changed and deleted by administrators alone', async () => {
    const { body: made } = await create('guarded')
    for (const [method, path, body] of [['POST', 'connections', wanted('other')], ['PATCH', `connections/${made.id}`, { name: 'x' }], ['DELETE', `connections/${made.id}`, undefined]] as const) {
      expect(await call<ProblemDetails>(method, path, operator, body)).toMatchObject({ status: 403, body: { code: 'access.denied' } })
    }
    expect((await call('DELETE', `connections/${made.id}`, administrator)).status).toBe(204)
    expect((await call<ProblemDetails>('DELETE', `connections/${made.id}`, administrator)).status).toBe(404)
    expect(await connections.open(DEFAULT_TENANT, made.id)).toBeNull()
  })

  it('is nothing to another tenant', async () => {
    const { body: made } = await create('ours')
    expect(await connections.open('other' as TenantId, made.id)).toBeNull()
    expect(await connections.find(server.database.db, 'other' as TenantId, made.id)).toBeNull()
  })
})
