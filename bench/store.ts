import { readdirSync, readFileSync } from 'node:fs'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '@muster/core'
import { connectStore, type Db, migrate, type Migration, startEmbedded } from '@muster/server/platform/db'

const quiet = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }

/**
 * Runs `work` on an embedded store of its own with `migrations` applied, and removes it afterwards. `cpuSeconds` is what this
 * process and the database have used so far: on a machine that others use as well, time on the clock says little.
 */
export async function withThrowAwayStore<Result>(migrations: readonly Migration[], work: (db: Db, cpuSeconds: () => number) => Promise<Result>): Promise<Result> {
  const directory = await mkdtemp(join(tmpdir(), 'muster-bench-'))
  // As root the server runs under another account, which must be able to pass through.
  await chmod(directory, 0o711)
  const server = await startEmbedded({ dataDir: join(directory, 'store'), clock: systemClock, log: quiet })
  try {
    const db = await connectStore(server.connection, { maxConnections: 4, applicationName: 'muster-bench' })
    try {
      await migrate(db, migrations, { clock: systemClock, log: quiet })
      return await work(db, () => cpuSeconds(server.processes().postmaster ?? 0))
    } finally {
      await db.destroy()
    }
  } finally {
    await server.stop()
    await rm(directory, { recursive: true, force: true })
  }
}

const TICKS_PER_SECOND = 100

/** proc_pid_stat(5): utime, stime, and those of children that have ended, of the postmaster and its backends. NaN without /proc. */
function cpuSeconds(postmaster: number): number {
  const own = process.cpuUsage()
  let ticks = 0
  try {
    for (const entry of readdirSync('/proc')) if (/^\d+$/.test(entry)) ticks += ticksOf(entry, postmaster)
  } catch {
    return Number.NaN
  }
  return (own.user + own.system) / 1e6 + ticks / TICKS_PER_SECOND
}

function ticksOf(pid: string, postmaster: number): number {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1')
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ').map(Number)
    const [parent, user = 0, system = 0, childUser = 0, childSystem = 0] = [fields[1], ...fields.slice(11, 15)]
    return Number(pid) === postmaster || parent === postmaster ? user + system + childUser + childSystem : 0
  } catch {
    // It ended meanwhile: its parent has its time.
    return 0
  }
}
