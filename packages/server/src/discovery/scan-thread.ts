import { Worker } from 'node:worker_threads'
import { type ErrorCode, MusterError, type ScanBatch } from '@muster/core'
import type { FromWorker, OwnToken, ToWorker, WorkerInput } from './worker-protocol.ts'

const STOP_GRACE_MS = 5_000

/**
 * Runs a connector in a thread of its own and hands every batch to `apply`, one at a time. Resolves with `done` when the
 * connector has come to its end, with `stopped` when `signal` aborted or `apply` answered false; the thread is gone then.
 *
 * @throws MusterError with the connector's code, whatever `apply` throws, or an Error when the thread dies.
 */
export async function scanInThread(input: WorkerInput, signal: AbortSignal, apply: (batch: ScanBatch) => Promise<boolean>, ownToken: (digest: string) => Promise<OwnToken | null>): Promise<'done' | 'stopped'> {
  const worker = new Worker(new URL('./scan-worker.ts', import.meta.url), { workerData: input })
  const ended = Promise.withResolvers<'done' | 'stopped'>()
  const say = (message: ToWorker) => { worker.postMessage(message) }
  let stopped = false
  let timer: NodeJS.Timeout | undefined
  const stop = () => {
    if (stopped) return
    stopped = true
    say('stop')
    // A connector that does not listen is not waited for.
    timer = setTimeout(() => ended.resolve('stopped'), STOP_GRACE_MS)
  }
  worker.on('message', (message: FromWorker) => {
    if (message.type === 'end') ended.resolve(stopped ? 'stopped' : 'done')
    else if (message.type === 'failed') ended.reject(new MusterError(message.code as ErrorCode, message.message, {}, { cause: new Error(message.stack) }))
    else if (message.type === 'ask-token') ownToken(message.digest).then((token) => { say({ id: message.id, token }) }, ended.reject)
    else apply(message.batch).then((goOn) => { if (goOn && !stopped) say('next'); else stop() }, ended.reject)
  })
  worker.once('error', ended.reject)
  worker.once('exit', (code) => { ended.reject(new Error(`the scan's thread ended by itself with code ${code}`)) })
  signal.addEventListener('abort', stop, { once: true })
  if (signal.aborted) stop()
  try {
    return await ended.promise
  } finally {
    signal.removeEventListener('abort', stop)
    clearTimeout(timer)
    await worker.terminate()
  }
}
