import { createHash, randomBytes } from 'node:crypto'
import { connect } from 'node:net'
import { MusterError, Secret, systemClock } from '@muster/core'
import { clientOptions, connectStore, type Db, type Migration, migrate, type StoreConnection } from '@muster/server/platform/db'
import postgres from 'postgres'
import { inject } from 'vitest'
import type { SharedServer } from './global-database.ts'

/** A database of one's own on a real PostgreSQL. */
export type TestDatabase = {
  readonly db: Db
  /** For `connectStore`, the job engine and child processes. */
  readonly connection: StoreConnection
  /** The same as a URL, for programs that take one. */
  readonly url: string
  /** Closes the pool and drops the database. */
  close(): Promise<void>
}

const quiet = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }

/**
 * A fresh database with `migrations` applied; files that ask with the same migrations share a template. It is on the run's
 * embedded server, or on the one MUSTER_TEST_DATABASE_URL names, whose user must be allowed to create databases.
 */
export async function testDatabase(options: { readonly migrations?: readonly Migration[]; readonly maxConnections?: number } = {}): Promise<TestDatabase> {
  const server = await sharedServer()
  const name = `muster_test_${process.pid}_${randomBytes(6).toString('hex')}`
  const migrations = options.migrations ?? []
  if (migrations.length === 0) await onServer(server, (sql) => sql.unsafe(`CREATE DATABASE ${name}`))
  else await cloneTemplate(server, name, migrations)
  const connection = withDatabase(server, name)
  const db = await connectStore(connection, { maxConnections: options.maxConnections ?? 4, applicationName: 'muster-test' })
  return {
    db, connection, url: urlOf(connection),
    close: async () => {
      await db.destroy()
      await onServer(server, (sql) => sql.unsafe(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`))
    },
  }
}

/** Makes the template for these migrations once per run; workers take turns by an advisory lock. */
async function cloneTemplate(server: StoreConnection, name: string, migrations: readonly Migration[]): Promise<void> {
  const template = `muster_template_${createHash('sha256').update(JSON.stringify(migrations)).digest('hex').slice(0, 16)}`
  await onServer(server, async (sql) => {
    await sql`SELECT pg_advisory_lock(60071)`
    const [ready] = await sql`SELECT 1 FROM pg_database WHERE datname = ${`${template}_ready`}`
    if (ready === undefined) {
      await sql.unsafe(`DROP DATABASE IF EXISTS ${template} WITH (FORCE)`)
      await sql.unsafe(`CREATE DATABASE ${template}`)
      const db = await connectStore(withDatabase(server, template), { maxConnections: 1 })
      await migrate(db, migrations, { clock: systemClock, log: quiet })
      await db.destroy()
      await sql.unsafe(`ALTER DATABASE ${template} RENAME TO ${template}_ready`)
    }
    await sql.unsafe(`CREATE DATABASE ${name} TEMPLATE ${template}_ready`)
  })
}

async function onServer(server: StoreConnection, work: (sql: postgres.Sql) => Promise<unknown>): Promise<void> {
  const sql = postgres(clientOptions(server, { maxConnections: 1 }))
  try {
    await work(sql)
  } finally {
    await sql.end({ timeout: 5 })
  }
}

async function sharedServer(): Promise<StoreConnection> {
  const url = process.env['MUSTER_TEST_DATABASE_URL']
  if (url !== undefined && url !== '') return { kind: 'url', url: Secret.fromText(url) }
  const answer = JSON.parse(await ask(inject('musterTestDatabase'))) as SharedServer | { error: string }
  if ('error' in answer) throw new MusterError('store.start-failed', answer.error)
  return { kind: 'socket', directory: answer.directory, port: answer.port, user: answer.user, password: Secret.fromText(answer.password), database: 'postgres' }
}

function ask(path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = ''
    const socket = connect(path)
    socket.setEncoding('utf8').on('data', (chunk: string) => { text += chunk }).on('end', () => resolve(text)).on('error', reject)
  })
}

function withDatabase(server: StoreConnection, database: string): StoreConnection {
  if (server.kind === 'socket') return { ...server, database }
  const url = new URL(server.url.revealText())
  url.pathname = `/${database}`
  return { kind: 'url', url: Secret.fromText(url.href) }
}

function urlOf(connection: StoreConnection): string {
  if (connection.kind === 'url') return connection.url.revealText()
  const password = encodeURIComponent(connection.password.revealText())
  return `postgres://${connection.user}:${password}@localhost:${connection.port}/${connection.database}?host=${encodeURIComponent(connection.directory)}`
}
