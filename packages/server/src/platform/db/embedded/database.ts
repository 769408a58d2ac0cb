import { MusterError, type Secret } from '@muster/core'
import postgres from 'postgres'
import { clientOptions } from '../connect.ts'
import type { StoreConnection } from '../connection.ts'
import { SUPERUSER } from './cluster.ts'
import { type Layout, layoutOf, readPassword, SOCKET_PORT } from './layout.ts'
import { readPostmasterPid } from './processes.ts'

type SocketConnection = Extract<StoreConnection, { kind: 'socket' }>

const OWNER = 'muster'

export function superuserConnection(layout: Layout, password: Secret): SocketConnection {
  return { kind: 'socket', directory: layout.sockets, port: SOCKET_PORT, user: SUPERUSER, password, database: 'postgres' }
}

export function ownerConnection(layout: Layout, password: Secret): SocketConnection {
  return { kind: 'socket', directory: layout.sockets, port: SOCKET_PORT, user: OWNER, password, database: OWNER }
}

/**
 * Makes the role and the database Muster works with: not the superuser, so that no statement of ours can read files or
 * run programs as the database's account. Does nothing where they exist; mends a set-up that was cut short.
 */
export async function ensureDatabase(superuser: SocketConnection, owner: SocketConnection): Promise<void> {
  const sql = postgres(clientOptions(superuser, { maxConnections: 1 }))
  try {
    const [role] = await sql`SELECT 1 FROM pg_roles WHERE rolname = ${owner.user}`
    // Set on every start: a password file that was lost has been made anew.
    await sql.unsafe(`${role === undefined ? 'CREATE' : 'ALTER'} ROLE ${owner.user} LOGIN PASSWORD '${scramSafe(owner.password)}'`)
    const [database] = await sql`SELECT 1 FROM pg_database WHERE datname = ${owner.database}`
    if (database === undefined) await sql.unsafe(`CREATE DATABASE ${owner.database} OWNER ${owner.user}`)
  } catch (cause) {
    throw new MusterError('store.start-failed', 'the database for Muster could not be set up', {}, { cause })
  } finally {
    await sql.end({ timeout: 5 })
  }
}

/** CREATE ROLE takes no parameters; our password files hold base64url only, which needs no quoting. */
function scramSafe(password: Secret): string {
  const text = password.revealText()
  if (!/^[A-Za-z0-9_-]{43}$/.test(text)) throw new Error('a generated password is base64url')
  return text
}

/**
 * How another process of the same user (the CLI on the server's own host) reaches the embedded server of a running
 * Muster; null when none runs on `dataDir`. Who may read the password file may connect.
 *
 * @throws MusterError file.unreadable when a server runs there but its password file cannot be read.
 */
export async function connectionOfRunning(dataDir: string): Promise<SocketConnection | null> {
  const layout = layoutOf(dataDir)
  if ((await readPostmasterPid(layout.data))?.status !== 'ready') return null
  const password = await readPassword(layout.ownerPassword)
  if (password === null) throw new MusterError('file.unreadable', `cannot read ${layout.ownerPassword}: run this as the user the server runs as`, { path: layout.ownerPassword })
  return ownerConnection(layout, password)
}
