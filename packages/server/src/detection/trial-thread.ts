import { Worker } from 'node:worker_threads'
import { MusterError } from '@muster/core'
import type { Trial, TrialInput } from './trial.ts'

const TRIAL_MS = 15_000
const MAX_HEAP_MB = 512
/** So many trials at once would take the machine's cores from everything else. */
const MAX_RUNNING = 2

let running = 0

/**
 * Tries rules in a thread of its own with a bound on time and memory, so that whatever is pasted does not stop the server.
 *
 * @throws MusterError input.limit when a bound is met, auth.rate-limited while others are being tried.
 */
export async function tryInThread(input: TrialInput, trialMs = TRIAL_MS): Promise<Trial> {
  if (running >= MAX_RUNNING) throw new MusterError('auth.rate-limited', 'other rules are being tried; try again in a moment')
  running++
  const worker = new Worker(new URL('./trial-worker.ts', import.meta.url), { workerData: input, resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MB } })
  const outcome = Promise.withResolvers<Trial>()
  const tooMuch = () => new MusterError('input.limit', `the rules and the text took more than ${trialMs / 1000} seconds or ${MAX_HEAP_MB} MB`)
  const timer = setTimeout(() => outcome.reject(tooMuch()), trialMs)
  worker.once('message', outcome.resolve)
  worker.once('error', (error: NodeJS.ErrnoException) => outcome.reject(error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? tooMuch() : error))
  worker.once('exit', (code) => outcome.reject(new Error(`the trial's thread ended by itself with code ${code}`)))
  try {
    return await outcome.promise
  } finally {
    clearTimeout(timer)
    await worker.terminate()
    running--
  }
}
