import { type ChildProcess, spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const root = join(import.meta.dirname, '../..')

/** The product as a user starts it, on a data directory of its own. */
export type ProductServer = {
  readonly url: string
  /** Unused sign-in link of the first administrator. */
  readonly link: string
  readonly dataDir: string
  /** Asks it to stop and resolves with its exit code; safe to call twice. */
  stop(): Promise<number | null>
}

/** Starts the server, with more options where some are given, and waits for its sign-in link. */
export async function startProduct(options: readonly string[] = []): Promise<ProductServer> {
  const dataDir = mkdtempSync(join(tmpdir(), 'muster-e2e-'))
  // As root the store runs under another account, which must be able to pass through.
  chmodSync(dataDir, 0o711)
  const port = await freePort()
  const child = spawn(process.execPath, ['packages/server/src/main.ts', '--data', dataDir, '--listen', `127.0.0.1:${port}`, ...options], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve))
  const link = await signInLink(child)
  return {
    url: `http://127.0.0.1:${port}`, link, dataDir,
    stop: async () => {
      child.kill('SIGTERM')
      const code = await ended
      rmSync(dataDir, { recursive: true, force: true })
      return code
    },
  }
}

function signInLink(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let out = ''
    let said = ''
    child.stderr!.setEncoding('utf8').on('data', (text: string) => { said = (said + text).slice(-4000) })
    child.stdout!.setEncoding('utf8').on('data', (text: string) => {
      out += text
      const line = /^http:\S+$/m.exec(out)?.[0]
      if (line !== undefined && out.includes('\n')) resolve(line)
    })
    child.once('exit', (code) => reject(new Error(`the server ended with code ${code}: ${said}`)))
  })
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}
