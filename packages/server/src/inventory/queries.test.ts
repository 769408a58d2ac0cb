import { type Clock, DEFAULT_TENANT, manualClock, type Observation, type TenantId, uuidV7 } from '@muster/core'
import { apiRoutes, type CredentialListQuery } from '@muster/core/api'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testDatabase, type TestDatabase } from '@muster/testkit/database'
import { auditMigrations } from '../audit/migrations.ts'
import { createAudit } from '../audit/index.ts'
import { type Actor, authorize, systemActor } from '../platform/actor.ts'
import { inTx, type Tx } from '../platform/db/db.ts'
import type { RequestContext } from '../platform/http/handler.ts'
import type { Jobs } from '../platform/jobs/job.ts'
import { listCredentials } from './credentials.ts'
import { createFeed } from './feed.ts'
import { readingInOrder } from './filter-store.ts'
import { createInventory, inventoryMigrations } from './index.ts'
import { listRows } from './list-store.ts'
import { reconcile } from './reconcile.ts'
import { retireUncovered } from './retire.ts'
import { atEndpoint, coveredPath, inFile, sampleCertificate, sampleEndpoint, sampleKey, sampleMachine, sha, sighting } from './samples.ts'

const tenantId = DEFAULT_TENANT
const clock = manualClock('2026-11-01T12:00:00Z')
const operator: Actor = { kind: 'account', id: 'a1', name: 'op@example.com', role: 'operator', tenantId }
const viewer: Actor = { ...operator, id: 'v1', name: 'view@example.com', role: 'viewer' }
const may = authorize(systemActor(tenantId), 'inventory.read', { type: 'credential' })
let database: TestDatabase
let enqueued: string[] = []
const jobs: Jobs = { enqueue: async (_tx, definition) => { enqueued.push(definition.queue); return uuidV7(clock) }, cancel: async () => false }

beforeAll(async () => { database = await testDatabase({ migrations: [...auditMigrations, ...inventoryMigrations] }) })
afterAll(async () => { await database?.close() })

function slice(theClock: Clock = clock) {
  return createInventory({
    db: database.db, clock: theClock, audit: createAudit({ clock: theClock }), jobs: () => jobs, onInventoryChanged: async () => {},
    findingsOverview: async () => ({ openBySeverity: [], trend: [], topRules: [] }), scansOverview: async () => ({ runningScans: [], lastScan: null }), writeCbom: null,
  })
}
const context = (actor: Actor): RequestContext => ({ actor, requestId: 'r', signal: new AbortController().signal, request: new Request('http://localhost/'), peerAddress: '127.0.0.1', responseHeaders: new Headers() })
const query = (fields: Record<string, unknown>): CredentialListQuery => apiRoutes.listCredentials.query.parse(fields)
const list = async (fields: Record<string, unknown> = {}) => (await listCredentials(database.db, may, query(fields))).items.map((row) => row.name)

async function fresh(observations: Observation[], tenant: TenantId = tenantId): Promise<void> {
  clock.advance(60_000)
  await inTx(database.db, (tx) => reconcile(tx, { tenantId: tenant, scanId: uuidV7(clock), startedAt: clock.now(), observations }, clock))
}

async function truncate(): Promise<void> {
  const { rows } = await sql<{ tablename: string }>`SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename NOT LIKE 'audit%' AND tablename <> 'muster_migration'`.execute(database.db)
  await sql`TRUNCATE ${sql.join(rows.map((row) => sql.table(row.tablename)))}`.execute(database.db)
  enqueued = []
}

const machine = sampleMachine('m', [{ type: 'host-id', value: 'h1' }, { type: 'address', value: '10.1.2.3' }], { name: 'web1' })

async function someInventory(): Promise<void> {
  await truncate()
  const certificates = Array.from({ length: 25 }, (_, i) => sampleCertificate(`c${i}`, {
    commonName: `host-${String(i).padStart(2, '0')}.example.com`, subject: `CN=host-${i}.example.com`, subjectAltNames: [], serialNumber: `abc${i}`,
    notAfter: new Date(Date.UTC(2026, 11, 1 + (i % 7))).toISOString(), key: { algorithm: i % 2 === 0 ? 'rsa' : 'ec', sizeBits: i % 2 === 0 ? 2048 : 256, curve: null, rsaExponent: null, rsaModulus: i % 2 === 0 ? 'c1' : null },
  }))
  await fresh([
    machine, ...certificates.map((certificate, i) => sighting('m', certificate, i % 5 === 0 ? atEndpoint('10.1.2.3', 4000 + i) : inFile(`/etc/ssl/${i}.pem`))),
    sighting('m', sampleKey('s1', 'ssh-key'), inFile('/home/ann/.ssh/id.pub', { part: 'public-key', comment: 'ann@laptop' })),
    sighting('m', sampleCertificate('root', { commonName: 'Public Root' }), inFile('/etc/ssl/certs/root.pem', { trustStore: true })),
  ])
}

