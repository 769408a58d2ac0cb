import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile, mkdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServer, type Server } from 'node:tls'
import { createServer as createTcp, type AddressInfo } from 'node:net'
import { Secret, type TenantId } from '@muster/core'
import type { AuditRecord, Page, ProblemDetails, ScanRow } from '@muster/core/api'
import { secretDigest } from '@muster/detect'
import { createTestCertificate } from '@muster/testkit'
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type PipelineServer, pipelineServer } from '../test-support/pipeline.ts'

let server: PipelineServer
let operator: string
let viewer: string
let admin: string
let directory: string
let tls: Server
let port: number
const leaf = createTestCertificate({ subject: 'CN=tls.example.com', sans: ['dns:tls.example.com'] })

beforeAll(async () => {
  tls = createServer({ cert: leaf.pem, key: leaf.privateKeyPem }, (socket) => socket.end()).on('tlsClientError', () => {})
  port = await listening(tls)
  server = await pipelineServer()
  operator = await server.token('operator')
  viewer = await server.token('viewer')
  admin = await server.token('administrator')
})
afterAll(async () => {
  await server?.close()
  tls.close()
})
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'muster-scan-'))
  server.clock.advance(60_000)
  return () => rm(directory, { recursive: true, force: true })
})

function listening(on: Server | ReturnType<typeof createTcp>): Promise<number> {
  return new Promise((resolve) => on.listen(0, '127.0.0.1', () => resolve((on.address() as AddressInfo).port)))
}

const start = (kind: string, options: object, more: object = {}, token = operator) => server.json<ScanRow & ProblemDetails>('POST', '/api/v1/scans', token, { kind, options, ...more })
const get = async (id: string) => (await server.json<ScanRow>('GET', `/api/v1/scans/${id}`, viewer)).body
const threads = () => process.getActiveResourcesInfo().filter((name) => name === 'MessagePort').length
const problems = async (id: string) => (await server.json<Page<{ code: string; where: string; message: string }>>('GET', `/api/v1/scans/${id}/problems`, viewer)).body
const places = async () => (await sql<{ path: string; gone: boolean }>`SELECT facts->>'path' AS path, gone_at IS NOT NULL AS gone FROM location WHERE facts->>'path' IS NOT NULL ORDER BY 1`.execute(server.database.db)).rows

/** `count` certificates in files of their own below the directory. */
async function plant(count: number, prefix = 'c'): Promise<string[]> {
  const paths: string[] = []
  for (let i = 0; i < count; i++) {
    const path = join(directory, `${prefix}${String(i).padStart(3, '0')}.pem`)
    await writeFile(path, createTestCertificate({ subject: `CN=${prefix}${i}.example.com` }).pem)
    paths.push(path)
  }
  return paths
}

