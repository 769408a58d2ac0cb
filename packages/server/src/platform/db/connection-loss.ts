import { setTimeout as delay } from 'node:timers/promises'
import { MusterError } from '@muster/core'

const RETRY_MS = 100

/** Tries until the server takes the connection or `waitMs` have passed. Only what was certainly not sent is tried again. */
export async function patiently<Result>(attempt: () => Promise<Result>, waitMs: number): Promise<Result> {
  for (let waited = 0; ; waited += RETRY_MS) {
    try {
      return await attempt()
    } catch (error) {
      if (!NOT_CONNECTED.test(codeOf(error)) || waited >= waitMs) throw unavailable(error)
      await delay(RETRY_MS)
    }
  }
}

/** Hands `attempt` on, with {@link unavailable} for what it throws. */
export async function refusing<Result>(attempt: () => Promise<Result>): Promise<Result> {
  try {
    return await attempt()
  } catch (error) {
    throw unavailable(error)
  }
}

/** No connection could be made: the socket's refusals, the client's timeout, and a server starting, stopping or full. */
const NOT_CONNECTED = /^(ECONNREFUSED|ENOENT|CONNECT_TIMEOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN|57P03|53300)$/
/** The connection went; whether the statement took effect is unknown. PostgreSQL's classes 08 and 57P besides. */
const CONNECTION_LOST = /^(CONNECTION_(CLOSED|ENDED|DESTROYED)|ECONNRESET|EPIPE|ETIMEDOUT|08...|57P0[1-5])$/

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
}

/** Whether `error` says no more than that the connection to the database could not be made or went. */
export function isConnectionLoss(error: unknown): boolean {
  const code = codeOf(error)
  return NOT_CONNECTED.test(code) || CONNECTION_LOST.test(code)
}

/** `error`, or store.unavailable where it says that the connection went. */
export function unavailable(error: unknown): unknown {
  if (!isConnectionLoss(error)) return error
  return new MusterError('store.unavailable', 'the database is not reachable right now', {}, { cause: error })
}

export function lost(): MusterError {
  return new MusterError('store.unavailable', 'the connection to the database was lost in the middle of a transaction')
}
