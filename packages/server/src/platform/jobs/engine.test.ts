import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { manualClock, MusterError, systemClock } from '@muster/core'
import { type TestDatabase, testDatabase } from '@muster/testkit/database'
import { TestClock } from 'pg-boss'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { inTx } from '../db/index.ts'
import { createJobEngine, type JobEngine } from './engine.ts'
import { jobOf } from './fixtures/definitions.ts'
import type { JobDefinition } from './job.ts'
import { findJob, jobCounts } from './job-table.ts'

const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }
let store: TestDatabase
let engines: JobEngine[] = []
const children: ChildProcess[] = []

beforeEach(async () => { store = await testDatabase() })
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  await Promise.all(engines.map((engine) => engine.stop()))
  engines = []
  await store.close()
})

async function engineWith(definitions: readonly JobDefinition[], timers?: TestClock): Promise<JobEngine> {
  const engine = createJobEngine({ connection: store.connection, db: store.db, clock: systemClock, log, ...(timers ? { timers } : {}) })
  engines.push(engine)
  await engine.start(definitions)
  return engine
}

/** A promise to resolve from outside, for waiting on what a job does. */
function signalled<Value = void>() {
  return Promise.withResolvers<Value>()
}

async function reaches(id: string, state: string): Promise<void> {
  await expect.poll(async () => (await findJob(store.db, id))?.state, { timeout: 20_000, interval: 50 }).toBe(state)
}

describe('enqueue', () => {
  it('leaves nothing when the transaction rolls back, and a job once it commits', async () => {
    const ran: string[] = []
    const job = jobOf({ run: async ({ name }) => { ran.push(name) } })
    const engine = await engineWith([job])
    await expect(inTx(store.db, async (tx) => {
      await engine.enqueue(tx, job, { name: 'rolled back' })
      throw new Error('changed my mind')
    })).rejects.toThrow('changed my mind')
    expect(await jobCounts(store.db)).toEqual([])
    const id = await inTx(store.db, (tx) => engine.enqueue(tx, job, { name: 'committed' }))
    await engine.work()
    await reaches(id!, 'completed')
    expect(ran).toEqual(['committed'])
  })

  it('takes one unfinished job per key, queued or running, and another once it has ended', async () => {
    const hold = signalled()
    const job = jobOf({ key: ({ name }) => name, run: () => hold.promise })
    const engine = await engineWith([job])
    const add = (name: string) => inTx(store.db, (tx) => engine.enqueue(tx, job, { name }))
    const first = await add('a')
    expect(await add('a')).toBeNull()
    expect(await add('b')).not.toBeNull()
    await engine.work()
    await reaches(first!, 'active')
    expect(await add('a')).toBeNull()
    hold.resolve()
    await reaches(first!, 'completed')
    expect(await add('a')).not.toBeNull()
  })

  it('refuses data that does not fit the definition', async () => {
    const job = jobOf({ run: async () => {} })
    const engine = await engineWith([job])
    await expect(inTx(store.db, (tx) => engine.enqueue(tx, job, { name: 7 } as never))).rejects.toThrow()
  })

  it('holds a job back until its time', async () => {
    const job = jobOf({ run: async () => {} })
    const engine = await engineWith([job])
    await engine.work()
    const later = await inTx(store.db, (tx) => engine.enqueue(tx, job, { name: 'later' }, { startAfter: new Date(systemClock.now().getTime() + 3_600_000) }))
    const now = await inTx(store.db, (tx) => engine.enqueue(tx, job, { name: 'now' }))
    await reaches(now!, 'completed')
    expect((await findJob(store.db, later!))?.state).toBe('queued')
  })
})

describe('a job that fails', () => {
  it('is tried again up to its limit, then failed with what the error says', async () => {
    let runs = 0
    const job = jobOf({ retryLimit: 1, run: async () => { runs++; throw new MusterError('connect.refused', 'nobody listens there') } })
    const engine = await engineWith([job])
    await engine.work()
    const id = await inTx(store.db, (tx) => engine.enqueue(tx, job, { name: 'x' }))
    await reaches(id!, 'failed')
    expect(runs).toBe(2)
    expect(await findJob(store.db, id!)).toMatchObject({ error: 'nobody listens there', retryCount: 1 })
  })

  it('keeps to itself what an unexpected error says: it may quote data', async () => {
    const job = jobOf({ run: async () => { throw new Error('duplicate key (token)=(hunter2)') } })
    const engine = await engineWith([job])
    await engine.work()
    const id = await inTx(store.db, (tx) => engine.enqueue(tx, job, { name: 'x' }))
    await reaches(id!, 'failed')
    const { rows } = await store.db.executeQuery<{ output: unknown }>({ sql: 'SELECT output FROM pgboss.job', parameters: [], query: { kind: 'RawNode' } as never, queryId: { queryId: 'test' } })
    expect(JSON.stringify(rows)).not.toContain('hunter2')
    expect((await findJob(store.db, id!))?.error).toMatch(/internal error/)
  })
})