describe('a scan of this host', () => {
  it('runs in its thread, ends complete, and what it saw is in the inventory', async () => {
    const paths = await plant(3)
    const { status, body } = await start('host', { roots: [directory] })
    expect([status, body.state, body.origin, body.requestedBy]).toEqual([202, 'queued', 'server', 'test operator'])
    await server.settle()
    const scan = await get(body.id)
    expect(scan).toMatchObject({ state: 'complete', message: null, counts: { credentialsNew: 3, locationsNew: 3, locationsGone: 0 } })
    expect(scan.progress).toMatchObject({ unit: 'files', done: 3 })
    expect((await places()).map(({ path }) => path)).toEqual(expect.arrayContaining(paths))
    const coverage = (await server.json<{ items: { scope: { path: string } }[] }>('GET', `/api/v1/scans/${body.id}/coverage`, viewer)).body
    expect(coverage.items.map(({ scope }) => scope.path)).toContain(directory)
    const { items } = (await server.json<Page<AuditRecord>>('GET', `/api/v1/audit?objectId=${body.id}`, admin)).body
    expect(items.map(({ actor, action }) => `${actor} ${action}`)).toEqual(['muster scan.ended', 'test operator scan.started'])
  })

  it('retires what it no longer finds, when it came to its end', async () => {
    const [kept, removed] = await plant(2)
    await start('host', { roots: [directory] })
    await server.settle()
    await rm(removed!)
    server.clock.advance(60_000)
    const { body } = await start('host', { roots: [directory] })
    await server.settle()
    expect((await get(body.id)).counts).toMatchObject({ credentialsNew: 0, locationsGone: 1 })
    expect((await places()).filter(({ path }) => path.startsWith(directory))).toEqual([{ path: kept, gone: false }, { path: removed, gone: true }])
  })

  it('goes on from its cursor when its run ended in the middle, and applies no batch twice', async () => {
    await plant(40)
    const { body } = await start('host', { roots: [directory] })
    const stop = new AbortController()
    const stopping = server.settle(stop.signal)
    await expect.poll(async () => (await get(body.id)).state, { interval: 5, timeout: 30_000 }).toBe('running')
    stop.abort()
    await stopping
    await server.restartDiscovery()
    await server.settle()
    const scan = await get(body.id)
    expect(scan).toMatchObject({ state: 'complete', counts: { credentialsNew: 40, locationsNew: 40, locationsGone: 0 } })
  })

  it('run twice at the same time, as when one run was taken for dead, it is applied once', async () => {
    const planted = createTestCertificate({ subject: 'CN=twice.example.com' })
    const roots = await Promise.all(Array.from({ length: 4 }, async (_, d) => {
      const root = join(directory, `d${d}`)
      await mkdir(root)
      // A root of so many files is a batch of its own.
      await Promise.all(Array.from({ length: 110 }, (_unused, f) => writeFile(join(root, `${f}.pem`), planted.pem)))
      await writeFile(join(root, 'broken.pem'), `-----BEGIN CERTIFICATE-----\n${leaf.der.subarray(0, 200).toString('base64')}\n-----END CERTIFICATE-----\n`)
      return root
    }))
    const { body } = await start('host', { roots })
    server.jobs.waiting.push({ ...server.jobs.waiting.at(-1)! })
    await Promise.all([server.settle(), server.settle()])
    expect(await get(body.id)).toMatchObject({ state: 'complete', message: null, counts: { locationsNew: 440, locationsGone: 0, problems: 4 } })
  })

  it('leaves out what the installation forbids, beside what the operator left out', async () => {
    const [, left, own] = await Promise.all(['seen', 'left', 'own'].map(async (name) => {
      await mkdir(join(directory, name))
      await writeFile(join(directory, name, 'a.pem'), createTestCertificate({ subject: `CN=${name}.example.com` }).pem)
      return join(directory, name)
    }))
    const guarded = await pipelineServer({ forbiddenPaths: [own!] })
    const { body } = await guarded.json<ScanRow>('POST', '/api/v1/scans', await guarded.token('operator'), { kind: 'host', options: { roots: [directory], exclude: [left] } })
    await guarded.settle()
    const coverage = await guarded.json<{ items: { scope: { path: string; unread: string[] } }[] }>('GET', `/api/v1/scans/${body.id}/coverage`, await guarded.token('viewer'))
    const { rows } = await sql<{ name: string }>`SELECT name FROM credential`.execute(guarded.database.db)
    await guarded.close()
    expect(rows.map(({ name }) => name)).toEqual(['seen.example.com'])
    expect(coverage.body.items.map(({ scope }) => [scope.path, scope.unread.toSorted()])).toEqual([[directory, [left, own]]])
  })

  it('tells each problem with its place, page by page', async () => {
    await mkdir(join(directory, 'broken'))
    for (let i = 0; i < 5; i++) await writeFile(join(directory, 'broken', `${i}.pem`), `-----BEGIN CERTIFICATE-----\n${leaf.der.subarray(0, 200).toString('base64')}\n-----END CERTIFICATE-----\n`)
    const { body } = await start('host', { roots: [directory] })
    await server.settle()
    const first = (await server.json<Page<{ where: string }>>('GET', `/api/v1/scans/${body.id}/problems?limit=3`, viewer)).body
    const second = (await server.json<Page<{ where: string }>>('GET', `/api/v1/scans/${body.id}/problems?limit=3&cursor=${first.nextCursor}`, viewer)).body
    expect(first.count).toEqual({ value: 5, exact: true })
    expect([...first.items, ...second.items].map(({ where }) => where).sort()).toEqual(Array.from({ length: 5 }, (_, i) => expect.stringContaining(join(directory, 'broken', `${i}.pem`))))
    expect(second.nextCursor).toBeNull()
  })
})

