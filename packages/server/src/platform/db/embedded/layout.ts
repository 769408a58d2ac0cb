import { createHash, randomBytes } from 'node:crypto'
import { constants } from 'node:fs'
import { chmod, mkdir, open, readFile, realpath, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { MusterError, Secret } from '@muster/core'
import { type Account, canEnter, requireEnterable } from './account.ts'
import { databaseHome, makeDataDir } from './data-dir.ts'

/** Where the embedded server keeps its things. All below `DIR/postgres` except a socket directory whose path was too long. */
export type Layout = {
  readonly home: string
  /** PGDATA. Absolute and without symbolic links: it is compared with what processes call their directory. */
  readonly data: string
  readonly binaries: string
  readonly lockFile: string
  readonly superuserPassword: string
  readonly ownerPassword: string
  readonly sockets: string
}

export const SOCKET_PORT = 5432
/** `sun_path` holds 108 bytes on Linux and 104 on macOS, the closing zero included. */
const MAX_SOCKET_PATH = 103

/** The paths under an existing data directory; nothing is made. */
export function layoutOf(dataDir: string): Layout {
  const home = databaseHome(dataDir)
  return {
    home,
    data: join(home, 'data'),
    binaries: join(home, 'binaries'),
    lockFile: join(home, 'supervisor.lock'),
    superuserPassword: join(home, 'superuser-password'),
    ownerPassword: join(home, 'owner-password'),
    sockets: socketDirectory(home),
  }
}

/**
 * Makes `dataDir` (for its owner alone; enterable for `account` when that is another one) and what the server needs below.
 * Only the cluster and the sockets belong to the account: as root nothing is written where another user could have put a link.
 *
 * @throws MusterError config.invalid, store.path-not-traversable, store.start-failed
 */
export async function prepareLayout(dataDir: string, account: Account): Promise<Layout> {
  await makeDataDir(dataDir)
  const real = await realpath(dataDir)
  if (account.foreign && !canEnter(account, real)) {
    const found = await stat(real)
    // The directory is Muster's own; entering it shows nothing, everything inside is readable by its owner alone.
    if (found.uid === 0) await chmod(real, (found.mode & 0o7777) | 0o011)
    requireEnterable(account, real)
  }
  const layout = layoutOf(real)
  await mkdir(layout.home, { recursive: true, mode: 0o700 })
  if (account.foreign && !canEnter(account, layout.home)) await chmod(layout.home, 0o711)
  await makeForAccount(layout.sockets, account)
  return layout
}

/** Makes a directory that belongs to `account` alone, or takes one that does already. @throws MusterError store.start-failed */
export async function makeForAccount(path: string, account: Account): Promise<void> {
  await mkdir(path, { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error
  })
  // A short socket directory lies in /tmp, where anybody could have put a link or a directory of theirs before us; changes
  // go through the descriptor that was looked at.
  const directory = await open(path, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW).catch(() => null)
  try {
    const found = await directory?.stat()
    if (directory === null || found === undefined || (found.uid !== process.getuid?.() && found.uid !== account.uid)) {
      throw new MusterError('store.start-failed', `${path} is not a directory of ${account.name}; remove it`, { path })
    }
    await directory.chmod(0o700)
    if (account.foreign) await directory.chown(account.uid, account.gid)
  } finally {
    await directory?.close()
  }
}

function socketDirectory(home: string): string {
  const inside = join(home, 'run')
  if (Buffer.byteLength(`${inside}/.s.PGSQL.${SOCKET_PORT}`) <= MAX_SOCKET_PATH) return inside
  return `/tmp/muster-${createHash('sha256').update(home).digest('hex').slice(0, 20)}`
}

/** Reads the password in `path`, or makes a random one of 256 bits in a file only `account` (and root) can read. */
export async function passwordFile(path: string, account: Account): Promise<Secret> {
  const known = await readPassword(path)
  if (known !== null) return known
  await writePrivate(path, `${randomBytes(32).toString('base64url')}\n`, account)
  const made = await readPassword(path)
  if (made === null) throw new MusterError('store.start-failed', `the password file ${path} could not be written`, { path })
  return made
}

/** Writes a new file (never through a link) that is readable by its owner alone: `account`, or this process's user. */
export async function writePrivate(path: string, text: string, account: Account | null): Promise<void> {
  await rm(path, { force: true })
  const file = await open(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW, 0o600)
  try {
    if (account?.foreign === true) await file.chown(account.uid, account.gid)
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
}

/** The password in `path`; null when there is none or it was cut short by a crash. */
export async function readPassword(path: string): Promise<Secret | null> {
  const text = await readFile(path, 'utf8').catch(() => '')
  return /^[A-Za-z0-9_-]{43}\n$/.test(text) ? Secret.fromText(text.trim()) : null
}
