import { hostPort, MusterError } from '@muster/core'
import { Connection } from './connection.ts'
import type { ConnectionLimits } from './connection.ts'
import type { ForbiddenCheck } from './forbidden.ts'
import { TokenBucket } from './token-bucket.ts'

export type DialerOptions = ConnectionLimits & {
  readonly forbidden: ForbiddenCheck
  readonly signal: AbortSignal
  /** New connections a second, over all hosts; null for no limit. */
  readonly ratePerSecond: number | null
  /** Connections open at once to one address. */
  readonly perHostConcurrency: number
}

/**
 * Opens every connection of a scan: the one place where rate, connections per host and forbidden addresses are enforced.
 * Aborting the signal closes all that are open.
 */
export class Dialer {
  readonly #options: DialerOptions
  readonly #bucket: TokenBucket | null
  readonly #open = new Set<Connection>()
  readonly #perHost = new Map<string, { active: number; waiting: (() => void)[] }>()

  constructor(options: DialerOptions) {
    this.#options = options
    this.#bucket = options.ratePerSecond === null ? null : new TokenBucket(options.ratePerSecond)
    options.signal.addEventListener('abort', () => this.#abort(), { once: true })
  }

  get limits(): ConnectionLimits {
    return this.#options
  }

  get signal(): AbortSignal {
    return this.#options.signal
  }

  /**
   * Connects to `address`. The caller closes the connection.
   * @throws MusterError target.forbidden, connect.refused, connect.timeout, connect.failed, operation.cancelled
   */
  async open(address: string, port: number, limits: ConnectionLimits = this.#options): Promise<Connection> {
    const reason = this.#options.forbidden.endpoint(address, port)
    if (reason !== null) throw new MusterError('target.forbidden', `${hostPort(address, port)} is never contacted: ${reason}`)
    await this.#acquire(address)
    let connection: Connection | null = null
    try {
      if (this.#bucket !== null) await this.#bucket.take(this.signal)
      if (this.signal.aborted) throw new MusterError('operation.cancelled', `the probe of ${hostPort(address, port)} was cancelled`)
      const opening = Connection.open(address, port, limits, () => {
        this.#open.delete(opening.connection)
        this.#release(address)
      })
      connection = opening.connection
      this.#open.add(connection)
      return await opening.ready
    } catch (error) {
      if (connection === null) this.#release(address)
      else connection.close()
      throw error
    }
  }

  async #acquire(address: string): Promise<void> {
    const host = this.#perHost.get(address)
    if (host === undefined) {
      this.#perHost.set(address, { active: 1, waiting: [] })
      return
    }
    if (host.active < this.#options.perHostConcurrency) {
      host.active++
      return
    }
    await new Promise<void>((resolve) => {
      host.waiting.push(resolve)
    })
  }

  #release(address: string): void {
    const host = this.#perHost.get(address)
    if (host === undefined) return
    const next = host.waiting.shift()
    if (next !== undefined) next()
    else if (--host.active === 0) this.#perHost.delete(address)
  }

  #abort(): void {
    for (const connection of this.#open) connection.abort()
  }
}
