import { parentPort, workerData } from 'node:worker_threads'
import { isMusterError, Secret, systemClock } from '@muster/core'
import { connectorOf } from './connectors.ts'
import type { FromWorker, ToWorker, WorkerInput } from './worker-protocol.ts'

const port = parentPort
if (port === null) throw new Error('this file runs as a worker')

const { kind, options, resumeFrom, passphrases, secrets } = workerData as WorkerInput
const stop = new AbortController()
let proceed: (() => void) | null = null
port.on('message', (message: ToWorker) => {
  if (message === 'stop') stop.abort()
  proceed?.()
})
const send = (message: FromWorker) => { port.postMessage(message) }

try {
  const connector = connectorOf(kind, secrets)
  const context = { clock: systemClock, signal: stop.signal, resumeFrom, passphrases: passphrases.map((bytes) => new Secret(bytes)) }
  for await (const batch of connector.scan(connector.options.parse(options), context)) {
    // One batch is on its way at a time: the store sets the pace.
    const applied = new Promise<void>((resolve) => { proceed = resolve })
    send({ type: 'batch', batch })
    await applied
    if (stop.signal.aborted) break
  }
  send({ type: 'end' })
} catch (error) {
  if (stop.signal.aborted) send({ type: 'end' })
  else send({ type: 'failed', code: isMusterError(error) ? error.code : 'internal', message: isMusterError(error) ? error.message : 'the scanner met a mistake of its own', stack: error instanceof Error ? (error.stack ?? '') : String(error) })
} finally {
  port.close()
}
