import { Worker } from 'node:worker_threads'
import { type Clock, MusterError } from '@muster/core'
import type { InspectionJob, InspectorSettings, JobResult } from './inspection-job.ts'
import { jobInspector, rulesOf } from './job-inspector.ts'
import { fromMessage, type JobMessage } from './thread-messages.ts'

type Waiting = { readonly job: InspectionJob; readonly resolve: (result: JobResult) => void; readonly reject: (error: Error) => void }
type Thread = { readonly worker: Worker; current: Waiting | null }

/** Jobs done before threads are worth starting, unless one is as large as jobs of large scans are. */
const ALONE = 4
const LARGE_BYTES = 4 * 1024 * 1024

/** Has jobs done by several threads, the first few by its own. One pool a scan; {@link close} it. */
export class InspectionPool {
  readonly #settings: InspectorSettings
  readonly #size: number
  readonly #clock: Clock
  readonly #threads: Thread[] = []
  readonly #queue: Waiting[] = []
  #jobs = 0
  #failure: Error | null = null

  /** @throws MusterError config.invalid */
  constructor(settings: InspectorSettings, threads: number, clock: Clock) {
    this.#settings = settings
    this.#size = threads
    this.#clock = clock
    // Rules that are not ours may not compile, which is told before anything is read.
    if (settings.config !== null) rulesOf(settings.config)
  }

  /** Jobs that are worth handing in before the first is awaited. */
  get width(): number {
    return this.#jobs <= ALONE && this.#threads.length === 0 ? 1 : Math.max(1, this.#size * 2 + 1)
  }

  /** The job's result. Bytes sent along are gone from the caller when a thread takes them, but for shared memory, which must stay as it is until then. */
  do(job: InspectionJob): Promise<JobResult> {
    // An empty job needs neither rules nor threads.
    if (job.items.length === 0) return Promise.resolve({ results: [], bytesRead: 0 })
    if (this.#size === 0 || (this.#jobs++ < ALONE && this.#threads.length === 0 && (job.bytes?.length ?? 0) < LARGE_BYTES)) return Promise.resolve(jobInspector(this.#settings, this.#clock).run(job))
    if (this.#failure !== null) return Promise.reject(this.#failure)
    return new Promise((resolve, reject) => {
      this.#queue.push({ job, resolve, reject })
      if (this.#threads.length < this.#size && !this.#threads.some(({ current }) => current === null)) this.#threads.push(this.#start())
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
    const thread: Thread = { worker: new Worker(new URL('inspection-worker.ts', import.meta.url), { workerData: { settings: this.#settings, rules: rulesOf(this.#settings.config) } }), current: null }
    thread.worker.on('message', (message: JobMessage) => {
      const done = thread.current
      thread.current = null
      done?.resolve(fromMessage(message))
      this.#assign()
    })
    thread.worker.on('error', (error) => this.#fail(error))
    thread.worker.unref()
    return thread
  }

  #assign(): void {
    for (const thread of this.#threads) {
      if (thread.current !== null) continue
      const next = this.#queue.shift()
      if (next === undefined) { thread.worker.unref(); continue }
      thread.current = next
      thread.worker.ref()
      const { bytes } = next.job
      // Shared memory is seen by both; other memory changes hands.
      thread.worker.postMessage(next.job, bytes === null || !(bytes.buffer instanceof ArrayBuffer) ? [] : [bytes.buffer])
    }
  }

  /** A thread that died takes the scan with it: what it was looking at is not known to have been looked at. */
  #fail(error: Error): void {
    this.#failure ??= new MusterError('internal', 'a thread that looks at files has died', {}, { cause: error })
    for (const { reject } of [...this.#queue.splice(0), ...this.#threads.flatMap(({ current }) => current ?? [])]) reject(this.#failure)
    for (const thread of this.#threads) thread.current = null
  }
}
