import { stat } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { type Clock, MINUTE_MS, MusterError } from '@muster/core'
import type { Log } from '../../log.ts'
import type { StoreConnection } from '../connection.ts'
import { type Account, chooseAccount } from './account.ts'
import { type Binaries, findBinaries } from './binaries.ts'
import { ensureCluster } from './cluster.ts'
import { ensureDatabase, ownerConnection, superuserConnection } from './database.ts'
import { type Layout, layoutOf, passwordFile, prepareLayout, readPassword } from './layout.ts'
import { type DataDirLock, lockDataDir } from './lock.ts'
import { clearOrphans } from './orphan.ts'
import { type Postmaster, startPostmaster } from './postmaster.ts'
import { postWatchdog, type Watchdog } from './watchdog.ts'

export type EmbeddedState = 'running' | 'recovering' | 'failed' | 'stopped'

/** The PostgreSQL we run. */
export type EmbeddedPostgres = {
  /** The database `muster` as the unprivileged role that owns it. */
  readonly connection: Extract<StoreConnection, { kind: 'socket' }>
  /** The database `postgres` as superuser: for tests and maintenance, never for serving. */
  readonly superuser: Extract<StoreConnection, { kind: 'socket' }>
  /** As the program tells it: `18.4`. */
  readonly version: string
  readonly state: () => EmbeddedState
  /** The postmaster and the watchdog right now. */
  readonly processes: () => { readonly postmaster: number | undefined; readonly watchdog: number | undefined }
  /** Resolves with the reason when the server died and could not be brought back; never otherwise. */
  readonly failed: Promise<MusterError>
  /** Stops the server and gives the data directory up. Safe to call twice. */
  stop(): Promise<void>
}

export type EmbeddedOptions = { readonly dataDir: string; readonly clock: Clock; readonly log: Log }

/** So many deaths within {@link CRASH_WINDOW_MS} and it is left down: something is wrong that restarting does not mend. */
const MAX_CRASHES = 5
const CRASH_WINDOW_MS = 5 * MINUTE_MS

/**
 * Starts PostgreSQL on `dataDir`, making the cluster on the first start, and keeps it running: a server that dies is
 * recovered and restarted, one whose Muster dies is stopped by the watchdog, one left over from before is stopped first.
 *
 * @throws MusterError store.data-dir-in-use, store.path-not-traversable, store.version-unsupported, store.start-failed
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const account = await chooseAccount(layoutOf(options.dataDir).data)
  const layout = await prepareLayout(options.dataDir, account)
  const lock = await lockDataDir(layout.lockFile, options.dataDir)
  try {
    const binaries = await findBinaries(account, layout.binaries)
    await requireSuperuserPassword(layout)
    const superuserPassword = await passwordFile(layout.superuserPassword, account)
    const ownerPassword = await passwordFile(layout.ownerPassword, account)
    await ensureCluster(layout, account, binaries)
    const supervisor = new Supervisor({ ...options, layout, account, binaries, lock })
    await supervisor.start()
    const superuser = superuserConnection(layout, superuserPassword)
    const connection = ownerConnection(layout, ownerPassword)
    await ensureDatabase(superuser, connection).catch(async (error: unknown) => {
      await supervisor.stop()
      throw error
    })
    return {
      connection, superuser, version: binaries.version, failed: supervisor.failed,
      state: () => supervisor.state, processes: () => supervisor.processes(), stop: () => supervisor.stop(),
    }
  } catch (error) {
    lock.release()
    throw error
  }
}

/** The cluster knows the password it was made with; a new one would not open it. */
async function requireSuperuserPassword(layout: Layout): Promise<void> {
  const made = await stat(layout.data).then(() => true, () => false)
  if (!made || (await readPassword(layout.superuserPassword)) !== null) return
  throw new MusterError('store.start-failed', `${layout.superuserPassword} is missing or damaged: restore it from a backup of the data directory`, { path: layout.superuserPassword })
}

type Parts = EmbeddedOptions & { readonly layout: Layout; readonly account: Account; readonly binaries: Binaries; readonly lock: DataDirLock }

class Supervisor {
  state: EmbeddedState = 'recovering'
  readonly failed: Promise<MusterError>
  readonly #parts: Parts
  #giveUp: (reason: MusterError) => void = () => {}
  #postmaster: Postmaster | null = null
  #watchdog: Watchdog | null = null
  #recovery: Promise<void> = Promise.resolve()
  #stopping: Promise<void> | null = null
  #crashes: number[] = []

  constructor(parts: Parts) {
    this.#parts = parts
    this.failed = new Promise((resolve) => { this.#giveUp = resolve })
  }

  processes(): { postmaster: number | undefined; watchdog: number | undefined } {
    return { postmaster: this.#postmaster?.pid, watchdog: this.#watchdog?.pid() }
  }

  async start(): Promise<void> {
    const { layout, account, log } = this.#parts
    await clearOrphans(layout, log)
    // Posted first: whenever Muster dies from here on, somebody is there to stop the server.
    this.#watchdog = postWatchdog(layout.data, account, log)
    try {
      await this.#launch()
    } catch (error) {
      this.#watchdog.dismiss()
      throw error
    }
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#shutDown()
    return this.#stopping
  }

  async #launch(): Promise<void> {
    const { layout, account, binaries, log } = this.#parts
    const postmaster = await startPostmaster(layout, account, binaries, log)
    this.#postmaster = postmaster
    this.state = 'running'
    void postmaster.exited.then(() => {
      this.#postmaster = null
      if (this.#stopping === null) this.#recovery = this.#recover()
    })
  }

  async #recover(): Promise<void> {
    const { clock, layout, log } = this.#parts
    this.state = 'recovering'
    const now = clock.now().getTime()
    this.#crashes = [...this.#crashes.filter((at) => now - at < CRASH_WINDOW_MS), now]
    log.error({ crashes: this.#crashes.length }, 'the database died; restarting it')
    for (let attempt = 1; this.#stopping === null; attempt++) {
      try {
        if (this.#crashes.length + attempt - 1 > MAX_CRASHES) throw new MusterError('store.start-failed', 'the database keeps dying; it stays down')
        await clearOrphans(layout, log)
        await this.#launch()
        log.info({ attempt }, 'the database is back')
        return
      } catch (error) {
        if (this.#crashes.length + attempt > MAX_CRASHES) return this.#fail(error)
        log.error({ err: error, attempt }, 'the database did not come back; trying again')
        await delay(200 * attempt)
      }
    }
  }

  #fail(error: unknown): void {
    this.state = 'failed'
    const reason = error instanceof MusterError ? error : new MusterError('store.start-failed', 'the database could not be restarted', {}, { cause: error })
    this.#parts.log.error({ err: reason }, 'the database stays down')
    this.#giveUp(reason)
  }

  async #shutDown(): Promise<void> {
    await this.#recovery
    await this.#postmaster?.stop()
    this.#watchdog?.dismiss()
    this.state = 'stopped'
    this.#parts.lock.release()
  }
}
