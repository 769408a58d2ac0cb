import type { z } from 'zod'
import type { Tx } from '../db/db.ts'

/**
 * A kind of durable background work. The job only drives; what must survive is in the slice's tables, since a job whose
 * process is killed runs again from the start elsewhere (within 30 s), as one does that the server's stop interrupted. A job
 * must not block the event loop for more than a few seconds: its heartbeat stops and another process takes it over.
 *
 * `Data` with a field `tenantId` belongs to that tenant, else to the default one. It lands in the database: no secrets.
 */
export type JobDefinition<Data extends object = object> = {
  /** Queue name, `slice.verb`. */
  readonly queue: string
  readonly data: z.ZodType<Data>
  /** What it works on, for people. Carries no secret. */
  title(data: Data): string
  /** At most one job per key, see `keyCovers`; null for no such limit. */
  readonly key: Keyed<Data>['of'] | null
  /**
   * Which jobs of the same key stand in a new one's way: `unfinished` (default) counts queued and running ones, `queued`
   * lets one wait while another runs, for work that must look again at what came since the running one looked.
   */
  readonly keyCovers?: 'unfinished' | 'queued'
  /** How often a job that throws is tried again; being killed does not count. */
  readonly retryLimit: number
  /** How many run at once in one process; 1 unless told. */
  readonly concurrency?: number
  /** Five-field cron in UTC for work that runs by itself; missed runs are caught up once at start. */
  readonly cron?: { readonly expression: string; readonly data: Data }
  /** Aborts when the job is cancelled or the server stops. A job that throws is retried up to the limit. */
  run(data: Data, context: JobContext): Promise<void>
}

// Methods, not function properties, so that a list can hold definitions of different data; the engine checks what it
// passes them with the definition's own schema.
type Keyed<Data> = { of(data: Data): string }

/** What a running job knows of itself. */
export type JobContext = { readonly jobId: string; readonly signal: AbortSignal }

/** What slices see of the job engine. */
export type Jobs = {
  /**
   * Enqueues inside the caller's transaction: the job exists if and only if the transaction commits. Returns the job's id,
   * or null when an unfinished job with the same key exists.
   */
  enqueue<Data extends object>(tx: Tx, definition: JobDefinition<Data>, data: Data, options?: { startAfter?: Date }): Promise<string | null>
  /**
   * Asks a job to stop: aborts it wherever it runs, removes it when still queued. False when it had already ended. `also` runs
   * in the same transaction when there is something to cancel, e.g. to audit it.
   */
  cancel(jobId: string, also?: (tx: Tx) => Promise<void>): Promise<boolean>
}
