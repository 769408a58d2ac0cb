import { type Connector, type ScanBatch, Secret } from '@muster/core'
import type { Environment } from '../environment.ts'
import { progressLine } from '../terminal/progress.ts'

/** Where the batches of a scan go. */
export type BatchSink = (batch: ScanBatch) => Promise<void>

/** Runs a connector to its end, or to Ctrl-C; returns whether it looked at everything. */
export async function runScan<Options>(connector: Connector<Options>, options: Options, passphrases: readonly Secret[], environment: Environment, sink: BatchSink): Promise<{ readonly cancelled: boolean; readonly complete: boolean }> {
  const line = progressLine(environment.terminal, environment.clock.now)
  let problems = 0
  let complete = true
  try {
    for await (const batch of connector.scan(options, { clock: environment.clock, signal: environment.signal, resumeFrom: null, passphrases })) {
      problems += batch.problems.length
      complete &&= batch.observations.every((observation) => observation.observation !== 'coverage' || observation.complete)
      await sink(batch)
      line.update(batch.progress, problems)
    }
  } catch (error) {
    if (!environment.signal.aborted) throw error
  } finally {
    line.end()
  }
  return { cancelled: environment.signal.aborted, complete: complete && !environment.signal.aborted }
}
