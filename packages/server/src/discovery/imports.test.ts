import { DAY_MS, HOUR_MS, MINUTE_MS, type Observation, type ScanBatch, type TenantId, uuidV7 } from '@muster/core'
import type { Page, ProblemDetails, ScanRow, Schedule } from '@muster/core/api'
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { coveredPath, inFile, inLine, sampleCertificate, sampleMachine, sampleSecret, sighting } from '../inventory/samples.ts'
import { type PipelineServer, pipelineServer } from '../test-support/pipeline.ts'

const machine = sampleMachine('m', [{ type: 'host-id', value: 'h1' }])
let server: PipelineServer
let operator: string
let viewer: string

beforeAll(async () => {
  server = await pipelineServer()
  operator = await server.token('operator')
  viewer = await server.token('viewer')
})
afterAll(() => server?.close())
beforeEach(async () => {
  for (const name of ['scan', 'scan_schedule', 'credential', 'location']) await sql`DELETE FROM ${sql.table(name)}`.execute(server.database.db)
  server.jobs.waiting.length = 0
  server.clock.advance(HOUR_MS)
})

const post = <Body = ScanRow & ProblemDetails>(path: string, body?: unknown, token = operator) => server.json<Body>('POST', `/api/v1/${path}`, token, body)
const begin = async () => (await post('imports', { kind: 'host', title: 'web-1' })).body.id
const batch = (observations: readonly Observation[], cursor = 'c'): ScanBatch => ({ observations: [...observations], problems: [{ code: 'file.unreadable', where: '/x', message: 'no' }], progress: { done: 1, total: null, unit: 'files', current: '/x' }, cursor })
const certificates = (...seeds: string[]): Observation[] => seeds.map((seed) => sighting('m', sampleCertificate(seed, { commonName: seed }), inFile(`/pki/${seed}.pem`)))
const add = (id: string, sequence: number, observations: readonly Observation[]) => post(`imports/${id}/batches`, { sequence, batch: batch(observations) })
const finish = (id: string, state = 'complete') => post(`imports/${id}/finish`, { state })
const present = async () => (await sql<{ name: string }>`SELECT name FROM credential WHERE NOT gone ORDER BY name`.execute(server.database.db)).rows.map(({ name }) => name)

/** A whole import: what it saw below /pki, and how it ended. */
async function imported(state: string, ...seeds: string[]): Promise<ScanRow> {
  const id = await begin()
  await add(id, 0, [machine, ...certificates(...seeds)])
  await add(id, 1, [coveredPath('m', '/pki')])
  const { body } = await finish(id, state)
  await server.settle()
  server.clock.advance(MINUTE_MS)
  return body
}

