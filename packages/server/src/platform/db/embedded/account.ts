import { execFile, spawnSync } from 'node:child_process'
import { stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { promisify } from 'node:util'
import { MusterError } from '@muster/core'

const run = promisify(execFile)

/** The Unix account PostgreSQL runs under. It refuses to run as root, so root hands over to an unprivileged one. */
export type Account = {
  readonly uid: number
  readonly gid: number
  readonly name: string
  /** True when it is not the account of this process, so files have to be given to it. */
  readonly foreign: boolean
}

/** Options for `child_process` that make a child run as `account`. */
export function asAccount(account: Account): { uid?: number; gid?: number } {
  return account.foreign ? { uid: account.uid, gid: account.gid } : {}
}

/**
 * The invoking user; for root the owner of an existing cluster at `dataPath`, else `postgres` where there is one, else
 * `nobody`. The owner comes first because PostgreSQL starts a cluster only for its owner, whatever accounts appear later.
 *
 * @throws MusterError store.start-failed when root has no account to hand over to.
 */
export async function chooseAccount(dataPath: string): Promise<Account> {
  const uid = process.getuid?.()
  const gid = process.getgid?.()
  if (uid === undefined || gid === undefined) {
    throw new MusterError('store.start-failed', 'the embedded PostgreSQL does not run on this operating system; set MUSTER_DATABASE_URL')
  }
  if (uid !== 0) return { uid, gid, name: String(uid), foreign: false }
  const owner = await stat(dataPath).then((found) => found.uid, () => 0)
  const candidates = owner === 0 ? ['postgres', 'nobody'] : [String(owner)]
  for (const name of candidates) {
    const account = await lookUp(name)
    if (account !== null) return account
  }
  throw new MusterError('store.start-failed', `PostgreSQL does not run as root, and there is no account ${candidates.join(' or ')} to run it as`, { candidates })
}

async function lookUp(name: string): Promise<Account | null> {
  try {
    const [uid, gid, account] = await Promise.all(['-u', '-g', '-nu'].map(async (flag) => (await run('id', [flag, name])).stdout.trim()))
    const found = { uid: Number(uid), gid: Number(gid), name: account ?? name, foreign: true }
    return Number.isInteger(found.uid) && Number.isInteger(found.gid) && found.uid > 0 ? found : null
  } catch {
    return null
  }
}

/** Whether `account` may enter `directory`: asked of the kernel, so access lists and security modules count too. */
export function canEnter(account: Account, directory: string): boolean {
  if (!account.foreign) return true
  return spawnSync('/bin/sh', ['-c', 'cd -- "$0"', directory], { ...asAccount(account), cwd: '/', env: {}, stdio: 'ignore' }).status === 0
}

/**
 * Makes sure `account` can reach `directory`.
 *
 * @throws MusterError store.path-not-traversable naming the first directory on the way that shuts it out.
 */
export function requireEnterable(account: Account, directory: string): void {
  if (canEnter(account, directory)) return
  const way = [directory]
  for (let path = directory; dirname(path) !== path; path = dirname(path)) way.unshift(dirname(path))
  const closed = way.find((path) => !canEnter(account, path)) ?? directory
  throw new MusterError(
    'store.path-not-traversable',
    `PostgreSQL runs as ${account.name}, which may not enter ${closed}: choose another data directory with --data, or run chmod o+x ${closed}`,
    { directory: closed, account: account.name },
  )
}
