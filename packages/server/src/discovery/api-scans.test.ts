import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Connection, Page, ProblemDetails, ScanRow } from '@muster/core/api'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type PipelineServer, pipelineServer } from '../test-support/pipeline.ts'

const token = `t-${randomBytes(20).toString('hex')}`
const asked: { readonly path: string; readonly authorization: string | undefined }[] = []
let codeHost: Server
let baseUrl: string
let server: PipelineServer
let operator: string
let administrator: string

/** The two answers of GitHub's REST API that this scan needs, as documented; all else is not there. */
const answers: Readonly<Record<string, unknown>> = {
  '/user': { login: 'mara' },
  '/repos/example/shop/actions/secrets': { total_count: 1, secrets: [{ name: 'DEPLOY_KEY', created_at: '2024-01-01T00:00:00Z', updated_at: '2024-02-01T00:00:00Z' }] },
}

beforeAll(async () => {
  codeHost = createServer((request, response) => {
    const path = request.url!.split('?')[0]!
    asked.push({ path, authorization: request.headers.authorization })
    const allowed = request.headers.authorization === `Bearer ${token}`
    const answer = allowed ? answers[path] : undefined
    response.writeHead(answer === undefined ? (allowed ? 404 : 401) : 200, { 'content-type': 'application/json' }).end(JSON.stringify(answer ?? { message: 'no' }))
  }).listen(0, '127.0.0.1')
  await once(codeHost, 'listening')
  baseUrl = `http://127.0.0.1:${(codeHost.address() as AddressInfo).port}`
  server = await pipelineServer()
  operator = await server.token('operator')
  administrator = await server.token('administrator')
})
afterAll(async () => {
  await server?.close()
  codeHost.close()
})

const connect = async (name: string, more: object = {}) => (await server.json<Connection>('POST', '/api/v1/connections', administrator, { kind: 'github', name, baseUrl, token, ...more })).body
const scan = (options: object, kind = 'github') => server.json<ScanRow & ProblemDetails>('POST', '/api/v1/scans', operator, { kind, options })
const get = async (id: string) => (await server.json<ScanRow>('GET', `/api/v1/scans/${id}`, operator)).body

describe('a scan through a connection', () => {
  it('lists what the code host keeps, with the connection’s token, which no row, job or answer holds', async () => {
    const connection = await connect('code host')
    const { status, body } = await scan({ connection: connection.id, repositories: ['example/shop'], parts: ['actions'] })
    expect([status, body.title]).toEqual([202, 'example/shop'])
    await server.settle()
    const ended = await get(body.id)
    expect(ended).toMatchObject({ state: 'complete', message: null })
    const { items } = (await server.json<Page<{ kind: string; name: string }>>('GET', '/api/v1/credentials?kind=secret&locationKind=ci-variable', operator)).body
    expect(items).toMatchObject([{ kind: 'secret', name: 'DEPLOY_KEY' }])
    expect(asked.some(({ path, authorization }) => path.endsWith('/actions/secrets') && authorization === `Bearer ${token}`)).toBe(true)
    const { rows } = await sql<{ text: string }>`
      SELECT (SELECT string_agg(s::text, ' ') FROM scan s) || (SELECT string_agg(c::text, ' ') FROM connection c) || coalesce((SELECT string_agg(l::text, ' ') FROM location l), '') AS text`.execute(server.database.db)
    expect(rows[0]!.text + JSON.stringify([ended, server.jobs])).not.toContain(token)
  })

  it('says why where the token is refused, and retires nothing', async () => {
    const connection = await connect('refused', { token: 'another' })
    const { body } = await scan({ connection: connection.id, repositories: ['example/shop'] })
    await server.settle()
    const problems = (await server.json<Page<{ code: string }>>('GET', `/api/v1/scans/${body.id}/problems`, operator)).body
    expect(problems.items.map(({ code }) => code)).toContain('auth.failed')
    expect((await get(body.id)).counts.locationsGone).toBe(0)
  })

  it('needs a connection of its own kind, and takes nothing from whoever asks that the connection says', async () => {
    const connection = await connect('kinds')
    expect(await scan({ repositories: ['example/shop'] })).toMatchObject({ status: 400, body: { detail: expect.stringContaining('options.connection') } })
    expect(await scan({ connection: connection.id, groups: ['example'] }, 'gitlab')).toMatchObject({ status: 400, body: { detail: expect.stringContaining('no such connection to gitlab') } })
    expect(await scan({ connection: connection.id, repositories: ['a/b'], baseUrl: 'https://evil.example.com' })).toMatchObject({ status: 400, body: { detail: expect.stringContaining('belongs to the connection') } })
    expect((await scan({ connection: connection.id })).status).toBe(400)
  })

  it('fails clearly when its connection was deleted before it ran', async () => {
    const connection = await connect('short-lived')
    const { body } = await scan({ connection: connection.id, repositories: ['example/shop'] })
    await server.json('DELETE', `/api/v1/connections/${connection.id}`, administrator)
    await server.settle()
    expect(await get(body.id)).toMatchObject({ state: 'failed', message: 'the connection of this scan was deleted' })
  })
})