describe('cancel', () => {
  it('removes a queued job and aborts a running one', async () => {
    const started = signalled()
    const aborted = signalled<unknown>()
    const job = jobOf({
      run: (_, { signal }) => new Promise((resolve) => {
        started.resolve()
        signal.addEventListener('abort', () => { aborted.resolve(signal.reason); resolve() })
      }),
    })
    const engine = await engineWith([job])
    const queued = await inTx(store.db, (tx) => engine.enqueue(tx, job, { name: 'queued' }))
    expect(await engine.cancel(queued!)).toBe(true)
    expect(await engine.cancel(queued!)).toBe(false)
    const running = await inTx(store.db, (tx) => engine.enqueue(tx, job, { name: 'running' }))
    await engine.work()
    await started.promise
    expect(await engine.cancel(running!)).toBe(true)
    expect(await aborted.promise).toMatchObject({ code: 'operation.cancelled' })
    expect((await findJob(store.db, running!))?.state).toBe('cancelled')
  })

  it('is false for a job that never was', async () => {
    const engine = await engineWith([])
    expect(await engine.cancel('018f0000-0000-7000-8000-000000000000')).toBe(false)
  })

  it('reaches a job that runs in another process', async () => {
    const job = jobOf({ run: async () => {} })
    const engine = await engineWith([job])
    const { lines } = await worker()
    const id = await inTx(store.db, (tx) => engine.enqueue(tx, job, { name: 'far away' }))
    await lines('running far away')
    expect(await engine.cancel(id!)).toBe(true)
    await lines('aborted far away')
  })
})

describe('stop', () => {
  it('interrupts a running job and gives it back to the queue for the next start', async () => {
    const started = signalled()
    const first = await engineWith([jobOf({ run: (_, { signal }) => new Promise((resolve) => { started.resolve(); signal.addEventListener('abort', () => resolve()) }) })])
    await first.work()
    const id = await inTx(store.db, (tx) => first.enqueue(tx, jobOf({ run: async () => {} }), { name: 'long' }))
    await started.promise
    await first.stop()
    expect((await findJob(store.db, id!))?.state).toBe('queued')
    const second = await engineWith([jobOf({ run: async () => {} })])
    await second.work()
    await reaches(id!, 'completed')
  })
})

describe('a worker process killed with SIGKILL', () => {
  it('loses its job to another within 30 seconds, even one that may not be retried', async () => {
    const taken = signalled<number>()
    const job = jobOf({ retryLimit: 0, run: async () => taken.resolve(performance.now()) })
    const engine = await engineWith([job])
    const { child, lines } = await worker()
    const id = await inTx(store.db, (tx) => engine.enqueue(tx, job, { name: 'orphan' }))
    await lines('running orphan')
    await engine.work()
    const killed = performance.now()
    child.kill('SIGKILL')
    const seconds = ((await taken.promise) - killed) / 1000
    expect(seconds).toBeLessThan(30)
    await reaches(id!, 'completed')
  }, 60_000)
})

describe('schedules', () => {
  it('run by cron in UTC, catch up once on what a stop missed, and end with their definition', async () => {
    const timers = new TestClock('2026-03-01T00:00:00Z')
    const runs: string[] = []
    const nightly = jobOf({ cron: { expression: '30 2 * * *', data: { name: 'nightly' } }, run: async ({ name }) => { runs.push(name) } })
    const first = await engineWith([nightly], timers)
    await first.work()
    await timers.tick(60_000)
    expect(runs).toEqual([])
    await timers.setTime('2026-03-01T02:29:50Z')
    await timers.tick(60_000)
    await expect.poll(() => runs).toEqual(['nightly'])
    await first.stop()
    await timers.setTime('2026-03-05T12:00:00Z')
    const second = await engineWith([nightly], timers)
    await second.work()
    await timers.tick(60_000)
    await expect.poll(() => runs).toEqual(['nightly', 'nightly'])
    await second.stop()
    await timers.setTime('2026-03-09T12:00:00Z')
    const third = await engineWith([{ ...nightly, cron: undefined } as never], timers)
    await third.work()
    await timers.tick(60_000)
    expect(runs).toHaveLength(2)
  }, 60_000)
})

it('the engine tells its time from the clock it is given', async () => {
  const clock = manualClock('2031-01-01T00:00:00Z')
  const engine = createJobEngine({ connection: store.connection, db: store.db, clock, log })
  engines.push(engine)
  expect(engine.definitions()).toEqual([])
})

async function worker(): Promise<{ child: ChildProcess; lines: (line: string) => Promise<void> }> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'fixtures', 'worker.ts'), store.url], { stdio: ['ignore', 'pipe', 'inherit'] })
  children.push(child)
  const seen = new Set<string>()
  const reader = createInterface({ input: child.stdout! })
  reader.on('line', (line) => seen.add(line))
  const ended = once(child, 'exit').then(() => { throw new Error('the worker process ended by itself') })
  ended.catch(() => {})
  const lines = async (line: string): Promise<void> => { while (!seen.has(line)) await Promise.race([once(reader, 'line'), ended]) }
  await lines('working')
  return { child, lines }
}