describe('a scan of the network', () => {
  it('finds the certificate a TLS server serves', async () => {
    const { body } = await start('tls', { targets: [`127.0.0.1:${port}`] })
    await server.settle()
    expect(await get(body.id)).toMatchObject({ state: 'complete', title: `127.0.0.1:${port}`, progress: { unit: 'endpoints', done: 1, total: 1 }, counts: { credentialsNew: 1 } })
    const { rows } = await sql<{ n: number }>`SELECT count(*)::int AS n FROM credential WHERE encode(fingerprint, 'hex') = ${leaf.cert.fingerprint} OR name LIKE '%tls.example.com%'`.execute(server.database.db)
    expect(rows[0]!.n).toBe(1)
  })

  it('touches nothing the installation forbids', async () => {
    let connections = 0
    const store = createTcp((socket) => { connections++; socket.destroy() })
    const storePort = await listening(store)
    const guarded = await pipelineServer({ forbiddenTargets: [`127.0.0.1:${storePort}`] })
    const { body } = await guarded.json<ScanRow>('POST', '/api/v1/scans', await guarded.token('operator'), { kind: 'tls', options: { targets: [`127.0.0.1:${storePort}`, `localhost:${storePort}`] } })
    await guarded.settle()
    const told = await guarded.json<Page<{ code: string }>>('GET', `/api/v1/scans/${body.id}/problems`, await guarded.token('viewer'))
    await guarded.close()
    store.close()
    expect(connections).toBe(0)
    expect(told.body.items.map(({ code }) => code)).toContain('target.forbidden')
  })

  it('cancelled in the middle it stops at once, keeps what it saw and retires nothing', async () => {
    const silent = createTcp(() => {})
    const silentPort = await listening(silent)
    const targets = [`127.0.0.1:${port}`, ...Array.from({ length: 50 }, (_, i) => `127.0.0.${i + 2}:${silentPort}`), ...Array.from({ length: 50 }, (_, i) => `127.0.1.${i + 1}:${silentPort}`)]
    const { body } = await start('tls', { targets: [...targets, `127.0.0.1:${silentPort}`], concurrency: 1, timeoutMs: 60_000 })
    const running = server.settle()
    await expect.poll(async () => (await get(body.id)).state, { interval: 20, timeout: 30_000 }).toBe('running')
    const during = threads()
    expect((await server.json<ScanRow>('POST', `/api/v1/scans/${body.id}/cancel`, operator)).body).toMatchObject({ state: 'cancelled', message: 'cancelled by test operator' })
    await running
    expect(threads()).toBeLessThan(during)
    expect(await get(body.id)).toMatchObject({ state: 'cancelled', counts: { locationsGone: 0 } })
    expect((await server.json<ProblemDetails>('POST', `/api/v1/scans/${body.id}/cancel`, operator))).toMatchObject({ status: 409, body: { code: 'object.conflict' } })
    silent.close()
  })

  it('a connector that refuses ends the scan as failed and says why', async () => {
    const { body } = await start('ssh', { targets: ['127.0.0.1'] })
    // As a version that understood other targets would have left it.
    await sql`UPDATE scan SET options = '{"targets": ["not a target!"]}' WHERE id = ${body.id}`.execute(server.database.db)
    await server.settle()
    expect(await get(body.id)).toMatchObject({ state: 'failed', message: expect.stringContaining('not a target!') as string })
  })
})

