import { DEFAULT_TENANT } from '@muster/core'
import type { WholeServer } from './whole.ts'

/** Runs a job of the default tenant as the engine would, here and now. */
export async function runOnce({ engine }: Pick<WholeServer, 'engine'>, queue: string): Promise<void> {
  const definition = engine.definitions().find((job) => job.queue === queue)
  if (definition === undefined) throw new Error(`there is no job ${queue}`)
  await definition.run(definition.data.parse({ tenantId: DEFAULT_TENANT }), { jobId: 'test', signal: new AbortController().signal })
}
