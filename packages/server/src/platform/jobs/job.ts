import type { z } from 'zod'
import type { Tx } from '../db/db.ts'

/** A kind of durable background work. The job only drives; what must survive is in the slice's tables. */
export type JobDefinition<Data extends object = object> = {
  /** Queue name, `slice.verb`. */
  readonly queue: string
  readonly data: z.ZodType<Data>
  /** What it works on, for people. Carries no secret. */
  readonly title: (data: Data) => string
  /** At most one unfinished job per key; null for no such limit. */
  readonly key: ((data: Data) => string) | null
  readonly retryLimit: number
  /** Five-field cron in UTC for work that runs by itself; missed runs are caught up once at start. */
  readonly cron?: { readonly expression: string; readonly data: Data }
  /** Aborts when the job is cancelled or the server stops. A job that throws is retried up to the limit. */
  readonly run: (data: Data, context: { readonly jobId: string; readonly signal: AbortSignal }) => Promise<void>
}

/** What slices see of the job engine. */
export type Jobs = {
  /**
   * Enqueues inside the caller's transaction: the job exists if and only if the transaction commits. Returns the job's id,
   * or null when an unfinished job with the same key exists.
   */
  enqueue<Data extends object>(tx: Tx, definition: JobDefinition<Data>, data: Data, options?: { startAfter?: Date }): Promise<string | null>
  /** Asks a job to stop: aborts it wherever it runs, removes it when still queued. False when it had already ended. */
  cancel(jobId: string): Promise<boolean>
}