describe('the list of credentials', () => {
  beforeAll(someInventory)

  it('leaves trust anchors out unless asked', async () => {
    expect(await list()).toHaveLength(26)
    expect(await list({ trustStore: 'true' })).toContain('Public Root')
  })

  it.each(['name', 'notAfter', 'lastSeen', 'firstSeen', 'severity'].flatMap((sort) => ['asc', 'desc'].map((order) => [sort, order] as const)))(
    'pages by %s %s show every row once, in one order', async (sort, order) => {
      const whole = await listCredentials(database.db, may, query({ sort, order }))
      // Of one row each, so that a page also ends with what never expires.
      for (const limit of [4, 1]) {
        const seen: string[] = []
        for (let cursor: string | undefined; ;) {
          const page = await listCredentials(database.db, may, query({ sort, order, limit, cursor }))
          seen.push(...page.items.map((row) => row.id))
          expect(page.count === null).toBe(cursor !== undefined)
          if (page.nextCursor === null) break
          cursor = page.nextCursor
        }
        expect(seen).toEqual(whole.items.map((row) => row.id))
        expect(new Set(seen).size).toBe(26)
      }
    })

  it('orders by name and by expiry, what never expires last', async () => {
    expect((await list({ sort: 'name' })).slice(0, 2)).toEqual(['ann@laptop', 'host-00.example.com'])
    expect((await list({ sort: 'notAfter' })).at(-1)).toBe('ann@laptop')
  })

  it('refuses a cursor of another filter, order or a damaged one', async () => {
    const { nextCursor } = await listCredentials(database.db, may, query({ limit: 3 }))
    for (const fields of [{ cursor: nextCursor, kind: 'certificate' }, { cursor: nextCursor, sort: 'name' }, { cursor: 'bm9uc2Vuc2U' }]) {
      await expect(listCredentials(database.db, may, query(fields))).rejects.toMatchObject({ code: 'page.cursor-invalid' })
    }
  })

  it.each<[string, Record<string, unknown>, number]>([
    ['kind', { kind: 'ssh-key' }, 1], ['two kinds', { kind: 'ssh-key,certificate' }, 26], ['algorithm', { algorithm: 'rsa' }, 13], ['key size', { maxKeySizeBits: 256 }, 13],
    ['unowned', { unowned: 'true' }, 26], ['owner nobody has', { owner: 'x' }, 0], ['place', { locationKind: 'endpoint' }, 5], ['issuer', { issuer: 'test ca' }, 25], ['issuer with a wildcard taken as it is', { issuer: 'test%ca' }, 0],
    ['expiry', { expiresFrom: '2026-12-02T00:00:00Z', expiresBefore: '2026-12-03T00:00:00Z' }, 4], ['gone', { presence: 'gone' }, 0], ['all', { presence: 'all' }, 26],
    ['words', { q: 'HOST-1 example' }, 11], ['short word', { q: 'ho' }, 26], ['place as text', { q: '/etc/ssl/7.pem' }, 1], ['serial number', { q: '00:ab:c2:4' }, 1], ['fingerprint', { q: sha('certificate c3').slice(0, 9) }, 1],
    ['key fingerprint', { q: sha('key c3').toUpperCase() }, 1], ['SSH fingerprint', { q: `SHA256:${sha('s1').slice(0, 12)}` }, 1], ['no such text', { q: 'no such text' }, 0], ['severity', { severity: 'high' }, 0],
  ])('filters by %s', async (_name, fields, expected) => {
    const page = await listCredentials(database.db, may, query({ ...fields, limit: 1 }))
    expect(page.count).toEqual({ value: expected, exact: true })
    expect(await list(fields)).toHaveLength(expected)
  })

  it('are the same rows whether walked in order or gathered and sorted', async () => {
    const inVain = () => Promise.reject(Object.assign(new Error('canceling statement'), { code: '57014' }))
    const filter = query({ algorithm: 'rsa', locationKind: 'file' })
    const read = (tx: Tx) => listRows(tx, tenantId, filter, { sort: 'name', order: 'desc' }, null, 7)
    let attempts = 0
    const gathered = await readingInOrder(database.db, (tx) => (++attempts === 1 ? inVain() : read(tx)))
    expect(attempts).toBe(2)
    expect(gathered).toEqual(await readingInOrder(database.db, read))
    await expect(readingInOrder(database.db, () => Promise.reject(new Error('else')))).rejects.toThrow('else')
    const slow = (tx: Tx) => sql`SELECT pg_sleep(CASE WHEN current_setting('enable_indexscan') = 'on' THEN 5 ELSE 0 END)`.execute(tx)
    expect((await readingInOrder(database.db, slow, 20)).rows).toHaveLength(1)
  })

  it('filters by machine and by what is open', async () => {
    const machines = await slice().handlers.listMachines!({ query: apiRoutes.listMachines.query.parse({}) }, context(viewer))
    if (machines instanceof Response) throw new Error('not a page')
    const [web1] = machines.items
    expect(web1).toMatchObject({ name: 'web1', credentialCount: 26, endpointCount: 0 })
    expect(await list({ machineId: web1!.id })).toHaveLength(26)
    const { items } = await listCredentials(database.db, may, query({ sort: 'name', limit: 2 }))
    await inTx(database.db, (tx) => createFeed({ clock }).setFindingSummaries(tx, tenantId, [{ type: 'credential', id: items[0]!.id, worstRank: 1, count: 2, rules: ['ssh.a', 'ssh.b'] }]))
    expect(await list({ severity: 'high' })).toEqual(['ann@laptop'])
    expect(await list({ rule: 'ssh.b' })).toEqual(['ann@laptop'])
    expect((await list({ sort: 'severity' }))[0]).toBe('ann@laptop')
  })

  it("shows nothing of another tenant's", async () => {
    const other = 'other' as TenantId
    const theirs = authorize(systemActor(other), 'inventory.read', { type: 'credential' })
    expect((await listCredentials(database.db, theirs, query({}))).items).toEqual([])
    const { items } = await listCredentials(database.db, may, query({ limit: 1 }))
    const detail = slice().handlers.getCredential!({ params: { id: items[0]!.id } }, context({ ...viewer, tenantId: other }))
    await expect(detail).rejects.toMatchObject({ code: 'object.not-found' })
  })
})

