import { parentPort, workerData } from 'node:worker_threads'
import { Verification } from '@muster/connectors'
import { isMusterError, Secret, systemClock } from '@muster/core'
import { connectorOf } from './connectors.ts'
import type { FromWorker, OwnToken, ToWorker, WorkerInput } from './worker-protocol.ts'

const port = parentPort
if (port === null) throw new Error('this file runs as a worker')

const { kind, options, resumeFrom, passphrases, secrets } = workerData as WorkerInput
const stop = new AbortController()
let proceed: (() => void) | null = null
const asked = new Map<number, (token: OwnToken | null) => void>()
port.on('message', (message: ToWorker) => {
  if (typeof message === 'object') {
    asked.get(message.id)?.(message.token)
    asked.delete(message.id)
    return
  }
  if (message === 'stop') stop.abort()
  proceed?.()
})
const send = (message: FromWorker) => { port.postMessage(message) }
let questions = 0
const ownToken = (digest: string) => new Promise<OwnToken | null>((resolve) => {
  asked.set(++questions, resolve)
  send({ type: 'ask-token', id: questions, digest })
})

const verification = secrets === null ? null : new Verification(secrets.verification, { clock: systemClock, signal: stop.signal, ownTokens: ownToken })
try {
  const connector = connectorOf(kind, secrets, verification)
  const context = { clock: systemClock, signal: stop.signal, resumeFrom, passphrases: passphrases.map((bytes) => new Secret(bytes)) }
  for await (const batch of connector.scan(connector.options.parse(options), context)) {
    // What was seen until it was stopped is for reports made on the spot; here the scan goes on from the last batch, or is cancelled.
    if (stop.signal.aborted) break
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
  verification?.close()
  port.close()
}
