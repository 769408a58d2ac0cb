import { rm } from 'node:fs/promises'
import { MusterError } from '@muster/core'
import type { Log } from '../../log.ts'
import { socketPath } from '../connection.ts'
import { type Layout, SOCKET_PORT } from './layout.ts'
import { clusterProcesses, isAlive, readPostmasterPid, signal, until } from './processes.ts'

const FAST_SHUTDOWN_MS = 60_000
const IMMEDIATE_SHUTDOWN_MS = 10_000
const BACKENDS_EXIT_MS = 2_000

/**
 * Stops whatever a killed Muster left running in the cluster and clears what it left lying: PostgreSQL itself gives up at a
 * lock file whose pid is taken, be it by a stranger or a zombie. The caller holds the data directory's lock, so what runs
 * there belongs to nobody.
 *
 * Lock files are removed only once no process of the cluster is left: PostgreSQL needs them to notice that old backends
 * still use the shared memory, and two generations of backends on one cluster would destroy it. Where /proc does not tell
 * (macOS) they stay, for PostgreSQL to judge.
 *
 * @throws MusterError store.start-failed when something of the cluster cannot be stopped.
 */
export async function clearOrphans({ data, sockets }: Pick<Layout, 'data' | 'sockets'>, log: Log): Promise<void> {
  const found = await readPostmasterPid(data)
  if (found !== null && isAlive(found.pid) && (await isOurPostmaster(found.pid, data))) {
    log.warn({ pid: found.pid }, 'stopping a PostgreSQL left behind by a killed server')
    await stopOrphan(found.pid)
  }
  await clearBackends(data, log)
  if ((await clusterProcesses(data))?.length !== 0) return
  const socket = socketPath({ directory: sockets, port: SOCKET_PORT })
  await Promise.all([`${data}/postmaster.pid`, `${socket}.lock`, socket].map((path) => rm(path, { force: true })))
}

async function isOurPostmaster(pid: number, dataPath: string): Promise<boolean> {
  const processes = await clusterProcesses(dataPath)
  // Without /proc the pid file's own data directory is all there is to go by.
  return processes === null ? (await readPostmasterPid(dataPath))?.dataDir === dataPath : processes.includes(pid)
}

async function stopOrphan(pid: number): Promise<void> {
  signal(pid, 'SIGINT')
  if (await until(() => !isAlive(pid), FAST_SHUTDOWN_MS)) return
  signal(pid, 'SIGQUIT')
  if (await until(() => !isAlive(pid), IMMEDIATE_SHUTDOWN_MS)) return
  throw new MusterError('store.start-failed', `a PostgreSQL left behind (process ${pid}) does not stop`, { pid })
}

/** Backends leave by themselves when their postmaster dies; one busy computing may not notice. */
async function clearBackends(dataPath: string, log: Log): Promise<void> {
  const none = async () => ((await clusterProcesses(dataPath)) ?? []).length === 0
  if (await until(none, BACKENDS_EXIT_MS)) return
  for (const pid of (await clusterProcesses(dataPath)) ?? []) {
    log.warn({ pid }, 'ending a database process whose server is gone')
    signal(pid, 'SIGKILL')
  }
  if (!(await until(none, IMMEDIATE_SHUTDOWN_MS))) {
    throw new MusterError('store.start-failed', 'processes of an earlier PostgreSQL do not end', { dataPath })
  }
}
