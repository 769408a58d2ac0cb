import { type Clock, isMusterError, MusterError } from '@muster/core'
import { type Clock as TimerClock, type ConstructorOptions, fromKysely, type Job, type JobResult, PgBoss, systemClock as systemTimers } from 'pg-boss'
import type { Log } from '../log.ts'
import { connectionParameters, type Db, inTx, type StoreConnection } from '../db/index.ts'
import type { JobDefinition, Jobs } from './job.ts'
import { dropSchedulesExcept, findJob } from './job-table.ts'

/** The job engine as the server's start and stop see it. */
export type JobEngine = Jobs & {
  /** Makes queues and schedules for `definitions`; enqueuing works from here on. Once, after migrations. */
  start(definitions: readonly JobDefinition[]): Promise<void>
  /** Begins to run jobs in this process. Left out in a process that only answers requests. */
  work(): Promise<void>
  /** Interrupts what runs here, gives it back to the queue, and closes the engine's connections. */
  stop(): Promise<void>
  /** What {@link start} was given, for naming jobs to people. */
  readonly definitions: () => readonly JobDefinition[]
}

export type JobEngineOptions = {
  readonly connection: StoreConnection
  /** For looking a job up before it is cancelled. */
  readonly db: Db
  readonly clock: Clock
  readonly log: Log
  /** Timers and time of the engine itself; a test passes pg-boss's TestClock. */
  readonly timers?: TimerClock
}

/**
 * A worker that was killed is noticed HEARTBEAT + SUPERVISE seconds later at most, its job waits a back-off of at most 2 s
 * and a poll: 12 + 3 + 2 + 2 s, well within the 30 s promised.
 */
const HEARTBEAT_SECONDS = 12
const SUPERVISE_SECONDS = 3
const POLL_SECONDS = 2
/** A cancelled job learns of it in another process by its next heartbeat. */
const HEARTBEAT_REFRESH_SECONDS = 3
/** pg-boss's own maximum. Longer work goes on in a retry. */
const EXPIRE_SECONDS = 24 * 3600
/** So often a job may lose its process before it is taken for what kills it. */
const MAX_TAKEOVERS = 20
const STOP_TIMEOUT_MS = 15_000
const POOL_SIZE = 4

/** Makes the engine on its own small pool; nothing is connected before {@link JobEngine.start}. */
export function createJobEngine(options: JobEngineOptions): JobEngine {
  return new BossEngine(options)
}

class BossEngine implements JobEngine {
  readonly #options: JobEngineOptions
  readonly #boss: PgBoss
  readonly #running = new Map<string, AbortController>()
  #definitions: readonly JobDefinition[] = []
  #stopping = false

  constructor(options: JobEngineOptions) {
    this.#options = options
    this.#boss = new PgBoss(bossOptions(options))
    this.#boss.on('error', (error) => options.log.warn({ err: error }, 'the job engine met an error'))
    this.#boss.on('warning', ({ message }) => options.log.warn({ warning: message }, 'the job engine warns'))
  }

  definitions(): readonly JobDefinition[] {
    return this.#definitions
  }

  async start(definitions: readonly JobDefinition[]): Promise<void> {
    this.#definitions = definitions
    const scheduled = definitions.filter((definition) => definition.cron !== undefined)
    // Before the engine starts: it would at once catch up on schedules whose definition is gone.
    await dropSchedulesExcept(this.#options.db, scheduled.map(({ queue }) => queue))
    await this.#boss.start()
    for (const definition of definitions) await this.#ensureQueue(definition)
    for (const definition of scheduled) await this.#ensureSchedule(definition)
  }

  async work(): Promise<void> {
    for (const definition of this.#definitions) {
      const options = {
        perJobResults: true as const,
        batchSize: 1,
        localConcurrency: definition.concurrency ?? 1,
        pollingIntervalSeconds: POLL_SECONDS,
        notifyPollingIntervalSeconds: POLL_SECONDS,
        heartbeatRefreshSeconds: HEARTBEAT_REFRESH_SECONDS,
      }
      await this.#boss.work(definition.queue, options, (jobs: Job<unknown>[]) => Promise.all(jobs.map((job) => this.#run(definition, job))))
    }
  }

  async stop(): Promise<void> {
    this.#stopping = true
    for (const running of this.#running.values()) running.abort(new MusterError('server.shutting-down', 'the server is stopping'))
    await this.#boss.stop({ graceful: true, timeout: STOP_TIMEOUT_MS, close: true })
  }

  async enqueue<Data extends object>(tx: Parameters<Jobs['enqueue']>[0], definition: JobDefinition<Data>, data: Data, options: { startAfter?: Date } = {}): Promise<string | null> {
    const checked = definition.data.parse(data)
    return this.#boss.send(definition.queue, checked, {
      db: fromKysely(tx),
      ...(definition.key === null ? {} : { singletonKey: definition.key(checked) }),
      ...(options.startAfter === undefined ? {} : { startAfter: options.startAfter }),
    })
  }

