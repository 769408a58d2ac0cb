import { Socket } from 'node:net'
import { hostPort, MusterError } from '@muster/core'
import { startDeadline } from './deadline.ts'

/** A byte stream to a peer, as the probes need it. Every failure is a MusterError that names `host:port`. */
export type Channel = {
  /** `host:port`, for messages. */
  readonly where: string
  /** The next bytes; null once the peer has closed. @throws MusterError connect.timeout, connect.failed, input.limit */
  readonly read: () => Promise<Buffer | null>
  /** As {@link read}, but null also when nothing arrives within `milliseconds`; `ended` tells which. */
  readonly readWithin: (milliseconds: number) => Promise<Buffer | null>
  /** Puts bytes back in front of what is to be read next. */
  readonly unread: (bytes: Buffer) => void
  readonly write: (bytes: Uint8Array) => void
  /** True once the peer has closed and everything it sent was read. */
  readonly ended: () => boolean
  /** Closes at once. Idempotent. */
  readonly close: () => void
}

export type ConnectionLimits = {
  /** To the established connection. */
  readonly connectTimeoutMs: number
  /** From the established connection to its end, whatever the peer sends meanwhile. */
  readonly exchangeTimeoutMs: number
  /** Bytes read from the peer before the connection is cut. */
  readonly maxBytes: number
}

// Reads of all sockets land here and are copied out at once: libuv fills the buffer and calls back synchronously.
const landing = Buffer.allocUnsafe(64 * 1024)

type Waiter = { readonly resolve: (bytes: Buffer | null) => void; readonly reject: (error: Error) => void }

/** A TCP connection with a deadline and a byte budget. Owned by one probe; reads are sequential. */
export class Connection implements Channel {
  readonly where: string
  readonly #socket: Socket
  readonly #limits: ConnectionLimits
  readonly #onClose: () => void
  #queue: Buffer[] = []
  #waiter: Waiter | null = null
  #failure: MusterError | null = null
  #ended = false
  #closed = false
  #received = 0
  #disarm: () => void

  private constructor(host: string, port: number, limits: ConnectionLimits, onClose: () => void) {
    this.where = hostPort(host, port)
    this.#limits = limits
    this.#onClose = onClose
    this.#disarm = startDeadline(limits.connectTimeoutMs, () => {
      this.#fail(new MusterError('connect.timeout', `${this.where} did not accept a connection within ${limits.connectTimeoutMs} ms`))
    })
    this.#socket = new Socket({ onread: { buffer: landing, callback: (length) => this.#receive(length) } } as ConstructorParameters<typeof Socket>[0])
    this.#socket.on('error', (error) => this.#fail(connectError(this.where, error)))
    this.#socket.on('end', () => this.#end())
    this.#socket.on('close', () => {
      this.#end()
      this.#finish()
    })
  }

  /**
   * Connects to an address (never a name).
   * @throws MusterError connect.refused, connect.timeout, connect.failed
   */
  static open(address: string, port: number, limits: ConnectionLimits, onClose: () => void): { connection: Connection; ready: Promise<Connection> } {
    const connection = new Connection(address, port, limits, onClose)
    const ready = connection.#connect(address, port)
    return { connection, ready }
  }

  #connect(address: string, port: number): Promise<Connection> {
    const opened = new Promise<Buffer | null>((resolve, reject) => {
      this.#waiter = { resolve, reject }
    })
    this.#socket.once('connect', () => {
      this.#disarm()
      const { exchangeTimeoutMs } = this.#limits
      this.#disarm = startDeadline(exchangeTimeoutMs, () => {
        this.#fail(new MusterError('connect.timeout', `${this.where} did not finish within ${exchangeTimeoutMs} ms`))
      })
      this.#wake(null)
    })
    this.#socket.connect({ host: address, port, family: address.includes(':') ? 6 : 4, autoSelectFamily: false })
    return opened.then(() => this)
  }

  #receive(length: number): boolean {
    this.#received += length
    if (this.#received > this.#limits.maxBytes) {
      this.#fail(new MusterError('input.limit', `${this.where} sent more than ${this.#limits.maxBytes} bytes`))
      return false
    }
    const bytes = Buffer.from(landing.subarray(0, length))
    if (this.#waiter === null) this.#queue.push(bytes)
    else this.#wake(bytes)
    return true
  }

  #wake(bytes: Buffer | null): void {
    const waiter = this.#waiter
    this.#waiter = null
    waiter?.resolve(bytes)
  }

  #end(): void {
    this.#ended = true
    this.#wake(null)
  }

  #fail(error: MusterError): void {
    this.#failure ??= error
    const waiter = this.#waiter
    this.#waiter = null
    this.close()
    waiter?.reject(this.#failure)
  }

  #finish(): void {
    this.#disarm()
    if (this.#closed) return
    this.#closed = true
    this.#onClose()
  }

  async read(): Promise<Buffer | null> {
    const next = this.#queue.shift()
    if (next !== undefined) return next
    if (this.#failure !== null) throw this.#failure
    if (this.#ended) return null
    return new Promise((resolve, reject) => {
      this.#waiter = { resolve, reject }
    })
  }

  async readWithin(milliseconds: number): Promise<Buffer | null> {
    const disarm = startDeadline(milliseconds, () => this.#wake(null))
    try {
      return await this.read()
    } finally {
      disarm()
    }
  }

  unread(bytes: Buffer): void {
    if (bytes.length > 0) this.#queue.unshift(bytes)
  }

  write(bytes: Uint8Array): void {
    if (!this.#closed) this.#socket.write(bytes)
  }

  ended(): boolean {
    return this.#ended && this.#queue.length === 0
  }

  /** Cuts the connection off because the scan was aborted. */
  abort(): void {
    this.#fail(new MusterError('operation.cancelled', `the probe of ${this.where} was cancelled`))
  }

  close(): void {
    this.#ended = true
    this.#socket.destroy()
    this.#finish()
  }
}

function connectError(where: string, error: NodeJS.ErrnoException): MusterError {
  if (error.code === 'ECONNREFUSED') return new MusterError('connect.refused', `${where} refused the connection`)
  if (error.code === 'ETIMEDOUT') return new MusterError('connect.timeout', `${where} did not answer`)
  if (error.code === 'ECONNRESET' || error.code === 'EPIPE') return new MusterError('connect.failed', `${where} reset the connection`)
  return new MusterError('connect.failed', `${where} cannot be reached (${error.code ?? 'unknown error'})`)
}
