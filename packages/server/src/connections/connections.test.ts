import { randomBytes } from 'node:crypto'
import { DEFAULT_TENANT, type TenantId } from '@muster/core'
import type { AuditRecord, Connection, Page, ProblemDetails } from '@muster/core/api'
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
    expect((await call<ProblemDetails>('PATCH', path, administrator, { caPem: '-----BEGIN CERTIFICATE-----' })).status).toBe(400)
    expect(await call<Connection>('PATCH', path, administrator, { name: 'renamed', egress: ['10.1.2.3'] })).toMatchObject({ status: 200, body: { name: 'renamed', baseUrl: made.baseUrl } })
    const again = token()
    expect((await call('PATCH', path, administrator, { baseUrl: 'https://other.example.org', token: again })).status).toBe(200)
    expect((await connections.open(DEFAULT_TENANT, made.id))!.token.revealText()).toBe(again)
  })

  it.each(['ftp://x.example.org', 'http://x.example.org', 'https://user:word@x.example.org', 'https://x.example.org/?a=b', 'https://x.example.org/#a'])('is not at %s', async (baseUrl) => {
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