describe('asking for a scan', () => {
  it.each([
    ['host', { roots: [''] }, 'options.roots.0'], ['host', { root: '/' }, 'options'], ['tls', {}, 'options.targets'], ['tls', { targets: ['a'], concurrency: 0 }, 'options.concurrency'],
    ['host', { roots: ['/etc', 'here'] }, 'options.roots.1'], ['ssh', { targets: ['not a target!'] }, 'options.targets'], ['tls', { targets: ['0.0.0.0/0'] }, 'options.targets'],
    ['tls', { targets: ['127.0.0.1'], ports: '0' }, 'options.targets'], ['tls', { targets: ['127.0.0.1:443'], exclude: ['127.0.0.0/8'] }, 'options.targets'],
  ])('%s with %j is refused and says where', async (kind, options, path) => {
    const { status, body } = await start(kind, options)
    expect([status, body.code, body.errors?.map((error) => error.path)]).toEqual([400, 'request.invalid', [path]])
  })

  it('a long list of long targets is audited and listed in short', async () => {
    const targets = Array.from({ length: 18 }, (_, i) => `${'a'.repeat(60)}.${'b'.repeat(60)}.${'c'.repeat(60)}.${i}.example.com:443`.padStart(200, 'd'))
    const many = Array.from({ length: 5000 }, (_, i) => `10.0.${i >> 8}.${i & 255}`)
    for (const list of [targets, [...many, ...targets]]) {
      const { status, body } = await start('tls', { targets: ['127.0.0.1:1', ...list], exclude: list, ports: Array.from({ length: 1500 }, (_, i) => i + 1).join(',') })
      expect(status).toBe(202)
      // Scans of one instant stand in any order.
      const listed = (await server.json<Page<ScanRow>>('GET', '/api/v1/scans?limit=100', viewer)).body.items.find(({ id }) => id === body.id)
      expect(listed).toMatchObject({ options: { targets: { count: list.length + 1 } } })
      expect((await server.json<ScanRow>('GET', `/api/v1/scans/${body.id}`, viewer)).body.options['targets']).toHaveLength(list.length + 1)
      await server.json('POST', `/api/v1/scans/${body.id}/cancel`, operator)
    }
    await server.settle()
  })

  it('a viewer starts, cancels and imports nothing', async () => {
    const { body } = await start('host', { roots: [directory] })
    const calls = [
      start('host', { roots: [directory] }, {}, viewer), server.json<ProblemDetails>('POST', `/api/v1/scans/${body.id}/cancel`, viewer),
      server.json<ProblemDetails>('POST', '/api/v1/imports', viewer, { kind: 'host', title: 'x' }),
      server.json<ProblemDetails>('POST', '/api/v1/schedules', viewer, { name: 'x', kind: 'host', options: {}, cron: '0 0 * * *', timeZone: 'UTC', enabled: true }),
    ]
    for (const { status, body: problem } of await Promise.all(calls)) expect([status, problem.code]).toEqual([403, 'access.denied'])
    await server.settle()
  })

  it("another tenant's scan is not found and not listed", async () => {
    const { body } = await start('host', { roots: [directory] })
    await server.settle()
    const stranger = await server.token('administrator', 'other' as TenantId)
    for (const [method, path] of [['GET', ''], ['GET', '/problems'], ['GET', '/coverage'], ['POST', '/cancel']] as const) {
      expect(await server.json('GET' === method ? 'GET' : 'POST', `/api/v1/scans/${body.id}${path}`, stranger), path).toMatchObject({ status: 404, body: { code: 'object.not-found' } })
    }
    expect((await server.json<Page<ScanRow>>('GET', '/api/v1/scans', stranger)).body).toMatchObject({ items: [], count: { value: 0 } })
  })

  it('lists newest first, page by page, each once, by state and kind', async () => {
    const pages: string[] = []
    for (let cursor = ''; ;) {
      const { items, nextCursor } = (await server.json<Page<ScanRow>>('GET', `/api/v1/scans?kind=host&limit=2${cursor}`, viewer)).body
      pages.push(...items.map(({ id }) => id))
      if (nextCursor === null) break
      cursor = `&cursor=${nextCursor}`
    }
    const all = (await server.json<Page<ScanRow>>('GET', '/api/v1/scans?kind=host&limit=500', viewer)).body
    expect(pages).toEqual(all.items.map(({ id }) => id))
    expect(pages).toEqual(pages.toSorted().toReversed())
    expect((await server.json<Page<ScanRow>>('GET', '/api/v1/scans?state=failed', viewer)).body.items.every(({ state }) => state === 'failed')).toBe(true)
  })
})

describe('passphrases', () => {
  it('open what they open and are nowhere in the database, also when they were lost with the process', async () => {
    const passphrase = `pass-${randomBytes(12).toString('hex')}`
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256', privateKeyEncoding: { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase }, publicKeyEncoding: { type: 'spki', format: 'pem' } })
    await writeFile(join(directory, 'encrypted.key'), privateKey)
    const { body } = await start('host', { roots: [directory] }, { passphrases: ['wrong', passphrase] })
    const dumps = [await everything()]
    await server.settle()
    dumps.push(await everything())
    expect((await get(body.id)).counts).toMatchObject({ credentialsNew: 1 })
    const lost = await start('host', { roots: [directory] }, { passphrases: [passphrase] })
    await server.restartDiscovery()
    await server.settle()
    dumps.push(await everything())
    expect((await problems(lost.body.id)).items[0]).toMatchObject({ code: 'keystore.passphrase', message: expect.stringContaining('lost when the server restarted') as string })
    expect(JSON.stringify(await get(lost.body.id))).not.toContain(passphrase)
    for (const dump of dumps) expect(dump.includes(passphrase)).toBe(false)
    expect(server.logged.join('\n')).not.toContain(passphrase)
  })

  /** Every row of every table as text. */
  async function everything(): Promise<string> {
    const { rows } = await sql<{ name: string }>`SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`.execute(server.database.db)
    const texts = await Promise.all(rows.map(async ({ name }) => (await sql<{ text: string }>`SELECT coalesce(json_agg(t)::text, '') AS text FROM ${sql.raw(name)} AS t`.execute(server.database.db)).rows[0]!.text))
    expect(texts.join('').length).toBeGreaterThan(1000)
    return texts.join('\n')
  }
})

