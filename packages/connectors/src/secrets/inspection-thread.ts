import { Worker } from 'node:worker_threads'
import type { PreparedRules } from '@muster/detect/inspect'
import type { Assignment } from './assignment.ts'
import type { InspectorSettings } from './inspection-job.ts'
import type { ThreadSettings } from './inspection-worker.ts'
import { LifeSigns } from './life-signs.ts'
import { fromMessage, type JobMessage, type ThreadMessage } from './thread-messages.ts'

/** Who started a thread and hears of it. */
export type ThreadOwner = {
  /** It is done with a job. */
  readonly onDone: () => void
  readonly onDeath: (error: Error) => void
}

/** How often it is looked whether a thread is still at the same item. */
export const TICK_MS = 250

/** A thread that looks at files, and the jobs it has: it is at the first of them. */
export class InspectionThread {
  readonly jobs: Assignment[] = []
  readonly #worker = new Worker(new URL('inspection-worker.ts', import.meta.url))
  readonly #signs = new LifeSigns()
  readonly #keepsBytes: boolean
  #done = 0
  #at = ''
  #beats = 0
  #ticksAtItem = 0
  #quietTicks = 0

  /** `keepsBytes`: it may have to be ended in the midst of a job, so what is sent along is copied, and every item told when it is done. */
  constructor(settings: InspectorSettings, rules: PreparedRules, keepsBytes: boolean, { onDone, onDeath }: ThreadOwner) {
    this.#keepsBytes = keepsBytes
    this.#worker.on('message', (message: ThreadMessage) => {
      for (const item of message.items) this.jobs[0]?.take(fromMessage(item))
      if (message.bytesRead === null) return
      this.#done++
      this.jobs.shift()?.end(message.bytesRead, true)
      onDone()
    })
    this.#worker.on('error', onDeath)
    this.#worker.unref()
    this.#worker.postMessage({ settings, rules, signs: this.#signs.memory } satisfies ThreadSettings)
  }

  give(assignment: Assignment): void {
    this.jobs.push(assignment)
    const { job, from } = assignment
    // Shared memory is seen by both; other memory changes hands.
    const moved = this.#keepsBytes || job.bytes === null || !(job.bytes.buffer instanceof ArrayBuffer) ? [] : [job.bytes.buffer]
    this.#worker.postMessage({ job, from, atOnce: this.#keepsBytes } satisfies JobMessage, moved)
  }

  /** Whether the process waits for it. */
  holdProcess(): void {
    if (this.jobs.length > 0) this.#worker.ref()
    else this.#worker.unref()
  }

  /** To be called every {@link TICK_MS}: milliseconds without a sign of life from the item it is at. */
  tick(): number {
    const { item, jobs, beats } = this.#signs
    const at = item === null ? '' : `${jobs} ${item}`
    // What was said before is heard first.
    if (item === null || jobs - 1 !== this.#done) this.#at = ''
    else if (at === this.#at) {
      this.#ticksAtItem++
      this.#quietTicks = beats === this.#beats ? this.#quietTicks + 1 : 0
    } else {
      this.#at = at
      this.#ticksAtItem = 0
      this.#quietTicks = 0
    }
    this.#beats = beats
    return this.#at === '' ? 0 : this.#quietTicks * TICK_MS
  }

  /** Passes over the item it is at, when it was so at the last tick already, for whoever goes on with the jobs; then the thread has to be ended. */
  passOver(): void {
    const { item } = this.#signs
    const last = this.jobs[0]?.job.items.length ?? 0
    if (item !== null && item < last && this.#at === `${this.#signs.jobs} ${item}` && this.#ticksAtItem > 0) this.jobs[0]!.passOver(item, this.#ticksAtItem * TICK_MS / 1000)
  }

  /** Ends it, whatever it is at. */
  async end(): Promise<void> {
    await this.#worker.terminate()
  }
}