  async cancel(jobId: string, also?: Parameters<Jobs['cancel']>[1]): Promise<boolean> {
    const { db } = this.#options
    const cancelled = await inTx(db, async (tx) => {
      const job = await findJob(tx, jobId, { forUpdate: true })
      if (job === null || !['queued', 'active'].includes(job.state)) return false
      await this.#boss.cancel(job.queue, jobId, { db: fromKysely(tx) })
      await also?.(tx)
      return true
    })
    // Elsewhere the worker's next heartbeat finds its claim gone.
    if (cancelled) this.#running.get(jobId)?.abort(new MusterError('operation.cancelled', 'the job was cancelled'))
    return cancelled
  }

  async #ensureQueue(definition: JobDefinition): Promise<void> {
    const settings = {
      retryLimit: definition.retryLimit + MAX_TAKEOVERS, retryDelay: 1, retryBackoff: true, retryDelayMax: 300,
      expireInSeconds: EXPIRE_SECONDS, heartbeatSeconds: HEARTBEAT_SECONDS, notify: true,
    }
    await this.#boss.createQueue(definition.queue, { ...settings, policy: policyOf(definition) })
    await this.#boss.updateQueue(definition.queue, settings)
  }

  async #ensureSchedule({ queue, key, cron, data }: JobDefinition): Promise<void> {
    const checked = data.parse(cron?.data)
    await this.#boss.schedule(queue, cron!.expression, checked, { tz: 'UTC', missed: 'once', ...(key === null ? {} : { singletonKey: key(checked) }) })
  }

  async #run(definition: JobDefinition, job: Job<unknown>): Promise<JobResult> {
    const abort = new AbortController()
    this.#running.set(job.id, abort)
    const signal = AbortSignal.any([job.signal, abort.signal])
    try {
      if (this.#stopping) throw new MusterError('server.shutting-down', 'the server is stopping')
      await definition.run(definition.data.parse(job.data), { jobId: job.id, signal })
      // Whether it returned because it was done or because it was told to stop cannot be told from here: run it again.
      return this.#stopping && signal.aborted ? { id: job.id, status: 'failed', output: { message: 'interrupted by a stop of the server' } } : { id: job.id, status: 'completed' }
    } catch (error) {
      return this.#failure(definition, job, error)
    } finally {
      this.#running.delete(job.id)
    }
  }

  #failure(definition: JobDefinition, job: Job<unknown>, error: unknown): JobResult {
    if (this.#stopping) return { id: job.id, status: 'failed', output: { message: 'interrupted by a stop of the server' } }
    const last = job.retryCount >= definition.retryLimit
    this.#options.log.warn({ err: error, jobId: job.id, queue: definition.queue, retryCount: job.retryCount, last }, 'a job failed')
    // What an arbitrary error says may quote data; ours never quotes a secret.
    const output = isMusterError(error) ? { code: error.code, message: error.message } : { code: 'internal', message: 'an internal error; the log tells more under this job id' }
    return { id: job.id, status: last ? 'deadletter' : 'failed', output }
  }
}

function policyOf(definition: JobDefinition): 'standard' | 'short' | 'exclusive' {
  if (definition.key === null) return 'standard'
  return definition.keyCovers === 'queued' ? 'short' : 'exclusive'
}

function bossOptions({ connection, clock, timers }: JobEngineOptions): ConstructorOptions {
  const { tls, ...where } = connectionParameters(connection)
  return {
    ...where,
    ssl: tls,
    schema: 'pgboss',
    application_name: 'muster-jobs',
    max: POOL_SIZE,
    useListenNotify: true,
    superviseIntervalSeconds: SUPERVISE_SECONDS,
    monitorIntervalSeconds: SUPERVISE_SECONDS - 1,
    clock: timers ?? { ...systemTimers, now: () => clock.now().getTime() },
  }
}
