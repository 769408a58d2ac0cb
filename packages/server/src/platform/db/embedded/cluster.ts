import { execFile } from 'node:child_process'
import { open, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { MusterError } from '@muster/core'
import { type Account, asAccount } from './account.ts'
import type { Binaries } from './binaries.ts'
import { type Layout, makeForAccount } from './layout.ts'

const run = promisify(execFile)

/** The role `initdb` makes; Muster uses it only to set up the database its own role owns. */
export const SUPERUSER = 'postgres'

/**
 * Makes the cluster unless it exists. It is built beside its place and moved there whole, so a crash in the middle
 * leaves no half-made cluster to be taken for a real one.
 *
 * @throws MusterError store.version-unsupported when another major version of PostgreSQL made it.
 * @throws MusterError store.start-failed
 */
export async function ensureCluster(layout: Layout, account: Account, binaries: Binaries): Promise<void> {
  const found = await readFile(join(layout.data, 'PG_VERSION'), 'utf8').catch(() => null)
  if (found === null) {
    if (await stat(layout.data).then(() => true, () => false)) throw new MusterError('store.start-failed', `${layout.data} is there but is no database; move it away`, { data: layout.data })
    return initialise(layout, account, binaries)
  }
  if (found.trim() === binaries.major) return
  throw new MusterError(
    'store.version-unsupported',
    `the data in ${layout.data} was made by PostgreSQL ${found.trim()}, this release brings ${binaries.major}: dump it with the release that made it and load it into a new data directory`,
    { found: found.trim(), supported: binaries.major },
  )
}

async function initialise(layout: Layout, account: Account, binaries: Binaries): Promise<void> {
  for (const entry of await readdir(layout.home)) {
    if (entry.startsWith('initdb-')) await rm(join(layout.home, entry), { recursive: true, force: true })
  }
  const scratch = join(layout.home, `initdb-${process.pid}`)
  await makeForAccount(scratch, account)
  const options = [
    `--pgdata=${scratch}`, `--username=${SUPERUSER}`, `--pwfile=${layout.superuserPassword}`, '--auth=scram-sha-256',
    '--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--data-checksums', '--no-instructions',
  ]
  try {
    await run(binaries.initdb, options, { ...asAccount(account), cwd: '/', env: { LC_ALL: 'C', TZ: 'UTC', PATH: '/usr/bin:/bin' } })
  } catch (cause) {
    const said = cause instanceof Error && 'stderr' in cause ? String(cause.stderr).trim().split('\n').at(-1) : ''
    throw new MusterError('store.start-failed', `the database could not be made in ${layout.home}: ${said}`, { home: layout.home }, { cause })
  }
  await rename(scratch, layout.data)
  await syncDirectory(layout.home)
}

async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r')
  try {
    await directory.sync()
  } finally {
    await directory.close()
  }
}