describe('a credential', () => {
  it('shows its chain leaf first, ends at a circle, and what shares its key', async () => {
    await truncate()
    const a = sampleCertificate('a', { subject: 'CN=A', commonName: 'A', issuer: 'CN=B', isCa: true })
    const b = sampleCertificate('b', { subject: 'CN=B', commonName: 'B', issuer: 'CN=A', isCa: true })
    const leaf = sampleCertificate('leaf', { subject: 'CN=leaf', commonName: 'leaf', issuer: 'CN=A' })
    await fresh([machine, ...[a, b, leaf].map((one) => sighting('m', one, inFile(`/${one.commonName}.pem`))), sighting('m', sampleKey('leaf'), inFile('/leaf.key', { part: 'private-key' }))])
    const id = (await listCredentials(database.db, may, query({ q: 'leaf.pem' }))).items[0]!.id
    const detail = await slice().handlers.getCredential!({ params: { id } }, context(viewer))
    if (detail instanceof Response) throw new Error('not a detail')
    expect(detail.chain.map((row) => row.name)).toEqual(['leaf', 'A', 'B'])
    expect(detail.related.map(({ tie, credential }) => `${tie} ${credential.name}`)).toEqual(['same-key leaf.key', 'issued-by A'])
    expect(detail.credential).toMatchObject({ kind: 'certificate', fingerprint: leaf.fingerprint, der: leaf.der })
    apiRoutes.getCredential.response.parse(detail)
    const issued = await slice().handlers.getCredential!({ params: { id: detail.chain[1]!.id } }, context(viewer))
    if (issued instanceof Response) throw new Error('not a detail')
    expect(issued.related.filter(({ tie }) => tie === 'issues').map(({ credential }) => credential.name).sort()).toEqual(['B', 'leaf'])
  })

  it('tells which accounts it lets in as, by relation or by a list of keys, each once, and forgets what is gone', async () => {
    await truncate()
    const key = sampleKey('k', 'ssh-key')
    const other = sampleMachine('n', [{ type: 'host-id', value: 'h2' }], { name: 'web2' })
    const authorized = (machineRef: string, account: string) => sighting(machineRef, key, { kind: 'authorized-key', part: 'public-key', path: `/home/${account}/.ssh/authorized_keys`, line: 1, account, comment: null, options: [], certAuthority: false, file: { mode: 0o600, ownerUid: 0, ownerName: null, groupName: null, sizeBytes: 1, modifiedAt: clock.now().toISOString() } })
    await fresh([
      machine, other, authorized('m', 'root'), authorized('n', 'ann'), authorized('m', 'deploy'),
      { observation: 'sighting', of: 'identity', machine: 'm', system: 'unix', name: 'root', identityKind: 'unknown', attributes: {} },
      { observation: 'relation', type: 'authenticates', from: { of: 'credential', fingerprint: key.fingerprint }, to: { of: 'identity', machine: 'm', name: 'root' }, source: '/home/root/.ssh/authorized_keys' },
    ])
    const id = (await listCredentials(database.db, may, query({}))).items[0]!.id
    const accounts = async () => {
      const detail = await slice().handlers.getCredential!({ params: { id } }, context(viewer))
      if (detail instanceof Response) throw new Error('not a detail')
      return detail.accounts.map(({ name, system, machineName }) => `${name} ${system} ${machineName}`)
    }
    expect(await accounts()).toEqual(['deploy null web1', 'root unix web1', 'ann null web2'])
    await sql`UPDATE location SET gone_at = now()`.execute(database.db)
    expect(await accounts()).toEqual(['root unix web1'])
  })

  it('has its history and its places in pages', async () => {
    await truncate()
    const leaf = sampleCertificate('leaf')
    await fresh([machine, ...['/a', '/b', '/c'].map((path) => sighting('m', leaf, inFile(path)))])
    const id = (await listCredentials(database.db, may, query({}))).items[0]!.id
    const first = await slice().handlers.listCredentialLocations!({ params: { id }, query: { limit: 2 } }, context(viewer))
    if (first instanceof Response) throw new Error('not a page')
    const second = await slice().handlers.listCredentialLocations!({ params: { id }, query: { limit: 2, cursor: first.nextCursor! } }, context(viewer))
    if (second instanceof Response) throw new Error('not a page')
    expect([...first.items, ...second.items].map((row) => `${row.machineName} ${row.place}`)).toEqual(['web1 /a', 'web1 /b', 'web1 /c'])
    const history = await slice().handlers.listCredentialHistory!({ params: { id }, query: { limit: 10 } }, context(viewer))
    expect(history).toMatchObject({ items: [{ event: 'first-seen', summary: 'at /a on web1 and 2 more places' }], nextCursor: null })
  })
})

