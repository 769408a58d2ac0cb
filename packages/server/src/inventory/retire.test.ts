import { type Coverage, DEFAULT_TENANT, manualClock, type Observation, uuidV7 } from '@muster/core'
import fc from 'fast-check'
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { testDatabase, type TestDatabase } from '@muster/testkit/database'
import { inTx } from '../platform/db/db.ts'
import { inventoryMigrations } from './migrations.ts'
import { reconcile } from './reconcile.ts'
import { retireUncovered } from './retire.ts'
import { atEndpoint, coveredEndpoints, coveredPath, inCluster, inFile, inVariable, sampleCertificate, sampleEndpoint, sampleMachine, sampleSecret, sampleSource, sha, sighting } from './samples.ts'

const tenantId = DEFAULT_TENANT
const clock = manualClock('2026-11-01T00:00:00Z')
let database: TestDatabase

beforeAll(async () => { database = await testDatabase({ migrations: inventoryMigrations }) })
afterAll(async () => { await database?.close() })
beforeEach(truncate)

async function truncate(): Promise<void> {
  const { rows } = await sql<{ tablename: string }>`SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'muster_migration'`.execute(database.db)
  await sql`TRUNCATE ${sql.join(rows.map((row) => sql.table(row.tablename)))}`.execute(database.db)
}

/** Runs one scan: its sightings in one batch, then its end; `state` other than complete retires nothing. */
async function scan(observations: Observation[], coverage: Coverage[], complete = true, speaks: ('tls' | 'ssh')[] = []): Promise<number> {
  clock.advance(60_000)
  const one = { tenantId, scanId: uuidV7(clock), startedAt: clock.now() }
  await inTx(database.db, (tx) => reconcile(tx, { ...one, observations, speaks }, clock))
  clock.advance(1000)
  return complete ? (await inTx(database.db, (tx) => retireUncovered(tx, { ...one, coverage }, clock))).locationsGone : 0
}

async function present(): Promise<string[]> {
  const { rows } = await sql<{ place: string }>`SELECT place FROM location WHERE gone_at IS NULL ORDER BY place`.execute(database.db)
  return rows.map((row) => row.place)
}

const machine = sampleMachine('m', [{ type: 'host-id', value: 'h1' }])
const leaf = sampleCertificate('leaf')

