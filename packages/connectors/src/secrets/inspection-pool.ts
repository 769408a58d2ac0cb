import { type Clock, MusterError } from '@muster/core'
import { Assignment } from './assignment.ts'
import type { InspectionJob, InspectorSettings, JobInspector, JobResult } from './inspection-job.ts'
import { InspectionThread, TICK_MS } from './inspection-thread.ts'
import { jobInspector } from './job-inspector.ts'
import type { ReadyRules } from './ready-rules.ts'

/** Jobs done before threads are worth starting, unless one is as large as jobs of large scans are. */
const ALONE = 4
const LARGE_BYTES = 4 * 1024 * 1024
/** Jobs at hand from which on a thread is worth starting beside the caller's. */
const WORTH_SHARING = 5
/** Jobs a thread has before it when the caller works too: it is not asked for more until the caller is done with one. */
const AHEAD = 3
/** A file under rules of somebody else that shows no sign of life for so long is given up. */
const PATIENCE_MS = 20_000
/** When the time is up, files under way have so many ticks to be done with. */
const LAST_TICKS = 4

export type PoolOptions = {
  /** Threads that work, the caller's among them where it does jobs by {@link InspectionPool.doHere}; 0 for the caller's alone. */
  readonly threads: number
  readonly clock: Clock
  /** Aborted when the time is up: then every job ends within a second, with what there is. */
  readonly signal: AbortSignal
  /** Jobs that the caller's thread does before others are started. */
  readonly alone?: number
  readonly patienceMs?: number
}

/**
 * Has jobs done by several threads. Rules that are not ours may take as long as they like, so nothing is looked at with them by the caller's thread: one that falls silent is ended, and
 * another goes on behind the file it was at. One pool a scan; {@link close} it.
 */
export class InspectionPool {
  /** The rules it looks with. */
  readonly ready: ReadyRules
  readonly #settings: InspectorSettings
  readonly #size: number
  readonly #clock: Clock
  readonly #signal: AbortSignal
  readonly #alone: number
  readonly #patienceMs: number
  readonly #threads: InspectionThread[] = []
  readonly #queue: Assignment[] = []
  #jobs = 0
  #ahead = 1
  #failure: Error | null = null
  #ticks: NodeJS.Timeout | null = null
  #ticksLeft = Infinity

  constructor(ready: ReadyRules, settings: InspectorSettings, { threads, clock, signal, alone = ALONE, patienceMs = PATIENCE_MS }: PoolOptions) {
    const isOurs = !ready.given
    this.ready = ready
    this.#settings = settings
    this.#clock = clock
    this.#signal = signal
    this.#size = isOurs ? threads : Math.max(1, threads)
    this.#alone = isOurs ? alone : 0
    this.#patienceMs = isOurs ? Infinity : patienceMs
    signal.addEventListener('abort', this.#stop, { once: true })
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
    if (job.items.length === 0) return Promise.resolve({ results: [], bytesRead: 0, whole: true })
    if (this.#size === 0 || (this.#jobs++ < this.#alone && this.#threads.length === 0 && (job.bytes?.length ?? 0) < LARGE_BYTES)) return Promise.resolve(this.#inspector().run(job))
    return this.#handIn(job, this.#size, 1)
  }

  /** The job's result, when a thread has done it or the caller by {@link doHere}. */
  share(job: InspectionJob): Promise<JobResult> {
    if (job.items.length === 0) return Promise.resolve({ results: [], bytesRead: 0, whole: true })
    if (this.ready.given) return this.#handIn(job, this.#size, AHEAD)
    return this.#handIn(job, this.#queue.length + 1 < WORTH_SHARING ? 0 : this.#size - 1, AHEAD)
  }

  /** Does the next shared job that no thread has taken; false when there is none, or the caller's thread has to keep away from it. */
  doHere(): boolean {
    const next = this.ready.given ? undefined : this.#queue.shift()
    if (next === undefined) return false
    try {
      const { results, bytesRead } = this.#inspector().run(next.job)
      for (const result of results) next.take(result)
      next.end(bytesRead, true)
    } catch (error) {
      next.fail(error as Error)
    }
    return true
  }

  #inspector(): JobInspector {
    return jobInspector(this.#settings, this.ready.rules, this.#clock)
  }

  #handIn(job: InspectionJob, threads: number, ahead: number): Promise<JobResult> {
    if (this.#failure !== null) return Promise.reject(this.#failure)
    const assignment = new Assignment(job)
    if (this.#signal.aborted) assignment.end(0, false)
    else {
      this.#queue.push(assignment)
      this.#ahead = ahead
      if (this.#threads.length < threads && this.#threads.every(({ jobs }) => jobs.length >= ahead)) this.#start()
      this.#assign()
    }
    return assignment.result
  }

  /** Ends the threads; jobs under way are dropped. */
  async close(): Promise<void> {
    this.#signal.removeEventListener('abort', this.#stop)
    this.#failure = new MusterError('operation.cancelled', 'the scan has ended')
    this.#queue.length = 0
    await this.#endThreads()
  }

  async #endThreads(): Promise<void> {
    if (this.#ticks !== null) clearInterval(this.#ticks)
    this.#ticks = null
    await Promise.all(this.#threads.splice(0).map((thread) => thread.end()))
  }

  #start(): void {
    const thread: InspectionThread = new InspectionThread(this.#settings, this.ready.rules, this.ready.given, { onDone: () => this.#assign(), onDeath: (error) => { if (this.#threads.includes(thread)) this.#fail(error) } })
    this.#threads.push(thread)
    this.#ticks ??= setInterval(() => this.#tick(), TICK_MS).unref()
  }

  #assign(): void {
    for (const thread of this.#threads) {
      while (thread.jobs.length < this.#ahead) {
        const next = this.#queue.shift()
        if (next === undefined) break
        thread.give(next)
      }
      thread.holdProcess()
    }
  }

  #tick(): void {
    for (const thread of this.#threads.filter((each) => each.tick() >= this.#patienceMs)) this.#replace(thread)
    if (--this.#ticksLeft > 0) return
    for (const thread of this.#threads) {
      thread.passOver()
      for (const assignment of thread.jobs.splice(0)) assignment.end(0, false)
    }
    void this.#endThreads()
  }

  /** Has another thread go on behind the file that this one does not come back from. */
  #replace(thread: InspectionThread): void {
    this.#threads.splice(this.#threads.indexOf(thread), 1)
    void thread.end()
    thread.passOver()
    this.#queue.unshift(...thread.jobs.splice(0))
    this.#start()
    this.#assign()
  }

  /** The time is up. */
  readonly #stop = (): void => {
    for (const assignment of this.#queue.splice(0)) assignment.end(0, false)
    this.#ticksLeft = LAST_TICKS
  }

  /** A thread that died takes the scan with it: what it was looking at is not known to have been looked at. */
  #fail(error: Error): void {
    this.#failure ??= new MusterError('internal', 'a thread that looks at files has died', {}, { cause: error })
    for (const assignment of [...this.#queue.splice(0), ...this.#threads.flatMap(({ jobs }) => jobs.splice(0))]) assignment.fail(this.#failure)
  }
}
