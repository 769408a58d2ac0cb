import type { JobDefinition, Jobs } from '../platform/jobs/job.ts'

/** What was asked for, in order; `settle` runs it until nothing is left. */
export type RecordedJobs = Jobs & {
  readonly waiting: { readonly queue: string; readonly data: object }[]
  settle(definitions: readonly JobDefinition[], signal?: AbortSignal): Promise<void>
}

/** Jobs that wait until the test runs them. A transaction that rolls back still leaves its request: run only after commits. */
export function recordedJobs(): RecordedJobs {
  const waiting: { queue: string; data: object; key: string | null }[] = []
  let count = 0
  return {
    waiting,
    enqueue: async (_tx, definition, data) => {
      const key = definition.key?.(data) ?? null
      if (key !== null && waiting.some((job) => job.queue === definition.queue && job.key === key)) return null
      waiting.push({ queue: definition.queue, data, key })
      return `job-${++count}`
    },
    cancel: async () => false,
    settle: async (definitions, signal = new AbortController().signal) => {
      for (let job = waiting.shift(); job !== undefined; job = waiting.shift()) {
        const definition = definitions.find(({ queue }) => queue === job!.queue)
        if (definition === undefined) throw new Error(`nobody runs ${job.queue}`)
        await definition.run(definition.data.parse(job.data), { jobId: 'test', signal })
      }
    },
  }
}