describe('labels', () => {
  it('set by hand win over rules, and go back to the rules when taken off', async () => {
    await someInventory()
    const { handlers } = slice()
    const rule = apiRoutes.createLabelRule.body.parse({ name: 'net', position: 1, enabled: true, match: { network: '10.0.0.0/8', name: 'host-0*', kind: ['certificate'] }, set: { owner: 'net-team', criticality: 'high' } })
    await handlers.createLabelRule!({ body: rule }, context(operator))
    expect(enqueued).toEqual(['inventory.apply-label-rules'])
    await slice().jobs[0]!.run({ tenantId } as never, { jobId: 'j', signal: new AbortController().signal })
    expect(await list({ owner: 'net-team' })).toHaveLength(10)
    const id = (await listCredentials(database.db, may, query({ q: 'host-01' }))).items[0]!.id
    expect(await handlers.labelCredential!({ params: { id }, body: { owner: 'ann' } }, context(operator))).toMatchObject({ labels: { owner: 'ann', criticality: 'high' } })
    await fresh([machine, sighting('m', sampleCertificate('c1'), inFile('/elsewhere.pem'))])
    expect(await list({ owner: 'ann' })).toEqual(['host-01.example.com'])
    expect(await handlers.labelCredential!({ params: { id }, body: { owner: null } }, context(operator))).toMatchObject({ labels: { owner: 'net-team' } })
  })

  it('are set on everything a filter matches, with an audit record and the totals kept', async () => {
    await someInventory()
    const before = await slice().handlers.getOverview!({}, context(viewer))
    const result = await slice().handlers.labelCredentials!({ body: { select: { filter: query({ algorithm: 'rsa' }) }, set: { owner: 'pki', environment: 'production' } } }, context(operator))
    expect(result).toEqual({ changed: 13 })
    const after = await slice().handlers.getOverview!({}, context(viewer))
    if (before instanceof Response || after instanceof Response) throw new Error('not an overview')
    expect([before.unowned, after.unowned]).toEqual([26, 13])
    const { rows } = await sql<{ detail: string }>`SELECT detail FROM audit_records WHERE action = 'credentials.labelled' ORDER BY seq DESC LIMIT 1`.execute(database.db)
    expect(JSON.parse(rows[0]!.detail)).toMatchObject({ count: 13, set: { owner: 'pki' } })
  })

  it('are refused to viewers and for what is not there', async () => {
    const id = uuidV7(clock)
    expect(() => slice().handlers.labelCredential!({ params: { id }, body: { owner: 'x' } }, context(viewer))).toThrow(expect.objectContaining({ code: 'access.denied' }))
    await expect(slice().handlers.labelCredential!({ params: { id }, body: { owner: 'x' } }, context(operator))).rejects.toMatchObject({ code: 'object.not-found' })
    expect(() => slice().handlers.createLabelRule!({ body: { name: 'n', position: 0, enabled: true, match: { network: '10.0.0.0/33' }, set: { owner: 'x' } } }, context(operator))).toThrow(expect.objectContaining({ code: 'request.invalid' }))
  })
})

