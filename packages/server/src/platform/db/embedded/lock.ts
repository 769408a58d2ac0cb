import { readFileSync, readlinkSync, rmSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { DatabaseSync } from 'node:sqlite'
import { MusterError } from '@muster/core'
import { writePrivate } from './layout.ts'
import { isAlive } from './processes.ts'

/** Holds the data directory for this process until released. */
export type DataDirLock = { release(): void }

/**
 * Takes the data directory for this process. Node has no flock(2); SQLite's exclusive transaction is the one way to a
 * kernel file lock (fcntl) without native code of our own: atomic, seen across containers of one kernel, and gone the
 * moment its holder dies, however it dies. No data is ever stored in the file.
 *
 * A process loses its fcntl locks on a file when it closes any descriptor of it, as a scan of this machine would. Scans
 * leave the directory out, and the file beside the lock says who holds it: while that very process lives the directory is
 * in use, locked or not.
 *
 * @throws MusterError store.data-dir-in-use
 */
export async function lockDataDir(lockFile: string, dataDir: string): Promise<DataDirLock> {
  const holderFile = `${lockFile}.pid`
  const database = new DatabaseSync(lockFile, { timeout: 0 })
  const holder = await readHolder(holderFile)
  if (!begins(database) || (holder !== null && livesStill(holder))) {
    database.close()
    const who = holder === null ? 'another process' : `process ${holder.pid}`
    throw new MusterError('store.data-dir-in-use', `the data directory ${dataDir} is in use by ${who}; stop it, or choose another with --data`, { dataDir, pid: holder?.pid ?? '' })
  }
  await writePrivate(holderFile, `${process.pid}\n${birthOf(process.pid) ?? ''}\n`, null)
  return {
    release: () => {
      rmSync(holderFile, { force: true })
      database.close()
    },
  }
}

function begins(database: DatabaseSync): boolean {
  try {
    database.exec('BEGIN EXCLUSIVE')
    return true
  } catch {
    return false
  }
}

type Holder = { readonly pid: string; readonly birth: string }

async function readHolder(path: string): Promise<Holder | null> {
  const [pid = '', birth = ''] = (await readFile(path, 'utf8').catch(() => '')).split('\n')
  return /^\d{1,10}$/.test(pid) ? { pid, birth } : null
}

/** False as well where nothing is known: then the kernel's lock alone decides. */
function livesStill({ pid, birth }: Holder): boolean {
  return birth !== '' && Number(pid) !== process.pid && isAlive(Number(pid)) && birthOf(Number(pid)) === birth
}

/** What tells a process from all others that had or will have its id: the boot, the pid namespace and the start. Null without /proc. */
function birthOf(pid: number): string | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1')
    // proc_pid_stat(5): starttime is field 22; the name in field 2 may hold anything, so count from its closing parenthesis.
    const started = text.slice(text.lastIndexOf(')') + 2).split(' ')[19]
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()} ${readlinkSync('/proc/self/ns/pid')} ${started}`
  } catch {
    return null
  }
}
