import { Worker } from 'node:worker_threads'
import { type Clock, MusterError } from '@muster/core'
import type { InspectionJob, InspectorSettings, JobResult } from './inspection-job.ts'
import type { ThreadSettings } from './inspection-worker.ts'
import { jobInspector, rulesOf } from './job-inspector.ts'
import { fromMessage, type JobMessage } from './thread-messages.ts'

type Waiting = { readonly job: InspectionJob; readonly resolve: (result: JobResult) => void; readonly reject: (error: Error) => void }
type Thread = { readonly worker: Worker; readonly current: Waiting[] }

/** Jobs done before threads are worth starting, unless one is as large as jobs of large scans are. */
const ALONE = 4
const LARGE_BYTES = 4 * 1024 * 1024
/** Jobs at hand from which on a thread is worth starting beside the caller's. */
const WORTH_SHARING = 5
/** Jobs a thread has before it when the caller works too: it is not asked for more until the caller is done with one. */
const AHEAD = 3

/** Has jobs done by several threads. One pool a scan; {@link close} it. */
export class InspectionPool {
  readonly #settings: InspectorSettings
  readonly #size: number
  readonly #clock: Clock
  readonly #alone: number
  readonly #threads: Thread[] = []
  readonly #queue: Waiting[] = []
  #jobs = 0
  #ahead = 1
  #failure: Error | null = null

  /**
   * `threads`: those that work, the caller's among them where it does jobs by {@link doHere}; `alone`: jobs that the caller's thread does before others are
   * started.
   * @throws MusterError config.invalid
   */
  constructor(settings: InspectorSettings, threads: number, clock: Clock, alone = ALONE) {
    this.#alone = alone
    this.#settings = settings
    this.#size = threads
    this.#clock = clock
    // Rules that are not ours may not compile, which is told before anything is read.
    if (settings.config !== null) rulesOf(settings.config)
  }

  /** Jobs that are worth handing in before the first is awaited. */
  get width(): number {
    return this.#jobs <= this.#alone && this.#threads.length === 0 ? 1 : Math.max(1, this.#size * 2 + 1)
  }

  /** The same for jobs that are shared. */
  get sharedWidth(): number {
    return Math.max(WORTH_SHARING, this.#size * (AHEAD + 1))
  }

  /** The job's result, the first few done at once. Bytes sent along are gone from the caller when a thread takes them, but for shared memory, which must stay as it is until then. */
  do(job: InspectionJob): Promise<JobResult> {
    // An empty job needs neither rules nor threads.
    if (job.items.length === 0) return Promise.resolve({ results: [], bytesRead: 0 })
    if (this.#size === 0 || (this.#jobs++ < this.#alone && this.#threads.length === 0 && (job.bytes?.length ?? 0) < LARGE_BYTES)) return Promise.resolve(jobInspector(this.#settings, this.#clock).run(job))
    return this.#handIn(job, this.#size, 1)
  }

  /** The job's result, when a thread has done it or the caller by {@link doHere}. */
  share(job: InspectionJob): Promise<JobResult> {
    if (job.items.length === 0) return Promise.resolve({ results: [], bytesRead: 0 })
    return this.#handIn(job, this.#queue.length + 1 < WORTH_SHARING ? 0 : this.#size - 1, AHEAD)
  }

  /** Does the next shared job that no thread has taken; false when there is none. */
  doHere(): boolean {
    const next = this.#queue.shift()
    if (next === undefined) return false
    try {
      next.resolve(jobInspector(this.#settings, this.#clock).run(next.job))
    } catch (error) {
      next.reject(error as Error)
    }
    return true
  }

  #handIn(job: InspectionJob, threads: number, ahead: number): Promise<JobResult> {
    if (this.#failure !== null) return Promise.reject(this.#failure)
    return new Promise((resolve, reject) => {
      this.#queue.push({ job, resolve, reject })
      this.#ahead = ahead
      if (this.#threads.length < threads && this.#threads.every(({ current }) => current.length >= ahead)) this.#threads.push(this.#start())
      this.#assign()
    })
  }

  /** Ends the threads; jobs under way are dropped. */
  async close(): Promise<void> {
    this.#failure = new MusterError('operation.cancelled', 'the scan has ended')
    this.#queue.length = 0
    await Promise.all(this.#threads.splice(0).map(({ worker }) => worker.terminate()))
  }

  #start(): Thread {
    const thread: Thread = { worker: new Worker(new URL('inspection-worker.ts', import.meta.url)), current: [] }
    thread.worker.on('message', (message: JobMessage) => {
      thread.current.shift()?.resolve(fromMessage(message))
      this.#assign()
    })
    thread.worker.on('error', (error) => this.#fail(error))
    thread.worker.unref()
    // While the rules are prepared, the thread loads what it needs.
    thread.worker.postMessage({ settings: this.#settings, rules: rulesOf(this.#settings.config) } satisfies ThreadSettings)
    return thread
  }

  #assign(): void {
    for (const { worker, current } of this.#threads) {
      while (current.length < this.#ahead) {
        const next = this.#queue.shift()
        if (next === undefined) break
        current.push(next)
        const { bytes } = next.job
        // Shared memory is seen by both; other memory changes hands.
        worker.postMessage(next.job, bytes === null || !(bytes.buffer instanceof ArrayBuffer) ? [] : [bytes.buffer])
      }
      if (current.length > 0) worker.ref()
      else worker.unref()
    }
  }

  /** A thread that died takes the scan with it: what it was looking at is not known to have been looked at. */
  #fail(error: Error): void {
    this.#failure ??= new MusterError('internal', 'a thread that looks at files has died', {}, { cause: error })
    for (const { reject } of [...this.#queue.splice(0), ...this.#threads.flatMap(({ current }) => current.splice(0))]) reject(this.#failure)
  }
}