describe('the overview', () => {
  it('counts what exists, what expires by month and what changed, without trust anchors', async () => {
    await someInventory()
    clock.set('2026-12-04T00:00:00Z')
    const overview = await slice().handlers.getOverview!({}, context(viewer))
    if (overview instanceof Response) throw new Error('not an overview')
    apiRoutes.getOverview.response.parse(overview)
    expect(overview.kinds).toEqual([{ kind: 'certificate', count: 25, newThisWeek: 0 }, { kind: 'ssh-key', count: 1, newThisWeek: 0 }])
    expect(overview.expired).toBe(12)
    expect(overview.expiry[0]).toEqual({ month: '2026-12', count: 25 })
    expect(overview).toMatchObject({ machines: 1, unowned: 26 })
    expect(overview.changes).toHaveLength(20)
    clock.set('2027-01-01T00:00:00Z')
  })
})

describe('exports', () => {
  it('are the same credentials in every format, and formulas in names stay text', async () => {
    await truncate()
    await fresh([machine, sighting('m', sampleCertificate('evil', { commonName: '=HYPERLINK("http://x","y")' }), inFile('/evil.pem')), sighting('m', sampleCertificate('plain', { commonName: 'a,b' }), inFile('/b.pem'))])
    const exported = async (format: 'csv' | 'json' | 'ndjson') => {
      const response = await slice().handlers.exportCredentials!({ query: { ...query({}), format } }, context(viewer))
      return (response as Response).text()
    }
    const lines = (await exported('csv')).split('\r\n')
    expect(lines).toHaveLength(4)
    expect(lines.join('\n')).toContain(`"'=HYPERLINK(""http://x"",""y"")"`)
    expect(lines.join('\n')).toContain('"a,b"')
    const documents = JSON.parse(await exported('json')) as { name: string; places: string[] }[]
    expect(documents.map((one) => one.places)).toEqual([['web1: /evil.pem'], ['web1: /b.pem']])
    expect((await exported('ndjson')).trim().split('\n').map((line) => JSON.parse(line) as unknown)).toEqual(documents)
    const cbom = slice().handlers.exportCredentials!({ query: { ...query({}), format: 'cbom-1.7' } }, context(viewer))
    await expect(cbom).rejects.toMatchObject({ code: 'export.unsupported' })
  })
})

