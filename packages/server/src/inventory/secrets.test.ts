import { type Coverage, DEFAULT_TENANT, type Location, manualClock, type Observation, type Relation, uuidV7 } from '@muster/core'
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { testDatabase, type TestDatabase } from '@muster/testkit/database'
import { inTx } from '../platform/db/db.ts'
import { inventoryMigrations } from './migrations.ts'
import { reconcile } from './reconcile.ts'
import { retireUncovered } from './retire.ts'
import { coveredPath, inCluster, inFile, inImage, inLine, inRepository, inVariable, sampleCertificate, sampleKey, sampleMachine, sampleSecret, sampleSource, sighting } from './samples.ts'

const tenantId = DEFAULT_TENANT
const clock = manualClock('2026-11-01T00:00:00Z')
let database: TestDatabase

beforeAll(async () => { database = await testDatabase({ migrations: inventoryMigrations }) })
afterAll(async () => { await database?.close() })
beforeEach(async () => {
  const { rows } = await sql<{ tablename: string }>`SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'muster_migration'`.execute(database.db)
  await sql`TRUNCATE ${sql.join(rows.map((row) => sql.table(row.tablename)))}`.execute(database.db)
})

/** One scan: its batches, then its end. */
async function scan(batches: readonly (readonly Observation[])[], coverage: readonly Coverage[] = []): Promise<number> {
  clock.advance(60_000)
  const one = { tenantId, scanId: uuidV7(clock), startedAt: clock.now() }
  for (const observations of batches) {
    clock.advance(10)
    await inTx(database.db, (tx) => reconcile(tx, { ...one, observations }, clock))
  }
  clock.advance(10)
  return (await inTx(database.db, (tx) => retireUncovered(tx, { ...one, coverage }, clock))).locationsGone
}
const present = async () => (await sql<{ at: string }>`SELECT l.kind || ' ' || l.place AS at FROM location l WHERE gone_at IS NULL ORDER BY 1`.execute(database.db)).rows.map(({ at }) => at)
const facts = async () => (await sql<{ facts: Location }>`SELECT facts FROM location ORDER BY id`.execute(database.db)).rows.map((row) => row.facts)
const machines = async () => (await sql<{ name: string; kind: string }>`SELECT name, machine_kind AS kind FROM machine ORDER BY machine_kind, name`.execute(database.db)).rows

const host = sampleMachine('host', [{ type: 'host-id', value: 'h1' }, { type: 'dns-name', value: 'git.example.com' }], { name: 'git.example.com' })
const shop = sampleSource('git.example.com/shop')
const secret = sampleSecret('s')

describe('a source', () => {
  it('called like a host stays apart from it, whatever else it is said to be known by', async () => {
    const alike = sampleSource('git.example.com', { name: 'git.example.com', identifiers: [{ type: 'source-id', value: 'git:git.example.com' }, { type: 'dns-name', value: 'git.example.com' }, { type: 'host-id', value: 'h1' }] })
    await scan([[host, alike, sighting('git.example.com', secret, inRepository('a')), sighting('host', secret, inLine('/a'))]])
    await scan([[alike, host]])
    expect(await machines()).toEqual([{ name: 'git.example.com', kind: 'device' }, { name: 'git.example.com', kind: 'source' }])
    expect((await sql<{ n: number }>`SELECT machine_count AS n FROM credential`.execute(database.db)).rows).toEqual([{ n: 2 }])
  })

  it('is one by its id from wherever it was scanned, and a machine that claims one is a machine', async () => {
    const id = { type: 'source-id', value: 'git:git.example.com/shop' } as const
    await scan([[sampleSource('/home/ann/shop', { identifiers: [id] })]])
    await scan([[sampleSource('/srv/shop', { identifiers: [id], name: 'git.example.com/shop' }), sampleMachine('m', [id, { type: 'address', value: '10.0.0.9' }])]])
    expect(await machines()).toEqual([{ name: 'm', kind: 'device' }, { name: 'git.example.com/shop', kind: 'source' }])
  })

  it('without an id is known by the scan’s name for it', async () => {
    for (let i = 0; i < 2; i++) await scan([[sampleSource('unnamed', { identifiers: [] })]])
    expect(await machines()).toEqual([{ name: 'unnamed', kind: 'source' }])
  })
})

