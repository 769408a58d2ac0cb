import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '@muster/core'
import { type EmbeddedPostgres, startEmbedded } from '@muster/server/platform/db'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  interface ProvidedContext {
    /** The socket that tells where the run's shared PostgreSQL is; see {@link setup}. */
    musterTestDatabase: string
  }
}

/** What a test worker is told about the shared server. */
export type SharedServer = { readonly directory: string; readonly port: number; readonly user: string; readonly password: string }

const quiet = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }

/**
 * vitest's global set-up: one embedded PostgreSQL for a whole run, started when the first test asks for a database, so that
 * runs which need none pay nothing. Workers ask over a Unix socket.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const directory = await mkdtemp(join(tmpdir(), 'muster-test-'))
  // As root the server runs under another account, which must be able to pass through.
  await chmod(directory, 0o711)
  let starting: Promise<EmbeddedPostgres> | null = null
  const door = createServer((socket) => {
    socket.on('error', () => {})
    starting ??= startEmbedded({ dataDir: join(directory, 'store'), clock: systemClock, log: quiet })
    starting.then(
      ({ superuser }) => socket.end(JSON.stringify({ ...superuser, password: superuser.password.revealText() })),
      (error: unknown) => socket.end(JSON.stringify({ error: String(error) })),
    )
  })
  const path = join(directory, 'ask')
  await listen(door, path)
  project.provide('musterTestDatabase', path)
  return async () => {
    door.close()
    await (await starting?.catch(() => null))?.stop()
    await rm(directory, { recursive: true, force: true })
  }
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(path, resolve)
  })
}