describe('a scan for secrets', () => {
  const secretOf = () => randomBytes(12).toString('base64url')
  const found = async (id: string) => (await sql<{ name: string; places: number; place: string; gone: boolean }>`
    SELECT c.name, c.location_count AS places, max(l.place) AS place, c.gone FROM credential c JOIN location l ON l.credential_id = c.id
    WHERE c.kind = 'secret' AND l.place LIKE ${`${directory}/%`} GROUP BY c.id, c.name, c.location_count, c.gone ORDER BY 3`.execute(server.database.db)).rows.map((row) => ({ ...row, id }))

  it('finds what lies in files by absolute paths, one credential for one value, and retires what is gone', async () => {
    const value = secretOf()
    await writeFile(join(directory, '.pgpass'), `db.internal:5432:shop:app:${value}\n`)
    await writeFile(join(directory, 'settings.py'), `DATABASE_URL = "postgres://app:${value}@db.internal/shop"\n`)
    const { status, body } = await start('secrets', { targets: [directory] })
    expect([status, body.title]).toEqual([202, directory])
    await server.settle()
    expect(await get(body.id)).toMatchObject({ state: 'complete', message: null, counts: { credentialsNew: 1, locationsNew: 2 } })
    expect(await found(body.id)).toMatchObject([{ name: expect.stringContaining('app@db.internal') as string, places: 2 }])
    await rm(join(directory, 'settings.py'))
    server.clock.advance(60_000)
    // A scan for keys says nothing of secrets.
    for (const kind of ['host', 'secrets']) {
      const again = await start(kind, kind === 'host' ? { roots: [directory] } : { targets: [directory] })
      await server.settle()
      expect((await get(again.body.id)).counts.locationsGone, kind).toBe(kind === 'host' ? 0 : 1)
    }
  })

  it('meets what was found elsewhere by the same key, asked for by digests', async () => {
    const value = secretOf()
    await writeFile(join(directory, '.netrc'), `machine git.internal login ann password ${value}\n`)
    await start('secrets', { targets: [directory] })
    await server.settle()
    const { body } = await server.json<{ fingerprints: string[] }>('POST', '/api/v1/secrets/fingerprints', operator, { digests: [secretDigest(Secret.fromText(value))] })
    const { rows } = await sql<{ n: number }>`SELECT count(*)::int AS n FROM credential WHERE fingerprint = decode(${body.fingerprints[0]!}, 'hex')`.execute(server.database.db)
    expect(rows[0]!.n).toBe(1)
  })

  it('uses the tenant’s own rules beside the built-in ones', async () => {
    await server.json('PUT', '/api/v1/detection-config', admin, { toml: 'title = "ours"\n[[rules]]\nid = "shop-token"\nregex = \'\'\'shop_[0-9a-f]{24}\'\'\'\nkeywords = ["shop_"]\n' })
    await writeFile(join(directory, 'a.txt'), `the token is shop_${randomBytes(12).toString('hex')}\n`)
    await writeFile(join(directory, '.pgpass'), `db.internal:5432:shop:app:${secretOf()}\n`)
    const { body } = await start('secrets', { targets: [directory] })
    await server.settle()
    expect((await found(body.id)).map(({ name }) => name.split(' ')[0]).sort()).toEqual(['database-password', 'shop-token'])
    await server.json('PUT', '/api/v1/detection-config', admin, { toml: '' })
  })

  it('looks at nothing but absolute paths that were named, and never at what is forbidden', async () => {
    for (const [options, path] of [[{ targets: ['here'] }, 'options.targets.0'], [{ targets: [directory, '../x'] }, 'options.targets.1'], [{}, 'options.targets'], [{ targets: [directory], threads: -1 }, 'options.threads']] as const) {
      const { status, body } = await start('secrets', options)
      expect([status, body.errors?.map((error) => error.path)]).toEqual([400, [path]])
    }
    const own = join(directory, 'postgres')
    await mkdir(own)
    for (const place of [own, directory]) await writeFile(join(place, '.pgpass'), `db.internal:5432:shop:app:${secretOf()}\n`)
    const guarded = await pipelineServer({ forbiddenPaths: [own] })
    const token = await guarded.token('operator')
    const { body } = await guarded.json<ScanRow>('POST', '/api/v1/scans', token, { kind: 'secrets', options: { targets: [directory] } })
    await guarded.settle()
    expect((await guarded.json<ScanRow>('GET', `/api/v1/scans/${body.id}`, token)).body).toMatchObject({ state: 'complete', counts: { credentialsNew: 1 } })
    await guarded.close()
  })

  it('brings no rules of its own: those of the installation are tried before they are saved', async () => {
    const { status, body } = await start('secrets', { targets: [directory], config: '[[rules]]\nid = "slow"\nregex = "(a*)*b"\n' })
    expect([status, body.errors?.map(({ path }) => path)]).toEqual([400, ['options.config']])
  })
})