describe('an import', () => {
  it('of a scan for secrets retires secrets, and one of a host scan does not', async () => {
    const lines = (...seeds: string[]) => seeds.map((seed) => sighting('m', sampleSecret(seed), inLine(`/srv/${seed}.env`)))
    const one = async (kind: string, observations: readonly Observation[], lookedFor: 'keys' | 'secrets') => {
      const { id } = (await post('imports', { kind, title: 'web-1' })).body
      await add(id, 0, [machine, ...observations, coveredPath('m', '/srv', [], true, [lookedFor])])
      server.clock.advance(MINUTE_MS)
      return (await finish(id)).body.counts.locationsGone
    }
    expect(await one('secrets', lines('a', 'b'), 'secrets')).toBe(0)
    expect(await one('host', [], 'keys')).toBe(0)
    expect(await one('secrets', lines('b'), 'secrets')).toBe(1)
    const { rows } = await sql<{ state: string; gone: boolean }>`SELECT secret_state AS state, gone FROM credential WHERE kind = 'secret' ORDER BY gone`.execute(server.database.db)
    expect(rows).toEqual([{ state: 'new', gone: false }, { state: 'new', gone: true }])
  })

  it('a batch sent twice is applied once', async () => {
    const id = await begin()
    const first = await add(id, 0, [machine, ...certificates('a', 'b')])
    const again = await add(id, 0, [machine, ...certificates('a', 'b', 'smuggled')])
    expect(first.body.counts).toMatchObject({ credentialsNew: 2, problems: 1 })
    expect(again).toMatchObject({ status: 200, body: { counts: first.body.counts } })
    expect(await present()).toEqual(['a', 'b'])
  })

  it('of a network scan means by 127.0.0.1 the machine it was scanned from', async () => {
    const host = await begin()
    await add(host, 0, [machine])
    await finish(host)
    const here = { type: 'address', value: '127.0.0.1' } as const
    for (const scannedFrom of [machine.identifiers, undefined]) {
      const { body } = await post('imports', { kind: 'tls', title: 'loopback', ...(scannedFrom === undefined ? {} : { scannedFrom }) })
      await add(body.id, 0, [sampleMachine('127.0.0.1', [here])])
      await finish(body.id)
    }
    const { rows } = await sql<{ ids: string[] }>`
      SELECT array_agg(i.type ORDER BY i.type) AS ids FROM machine AS m JOIN machine_identifier AS i ON i.machine_id = m.id GROUP BY m.id ORDER BY 1`.execute(server.database.db)
    expect(rows.map(({ ids }) => ids)).toEqual([['address'], ['host-id']])
  })

  it('the same batch sent at the same time from ten hands is applied once', async () => {
    const id = await begin()
    const answers = await Promise.all(Array.from({ length: 10 }, () => add(id, 0, [machine, ...certificates('a')])))
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 200))
    expect((await server.json<ScanRow>('GET', `/api/v1/scans/${id}`, viewer)).body.counts).toMatchObject({ sightings: 2, problems: 1 })
  })

  it('a gap in the numbers is refused and nothing of it stored', async () => {
    const id = await begin()
    expect(await add(id, 1, [machine, ...certificates('a')])).toMatchObject({ status: 409, body: { code: 'object.conflict', detail: expect.stringContaining('batch 0') as string } })
    expect(await present()).toEqual([])
  })

  it('takes no batch after its end', async () => {
    const id = await begin()
    await finish(id)
    expect(await add(id, 0, [machine])).toMatchObject({ status: 409, body: { code: 'object.conflict' } })
    expect((await finish(id, 'incomplete')).body.state).toBe('complete')
  })

  it('a batch that names a machine nobody introduced is refused, and the scan goes on', async () => {
    const id = await begin()
    expect((await add(id, 0, certificates('a'))).status).toBe(400)
    expect((await add(id, 0, [machine, ...certificates('a')])).status).toBe(200)
  })

  it('retires what it no longer saw when it was complete, and nothing when it was not', async () => {
    await imported('complete', 'a', 'b', 'c')
    for (const state of ['incomplete', 'cancelled']) {
      expect(await imported(state, 'a')).toMatchObject({ state, counts: { locationsGone: 0 } })
      expect(await present()).toEqual(['a', 'b', 'c'])
    }
    expect((await imported('complete', 'a', 'b')).counts.locationsGone).toBe(1)
    expect(await present()).toEqual(['a', 'b'])
  })

  it('one nobody feeds any more is ended as incomplete after a day, and retires nothing', async () => {
    await imported('complete', 'a', 'b')
    const id = await begin()
    await add(id, 0, [machine, ...certificates('a'), coveredPath('m', '/pki')])
    server.clock.advance(DAY_MS)
    await server.runJob('discovery.upkeep')
    expect((await server.json<ScanRow>('GET', `/api/v1/scans/${id}`, viewer)).body.state).toBe('running')
    server.clock.advance(1)
    await server.runJob('discovery.upkeep')
    expect((await server.json<ScanRow>('GET', `/api/v1/scans/${id}`, viewer)).body).toMatchObject({ state: 'incomplete', message: expect.stringContaining('not been heard of') as string })
    expect(await present()).toEqual(['a', 'b'])
  })

  it("a server's own scan takes no batches from outside, and another tenant's import is not found", async () => {
    const { body } = await post('scans', { kind: 'host', options: { roots: ['/nowhere'] } })
    expect(await add(body.id, 0, [])).toMatchObject({ status: 409, body: { code: 'object.conflict' } })
    const stranger = await server.token('operator', 'other' as TenantId)
    const id = await begin()
    for (const path of [`imports/${id}/batches`, `imports/${id}/finish`]) {
      expect(await post(path, { sequence: 0, batch: batch([]), state: 'complete' }, stranger)).toMatchObject({ status: 404, body: { code: 'object.not-found' } })
    }
    expect((await post(`imports/${uuidV7(server.clock)}/finish`, { state: 'complete' })).status).toBe(404)
  })
})

