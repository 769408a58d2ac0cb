import { DEFAULT_TENANT, systemClock, type TenantId } from '@muster/core'
import type { JobRow, RouteParsed } from '@muster/core/api'
import { jobPageSchema, jobRowSchema } from '@muster/core/api'
import { type TestDatabase, testDatabase } from '@muster/testkit/database'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Actor, systemActor } from '../actor.ts'
import { inTx } from '../db/index.ts'
import { encodeCursor } from '../http/cursor.ts'
import type { RequestContext } from '../http/handler.ts'
import { createJobEngine, type JobEngine } from './engine.ts'
import { jobOf, type Work } from './fixtures/definitions.ts'
import { jobsSlice } from './slice.ts'

const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }
const job = jobOf({ run: async () => {} })
const other = 'other' as TenantId
const viewer: Actor = { kind: 'account', id: 'v', name: 'vera', role: 'viewer', tenantId: DEFAULT_TENANT }
const operator: Actor = { ...viewer, id: 'o', name: 'otto', role: 'operator' }

let store: TestDatabase
let engine: JobEngine
let slice: ReturnType<typeof jobsSlice>
let audited: unknown[]

beforeEach(async () => {
  store = await testDatabase()
  engine = createJobEngine({ connection: store.connection, db: store.db, clock: systemClock, log })
  await engine.start([job])
  audited = []
  slice = jobsSlice({ db: store.db, engine, audit: { append: async (_tx, event) => { audited.push(event) } } })
})
afterEach(async () => {
  await engine.stop()
  await store.close()
})

const enqueue = (name: string, tenantId?: TenantId) => inTx(store.db, (tx) => engine.enqueue(tx, job, (tenantId === undefined ? { name } : { name, tenantId }) as Work))

function context(actor: Actor): RequestContext {
  return { actor, requestId: 'r', signal: new AbortController().signal, request: new Request('http://localhost/'), peerAddress: '127.0.0.1', responseHeaders: new Headers() }
}

async function list(query: Partial<RouteParsed<'listJobs'>['query']> = {}, actor: Actor = viewer) {
  return jobPageSchema.parse(await slice.handlers.listJobs!({ query: { limit: 100, ...query } }, context(actor)))
}

async function cancel(id: string, actor: Actor = operator): Promise<JobRow> {
  return jobRowSchema.parse(await slice.handlers.cancelJob!({ params: { id } }, context(actor)))
}

describe('listJobs', () => {
  it('pages through all jobs, newest first, each once', async () => {
    for (const name of ['a', 'b', 'c', 'd', 'e']) await enqueue(name)
    const titles: string[] = []
    let cursor: string | undefined
    do {
      const page = await list({ limit: 2, cursor })
      expect(page.count).toEqual(cursor === undefined ? { value: 5, exact: true } : null)
      titles.push(...page.items.map(({ title }) => title))
      cursor = page.nextCursor ?? undefined
    } while (cursor !== undefined)
    expect(titles).toEqual(['e', 'd', 'c', 'b', 'a'].map((name) => `work on ${name}`))
  })

  it('pages through jobs made in one transaction, which share an instant', async () => {
    await inTx(store.db, async (tx) => { for (const name of ['a', 'b', 'c']) await engine.enqueue(tx, job, { name }) })
    const first = await list({ limit: 2 })
    const second = await list({ limit: 2, cursor: first.nextCursor! })
    expect([...first.items, ...second.items].map(({ title }) => title).sort()).toEqual(['work on a', 'work on b', 'work on c'])
    expect(second.nextCursor).toBeNull()
  })

  it('filters by state', async () => {
    const id = await enqueue('a')
    await enqueue('b')
    await engine.cancel(id!)
    expect((await list({ state: 'cancelled' })).items.map((row) => row.id)).toEqual([id])
    expect((await list({ state: 'queued' })).items).toHaveLength(1)
    expect((await list({ state: 'failed' })).items).toEqual([])
  })

  it('shows a tenant its own jobs only', async () => {
    await enqueue('mine')
    await enqueue('theirs', other)
    expect((await list()).items.map(({ title }) => title)).toEqual(['work on mine'])
    expect((await list({}, systemActor(other))).items.map(({ title }) => title)).toEqual(['work on theirs'])
  })

  it('refuses a damaged cursor', async () => {
    const scope = ['jobs', DEFAULT_TENANT, null]
    for (const key of [['x', 'y'], ['1', 'no id'], [null, null], [], ['-1', '018f0000-0000-7000-8000-000000000000']]) {
      await expect(list({ cursor: encodeCursor(scope, key) })).rejects.toMatchObject({ code: 'page.cursor-invalid' })
    }
  })
})

describe('cancelJob', () => {
  it('cancels a queued job and audits it once', async () => {
    const id = await enqueue('a')
    expect(await cancel(id!)).toMatchObject({ id, state: 'cancelled', queue: 'test.work', title: 'work on a' })
    expect(audited).toEqual([{ actor: operator, action: 'job.cancelled', objectType: 'job', objectId: id, detail: { queue: 'test.work', was: 'queued' } }])
    await expect(cancel(id!)).rejects.toMatchObject({ code: 'job.not-cancellable' })
    expect(audited).toHaveLength(1)
  })

  it('leaves the job alone when the audit record cannot be written', async () => {
    const id = await enqueue('a')
    slice = jobsSlice({ db: store.db, engine, audit: { append: () => Promise.reject(new Error('no room')) } })
    await expect(cancel(id!)).rejects.toThrow('no room')
    expect((await list({ state: 'queued' })).items).toHaveLength(1)
  })

  it('does not know another tenant’s job, nor one that never was', async () => {
    const id = await enqueue('theirs', other)
    await expect(cancel(id!)).rejects.toMatchObject({ code: 'object.not-found' })
    await expect(cancel('018f0000-0000-7000-8000-000000000000')).rejects.toMatchObject({ code: 'object.not-found' })
  })

  it('is not for viewers', async () => {
    const id = await enqueue('a')
    await expect(cancel(id!, viewer)).rejects.toMatchObject({ code: 'access.denied' })
  })
})

it('metrics count jobs by queue and state', async () => {
  await enqueue('a')
  await enqueue('b')
  expect(await slice.metrics!()).toMatchObject([{ name: 'muster_jobs', labels: { queue: 'test.work', state: 'queued' }, value: 2 }])
})