describe('saved views', () => {
  it('are seen by all when shared, else by their author, who alone deletes them', async () => {
    const { handlers } = slice()
    const own = await handlers.createSavedView!({ body: { page: 'inventory', name: 'mine', query: 'kind=crl', shared: false } }, context(viewer))
    const shared = await handlers.createSavedView!({ body: { page: 'inventory', name: 'ours', query: '', shared: true } }, context(viewer))
    if (own instanceof Response || shared instanceof Response) throw new Error('not a view')
    expect(await handlers.listSavedViews!({}, context(operator))).toMatchObject({ items: [{ name: 'ours' }] })
    await expect(handlers.deleteSavedView!({ params: { id: own.id } }, context(operator))).rejects.toMatchObject({ code: 'object.not-found' })
    await expect(handlers.deleteSavedView!({ params: { id: shared.id } }, context(operator))).rejects.toMatchObject({ code: 'access.denied' })
    expect(await handlers.deleteSavedView!({ params: { id: own.id } }, context(viewer))).toBeNull()
  })
})

describe('what anybody may add', () => {
  it('has an end: five hundred label rules, two hundred views of one person', async () => {
    await truncate()
    const { handlers } = slice()
    await sql`INSERT INTO label_rule (tenant_id, id, name, position, enabled, match, labels) SELECT ${tenantId}, gen_random_uuid(), 'r', n, false, '{}', '{"owner":"x"}' FROM generate_series(1, 499) AS n`.execute(database.db)
    const rule = () => handlers.createLabelRule!({ body: { name: 'one more', position: 0, enabled: true, match: {}, set: { owner: 'x' } } }, context(operator))
    await rule()
    await expect(rule()).rejects.toMatchObject({ code: 'object.conflict' })
    await sql`INSERT INTO saved_view (tenant_id, id, page, name, query, shared, created_by, created_by_id) SELECT ${tenantId}, gen_random_uuid(), 'inventory', 'v', '', false, 'view@example.com', ${viewer.id} FROM generate_series(1, 199)`.execute(database.db)
    const view = (actor: Actor) => handlers.createSavedView!({ body: { page: 'inventory', name: 'one more', query: '', shared: false } }, context(actor))
    await view(viewer)
    await expect(view(viewer)).rejects.toMatchObject({ code: 'object.conflict' })
    expect(await view(operator)).toMatchObject({ name: 'one more' })
  })
})

describe('the feed for evaluation', () => {
  it('hands over what changed with its places, key and chain, and what is gone as nothing', async () => {
    await truncate()
    const feed = createFeed({ clock })
    const leaf = sampleCertificate('leaf')
    const batch = [machine, sighting('m', leaf, inFile('/leaf.pem')), sighting('m', sampleKey('leaf'), inFile('/leaf.key', { part: 'private-key' })), sampleEndpoint('m', '10.1.2.3', 443, [leaf.fingerprint, sha('unknown')])]
    await fresh(batch)
    const objects = await inTx(database.db, (tx) => feed.takeQueued(tx, tenantId, 100))
    expect(objects.map(({ type }) => type).sort()).toEqual(['credential', 'credential', 'endpoint'])
    const subjects = await feed.loadSubjects(database.db, tenantId, objects)
    const certificate = subjects.find((subject) => subject.type === 'credential' && subject.credential.kind === 'certificate')
    expect(certificate).toMatchObject({ locationCount: 1, machineCount: 1, locations: [{ machineName: 'web1', location: { path: '/leaf.pem' } }], sameKey: [{ kind: 'private-key', name: 'leaf.key' }] })
    expect(subjects.find((subject) => subject.type === 'endpoint')).toMatchObject({ name: '10.1.2.3:443', chains: [[{ fingerprint: leaf.fingerprint }]] })
    await fresh(batch)
    expect(await inTx(database.db, (tx) => feed.takeQueued(tx, tenantId, 100))).toEqual([])
    clock.advance(60_000)
    await inTx(database.db, (tx) => reconcile(tx, { tenantId, scanId: '01900000-0000-7000-8000-000000000001', startedAt: clock.now(), observations: [machine] }, clock))
    await inTx(database.db, (tx) => retireUncovered(tx, { tenantId, scanId: '01900000-0000-7000-8000-000000000001', startedAt: clock.now(), coverage: [coveredPath('m', '/')] }, clock))
    const gone = await inTx(database.db, (tx) => feed.takeQueued(tx, tenantId, 100))
    expect(gone).toHaveLength(2)
    expect(await feed.loadSubjects(database.db, tenantId, gone)).toEqual([])
  })
})
