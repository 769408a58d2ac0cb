import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '@muster/core'
import { connectStore, type Db, migrate, type Migration, startEmbedded } from '@muster/server/platform/db'

const quiet = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }

/** Runs `work` on an embedded store of its own with `migrations` applied, and removes it afterwards. */
export async function withThrowAwayStore<Result>(migrations: readonly Migration[], work: (db: Db) => Promise<Result>): Promise<Result> {
  const directory = await mkdtemp(join(tmpdir(), 'muster-bench-'))
  // As root the server runs under another account, which must be able to pass through.
  await chmod(directory, 0o711)
  const server = await startEmbedded({ dataDir: join(directory, 'store'), clock: systemClock, log: quiet })
  try {
    const db = await connectStore(server.connection, { maxConnections: 4, applicationName: 'muster-bench' })
    try {
      await migrate(db, migrations, { clock: systemClock, log: quiet })
      return await work(db)
    } finally {
      await db.destroy()
    }
  } finally {
    await server.stop()
    await rm(directory, { recursive: true, force: true })
  }
}