describe('a completed scan', () => {
  it('retires a file it looked for and did not find, and the credential with its last place', async () => {
    await scan([machine, sighting('m', leaf, inFile('/etc/ssl/a.pem')), sighting('m', leaf, inFile('/opt/a.pem'))], [])
    expect(await scan([machine], [coveredPath('m', '/etc/ssl')])).toBe(1)
    expect(await present()).toEqual(['/opt/a.pem'])
    expect(await scan([machine], [coveredPath('m', '/')])).toBe(1)
    const { rows } = await sql<{ gone: boolean; location_count: number; seen_gone: boolean }>`
      SELECT c.gone, c.location_count, s.gone AS seen_gone FROM credential c JOIN credential_seen s ON s.credential_id = c.id`.execute(database.db)
    expect(rows).toEqual([{ gone: true, location_count: 0, seen_gone: true }])
    const events = await sql<{ event: string }>`SELECT event FROM credential_event ORDER BY id`.execute(database.db)
    expect(events.rows.map((row) => row.event)).toEqual(['first-seen', 'location-gone', 'location-gone', 'gone'])
  })

  it('retires nothing where it could not read, where its statement is not complete, and beside its path', async () => {
    const paths = ['/etc/ssl/private/k.pem', '/etc/ssl2/x.pem', '/etc/sslx', '/home/u/k.pem']
    await scan([machine, ...paths.map((path) => sighting('m', leaf, inFile(path)))], [])
    expect(await scan([machine], [coveredPath('m', '/etc/ssl', ['/etc/ssl/private']), coveredPath('m', '/home', [], false)])).toBe(0)
    expect(await present()).toHaveLength(4)
  })

  it('brings a retired place back when it is seen again', async () => {
    const batch = [machine, sighting('m', leaf, inFile('/a.pem'))]
    await scan(batch, [])
    await scan([machine], [coveredPath('m', '/')])
    await scan(batch, [coveredPath('m', '/')])
    expect(await present()).toEqual(['/a.pem'])
    const events = await sql<{ event: string }>`SELECT event FROM credential_event ORDER BY id`.execute(database.db)
    expect(events.rows.map((row) => row.event)).toEqual(['first-seen', 'location-gone', 'gone', 'location-returned', 'returned'])
  })

  it('retires what an endpoint no longer serves, and leaves names it did not send', async () => {
    const host = sampleMachine('10.0.0.1', [{ type: 'address', value: '10.0.0.1' }])
    const other = sampleCertificate('other')
    await scan([host, sampleEndpoint('10.0.0.1', '10.0.0.1', 443, [leaf.fingerprint]), sighting('10.0.0.1', leaf, atEndpoint('10.0.0.1', 443)),
      sampleEndpoint('10.0.0.1', '10.0.0.1', 443, [other.fingerprint], { sni: 'b.example' }), sighting('10.0.0.1', other, atEndpoint('10.0.0.1', 443, { sni: 'b.example' }))], [])
    const renewed = sampleCertificate('renewed')
    await scan([host, sampleEndpoint('10.0.0.1', '10.0.0.1', 443, [renewed.fingerprint]), sighting('10.0.0.1', renewed, atEndpoint('10.0.0.1', 443))], [coveredEndpoints(['10.0.0.1'], [443])])
    expect(await present()).toEqual(['10.0.0.1:443', '10.0.0.1:443 as b.example'])
    await scan([], [coveredEndpoints(['10.0.0.1'], [443], ['10.0.0.1:443'])])
    expect(await present()).toHaveLength(2)
    await scan([], [coveredEndpoints(['10.0.0.1'], [443])])
    expect(await present()).toEqual([])
    const endpoints = await sql<{ gone: boolean }>`SELECT gone FROM endpoint`.execute(database.db)
    expect(endpoints.rows).toEqual([{ gone: true }, { gone: true }])
  })

  it('that speaks TLS alone does not undo what an SSH scan found, and the other way round', async () => {
    const host = sampleMachine('10.0.0.1', [{ type: 'address', value: '10.0.0.1' }])
    const ssh = { banner: 'SSH-2.0-x', hostKeyFingerprints: [], keyExchange: [], hostKeyAlgorithms: [], ciphers: [], macs: [] }
    const found = async () => (await sql<{ protocol: string; ssh: boolean; tls: boolean }>`SELECT protocol, ssh IS NOT NULL AS ssh, tls IS NOT NULL AS tls FROM endpoint`.execute(database.db)).rows
    await scan([host, sampleEndpoint('10.0.0.1', '10.0.0.1', 22, [], { protocol: 'ssh', ssh, tls: null })], [])
    const silent = sampleEndpoint('10.0.0.1', '10.0.0.1', 22, [], { protocol: 'unknown', tls: null })
    await scan([host, silent], [], true, ['tls'])
    expect(await found()).toEqual([{ protocol: 'ssh', ssh: true, tls: false }])
    await scan([host, silent], [], true, ['ssh'])
    expect(await found()).toEqual([{ protocol: 'unknown', ssh: false, tls: false }])
  })

  it('retires every name at a port that speaks TLS no more', async () => {
    const host = sampleMachine('10.0.0.1', [{ type: 'address', value: '10.0.0.1' }])
    const named = { sni: 'b.example' }
    await scan([host, sampleEndpoint('10.0.0.1', '10.0.0.1', 443, [leaf.fingerprint], named), sighting('10.0.0.1', leaf, atEndpoint('10.0.0.1', 443, named))], [])
    await scan([host, sampleEndpoint('10.0.0.1', '10.0.0.1', 443, [], { protocol: 'unknown', tls: null })], [coveredEndpoints(['10.0.0.1'], [443])], true, ['tls'])
    expect(await present()).toEqual([])
  })

  it('retires nothing that another scan has seen since this one began', async () => {
    await scan([machine, sighting('m', leaf, inFile('/a.pem'))], [])
    clock.advance(60_000)
    const slow = { tenantId, scanId: uuidV7(clock), startedAt: clock.now() }
    await inTx(database.db, (tx) => reconcile(tx, { ...slow, observations: [machine] }, clock))
    await scan([machine, sighting('m', leaf, inFile('/a.pem'))], [])
    await inTx(database.db, (tx) => retireUncovered(tx, { ...slow, coverage: [coveredPath('m', '/')] }, clock))
    expect(await present()).toEqual(['/a.pem'])
  })

  it("says nothing of another machine's loopback", async () => {
    await scan([machine, sighting('m', leaf, atEndpoint('127.0.0.1', 8443))], [])
    await scan([], [coveredEndpoints(['127.0.0.1'], [8443])])
    expect(await present()).toEqual(['127.0.0.1:8443'])
  })
})

