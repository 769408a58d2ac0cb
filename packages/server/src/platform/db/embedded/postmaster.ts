import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import { MusterError } from '@muster/core'
import type { Log } from '../../log.ts'
import { type Account, asAccount } from './account.ts'
import type { Binaries } from './binaries.ts'
import { type Layout, SOCKET_PORT } from './layout.ts'
import { readPostmasterPid } from './processes.ts'

/** A PostgreSQL server that answers. */
export type Postmaster = {
  readonly pid: number
  /** Resolves once, however it ends. */
  readonly exited: Promise<void>
  /** Fast shutdown: open transactions are rolled back, everything committed is on disk. Harder after `FAST_MS`. */
  stop(): Promise<void>
}

const FAST_MS = 60_000
const READY_POLL_MS = 20

/** Set on the command line so that no edit of postgresql.conf can weaken what Muster promises. */
function settings(layout: Layout): readonly string[] {
  const values: Readonly<Record<string, string>> = {
    listen_addresses: '',
    port: String(SOCKET_PORT),
    unix_socket_directories: layout.sockets,
    unix_socket_permissions: '0700',
    fsync: 'on',
    full_page_writes: 'on',
    synchronous_commit: 'on',
    shared_buffers: '128MB',
    max_connections: '60',
    max_wal_size: '1GB',
    // Batches of a scan write megabytes: another process has most of it in the file before they commit.
    wal_buffers: '32MB',
    wal_writer_delay: '10ms',
    random_page_cost: '1.1',
    timezone: 'UTC',
    log_destination: 'stderr',
    logging_collector: 'off',
    log_line_prefix: '',
    // Error messages and statements can quote values; the client gets them, the log must not.
    log_min_messages: 'log',
    log_min_error_statement: 'panic',
    log_error_verbosity: 'terse',
    log_statement: 'none',
    log_checkpoints: 'off',
    restart_after_crash: 'on',
  }
  return Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`])
}

/**
 * Starts the server on an existing cluster and waits until it accepts connections; crash recovery takes as long as it
 * takes. It gets a session of its own, so Ctrl-C in the terminal reaches Muster alone, which then stops it in order.
 *
 * @throws MusterError store.start-failed with the server's last words.
 */
export async function startPostmaster(layout: Layout, account: Account, binaries: Binaries, log: Log): Promise<Postmaster> {
  const child = spawn(binaries.postgres, ['-D', layout.data, ...settings(layout)], {
    ...asAccount(account), cwd: '/', env: { LC_ALL: 'C', TZ: 'UTC' }, stdio: ['ignore', 'ignore', 'pipe'], detached: true,
  })
  let over = false
  const exited = new Promise<void>((resolve) => {
    child.once('exit', () => resolve())
    child.once('error', () => resolve())
  }).then(() => { over = true })
  const lastWords = forwardLog(child, log)
  while (!over) {
    const status = await readPostmasterPid(layout.data)
    if (status?.pid === child.pid && status?.status === 'ready') return { pid: child.pid!, exited, stop: () => stop(child, exited, log) }
    await Promise.race([exited, delay(READY_POLL_MS)])
  }
  throw new MusterError('store.start-failed', `PostgreSQL did not start: ${lastWords() || 'it gave no reason'}`, { exitCode: child.exitCode })
}

async function stop(child: ChildProcess, exited: Promise<void>, log: Log): Promise<void> {
  child.kill('SIGINT')
  const late = new AbortController()
  const slow = delay(FAST_MS, undefined, { signal: late.signal }).then(() => {
    log.error({ pid: child.pid }, 'the database does not stop; ending it at once, the next start recovers')
    child.kill('SIGQUIT')
  }, () => {})
  await exited
  late.abort()
  await slow
}

/** Passes the server's lines to our log; returns what it said last that tells why it did not start. */
function forwardLog(child: ChildProcess, log: Log): () => string {
  let reason = ''
  if (child.stderr === null) return () => reason
  createInterface({ input: child.stderr }).on('line', (line) => {
    const [, severity, text] = /^(DEBUG|LOG|INFO|NOTICE|WARNING|ERROR|FATAL|PANIC): {1,2}(.*)$/.exec(line) ?? []
    if (severity === 'FATAL' || severity === 'PANIC') {
      reason = (text ?? '').slice(0, 500)
      log.warn({ postgres: line.slice(0, 1000) }, 'postgres')
    } else {
      log.debug({ postgres: line.slice(0, 1000) }, 'postgres')
    }
  })
  return () => reason
}