describe('schedules', () => {
  const wanted = { name: 'nightly', kind: 'host', options: { roots: ['/nowhere'] }, cron: '0 3 * * *', timeZone: 'Europe/Berlin', enabled: true }
  const create = async (change: object = {}) => (await post<Schedule & ProblemDetails>('schedules', { ...wanted, ...change }))
  const list = async () => (await server.json<{ items: Schedule[] }>('GET', '/api/v1/schedules', viewer)).body.items
  const scans = async () => (await server.json<Page<ScanRow>>('GET', '/api/v1/scans', viewer)).body.items

  it('are created, changed and deleted', async () => {
    server.clock.set('2026-03-08T12:00:00Z')
    const { status, body } = await create()
    expect([status, body.nextRunAt, body.lastRunAt]).toEqual([201, '2026-03-09T02:00:00.000Z', null])
    const changed = await server.json<Schedule>('PATCH', `/api/v1/schedules/${body.id}`, operator, { cron: '30 4 * * *' })
    expect(changed.body).toMatchObject({ name: 'nightly', nextRunAt: '2026-03-09T03:30:00.000Z', options: { roots: ['/nowhere'] } })
    expect((await server.json<Schedule>('PATCH', `/api/v1/schedules/${body.id}`, operator, { enabled: false })).body.nextRunAt).toBeNull()
    expect(await list()).toHaveLength(1)
    expect((await server.json('DELETE', `/api/v1/schedules/${body.id}`, operator)).status).toBe(204)
    expect(await list()).toEqual([])
    expect((await server.json('DELETE', `/api/v1/schedules/${body.id}`, operator)).status).toBe(404)
  })

  it.each([[{ cron: '61 * * * *' }, 'cron'], [{ timeZone: 'Mars/Olympus' }, 'time zone'], [{ options: { roots: [''] } }, 'options.roots.0'], [{ kind: 'tls' }, 'options']])('%j is refused', async (change, word) => {
    const { status, body } = await create(change)
    expect([status, body.code]).toEqual([400, 'request.invalid'])
    expect(body.detail).toContain(word)
    expect(await list()).toEqual([])
  })

  it("another tenant's schedule is not found", async () => {
    const { body } = await create()
    const stranger = await server.token('administrator', 'other' as TenantId)
    expect((await server.json<{ items: unknown[] }>('GET', '/api/v1/schedules', stranger)).body.items).toEqual([])
    for (const method of ['PATCH', 'DELETE']) expect((await server.json(method, `/api/v1/schedules/${body.id}`, stranger, method === 'PATCH' ? { enabled: false } : undefined)).status).toBe(404)
  })

  it('run once when they are due, and once for all the runs that were missed', async () => {
    server.clock.set('2026-03-10T12:00:00Z')
    const { body } = await create()
    await server.runJob('discovery.upkeep')
    expect(await scans()).toEqual([])
    server.clock.set('2026-03-11T02:00:00Z')
    await server.runJob('discovery.upkeep')
    await server.runJob('discovery.upkeep')
    expect(await scans()).toMatchObject([{ scheduleId: body.id, requestedBy: 'schedule nightly', state: 'complete' }])
    server.clock.set('2026-03-15T12:00:00Z')
    await server.runJob('discovery.upkeep')
    await server.runJob('discovery.upkeep')
    expect(await scans()).toHaveLength(2)
    expect((await list())[0]).toMatchObject({ lastRunAt: '2026-03-15T12:00:00.000Z', nextRunAt: '2026-03-16T02:00:00.000Z' })
  })

  it('start no second scan while their last one has not ended', async () => {
    server.clock.set('2026-03-16T12:00:00Z')
    const { body } = await create({ name: 'often', cron: '* * * * *' })
    server.clock.advance(MINUTE_MS)
    await server.runJob('discovery.upkeep')
    expect(await scans()).toHaveLength(1)
    await sql`UPDATE scan SET state = 'running', finished_at = NULL`.execute(server.database.db)
    server.clock.advance(MINUTE_MS)
    await server.runJob('discovery.upkeep')
    expect(await scans()).toHaveLength(1)
    expect((await list()).find(({ id }) => id === body.id)).toMatchObject({ lastRunAt: '2026-03-16T12:01:00.000Z', nextRunAt: '2026-03-16T12:03:00.000Z' })
    await sql`UPDATE scan SET state = 'complete'`.execute(server.database.db)
    server.clock.advance(MINUTE_MS)
    await server.runJob('discovery.upkeep')
    expect(await scans()).toHaveLength(2)
  })

  it('one whose options are no longer understood leaves a failed scan and holds up no other', async () => {
    server.clock.set('2026-03-17T12:00:00Z')
    const broken = (await create({ name: 'broken' })).body.id
    await create({ name: 'fine' })
    await sql`UPDATE scan_schedule SET options = '{"retired":"option"}' WHERE id = ${broken}`.execute(server.database.db)
    server.clock.advance(DAY_MS)
    await server.runJob('discovery.upkeep')
    expect((await scans()).map(({ requestedBy, state }) => `${requestedBy} ${state}`).sort()).toEqual(['schedule broken failed', 'schedule fine complete'])
    expect((await list()).every(({ nextRunAt }) => nextRunAt !== null && nextRunAt > server.clock.now().toISOString())).toBe(true)
  })

  it('two processes that look at the same time start each scan once', async () => {
    server.clock.set('2026-03-20T12:00:00Z')
    for (let i = 0; i < 5; i++) await create({ name: `s${i}` })
    server.clock.advance(DAY_MS)
    await Promise.all([server.runJob('discovery.upkeep'), server.runJob('discovery.upkeep')])
    expect(await scans()).toHaveLength(5)
  })
})