type ModelScan = { readonly sees: readonly number[]; readonly covers: readonly { readonly directory: number; readonly unread: readonly number[]; readonly complete: boolean }[]; readonly complete: boolean }

const directories = ['/a', '/a/b', '/a/b/c', '/ab', '/z']
const places = directories.flatMap((directory, index) => [`${directory}/one.pem`, `${directory}/two-${index}.pem`])
const below = (path: string, directory: string) => path === directory || path.startsWith(`${directory}/`)

const scans: fc.Arbitrary<ModelScan[]> = fc.array(fc.record({
  sees: fc.uniqueArray(fc.nat(places.length - 1), { maxLength: places.length }),
  covers: fc.array(fc.record({ directory: fc.nat(directories.length - 1), unread: fc.array(fc.nat(directories.length - 1), { maxLength: 2 }), complete: fc.boolean() }), { maxLength: 3 }),
  complete: fc.boolean(),
}), { minLength: 1, maxLength: 5 })

it('after any scans with any holes in their coverage, exactly what was seen and not looked for in vain is present', async () => {
  await fc.assert(fc.asyncProperty(scans, async (sequence) => {
    await truncate()
    const model = new Set<string>()
    for (const one of sequence) {
      const seen = new Set(one.sees.map((index) => places[index]!))
      const coverage = one.covers.map((cover) => coveredPath('m', directories[cover.directory]!, cover.unread.map((index) => directories[index]!), cover.complete))
      await scan([machine, ...[...seen].map((path) => sighting('m', sampleCertificate(path.slice(-7)), inFile(path)))], coverage, one.complete)
      for (const path of model) {
        const lookedFor = one.covers.some((cover) => cover.complete && below(path, directories[cover.directory]!) && !cover.unread.some((index) => below(path, directories[index]!)))
        if (one.complete && lookedFor && !seen.has(path)) model.delete(path)
      }
      for (const path of seen) model.add(path)
    }
    expect(await present()).toEqual([...model].sort())
    await expectTrueCounts(model)
  }), { numRuns: 40 })
}, 120_000)

async function expectTrueCounts(model: ReadonlySet<string>): Promise<void> {
  const expected = Object.groupBy([...model], (path) => sha(`certificate ${path.slice(-7)}`))
  const { rows } = await sql<{ fingerprint: string; location_count: number; machine_count: number; gone: boolean }>`
    SELECT encode(fingerprint, 'hex') AS fingerprint, location_count, machine_count, gone FROM credential`.execute(database.db)
  for (const row of rows) {
    const count = expected[row.fingerprint]?.length ?? 0
    expect(row).toMatchObject({ location_count: count, machine_count: count === 0 ? 0 : 1, gone: count === 0 })
  }
  const tallied = await sql<{ dimension: string; total: string }>`SELECT dimension, sum(count) AS total FROM inventory_tally GROUP BY dimension`.execute(database.db)
  const presentCount = rows.filter((row) => !row.gone).length
  for (const tally of tallied.rows) expect(Number(tally.total)).toBe(presentCount)
}

