import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, chown, lstat, mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { systemClock } from '@muster/core'
import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { connectStore } from '../connect.ts'
import { type Db, inTx, type Queryable } from '../db.ts'
import { connectionOfRunning, type EmbeddedPostgres, startEmbedded } from './index.ts'
import { clusterProcesses, isAlive } from './processes.ts'

const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }
const isRoot = process.getuid?.() === 0
let root: string
let dataDir: string
let servers: EmbeddedPostgres[] = []
let pools: Db[] = []
let children: ChildProcess[] = []

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'muster-store-'))
  await chmod(root, 0o755)
  dataDir = join(root, 'data')
})
afterEach(async () => {
  for (const child of children) child.kill('SIGKILL')
  await Promise.all(pools.map((pool) => pool.destroy()))
  await Promise.all(servers.map((server) => server.stop()))
  await expect.poll(() => clusterProcesses(join(dataDir, 'postgres', 'data')), { timeout: 20_000 }).toEqual([])
  ;[servers, pools, children] = [[], [], []]
  await rm(root, { recursive: true, force: true })
})

async function start(directory = dataDir): Promise<EmbeddedPostgres> {
  const server = await startEmbedded({ dataDir: directory, clock: systemClock, log })
  servers.push(server)
  return server
}

async function connect(server: EmbeddedPostgres): Promise<Db> {
  const pool = await connectStore(server.connection, { maxConnections: 4, acquireTimeoutMs: 30_000 })
  pools.push(pool)
  return pool
}

async function one(db: Queryable, statement: string): Promise<unknown> {
  const { rows } = await sql.raw<Record<string, unknown>>(statement).execute(db)
  return Object.values(rows[0]!)[0]
}

type Writer = { readonly child: ChildProcess; readonly postmaster: number; readonly watchdog: number; readonly acknowledged: () => number; readonly reaches: (count: number) => Promise<void> }

/** A separate process that runs the server and writes; resolves when it is up. */
async function writer({ readsLock = false, ...as }: { uid?: number; gid?: number; readsLock?: boolean } = {}): Promise<Writer> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'fixtures', 'writer.ts'), dataDir, ...(readsLock ? ['reads-lock'] : [])], { ...as, stdio: ['ignore', 'pipe', 'inherit'] })
  children.push(child)
  let acknowledged = 0
  const lines = createInterface({ input: child.stdout! })
  const [first] = (await once(lines, 'line')) as [string]
  const [, postmaster, watchdog] = first.split(' ').map(Number)
  lines.on('line', (line) => { acknowledged = Number(line) })
  const reaches = async (count: number) => { while (acknowledged < count) await once(lines, 'line') }
  return { child, postmaster: postmaster!, watchdog: watchdog!, acknowledged: () => acknowledged, reaches }
}

const gone = (pid: number) => expect.poll(() => isAlive(pid), { timeout: 20_000 }).toBe(false)

/** What the store holds after `writer` was killed: at least everything acknowledged, at most one write beyond it. */
async function expectNothingLost(killed: Writer): Promise<void> {
  const db = await connect(await start())
  const written = Number(await one(db, 'SELECT count(*) FROM written'))
  expect(killed.acknowledged()).toBeGreaterThan(0)
  expect(written).toBeGreaterThanOrEqual(killed.acknowledged())
  expect(written).toBeLessThanOrEqual(killed.acknowledged() + 1)
}

