import { readFile } from 'node:fs/promises'
import { DatabaseSync } from 'node:sqlite'
import { MusterError } from '@muster/core'
import { writePrivate } from './layout.ts'

/** Holds the data directory for this process until released. */
export type DataDirLock = { release(): void }

/**
 * Takes the data directory for this process. Node has no flock(2); SQLite's exclusive transaction is the one way to a
 * kernel file lock (fcntl) without native code of our own: atomic, seen across containers of one kernel, and gone the
 * moment its holder dies, however it dies. No data is ever stored in the file. Nothing else in this process may open it:
 * closing any descriptor of a file gives up a process's fcntl locks on it, hence the holder's pid in a file beside it.
 *
 * @throws MusterError store.data-dir-in-use
 */
export async function lockDataDir(lockFile: string, dataDir: string): Promise<DataDirLock> {
  const holderFile = `${lockFile}.pid`
  const database = new DatabaseSync(lockFile, { timeout: 0 })
  try {
    database.exec('BEGIN EXCLUSIVE')
  } catch {
    database.close()
    const pid = (await readFile(holderFile, 'utf8').catch(() => '')).trim()
    const holder = /^\d{1,10}$/.test(pid) ? `process ${pid}` : 'another process'
    throw new MusterError('store.data-dir-in-use', `the data directory ${dataDir} is in use by ${holder}; stop it, or choose another with --data`, { dataDir, pid })
  }
  await writePrivate(holderFile, `${process.pid}\n`, null)
  return { release: () => database.close() }
}