describe('configurations', () => {
  const source = sampleSource('git.example.com/shop')
  const trust = (entry: string, path = 'iam.tf'): Observation => ({ observation: 'sighting', of: 'configuration', machine: source.ref, path, entry, format: 'federated-trust', settings: { provider: ['aws'] } })
  const left = async () => (await sql<{ name: string }>`SELECT path || '#' || entry AS name FROM configuration WHERE gone_at IS NULL ORDER BY name`.execute(database.db)).rows.map(({ name }) => name)

  it('of one file are apart by their part, and those that a scan of texts no longer finds are gone', async () => {
    await scan([source, trust('a'), trust('b'), trust('c', 'other.tf')], [])
    expect(await left()).toEqual(['iam.tf#a', 'iam.tf#b', 'other.tf#c'])
    await scan([source, trust('a')], [coveredPath(source.ref, '', ['other.tf'], true, ['secrets'])])
    expect(await left()).toEqual(['iam.tf#a', 'other.tf#c'])
  })

  it('that scans of texts read stay where a scan looked for keys alone, and the other way round', async () => {
    const host = sampleMachine('h', [{ type: 'host-id', value: 'h9' }])
    const sshd: Observation = { observation: 'sighting', of: 'configuration', machine: 'h', path: '/etc/ssh/sshd_config', entry: '', format: 'sshd-config', settings: {} }
    await scan([source, host, trust('a'), sshd], [])
    await scan([source, host], [coveredPath(source.ref, '', [], true, ['keys']), coveredPath('h', '/', [], true, ['secrets'])])
    expect(await left()).toEqual(['/etc/ssh/sshd_config#', 'iam.tf#a'])
    await scan([host], [coveredPath('h', '/')])
    expect(await left()).toEqual(['iam.tf#a'])
  })
})

