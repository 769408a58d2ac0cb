import { mkdtempSync, rmSync } from 'node:fs'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** As much as the system holds of a connection, and more. */
const BUFFER_BYTES = 1024 * 1024
/** After a shorter piece it is worth waiting until there is more: each piece costs as much as copying this much. */
const SHORT_BYTES = 96 * 1024
const WAIT_MILLISECONDS = 1

/**
 * Takes the output of a process that writes much into memory of its own, in large pieces. What a child process comes with gives each piece new memory and takes
 * whatever is there, which costs more than the copying.
 */
export class WidePipe {
  /** For the process to write to; {@link handedOver} when it runs. */
  readonly theirs: Socket
  readonly #ours: Socket
  readonly #buffer: Buffer
  #arrived: ((bytes: number) => void) | null = null
  #ended = false

  private constructor(theirs: Socket, ours: Socket, buffer: Buffer, hear: (arrived: (bytes: number) => void) => void) {
    this.theirs = theirs
    this.#ours = ours
    this.#buffer = buffer
    const tell = (bytes: number): void => {
      const arrived = this.#arrived
      this.#arrived = null
      arrived?.(bytes)
    }
    hear(tell)
    for (const event of ['end', 'close', 'error'] as const) ours.on(event, () => { this.#ended = true; tell(0) })
    theirs.on('error', () => {})
  }

  /** Null where there are no sockets in the file system, or none can be made. */
  static async open(): Promise<WidePipe | null> {
    let directory: string | null = null
    const server = createServer({ pauseOnConnect: true })
    try {
      // Nobody else may come to this directory, so whoever connects is this process.
      directory = mkdtempSync(join(tmpdir(), 'muster-git-'))
      const path = join(directory, 's')
      await listening(server, path)
      const buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES)
      let hear: (bytes: number) => void = () => {}
      const [theirs, ours] = await connected(server, path, buffer, (bytes) => { hear(bytes) })
      return new WidePipe(theirs, ours, buffer, (arrived) => { hear = arrived })
    } catch {
      return null
    } finally {
      server.close()
      if (directory !== null) rmSync(directory, { recursive: true, force: true })
    }
  }

  /** The process has its end; without this one its own end would never be heard of. */
  handedOver(): void {
    this.theirs.destroy()
  }

  /** What arrives, each piece good until the next is asked for; ends when the process has closed its end. */
  async *pieces(): AsyncGenerator<Buffer, void, void> {
    try {
      for (let last = Infinity; ;) {
        if (last < SHORT_BYTES && !this.#ended) await new Promise((resolve) => { setTimeout(resolve, WAIT_MILLISECONDS) })
        last = await this.#next()
        if (last === 0) return
        yield this.#buffer.subarray(0, last)
      }
    } finally {
      this.#ours.destroy()
    }
  }

  #next(): Promise<number> {
    if (this.#ended) return Promise.resolve(0)
    return new Promise((resolve) => {
      this.#arrived = resolve
      this.#ours.resume()
    })
  }
}

function listening(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(path, resolve)
  })
}

function connected(server: Server, path: string, buffer: Buffer, arrived: (bytes: number) => void): Promise<readonly [Socket, Socket]> {
  return new Promise((resolve, reject) => {
    // One piece is taken at a time, since the next lands in the same memory.
    const ours = connect({ path, onread: { buffer, callback: (bytes) => { arrived(bytes); return false } } })
    ours.pause()
    ours.once('error', reject)
    server.once('connection', (theirs) => { resolve([theirs, ours]) })
  })
}
