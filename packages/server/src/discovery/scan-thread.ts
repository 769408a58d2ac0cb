import { Worker } from 'node:worker_threads'
import { type ErrorCode, MusterError, type ScanBatch } from '@muster/core'
import type { FromWorker, ToWorker, WorkerInput } from './worker-protocol.ts'

const STOP_GRACE_MS = 5_000

/**
 * Runs a connector in a thread of its own and hands every batch to `apply`, one at a time. Resolves when the connector is
 * done, `signal` aborted, or `apply` answered false.
 *
 * @throws MusterError with the connector's code, whatever `apply` throws, or an Error when the thread dies.
 */
export async function scanInThread(input: WorkerInput, signal: AbortSignal, apply: (batch: ScanBatch) => Promise<boolean>): Promise<void> {
  const worker = new Worker(new URL('./scan-worker.ts', import.meta.url), { workerData: input })
  const say = (message: ToWorker) => { worker.postMessage(message) }
  const stop = () => { say('stop') }
  signal.addEventListener('abort', stop, { once: true })
  if (signal.aborted) stop()
  try {
    await new Promise<void>((resolve, reject) => {
      worker.on('message', (message: FromWorker) => {
        if (message.type === 'end') resolve()
        else if (message.type === 'failed') reject(new MusterError(message.code as ErrorCode, message.message, {}, { cause: new Error(message.stack) }))
        else apply(message.batch).then((goOn) => { say(goOn && !signal.aborted ? 'next' : 'stop') }, reject)
      })
      worker.once('error', reject)
      worker.once('exit', (code) => {
        if (code === 0) resolve()
        else reject(new Error(`the scan's thread ended with code ${code}`))
      })
    })
  } finally {
    signal.removeEventListener('abort', stop)
    const timer = setTimeout(() => void worker.terminate(), STOP_GRACE_MS)
    timer.unref()
    await worker.terminate()
    clearTimeout(timer)
  }
}