describe('repositories at a code host', () => {
  const repository = (path: string, uid: number | null = null) => sampleSource(path, { identifiers: [...uid === null ? [] : [{ type: 'source-uid' as const, value: `github:h/repositories/${uid}` }], { type: 'source-id', value: `git:${path}` }] })
  const listed = (path: string, name = 'TOKEN', part = '') => sighting(path, sampleSecret(`${path}${part} ${name}`, { valueKnown: false }), inVariable(`${path}${part}`, name, { system: 'github', protected: null }))
  const holding = (below: string, ...present: string[]): Coverage => ({ observation: 'coverage', machine: null, scope: { kind: 'holders', kinds: ['ci-variable'], below, present }, rights: 'user:ann', complete: true })
  const named = (path: string): Coverage => ({ observation: 'coverage', machine: path, scope: { kind: 'named', kinds: ['ci-variable'], scope: path }, rights: 'user:ann', complete: true })
  const names = async () => (await sql<{ name: string }>`SELECT name FROM machine ORDER BY name`.execute(database.db)).rows.map(({ name }) => name)

  it('that are deleted or moved away take along what they held, archived and other organisations’ ones nothing', async () => {
    const all = ['h/acme/web', 'h/acme/archived', 'h/acme/gone', 'h/acme2/other', 'h/acme']
    await scan(all.flatMap((path) => [repository(path), listed(path)]).concat(listed('h/acme/gone', 'deploy key 7', '#deploy-keys')), [])
    expect(await scan([repository('h/acme/web'), listed('h/acme/web')], [named('h/acme/web'), holding('h/acme', 'h/acme/web', 'h/acme/archived')])).toBe(2)
    expect(await present()).toEqual(['h/acme TOKEN', 'h/acme/archived TOKEN', 'h/acme/web TOKEN', 'h/acme2/other TOKEN'])
  })

  it('stay where the statement is missing or not complete: a token that sees less proves nothing', async () => {
    await scan([repository('h/acme/web'), listed('h/acme/web'), repository('h/acme/gone'), listed('h/acme/gone')], [])
    expect(await scan([repository('h/acme/web'), listed('h/acme/web')], [named('h/acme/web')])).toBe(0)
    expect(await scan([repository('h/acme/web'), listed('h/acme/web')], [{ ...holding('h/acme', 'h/acme/web'), complete: false }])).toBe(0)
    expect(await scan([repository('h/acme/web'), listed('h/acme/web')], [holding('h/acme', 'h/acme/web')], false)).toBe(0)
  })

  it('keep what only a pipeline says it takes, which the host does not list', async () => {
    await scan([repository('h/acme/gone'), sighting('h/acme/gone', sampleSecret('used', { valueKnown: false }), inVariable('h/acme/gone', 'USED', { system: 'github', protected: null, masked: null }))], [])
    expect(await scan([repository('h/acme/web')], [holding('h/acme', 'h/acme/web')])).toBe(0)
  })

  it('that are renamed stay the source they are, with what is listed under the new name alone', async () => {
    await scan([repository('h/acme/web', 7), listed('h/acme/web')], [])
    await scan([repository('h/acme/site', 7), listed('h/acme/site')], [named('h/acme/site'), holding('h/acme', 'h/acme/site')])
    expect(await names()).toEqual(['h/acme/site'])
    expect(await present()).toEqual(['h/acme/site TOKEN'])
    // A clone that still goes by the old name is of the same repository.
    await scan([repository('h/acme/web')], [])
    expect(await names()).toHaveLength(1)
  })

  it('leave their name to another that takes it', async () => {
    await scan([repository('h/acme/web', 7), listed('h/acme/web')], [])
    await scan([repository('h/acme/site', 7), repository('h/acme/web', 8), listed('h/acme/web', 'NEW')], [])
    expect(await names()).toEqual(['h/acme/site', 'h/acme/web'])
    await scan([repository('h/acme/web')], [])
    const { rows } = await sql<{ name: string; value: string }>`SELECT m.name, i.value FROM machine m JOIN machine_identifier i ON i.machine_id = m.id WHERE i.type = 'source-id' ORDER BY i.value`.execute(database.db)
    expect(rows).toEqual([{ name: 'h/acme/site', value: 'git:h/acme/site' }, { name: 'h/acme/web', value: 'git:h/acme/web' }])
  })

  it('learn their number when it is first told, and meet what was found of them in clones', async () => {
    await scan([repository('h/acme/web'), listed('h/acme/web')], [])
    await scan([repository('h/acme/web', 7)], [])
    await scan([repository('h/new/web')], [])
    await scan([repository('h/new/web', 7)], [])
    expect(await names()).toEqual(['h/new/web'])
  })
})

describe('who takes credentials in a cluster', () => {
  const cluster = sampleSource('cluster:1', { identifiers: [{ type: 'source-id', value: 'cluster:1' }] })
  const secret = sampleSecret('db')
  const taken = (namespace: string): Observation[] => {
    const name = `${namespace}/Deployment/web`
    return [
      { observation: 'sighting', of: 'identity', machine: cluster.ref, system: 'kubernetes', name, identityKind: 'machine', attributes: {} },
      { observation: 'relation', type: 'uses', from: { of: 'identity', machine: cluster.ref, name }, to: { of: 'credential', fingerprint: secret.fingerprint }, source: `${name} env PASSWORD` },
    ]
  }
  const listed = (scope: string, kinds: ('kubernetes-secret' | 'consumers')[]): Coverage => ({ observation: 'coverage', machine: cluster.ref, scope: { kind: 'named', kinds, scope }, rights: 'bearer token', complete: true })
  const left = async () => (await sql<{ source: string }>`SELECT source FROM relation WHERE gone_at IS NULL ORDER BY source`.execute(database.db)).rows.map(({ source }) => source.split(' ')[0])
  const here = [cluster, sighting(cluster.ref, secret, inCluster('shop', 'db', 'password'))]

  it('is gone where consumers were listed and it was not among them, in that namespace alone', async () => {
    await scan([...here, ...taken('shop'), ...taken('shop2')], [])
    await scan(here, [listed('shop', ['kubernetes-secret'])])
    expect(await left()).toEqual(['shop/Deployment/web', 'shop2/Deployment/web'])
    await scan(here, [listed('shop', ['consumers'])])
    expect(await left()).toEqual(['shop2/Deployment/web'])
    await scan(here, [listed('', ['kubernetes-secret', 'consumers'])])
    expect(await left()).toEqual([])
  })
})