describe('absence', () => {
  const key = sampleKey('k')
  const keyInText = (location: Location): Location => ({ ...location, part: 'private-key' }) as Location
  const all = () => [host, sighting('host', secret, inLine('/etc/app.ini')), sighting('host', key, inFile('/etc/k.pem', { part: 'private-key' })), sighting('host', key, keyInText(inLine('/etc/deploy.sh')))]

  it.each([
    [['keys'], ['file-line /etc/app.ini', 'file-line /etc/deploy.sh']],
    [['secrets'], ['file /etc/k.pem']],
    [['keys', 'secrets'], []],
  ] as const)('counts only for what was looked for: %j', async (lookedFor, left) => {
    await scan([all()])
    await scan([[host]], [coveredPath('host', '/etc', [], true, [...lookedFor])])
    expect(await present()).toEqual(left)
  })

  it.each(['', '/'])('below %j speaks of a whole repository, whose paths are relative, and of no other', async (path) => {
    const other = sampleSource('git.example.com/other')
    const places = [shop, other, sighting(shop.ref, secret, inRepository('a.env')), sighting(shop.ref, secret, inRepository('deep/er/b.env')), sighting(other.ref, secret, inRepository('c.env'))]
    await scan([places])
    await scan([[shop]], [coveredPath(shop.ref, path, ['deep'], true, ['secrets'])])
    expect(await present()).toEqual(['repository-line c.env', 'repository-line deep/er/b.env'])
    await scan([[shop]], [coveredPath(shop.ref, path, [], true, ['secrets'])])
    expect(await present()).toEqual(['repository-line c.env'])
  })

  it('in an archive that could not be read proves nothing', async () => {
    await scan([[host, sighting('host', secret, inLine('/srv/a.zip!conf/app.ini')), sighting('host', secret, inLine('/srv/b.zip!app.ini'))]])
    await scan([[host]], [coveredPath('host', '/srv', ['/srv/a.zip'], true, ['secrets'])])
    expect(await present()).toEqual(['file-line /srv/a.zip!conf/app.ini'])
  })

  it('in an image follows the same statement', async () => {
    const image = sampleSource('shop:1', { identifiers: [{ type: 'source-id', value: 'image:shop' }] })
    await scan([[image, sighting(image.ref, secret, inImage('app/.env')), sighting(image.ref, secret, inImage('etc/x'))]])
    await scan([[image, sighting(image.ref, secret, inImage('etc/x'))]], [coveredPath(image.ref, '', [], true, ['secrets'])])
    expect(await present()).toEqual(['image-line etc/x'])
  })

  it('of a named secret needs a list of its kind and scope from its source', async () => {
    const group = sampleSource('gitlab.example.com/group')
    const cluster = sampleSource('cluster', { identifiers: [{ type: 'source-id', value: 'cluster:1' }] })
    const named = [group, cluster, sighting(group.ref, secret, inVariable('group/shop', 'TOKEN')), sighting(group.ref, secret, inVariable('group', 'TOKEN')), sighting(cluster.ref, secret, inCluster('prod', 'db', 'password')), sighting(cluster.ref, secret, inCluster('test', 'db', 'password'))]
    const listed = (machine: string, kinds: ('ci-variable' | 'kubernetes-secret')[], scope: string, complete = true): Coverage => ({ observation: 'coverage', machine, scope: { kind: 'named', kinds, scope }, rights: 'user:x', complete })
    await scan([named])
    await scan([[group, cluster]], [listed(group.ref, ['ci-variable'], 'group/shop', false), listed(cluster.ref, ['ci-variable'], ''), coveredPath(group.ref, '', [], true, ['secrets'])])
    expect(await present()).toHaveLength(4)
    await scan([[group, cluster]], [listed(group.ref, ['ci-variable'], 'group/shop'), listed(cluster.ref, ['kubernetes-secret'], 'test')])
    expect(await present()).toEqual(['ci-variable group TOKEN', 'kubernetes-secret prod/db#password'])
    await scan([[cluster]], [listed(cluster.ref, ['kubernetes-secret'], '')])
    expect(await present()).toEqual(['ci-variable group TOKEN'])
  })

  it('of an edge is told by a scan for what it is about', async () => {
    const edge = (type: Relation['type'], machine: string, fingerprint: string): Relation => ({ observation: 'relation', type, from: { of: 'machine', ref: machine }, to: { of: 'credential', fingerprint }, source: machine === 'host' ? '/etc/x.conf' : 'x.yml' })
    const edges = [edge('uses', 'host', secret.fingerprint), edge('uses', 'host', key.fingerprint), edge('uses', shop.ref, key.fingerprint)]
    const left = async () => (await sql<{ n: number }>`SELECT count(*)::int AS n FROM relation WHERE gone_at IS NULL`.execute(database.db)).rows[0]!.n
    await scan([[host, shop, sighting('host', secret, inLine('/etc/x.conf')), sighting('host', key, inFile('/etc/k.pem')), ...edges]])
    await scan([[host, shop]], [coveredPath('host', '/etc'), coveredPath(shop.ref, '')])
    expect(await left()).toBe(2)
    await scan([[host, shop]], [coveredPath('host', '/etc', [], true, ['secrets']), coveredPath(shop.ref, '', [], true, ['secrets'])])
    expect(await left()).toBe(0)
  })
})

