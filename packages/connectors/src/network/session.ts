import { hostPort, MusterError } from '@muster/core'
import type { Channel } from './connection.ts'
import type { Dialer } from './dialer.ts'

/** Turns a fresh connection into one that is ready for a ClientHello; `domain` is who is asked for, where the protocol says so. */
export type Preamble = (channel: Channel, domain: string) => Promise<Channel>

export type SessionOptions = {
  readonly host: string
  readonly address: string
  readonly port: number
  /** For everything done at the endpoint, over all its connections. */
  readonly budgetMs: number
}

/** One endpoint under a probe: opens its connections, one at a time, until its time is up. */
export class Session {
  readonly host: string
  readonly address: string
  readonly port: number
  readonly #dialer: Dialer
  readonly #endsAt: number
  #preamble: Preamble | null = null
  #connected = false

  constructor(dialer: Dialer, { host, address, port, budgetMs }: SessionOptions) {
    this.host = host
    this.address = address
    this.port = port
    this.#dialer = dialer
    this.#endsAt = performance.now() + budgetMs
  }

  get where(): string {
    return hostPort(this.host, this.port)
  }

  /** True once a connection was established: something listens, whatever it says. */
  get connected(): boolean {
    return this.#connected
  }

  /** Every connection from here on passes through `preamble` before TLS; null for none. */
  precedeWith(preamble: Preamble | null): void {
    this.#preamble = preamble
  }

  /**
   * Runs `use` on a new connection and closes it.
   * @throws MusterError what connecting, the preamble and `use` throw; connect.timeout when the endpoint's time is up
   */
  async with<Result>(use: (channel: Channel) => Promise<Result>): Promise<Result> {
    const left = this.#endsAt - performance.now()
    if (left <= 0) throw new MusterError('connect.timeout', `the probe of ${this.where} took longer than it may`)
    const { limits } = this.#dialer
    const exchangeTimeoutMs = Math.min(limits.exchangeTimeoutMs, Math.ceil(left))
    const connection = await this.#dialer.open(this.address, this.port, { ...limits, exchangeTimeoutMs })
    this.#connected = true
    try {
      return await use(this.#preamble === null ? connection : await this.#preamble(connection, this.host))
    } finally {
      connection.close()
    }
  }
}
