import { randomBytes, randomUUID } from 'node:crypto'
import { link, open, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { type Clock, isMusterError, MusterError, Secret } from '@muster/core'
import { sql } from 'kysely'
import { type Db, inTx, makeDataDir, type Migration } from './db/index.ts'
import type { Sealer } from './seal.ts'

const KEY_BYTES = 32

/**
 * The installation's key: 32 random bytes in `DIR/installation-key`, readable by its owner alone, made on the first start.
 * Secrets in the store are sealed with it and fingerprints of secrets are keyed with it, so the two belong together in a
 * backup.
 *
 * @throws MusterError config.invalid when others may read the file or write its directory, or it is not a key.
 */
export async function loadInstallationKey(dataDir: string): Promise<Secret> {
  await makeDataDir(dataDir)
  const path = join(dataDir, 'installation-key')
  const known = await readKey(path)
  if (known !== null) return known
  await makeKey(dataDir, path)
  const made = await readKey(path)
  if (made === null) throw new Error('a key that was just made is there')
  return made
}

async function readKey(path: string): Promise<Secret | null> {
  const found = await stat(path).catch(() => null)
  if (found === null) return null
  if ((found.mode & 0o077) !== 0) throw new MusterError('config.invalid', `others may read ${path}: run chmod 600 ${path}, and consider its secrets known to them`, { path })
  const bytes = await readFile(path)
  if (bytes.length !== KEY_BYTES) throw new MusterError('config.invalid', `${path} is not an installation key: restore it from a backup`, { path })
  return new Secret(bytes)
}

/** Written whole beside its place and linked there, so neither a crash nor a second process yields half a key or two. */
async function makeKey(dataDir: string, path: string): Promise<void> {
  const scratch = `${path}.${randomUUID()}`
  const file = await open(scratch, 'wx', 0o600)
  try {
    await file.chmod(0o600)
    await file.writeFile(randomBytes(KEY_BYTES))
    await file.sync()
  } finally {
    await file.close()
  }
  await link(scratch, path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error
  })
  await rm(scratch)
  const directory = await open(dataDir, 'r')
  await directory.sync().finally(() => directory.close())
}

/** For `compose.ts`: runs before every slice's. */
export const installationMigrations: readonly Migration[] = [{
  id: '0001-installation',
  statements: ['CREATE TABLE installation (singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton), key_check text NOT NULL, created_at timestamptz NOT NULL)'],
}]

type InstallationTables = { installation: { singleton: boolean; key_check: string; created_at: Date } }
const CHECK_CONTEXT = 'installation:key-check'

/**
 * Makes sure that the store and the key belong together, before anything is sealed with a key that a restored or second
 * data directory brought along.
 *
 * @throws MusterError config.invalid
 */
export async function requireMatchingKey(db: Db, sealer: Sealer, clock: Clock, dataDir: string): Promise<void> {
  await inTx(db, async (tx) => {
    await sql`LOCK TABLE installation IN EXCLUSIVE MODE`.execute(tx)
    const tables = tx.withTables<InstallationTables>()
    const known = await tables.selectFrom('installation').select('key_check').executeTakeFirst()
    if (known === undefined) {
      await tables.insertInto('installation').values({ singleton: true, key_check: sealer.seal(Secret.fromText('muster'), CHECK_CONTEXT), created_at: clock.now() }).execute()
      return
    }
    try {
      sealer.open(known.key_check, CHECK_CONTEXT)
    } catch (error) {
      if (!isMusterError(error)) throw error
      throw new MusterError('config.invalid', `the store was made with another installation key than ${join(dataDir, 'installation-key')}: restore the one that belongs to it`, { dataDir })
    }
  })
}