describe('a variable that pipelines take', () => {
  const variable = sampleSecret('v', { secretType: 'ci-secret', valueKnown: false })
  const taken = inVariable('shop', 'AWS_KEY', { protected: null, masked: null })
  const uses = (source: string): Relation => ({ observation: 'relation', type: 'uses', from: { of: 'machine', ref: shop.ref }, to: { of: 'credential', fingerprint: variable.fingerprint }, source })
  const whole = (...unread: string[]) => [coveredPath(shop.ref, '', unread, true, ['secrets'])]

  it('is gone with its last use, and not before', async () => {
    await scan([[shop, sighting(shop.ref, variable, taken), uses('a.yml'), uses('b.yml')]])
    await scan([[shop, sighting(shop.ref, variable, taken), uses('b.yml')]], whole())
    await scan([[shop]], whole('b.yml'))
    expect(await present()).toEqual(['ci-variable shop AWS_KEY'])
    await scan([[shop]], whole())
    expect(await present()).toEqual([])
  })

  it('stays what whoever listed it told, and goes by lists alone', async () => {
    await scan([[shop, sighting(shop.ref, variable, inVariable('shop', 'AWS_KEY', { protected: false, masked: true }))]])
    await scan([[shop, sighting(shop.ref, variable, taken), uses('a.yml')]])
    expect(await facts()).toMatchObject([{ protected: false, masked: true }])
    await scan([[shop]], whole())
    expect(await present()).toEqual(['ci-variable shop AWS_KEY'])
  })
})

