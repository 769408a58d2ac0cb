import type { Stats } from 'node:fs'
import { chmod, mkdir, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { MusterError } from '@muster/core'
import { chooseAccount } from './account.ts'

/** Where the embedded server's things lie below the data directory. */
export function databaseHome(dataDir: string): string {
  return join(dataDir, 'postgres')
}

/**
 * Makes the data directory 0700 when it does not exist yet; parents get the usual mode. One that exists must be this process's own: whoever else can write
 * there could put a key or a database of theirs in the place of ours.
 *
 * @throws MusterError config.invalid for a directory of another user, or one that others may write
 */
export async function makeDataDir(dataDir: string): Promise<void> {
  const found = await stat(dataDir).catch(() => null)
  if (found === null) {
    await mkdir(dataDir, { recursive: true })
    await chmod(dataDir, 0o700)
    return
  }
  if (!found.isDirectory()) throw refused(dataDir, 'is no directory: choose another with --data')
  const uid = process.getuid?.()
  if (uid === undefined) return
  const own = { uid, gid: process.getgid?.() ?? 0, account: uid === 0 && found.uid !== 0 ? await accountOf(dataDir) : null }
  const problem = dataDirProblem(found, own, await isMountPoint(dataDir, found))
  if (problem !== null) throw refused(dataDir, problem)
}

/** Who this process is; `account` is the one that root runs the database as, where there is one. */
export type Own = { readonly uid: number; readonly gid: number; readonly account: number | null }

/**
 * Why a directory cannot be the data's, to go on after its name; null where it can. A mount point is what somebody with rights gave this process: volumes of
 * containers belong to root or to a user of the host, and are writable by the pod's group (`fsGroup`) or by all (`emptyDir`). Elsewhere root may
 * have given a directory to the group of this process alone (OpenShift). A group of its user's number is that user's alone (pam_umask(8), `usergroups`),
 * and such users' directories are writable by it.
 */
export function dataDirProblem({ uid, gid, mode }: Pick<Stats, 'uid' | 'gid' | 'mode'>, own: Own, isMount: boolean): string | null {
  const isOwn = uid === own.uid || uid === 0 || uid === own.account || (own.uid === 0 && isMount)
  if (!isOwn) return `belongs to another user (${uid}), who could replace what is in it: start Muster as that user, or choose another directory with --data`
  const byAll = (mode & 0o002) !== 0
  const isPrivateGroup = uid === 0 ? own.uid !== 0 && gid === own.gid : gid === uid
  const byGroup = (mode & 0o020) !== 0 && !isPrivateGroup
  if (isMount || (!byAll && !byGroup)) return null
  return `may be written by ${byAll ? 'everybody' : `group ${gid}`}, who could replace what is in it: look at what is there, then run chmod go-w on it, or choose another directory with --data`
}

async function accountOf(dataDir: string): Promise<number | null> {
  return chooseAccount(join(databaseHome(dataDir), 'data')).then(({ uid }) => uid, () => null)
}

async function isMountPoint(path: string, found: Stats): Promise<boolean> {
  const above = await stat(dirname(path)).catch(() => null)
  return above !== null && above.dev !== found.dev
}

function refused(dataDir: string, problem: string): MusterError {
  return new MusterError('config.invalid', `the data directory ${dataDir} ${problem}`, { dataDir })
}
