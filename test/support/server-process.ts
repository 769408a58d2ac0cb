import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../', import.meta.url))
const pinned = join(root, 'node_modules/.bin/node')
/** The Node that came with the packages. */
export const node = existsSync(pinned) ? pinned : process.execPath

/** A whole server in a process and a data directory of its own; it may be killed and started again. */
export class ServerProcess {
  readonly home: string
  readonly data: string
  readonly url: string
  #child: ChildProcess | null = null
  #said = ''

  private constructor(home: string, url: string) {
    this.home = home
    this.data = join(home, 'data')
    this.url = url
  }

  /** Makes the directory and starts the server; ready when it resolves. */
  static async start(): Promise<ServerProcess> {
    const home = await mkdtemp(join(tmpdir(), 'muster-server-'))
    // As root the database runs under another account, which must be able to pass through.
    await chmod(home, 0o711)
    const server = new ServerProcess(home, `http://127.0.0.1:${await freePort()}`)
    await server.start()
    return server
  }

  async start(): Promise<void> {
    const child = spawn(node, [join(root, 'packages/server/src/main.ts'), '--data', this.data, '--listen', this.url.slice('http://'.length), '--first-scan', 'false'], { stdio: ['ignore', 'ignore', 'pipe'] })
    child.stderr!.on('data', (chunk: Buffer) => { this.#said = `${this.#said}${chunk.toString()}`.slice(-4_000_000) })
    this.#child = child
    await this.until('the server is ready', async () => (await fetch(`${this.url}/readyz`).catch(() => null))?.ok === true)
  }

  /** What it wrote to its log since it was made, the last four million characters. */
  get said(): string {
    return this.#said
  }

  /** An API token, made on the server's own host. */
  token(role: string): string {
    return execFileSync(node, [join(root, 'packages/server/src/token.ts'), '--data', this.data, '--role', role], { encoding: 'utf8' }).trim()
  }

  /** kill -9; resolves when the process is gone. */
  async kill(): Promise<void> {
    const child = this.#child!
    const gone = once(child, 'exit')
    child.kill('SIGKILL')
    await gone
  }

  /** The process id of the database's postmaster. */
  async postmaster(): Promise<number> {
    return Number((await readFile(join(this.data, 'postgres/data/postmaster.pid'), 'utf8')).split('\n')[0])
  }

  async call<Body>(method: string, path: string, token: string, body?: unknown): Promise<{ status: number; body: Body }> {
    const headers = { authorization: `Bearer ${token}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) }
    const response = await fetch(`${this.url}/api/v1/${path}`, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) })
    return { status: response.status, body: (response.status === 204 ? null : await response.json()) as Body }
  }

  /** Waits until `reached` says so; a call that fails meanwhile is asked again, a server that ended is not. */
  async until(what: string, reached: () => Promise<boolean>, patienceMs = 90_000): Promise<void> {
    for (let waited = 0; waited < patienceMs; waited += 20) {
      if (await reached().catch(() => false)) return
      if (this.#child!.exitCode !== null || this.#child!.signalCode !== null) break
      await delay(20)
    }
    throw new Error(`it did not happen that ${what}:\n${this.#said.slice(-4000)}`)
  }

  /** Stops it gracefully and removes what it kept. */
  async remove(): Promise<void> {
    if (this.#child?.exitCode === null && this.#child.signalCode === null) {
      const gone = once(this.#child, 'exit')
      this.#child.kill('SIGTERM')
      await gone
    }
    await rm(this.home, { recursive: true, force: true })
  }
}

/** A port of this host nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
