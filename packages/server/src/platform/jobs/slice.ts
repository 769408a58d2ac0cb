import { DEFAULT_TENANT, MusterError } from '@muster/core'
import type { JobRow } from '@muster/core/api'
import { z } from 'zod'
import { type Actor, authorize } from '../actor.ts'
import type { Db, Tx } from '../db/index.ts'
import { decodeCursor, encodeCursor } from '../http/cursor.ts'
import { requireActor, type RouteHandlers } from '../http/handler.ts'
import type { Slice } from '../slice.ts'
import type { JobEngine } from './engine.ts'
import { countJobs, findJob, jobCounts, listStoredJobs, type StoredJob } from './job-table.ts'

export type JobsSliceDeps = {
  readonly db: Db
  readonly engine: Pick<JobEngine, 'cancel' | 'definitions'>
  /** Appends to the audit log inside the transaction; `compose.ts` passes the audit slice's. */
  readonly audit: { append(tx: Tx, event: { actor: Actor; action: string; objectType: string; objectId: string; detail: Record<string, unknown> }): Promise<void> }
}

const COUNT_BOUND = 10_001

/** The routes over background jobs, and their numbers for /metrics. */
export function jobsSlice(deps: JobsSliceDeps): Slice {
  const help = 'Background jobs by queue and state; ended ones are kept for a week.'
  return {
    name: 'jobs',
    migrations: [],
    handlers: jobHandlers(deps),
    jobs: [],
    metrics: async () => (await jobCounts(deps.db)).map(({ queue, state, count }) => ({ name: 'muster_jobs', help, type: 'gauge', labels: { queue, state }, value: count })),
  }
}

function jobHandlers({ db, engine, audit }: JobsSliceDeps): RouteHandlers {
  const present = (job: StoredJob): JobRow => ({
    id: job.id, queue: job.queue, state: job.state, retryCount: job.retryCount, error: job.error, title: titleOf(job, engine),
    createdAt: job.createdAt.toISOString(), startedAt: job.startedAt?.toISOString() ?? null, finishedAt: job.finishedAt?.toISOString() ?? null,
  })
  return {
    listJobs: async ({ query }, { actor }) => {
      const { tenantId } = authorize(requireActor(actor), 'job.read', { type: 'job' })
      const scope = ['jobs', tenantId, query.state ?? null]
      const [position, id] = decodeCursor(scope, query.cursor, cursorKey) ?? []
      const after = position === undefined || id === undefined ? null : { position, id }
      const filter = { tenantId, state: query.state, after }
      const jobs = await listStoredJobs(db, { ...filter, limit: query.limit + 1 })
      const page = jobs.slice(0, query.limit)
      const last = page.at(-1)
      return {
        items: page.map(present),
        nextCursor: jobs.length > page.length && last !== undefined ? encodeCursor(scope, [last.position, last.id]) : null,
        count: after === null ? await countOf(db, filter) : null,
      }
    },
    cancelJob: async ({ params }, { actor }) => {
      const who = requireActor(actor)
      authorize(who, 'job.cancel', { type: 'job', id: params.id })
      const before = await jobOfTenant(db, params.id, who)
      const record = { actor: who, action: 'job.cancelled', objectType: 'job', objectId: params.id, detail: { queue: before.queue, was: before.state } }
      if (!(await engine.cancel(params.id, (tx) => audit.append(tx, record)))) {
        throw new MusterError('job.not-cancellable', `the job has ended: it is ${before.state}`, { id: params.id, state: before.state })
      }
      return present(await jobOfTenant(db, params.id, who))
    },
  }
}

/** Microseconds since 1970, and the job's id. */
const cursorKey = z.tuple([z.string().regex(/^\d{1,18}$/), z.uuid()])

/** @throws MusterError object.not-found, for another tenant's job too. */
async function jobOfTenant(db: Db, id: string, actor: Actor): Promise<StoredJob> {
  const job = await findJob(db, id)
  if (job === null || tenantOf(job) !== actor.tenantId) throw new MusterError('object.not-found', 'there is no such job; ended jobs are kept for a week', { id })
  return job
}

function tenantOf({ data }: StoredJob): string {
  return typeof data === 'object' && data !== null && 'tenantId' in data && typeof data.tenantId === 'string' ? data.tenantId : DEFAULT_TENANT
}

/** What the job's definition says it works on; the queue where this release knows no such definition or data. */
function titleOf(job: StoredJob, engine: Pick<JobEngine, 'definitions'>): string {
  const definition = engine.definitions().find(({ queue }) => queue === job.queue)
  const data = definition?.data.safeParse(job.data)
  return definition !== undefined && data?.success === true ? definition.title(data.data) : job.queue
}

async function countOf(db: Db, filter: { readonly tenantId: string; readonly state: JobRow['state'] | undefined }): Promise<{ value: number; exact: boolean }> {
  const value = await countJobs(db, filter, COUNT_BOUND)
  return value < COUNT_BOUND ? { value, exact: true } : { value: COUNT_BOUND - 1, exact: false }
}
