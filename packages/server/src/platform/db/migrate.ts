import { createHash } from 'node:crypto'
import { type Clock, MusterError } from '@muster/core'
import { sql } from 'kysely'
import type { Log } from '../log.ts'
import { type Db, inTx, type Migration, type Tx } from './db.ts'

/** Any constant will do; two servers that start at once take turns by it. */
const MIGRATION_LOCK = 7_236_411_902

type MigrationTables = { muster_migration: { id: string; checksum: string; applied_at: Date } }

/**
 * Brings the schema to what `migrations` say: each that is not recorded runs in a transaction of its own, in the order of
 * ids, one process at a time. Statements wait at most 5 s for a lock, so that a server of the previous release that is
 * still running is not held up; the migration is then tried again.
 *
 * @returns how many ran.
 * @throws MusterError store.version-unsupported when the store was made by a newer release, or by different statements
 *   under the same id.
 */
export async function migrate(db: Db, migrations: readonly Migration[], options: { readonly clock: Clock; readonly log: Log }): Promise<number> {
  const ordered = inOrder(migrations)
  await inTx(db, async (tx) => {
    await lock(tx)
    await sql`CREATE TABLE IF NOT EXISTS muster_migration (id text PRIMARY KEY, checksum text NOT NULL, applied_at timestamptz NOT NULL)`.execute(tx)
    refuseUnknown(await recorded(tx), ordered)
  })
  let ran = 0
  for (const migration of ordered) {
    if (await applyPatiently(db, migration, options)) ran++
  }
  return ran
}

function inOrder(migrations: readonly Migration[]): readonly Migration[] {
  const ordered = [...migrations].sort((a, b) => (a.id < b.id ? -1 : 1))
  ordered.forEach((migration, index) => {
    if (!/^\d{4}-[a-z0-9-]{1,100}$/.test(migration.id)) throw new Error(`not a migration id: ${migration.id}`)
    if (ordered[index + 1]?.id === migration.id) throw new Error(`two migrations are called ${migration.id}`)
  })
  return ordered
}

async function lock(tx: Tx): Promise<void> {
  await sql`SELECT pg_advisory_xact_lock(${sql.lit(MIGRATION_LOCK)})`.execute(tx)
}

async function recorded(tx: Tx): Promise<ReadonlyMap<string, string>> {
  const rows = await tx.withTables<MigrationTables>().selectFrom('muster_migration').select(['id', 'checksum']).execute()
  return new Map(rows.map((row) => [row.id, row.checksum]))
}

function refuseUnknown(applied: ReadonlyMap<string, string>, known: readonly Migration[]): void {
  const ids = new Set(known.map((migration) => migration.id))
  const newer = [...applied.keys()].filter((id) => !ids.has(id)).sort()
  if (newer.length > 0) {
    throw new MusterError('store.version-unsupported', `the store was made by a newer release of Muster (it has ${newer.at(-1)}); start that release or a later one`, { unknown: newer })
  }
  for (const migration of known) {
    const checksum = applied.get(migration.id)
    if (checksum !== undefined && checksum !== checksumOf(migration)) {
      throw new MusterError('store.version-unsupported', `the store's ${migration.id} differs from this release's: it was made by a build that was never released`, { migration: migration.id })
    }
  }
}

function checksumOf(migration: Migration): string {
  const hash = createHash('sha256')
  for (const statement of migration.statements) hash.update(`${statement.length}:${statement}`)
  return hash.digest('hex')
}

const LOCK_NOT_AVAILABLE = '55P03'
const MAX_ATTEMPTS = 24

async function applyPatiently(db: Db, migration: Migration, options: { readonly clock: Clock; readonly log: Log }): Promise<boolean> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await inTx(db, (tx) => apply(tx, migration, options.clock))
    } catch (error) {
      const busy = error instanceof Error && 'code' in error && error.code === LOCK_NOT_AVAILABLE
      if (!busy || attempt === MAX_ATTEMPTS) throw error
      options.log.warn({ migration: migration.id, attempt }, 'a migration waits for a table in use')
    }
  }
}

async function apply(tx: Tx, migration: Migration, clock: Clock): Promise<boolean> {
  await lock(tx)
  if ((await recorded(tx)).has(migration.id)) return false
  await sql`SET LOCAL lock_timeout = '5s'`.execute(tx)
  for (const statement of migration.statements) await sql.raw(statement).execute(tx)
  await tx.withTables<MigrationTables>().insertInto('muster_migration').values({ id: migration.id, checksum: checksumOf(migration), applied_at: clock.now() }).execute()
  return true
}