describe('the embedded server', () => {
  it('keeps what was written over a stop and a start, on the same cluster', async () => {
    const first = await start()
    const db = await connect(first)
    await sql`CREATE TABLE kept (id int)`.execute(db)
    const system = await one(db, 'SELECT system_identifier FROM pg_control_system()')
    await first.stop()
    expect(first.state()).toBe('stopped')
    const again = await connect(await start())
    expect(await one(again, 'SELECT count(*)::int FROM kept')).toBe(0)
    expect(await one(again, 'SELECT system_identifier FROM pg_control_system()')).toEqual(system)
  })

  it('is PostgreSQL 18 that loses nothing, listens on no network and serves a role that is no superuser', async () => {
    const server = await start()
    const db = await connect(server)
    expect(server.version).toMatch(/^18\.\d+$/)
    const shown = await Promise.all(['fsync', 'full_page_writes', 'synchronous_commit', 'data_checksums', 'listen_addresses', 'server_encoding', 'max_connections', 'password_encryption'].map((name) => one(db, `SHOW ${name}`)))
    expect(shown).toEqual(['on', 'on', 'on', 'on', '', 'UTF8', '60', 'scram-sha-256'])
    expect(await one(db, 'SELECT rolsuper FROM pg_roles WHERE rolname = current_user')).toBe(false)
    expect(await one(db, "SELECT datlocprovider::text || datlocale FROM pg_database WHERE datname = current_database()")).toBe('bC.UTF-8')
    await sql`CREATE EXTENSION pg_trgm`.execute(db)
    expect(await one(db, "SELECT similarity('muster', 'mustard') > 0")).toBe(true)
  })

  it('takes no connection without the password', async () => {
    const server = await start()
    const { Secret } = await import('@muster/core')
    const wrong = { ...server.connection, password: Secret.fromText('wrong') }
    await expect(connectStore(wrong, { acquireTimeoutMs: 0 })).rejects.toMatchObject({ code: '28P01' })
  })

  it('shows its passwords, data and socket to its own account alone', async () => {
    const server = await start()
    const home = join(dataDir, 'postgres')
    const modes = await Promise.all([home, join(home, 'data'), server.connection.directory, join(home, 'superuser-password'), join(home, 'owner-password')].map(async (path) => (await stat(path)).mode & 0o777))
    expect(modes).toEqual([isRoot ? 0o711 : 0o700, 0o700, 0o700, 0o600, 0o600])
  })

  it('can be reached by another process of its user while it runs, and only then', async () => {
    expect(await connectionOfRunning(dataDir)).toBeNull()
    const server = await start()
    const found = await connectionOfRunning(dataDir)
    expect(found).toMatchObject({ directory: server.connection.directory, user: 'muster', database: 'muster' })
    const pool = await connectStore(found!)
    pools.push(pool)
    expect(await one(pool, 'SELECT 1')).toBe(1)
    await Promise.all(pools.splice(0).map((open) => open.destroy()))
    await server.stop()
    expect(await connectionOfRunning(dataDir)).toBeNull()
  })

  it('puts its socket in a short place when the data directory’s path is too long for one', async () => {
    dataDir = join(root, 'd'.repeat(100))
    const server = await start()
    expect(server.connection.directory).toMatch(/^\/tmp\/muster-[0-9a-f]{20}$/)
    expect((await stat(server.connection.directory)).mode & 0o777).toBe(0o700)
    expect(await one(await connect(server), 'SELECT 1')).toBe(1)
    await rm(server.connection.directory, { recursive: true })
  })

  it('mends a set-up that was cut short: half a cluster, a lost owner password', async () => {
    await mkdir(join(dataDir, 'postgres', 'initdb-1', 'base'), { recursive: true })
    await (await start()).stop()
    await rm(join(dataDir, 'postgres', 'owner-password'))
    expect(await one(await connect(await start()), 'SELECT 1')).toBe(1)
    await expect(stat(join(dataDir, 'postgres', 'initdb-1'))).rejects.toMatchObject({ code: 'ENOENT' })
  })
})

