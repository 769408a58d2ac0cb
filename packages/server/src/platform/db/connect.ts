import { MusterError } from '@muster/core'
import { Kysely, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler, sql } from 'kysely'
import type postgres from 'postgres'
import { connectionParameters, socketPath, type StoreConnection } from './connection.ts'
import type { Db } from './db.ts'
import { PostgresDriver } from './driver.ts'

/** The oldest PostgreSQL Muster works with. */
export const OLDEST_POSTGRES = 15

const DEFAULT_CONNECTIONS = 12

export type ConnectOptions = {
  /** Connections at most (2 at least); each is a backend process on the server. */
  readonly maxConnections?: number
  readonly applicationName?: string
  /** How long to keep trying while no connection can be had, e.g. while the server recovers from a crash. */
  readonly acquireTimeoutMs?: number
}

/** The options of the `postgres` client for `connection`. @throws MusterError config.invalid */
export function clientOptions(connection: StoreConnection, options: ConnectOptions = {}): postgres.Options<Record<never, never>> {
  const { host, port, user, password, database, tls } = connectionParameters(connection)
  return {
    ...(host.startsWith('/') ? { path: socketPath({ directory: host, port }) } : { host, port }),
    user, password, database, ssl: tls,
    max: options.maxConnections ?? DEFAULT_CONNECTIONS,
    connect_timeout: 10,
    // Our driver does the waiting; the client's own would grow to 20 s after a few failures.
    backoff: () => 0,
    onnotice: () => {},
    connection: { application_name: options.applicationName ?? 'muster' },
  }
}

/**
 * Opens the pool and checks the server's version.
 *
 * While no connection can be had, statements wait up to `acquireTimeoutMs`; a statement that was under way when the server
 * went is never repeated, since it may have been committed. Both end in `store.unavailable`.
 *
 * @throws MusterError store.unavailable, store.version-unsupported, config.invalid
 */
export async function connectStore(connection: StoreConnection, options: ConnectOptions = {}): Promise<Db> {
  const connections = Math.max(2, options.maxConnections ?? DEFAULT_CONNECTIONS)
  const shared = Math.floor(connections / 2)
  const driver = { client: clientOptions(connection, options), shared, exclusive: connections - shared, waitMs: options.acquireTimeoutMs ?? 10_000 }
  const db: Db = new Kysely({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () => new PostgresDriver(driver),
      createIntrospector: (inner) => new PostgresIntrospector(inner),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    },
  })
  try {
    await requireVersion(db)
  } catch (error) {
    await db.destroy()
    throw error
  }
  return db
}

async function requireVersion(db: Db): Promise<void> {
  const { rows } = await sql<{ version: string; number: number }>`SELECT current_setting('server_version') AS version, current_setting('server_version_num')::int AS number`.execute(db)
  const found = rows[0]!
  if (found.number < OLDEST_POSTGRES * 10_000) {
    throw new MusterError('store.version-unsupported', `PostgreSQL ${found.version} is too old: Muster needs ${OLDEST_POSTGRES} or newer`, { version: found.version })
  }
}