describe('who takes credentials at a code host', () => {
  const path = 'h/acme/web'
  const source = sampleSource(path, { identifiers: [{ type: 'source-id', value: `git:${path}` }] })
  const hookSecret = sampleSecret('hook', { valueKnown: false })
  const webhook = (id: number): Observation[] => [
    { observation: 'sighting', of: 'identity', machine: path, system: 'github', name: `${path} webhook ${id}`, identityKind: 'machine', attributes: {} },
    { observation: 'relation', type: 'uses', from: { of: 'identity', machine: path, name: `${path} webhook ${id}` }, to: { of: 'credential', fingerprint: hookSecret.fingerprint }, source: `${path}#webhooks webhook ${id}` },
  ]
  const listed = (part: string, complete = true): Coverage => ({ observation: 'coverage', machine: path, scope: { kind: 'named', kinds: ['ci-variable', 'consumers'], scope: `${path}${part}` }, rights: 'user:ann', complete })
  const workflow = (name: string, file = '.github/workflows/ship.yml'): Observation[] => {
    const secret = sampleSecret(name, { valueKnown: false })
    return [sighting(path, secret, inVariable(path, name, { system: 'github', protected: null, masked: null })), { observation: 'relation', type: 'uses', from: { of: 'machine', ref: path }, to: { of: 'credential', fingerprint: secret.fingerprint }, source: file }]
  }
  const left = async () => (await sql<{ source: string }>`SELECT source FROM relation WHERE gone_at IS NULL ORDER BY source`.execute(database.db)).rows.map(({ source: read }) => read)
  const everything = [source, sighting(path, hookSecret, inVariable(`${path}#webhooks`, 'webhook 7', { system: 'github', masked: true })), ...webhook(7), ...webhook(8), ...workflow('TOKEN')]

  it('is gone where the list it stood on no longer has it, and nowhere else', async () => {
    await scan(everything, [])
    await scan([source, ...webhook(8)], [listed(''), listed('#deploy-keys')])
    expect(await left()).toEqual(['.github/workflows/ship.yml', 'h/acme/web#webhooks webhook 7', 'h/acme/web#webhooks webhook 8'])
    await scan([source, ...webhook(8)], [listed('#webhooks')])
    expect(await left()).toEqual(['.github/workflows/ship.yml', 'h/acme/web#webhooks webhook 8'])
  })

  it('stays when the token has lost the right to list it', async () => {
    await scan(everything, [])
    await scan([source], [listed('#webhooks', false), coveredPath(path, '', [], false, ['secrets'])])
    expect(await left()).toHaveLength(3)
  })

  it('is gone from a file that a scan of the repository no longer shows, which says nothing of what the host lists', async () => {
    await scan([...everything, ...workflow('OTHER', '.github/workflows/gone.yml')], [])
    await scan([source, ...workflow('RENAMED')], [coveredPath(path, '', [], true, ['secrets'])])
    expect(await left()).toEqual(['.github/workflows/ship.yml', 'h/acme/web#webhooks webhook 7', 'h/acme/web#webhooks webhook 8'])
    expect(await present()).toEqual(['h/acme/web RENAMED', 'h/acme/web#webhooks webhook 7'])
  })

  it('is gone with the repository it was listed in', async () => {
    const holding = (...names: string[]): Coverage => ({ observation: 'coverage', machine: null, scope: { kind: 'holders', kinds: ['ci-variable'], below: 'h/acme', present: names }, rights: 'user:ann', complete: true })
    await scan(everything, [])
    await scan([], [holding(path)])
    expect(await left()).toHaveLength(3)
    await scan([], [holding('h/acme/other')])
    expect(await left()).toEqual(['.github/workflows/ship.yml'])
  })
})