describe('a data directory', () => {
  it('whose superuser password is gone is refused rather than locked out of', async () => {
    await (await start()).stop()
    const file = join(dataDir, 'postgres', 'superuser-password')
    await rm(file)
    await expect(start()).rejects.toMatchObject({ code: 'store.start-failed', detail: { path: file } })
  })

  it('with a link in the place of a password file keeps what the link points to', async () => {
    const target = join(root, 'precious')
    await writeFile(target, 'precious')
    await mkdir(join(dataDir, 'postgres'), { recursive: true })
    await symlink(target, join(dataDir, 'postgres', 'superuser-password'))
    await start()
    expect(await readFile(target, 'utf8')).toBe('precious')
    expect((await lstat(join(dataDir, 'postgres', 'superuser-password'))).isSymbolicLink()).toBe(false)
  })

  it('in use is refused with the pid of its user, and free again after a stop', async () => {
    const first = await start()
    await expect(start()).rejects.toMatchObject({ code: 'store.data-dir-in-use', message: expect.stringContaining(String(process.pid)) })
    expect(await one(await connect(first), 'SELECT 1')).toBe(1)
    await Promise.all(pools.splice(0).map((open) => open.destroy()))
    await first.stop()
    await start()
  })

  it('in use by another process is refused, and free the moment that is killed', async () => {
    const { child } = await writer()
    await expect(start()).rejects.toMatchObject({ code: 'store.data-dir-in-use', detail: { pid: String(child.pid) } })
    child.kill('SIGKILL')
    await once(child, 'exit')
    await start()
  })

  it('in use stays refused when its user has read the lock file and so lost the lock', async () => {
    const { child } = await writer({ readsLock: true })
    await expect(start()).rejects.toMatchObject({ code: 'store.data-dir-in-use', detail: { pid: String(child.pid) } })
    child.kill('SIGKILL')
    await once(child, 'exit')
    await start()
  })

  it.each(['17', '19'])('made by PostgreSQL %s is refused and left as it is', async (version) => {
    await (await start()).stop()
    const file = join(dataDir, 'postgres', 'data', 'PG_VERSION')
    await writeFile(file, `${version}\n`)
    await expect(start()).rejects.toMatchObject({ code: 'store.version-unsupported', detail: { found: version, supported: '18' } })
    expect(await readFile(file, 'utf8')).toBe(`${version}\n`)
  })

  it('whose pid file names a living stranger is started', async () => {
    await (await start()).stop()
    const pidFile = join(dataDir, 'postgres', 'data', 'postmaster.pid')
    await writeFile(pidFile, `${process.pid}\n${join(dataDir, 'postgres', 'data')}\n1\n5432\n\n*\n1 1\nready   \n`)
    const owner = await stat(join(dataDir, 'postgres', 'data'))
    await chown(pidFile, owner.uid, owner.gid)
    await start()
    expect(isAlive(process.pid)).toBe(true)
  })

  it.runIf(isRoot)('below one that PostgreSQL’s account may not enter is refused, naming it', async () => {
    const closed = join(root, 'closed')
    await mkdir(closed, { mode: 0o700 })
    await chmod(closed, 0o700)
    await expect(start(join(closed, 'inner', 'data'))).rejects.toMatchObject({ code: 'store.path-not-traversable', detail: { directory: closed }, message: expect.stringContaining(`chmod o+x ${closed}`) })
  })
})

describe.runIf(isRoot)('an ordinary user', () => {
  it('runs it as itself in its own directory, and root runs the same cluster later as that user', async () => {
    await chown(root, 65_534, 65_534)
    await mkdir(dataDir, { mode: 0o700 })
    await chown(dataDir, 65_534, 65_534)
    const user = await writer({ uid: 65_534, gid: 65_534 })
    await user.reaches(20)
    expect((await stat(join(dataDir, 'postgres', 'data'))).uid).toBe(65_534)
    user.child.kill('SIGKILL')
    await gone(user.postmaster)
    await chmod(dataDir, 0o711)
    await expectNothingLost(user)
  }, 60_000)
})

describe('SIGKILL loses no acknowledged write', () => {
  it('of Muster: the watchdog stops the server', async () => {
    const killed = await writer()
    await killed.reaches(50)
    killed.child.kill('SIGKILL')
    await gone(killed.postmaster)
    await gone(killed.watchdog)
    await expectNothingLost(killed)
  }, 60_000)

  it('of Muster and the watchdog: the next start stops the orphan', async () => {
    const killed = await writer()
    await killed.reaches(50)
    process.kill(killed.watchdog, 'SIGKILL')
    killed.child.kill('SIGKILL')
    await once(killed.child, 'exit')
    expect(isAlive(killed.postmaster)).toBe(true)
    await expectNothingLost(killed)
    expect(isAlive(killed.postmaster)).toBe(false)
  }, 60_000)

  it('of all three: the next start recovers', async () => {
    const killed = await writer()
    await killed.reaches(50)
    for (const pid of [killed.watchdog, killed.postmaster, killed.child.pid!]) process.kill(pid, 'SIGKILL')
    await once(killed.child, 'exit')
    await expectNothingLost(killed)
  }, 60_000)

  it('of the server: it is recovered and restarted under a living Muster', async () => {
    const server = await start()
    const db = await connect(server)
    await sql`CREATE TABLE written (id int PRIMARY KEY)`.execute(db)
    for (let id = 1; id <= 20; id++) await sql`INSERT INTO written VALUES (${id})`.execute(db)
    const before = server.processes().postmaster!
    process.kill(before, 'SIGKILL')
    await expect.poll(() => server.processes().postmaster ?? before, { timeout: 20_000 }).not.toBe(before)
    expect(server.state()).toBe('running')
    expect(await one(db, 'SELECT count(*)::int FROM written')).toBe(20)
    await sql`INSERT INTO written VALUES (21)`.execute(db)
  }, 60_000)

  it('of the watchdog: another takes its place and does its work', async () => {
    const killed = await writer()
    process.kill(killed.watchdog, 'SIGKILL')
    await killed.reaches(killed.acknowledged() + 300)
    killed.child.kill('SIGKILL')
    await gone(killed.postmaster)
    await expectNothingLost(killed)
  }, 60_000)
})

