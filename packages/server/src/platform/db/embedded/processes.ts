import { readFileSync } from 'node:fs'
import { readdir, readFile, readlink, stat } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'

/** What `postmaster.pid` tells (PostgreSQL, src/include/utils/pidfile.h). */
export type PostmasterPid = { readonly pid: number; readonly dataDir: string; readonly status: string }

/** Reads DIR/postmaster.pid; null when there is none or it is not complete yet. */
export async function readPostmasterPid(dataPath: string): Promise<PostmasterPid | null> {
  const text = await readFile(`${dataPath}/postmaster.pid`, 'utf8').catch(() => '')
  const lines = text.split('\n')
  const pid = Math.abs(Number(lines[0]))
  if (!Number.isInteger(pid) || pid <= 1) return null
  return { pid, dataDir: lines[1] ?? '', status: (lines[7] ?? '').trim() }
}

/**
 * Whether a process with this id runs, be it of another user. One that has ended and waits for its parent to notice does
 * not: in a container without an init such a zombie stays for good.
 */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false
  }
  return !isZombie(pid)
}

/** proc_pid_stat(5): the state follows the command's name in parentheses, which may itself hold any character. */
function isZombie(pid: number): boolean {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1')
    return /^\) [ZX]/.test(text.slice(text.lastIndexOf(')')))
  } catch {
    return false
  }
}

/** Sends a signal; false when the process is gone. */
export function signal(pid: number, name: NodeJS.Signals): boolean {
  try {
    process.kill(pid, name)
    return true
  } catch {
    return false
  }
}

/**
 * The processes of the cluster at `dataPath`: postmaster and backends, known by their working directory. Null where
 * /proc does not tell (macOS).
 */
export async function clusterProcesses(dataPath: string): Promise<readonly number[] | null> {
  if (!(await stat('/proc/self/cwd').then(() => true, () => false))) return null
  const found: number[] = []
  for (const entry of await readdir('/proc')) {
    if (!/^\d+$/.test(entry)) continue
    const cwd = await readlink(`/proc/${entry}/cwd`).catch(() => '')
    if (cwd === dataPath && (await isPostgres(entry))) found.push(Number(entry))
  }
  return found
}

async function isPostgres(pid: string): Promise<boolean> {
  const name = await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '')
  return name.trim() === 'postgres'
}

/** Polls `condition` every 50 ms until it holds; false after `timeoutMs`. */
export async function until(condition: () => boolean | Promise<boolean>, timeoutMs: number): Promise<boolean> {
  for (let waited = 0; ; waited += 50) {
    if (await condition()) return true
    if (waited >= timeoutMs) return false
    await delay(50)
  }
}