describe('one place', () => {
  const commit = { id: 'c'.repeat(40), authorName: 'Ann', authorEmail: 'ann@example.com', committedAt: '2026-01-01T00:00:00Z' }

  it('is a value’s lines and versions in one file: what is there now counts, then the first line', async () => {
    const history = inRepository('a.env', { presence: 'history', line: 9, commit })
    const head = (line: number) => inRepository('a.env', { line })
    await scan([[shop, sighting(shop.ref, secret, history), sighting(shop.ref, secret, head(4)), sighting(shop.ref, secret, head(7))], [sighting(shop.ref, secret, inRepository('a.env', { presence: 'branch' }))]])
    expect(await facts()).toMatchObject([{ presence: 'head', line: 4 }])
    // Removed since: the next scan finds it in history alone.
    await scan([[shop, sighting(shop.ref, secret, history)]])
    expect(await facts()).toMatchObject([{ presence: 'history', line: 9, commit: { authorName: 'Ann' } }])
  })

  it('is a file in several layers of an image: where it is to be seen counts', async () => {
    const image = sampleSource('image')
    await scan([[image, sighting(image.ref, secret, inImage('.env'))], [sighting(image.ref, secret, inImage('.env', { hiddenBy: `sha256:${'2'.repeat(64)}` }))]])
    expect(await facts()).toMatchObject([{ hiddenBy: null }])
  })

  it('is a key file that a scan for secrets reads too, and it stays what the scan for keys told', async () => {
    const key = sampleKey('k')
    const line = { ...inLine('/etc/k.pem'), part: 'private-key' } as Location
    const file = inFile('/etc/k.pem', { part: 'private-key' })
    await scan([[host, sighting('host', key, line)]])
    expect(await facts()).toMatchObject([{ kind: 'file-line' }])
    for (const seen of [file, line]) await scan([[host, sighting('host', key, seen)]])
    expect(await facts()).toMatchObject([{ kind: 'file', format: 'pem' }])
    await scan([[host]], [coveredPath('host', '/etc', [], true, ['secrets'])])
    expect(await present()).toEqual(['file /etc/k.pem'])
    await scan([[host]], [coveredPath('host', '/etc')])
    await scan([[host, sighting('host', key, line)]])
    expect(await present()).toEqual(['file-line /etc/k.pem'])
  })
})

describe('what is known of a secret', () => {
  const row = async () => (await sql<{ name: string; secret_type: string; not_after: Date | null; search: string }>`SELECT name, secret_type, not_after, search FROM credential JOIN credential_search s ON s.credential_id = id WHERE kind = 'secret'`.execute(database.db)).rows

  it('grows with every place that tells more, and a telling name takes the place of a vague one', async () => {
    await scan([[shop, sighting(shop.ref, sampleSecret('v', { secretType: 'generic-assigned-secret' }), inRepository('a.env'))]])
    await scan([[host, sighting('host', sampleSecret('v', { secretType: 'database-password', facts: { user: 'shop', host: 'db.internal' }, notAfter: '2027-01-01T00:00:00.000Z' }), inLine('/home/ann/.pgpass'))]])
    await scan([[shop, sighting(shop.ref, sampleSecret('v', { secretType: 'password', facts: { user: 'other' } }), inRepository('b.env'))]])
    expect(await row()).toMatchObject([{ name: 'database-password shop@db.internal', secret_type: 'database-password', not_after: new Date('2027-01-01T00:00:00Z'), search: expect.stringMatching(/db\.internal.*a\.env/s) as string }])
    const { rows } = await sql<{ bucket: string; count: string }>`SELECT bucket, count FROM inventory_tally WHERE dimension = 'expires' AND count <> 0`.execute(database.db)
    expect(rows).toEqual([{ bucket: '2027-01-01', count: '1' }])
  })

  it('is its place’s name where the value is not known', async () => {
    await scan([[shop, sighting(shop.ref, sampleSecret('n', { secretType: 'ci-secret', valueKnown: false }), inVariable('shop', 'AWS_SECRET_ACCESS_KEY'))]])
    expect(await row()).toMatchObject([{ name: 'AWS_SECRET_ACCESS_KEY', secret_type: 'ci-secret' }])
  })
})

it('a private key in a repository is tied to its certificate wherever that is', async () => {
  await scan([[host, sighting('host', sampleCertificate('pair'), inFile('/etc/ssl/c.pem'))]])
  await scan([[shop, sighting(shop.ref, sampleKey('pair'), { ...inRepository('tls/key.pem'), part: 'private-key' } as Location)]])
  const { rows } = await sql<{ kinds: string[] }>`SELECT array_agg(kind ORDER BY kind) AS kinds FROM credential GROUP BY spki_sha256`.execute(database.db)
  expect(rows).toEqual([{ kinds: ['certificate', 'private-key'] }])
})