describe('while the server is away', () => {
  it('a statement under way ends in store.unavailable, one not yet sent waits for it', async () => {
    const server = await start()
    const db = await connect(server)
    await sql`SELECT 1`.execute(db)
    const asleep = sql`SELECT pg_sleep(30)`.execute(db)
    const failing = expect(asleep).rejects.toMatchObject({ code: 'store.unavailable' })
    await expect.poll(() => one(db, "SELECT count(*)::int FROM pg_stat_activity WHERE query LIKE '%pg_sleep(30)%' AND state = 'active' AND pid <> pg_backend_pid()")).toBe(1)
    process.kill(server.processes().postmaster!, 'SIGKILL')
    await failing
    await expect.poll(() => one(db, 'SELECT 2').catch(() => null), { timeout: 20_000 }).toBe(2)
    await server.stop()
    const waiting = Promise.all([one(db, 'SELECT 3'), inTx(db, (tx) => one(tx, 'SELECT 4'))])
    await start()
    expect(await waiting).toEqual([3, 4])
  }, 60_000)

  it('of many transactions under way none hangs, and each later one finds the server again', async () => {
    const server = await start()
    const db = await connect(server)
    await sql`CREATE TABLE counter (id int PRIMARY KEY, n int)`.execute(db)
    await sql`INSERT INTO counter VALUES (1, 0)`.execute(db)
    let stop = false
    let acknowledged = 0
    const work = async () => {
      while (!stop) {
        await inTx(db, async (tx) => {
          await sql`SELECT n FROM counter WHERE id = 1 FOR UPDATE`.execute(tx)
          await sql`UPDATE counter SET n = n + 1 WHERE id = 1`.execute(tx)
        }).then(() => acknowledged++, (error: unknown) => expect(error).toMatchObject({ code: 'store.unavailable' }))
        await one(db, 'SELECT 1').catch((error: unknown) => expect(error).toMatchObject({ code: 'store.unavailable' }))
      }
    }
    const workers = Promise.all(Array.from({ length: 8 }, work))
    for (let round = 0; round < 4; round++) {
      const before = acknowledged
      await expect.poll(() => acknowledged, { timeout: 20_000 }).toBeGreaterThan(before + 50)
      process.kill(server.processes().postmaster!, 'SIGKILL')
    }
    const before = acknowledged
    await expect.poll(() => acknowledged, { timeout: 20_000 }).toBeGreaterThan(before + 50)
    stop = true
    await workers
    expect(await one(db, 'SELECT n FROM counter')).toBeGreaterThanOrEqual(acknowledged)
  }, 120_000)

  it('the wait has an end', async () => {
    const server = await start()
    const pool = await connectStore(server.connection, { acquireTimeoutMs: 300 })
    pools.push(pool)
    await server.stop()
    await expect(sql`SELECT 1`.execute(pool)).rejects.toMatchObject({ code: 'store.unavailable' })
  })

  it('a server that keeps dying is given up', async () => {
    const server = await start()
    let last = 0
    for (let death = 1; death <= 6 && server.state() !== 'failed'; death++) {
      await expect.poll(() => (server.state() === 'failed' ? -1 : (server.processes().postmaster ?? last)), { timeout: 30_000 }).not.toBe(last)
      const current = server.processes().postmaster
      if (current === undefined) break
      last = current
      process.kill(current, 'SIGKILL')
    }
    expect(await server.failed).toMatchObject({ code: 'store.start-failed' })
    expect(server.state()).toBe('failed')
  }, 120_000)
})
