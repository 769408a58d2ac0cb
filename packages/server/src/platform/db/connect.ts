import { setTimeout as delay } from 'node:timers/promises'
import { MusterError } from '@muster/core'
import { type AbortableOperationOptions, type CompiledQuery, type DatabaseConnection, type Driver, Kysely, type QueryResult, sql } from 'kysely'
import { PostgresJSDialect } from 'kysely-postgres-js'
import postgres from 'postgres'
import { connectionParameters, socketPath, type StoreConnection } from './connection.ts'
import type { Db } from './db.ts'

/** The oldest PostgreSQL Muster works with. */
export const OLDEST_POSTGRES = 15

export type ConnectOptions = {
  /** Connections at most; each is a backend process on the server. */
  readonly maxConnections?: number
  readonly applicationName?: string
  /** How long to keep trying while no connection can be had, e.g. while the server recovers from a crash. */
  readonly acquireTimeoutMs?: number
}

const RETRY_MS = 100

/** The options of the `postgres` client for `connection`. @throws MusterError config.invalid */
export function clientOptions(connection: StoreConnection, options: ConnectOptions = {}): postgres.Options<Record<never, never>> {
  const { host, port, user, password, database, tls } = connectionParameters(connection)
  return {
    ...(host.startsWith('/') ? { path: socketPath({ directory: host, port }) } : { host, port }),
    user, password, database, ssl: tls,
    max: options.maxConnections ?? 8,
    connect_timeout: 10,
    // Ours does the waiting; the client's own would grow to 20 s after a few failures.
    backoff: () => 0,
    // Statements are prepared once a connection; connections are renewed so that their caches stay small.
    max_lifetime: 60 * 30,
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
 * @throws MusterError store.unavailable, store.version-unsupported
 */
export async function connectStore(connection: StoreConnection, options: ConnectOptions = {}): Promise<Db> {
  const dialect = new PostgresJSDialect({ postgres: postgres(clientOptions(connection, options)) })
  const db: Db = new Kysely({
    dialect: {
      createAdapter: () => dialect.createAdapter(),
      createDriver: () => resilientDriver(dialect.createDriver(), options.acquireTimeoutMs ?? 10_000),
      createIntrospector: (inner) => dialect.createIntrospector(inner),
      createQueryCompiler: () => dialect.createQueryCompiler(),
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

/** Wraps a driver so that a server that is away is waited for, and its absence has one error code. */
function resilientDriver(inner: Driver, acquireTimeoutMs: number): Driver {
  const translating = new WeakMap<DatabaseConnection, DatabaseConnection>()
  const original = (connection: DatabaseConnection): DatabaseConnection => translating.get(connection) ?? connection
  return {
    init: (options) => inner.init(options),
    acquireConnection: async (options) => {
      const connection = await acquire(inner, acquireTimeoutMs, options)
      const outer = translate(connection)
      translating.set(outer, connection)
      return outer
    },
    beginTransaction: (connection, settings) => translated(inner.beginTransaction(original(connection), settings)),
    commitTransaction: (connection) => translated(inner.commitTransaction(original(connection))),
    rollbackTransaction: (connection) => translated(inner.rollbackTransaction(original(connection))),
    savepoint: (connection, name, compile) => translated(inner.savepoint?.(original(connection), name, compile) ?? Promise.resolve()),
    rollbackToSavepoint: (connection, name, compile) => translated(inner.rollbackToSavepoint?.(original(connection), name, compile) ?? Promise.resolve()),
    releaseSavepoint: (connection, name, compile) => translated(inner.releaseSavepoint?.(original(connection), name, compile) ?? Promise.resolve()),
    releaseConnection: (connection, options) => inner.releaseConnection(original(connection), options),
    destroy: (options) => inner.destroy(options),
  }
}

/** Nothing has been sent yet, so trying again is safe. */
async function acquire(inner: Driver, timeoutMs: number, options?: AbortableOperationOptions): Promise<DatabaseConnection> {
  for (let waited = 0; ; waited += RETRY_MS) {
    try {
      return await inner.acquireConnection(options)
    } catch (error) {
      if (!isUnavailable(error) || waited >= timeoutMs) throw unavailable(error)
      await delay(RETRY_MS)
    }
  }
}

function translate(connection: DatabaseConnection): DatabaseConnection {
  return {
    executeQuery: <Row>(query: CompiledQuery, options?: AbortableOperationOptions): Promise<QueryResult<Row>> => translated(connection.executeQuery<Row>(query, options)),
    streamQuery: <Row>(query: CompiledQuery, chunkSize: number, options?: AbortableOperationOptions) => translatedStream(connection.streamQuery<Row>(query, chunkSize, options)),
    cancelQuery: (provider) => connection.cancelQuery?.(provider) ?? Promise.resolve(),
    collectSessionInfo: () => connection.collectSessionInfo?.() ?? Promise.resolve(),
    killSession: (provider) => connection.killSession?.(provider) ?? Promise.resolve(),
  }
}

async function translated<Result>(result: Promise<Result>): Promise<Result> {
  try {
    return await result
  } catch (error) {
    throw unavailable(error)
  }
}

async function* translatedStream<Row>(rows: AsyncIterableIterator<QueryResult<Row>>): AsyncIterableIterator<QueryResult<Row>> {
  try {
    yield* rows
  } catch (error) {
    throw unavailable(error)
  }
}

/**
 * Codes that say the server is away rather than that the statement is wrong: the client's own, the socket's, and
 * PostgreSQL's classes 08 (connection exception), 57P (operator intervention) and 53300 (too many connections).
 */
const AWAY = /^(CONNECTION_(CLOSED|ENDED|DESTROYED)|CONNECT_TIMEOUT|ECONNREFUSED|ECONNRESET|EPIPE|ENOENT|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN|08...|57P0[1-5]|53300)$/

function isUnavailable(error: unknown): boolean {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && AWAY.test(error.code)
}

function unavailable(error: unknown): unknown {
  return isUnavailable(error) ? new MusterError('store.unavailable', 'the database is not reachable right now', {}, { cause: error }) : error
}
