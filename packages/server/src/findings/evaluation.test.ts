import { generateKeyPairSync, createHash } from 'node:crypto'
import { DEFAULT_TENANT, HOUR_MS, type Observation, uuidV7 } from '@muster/core'
import { defaultPolicy, type FindingRow } from '@muster/core/api'
import type { Subject } from '@muster/rules'
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { coveredPath, inFile, sampleCertificate, sampleKey, sampleMachine, sighting } from '../inventory/samples.ts'
import { inTx } from '../platform/db/db.ts'
import { type PipelineServer, pipelineServer } from '../test-support/pipeline.ts'
import { drainEvaluationQueue, type EvaluationDeps } from './evaluation.ts'
import type { InventoryFeed, ObjectKey } from './ports.ts'

const tenantId = DEFAULT_TENANT
const machine = sampleMachine('m', [{ type: 'host-id', value: 'h1' }])
const running = () => new AbortController().signal
let server: PipelineServer
let viewer: string

beforeAll(async () => {
  server = await pipelineServer()
  viewer = await server.token('viewer')
})
afterAll(() => server?.close())
beforeEach(async () => {
  for (const name of ['finding', 'finding_event', 'finding_day', 'credential', 'location', 'evaluation_queue', 'key_weakness', 'key_comparison']) {
    await sql`DELETE FROM ${sql.table(name)}`.execute(server.database.db)
  }
  server.clock.advance(HOUR_MS)
})

const count = async (table: string) => (await sql<{ n: number }>`SELECT count(*)::int AS n FROM ${sql.table(table)}`.execute(server.database.db)).rows[0]!.n
const expired = (seed: string) => sampleCertificate(seed, { commonName: `${seed}.example.com`, notBefore: '2025-01-01T00:00:00.000Z', notAfter: '2026-01-01T00:00:00.000Z' })
const deps = (change: Partial<EvaluationDeps> = {}): EvaluationDeps => ({
  db: server.database.db, clock: server.clock, inventory: server.feed, readPolicy: async () => defaultPolicy, onOpened: async () => {}, keyLists: async () => [], log: { error: () => {} }, ...change,
})

/** An inventory in memory: `size` sshd configurations that let root in, on a queue. */
function madeUpInventory(size: number): InventoryFeed & { readonly queue: ObjectKey[] } {
  const subjects = new Map(Array.from({ length: size }, (_, i): [string, Subject] => {
    const id = uuidV7(server.clock)
    const labels = { owner: null, criticality: null, environment: null, purpose: null }
    return [id, { type: 'configuration', id, name: `m${i}:/etc/ssh/sshd_config`, machineId: 'm', machineName: 'm', labels, path: '/etc/ssh/sshd_config', format: 'sshd-config', settings: { permitrootlogin: ['yes'] } }]
  }))
  const queue: ObjectKey[] = [...subjects.keys()].map((id) => ({ type: 'configuration', id }))
  return {
    queue,
    lock: async () => {},
    takeQueued: async (_tx, _tenantId, limit) => queue.splice(0, limit),
    enqueue: async (_tx, _tenantId, objects) => { queue.push(...objects) },
    enqueueBySpki: async () => {},
    enqueueAll: async () => { queue.push(...[...subjects.keys()].map((id): ObjectKey => ({ type: 'configuration', id }))) },
    loadSubjects: async (_queryable, _tenantId, objects) => objects.flatMap(({ id }) => subjects.get(id) ?? []),
    setFindingSummaries: async () => {},
    rsaModuli: async function* () {},
  }
}

describe('draining the queue', () => {
  it.each([[0], [1], [499], [500], [501], [1200]])('evaluates all of %i objects', async (size) => {
    const inventory = madeUpInventory(size)
    expect(await drainEvaluationQueue(deps({ inventory }), tenantId, running())).toBe(size)
    const { rows } = await sql<{ n: number }>`SELECT count(*)::int AS n FROM finding WHERE rule_id = 'sshd.permit-root-login' AND state = 'open'`.execute(server.database.db)
    expect(rows[0]!.n).toBe(size)
  })

  it('stops between two batches when told to, and keeps what it had done', async () => {
    const inventory = madeUpInventory(1200)
    const stop = new AbortController()
    const stopping: InventoryFeed = { ...inventory, setFindingSummaries: async () => { stop.abort() } }
    expect(await drainEvaluationQueue(deps({ inventory: stopping }), tenantId, stop.signal)).toBe(500)
    expect(inventory.queue).toHaveLength(700)
    await drainEvaluationQueue(deps({ inventory }), tenantId, running())
    const { rows } = await sql<{ n: number }>`SELECT count(DISTINCT object_id)::int AS n FROM finding`.execute(server.database.db)
    expect(rows[0]!.n).toBe(1200)
  })

  it('judges what a change of the policy put on the queue by the changed one, though an evaluation was under way', async () => {
    const inventory = madeUpInventory(600)
    let policy = defaultPolicy
    const changing: InventoryFeed = { ...inventory, setFindingSummaries: async (tx) => {
      if (policy !== defaultPolicy) return
      policy = { ...defaultPolicy, disabledRules: ['sshd.permit-root-login'] }
      inventory.queue.length = 0
      await inventory.enqueueAll(tx, tenantId)
    } }
    await drainEvaluationQueue(deps({ inventory: changing, readPolicy: async () => policy }), tenantId, running())
    const { rows } = await sql<{ n: number }>`SELECT count(*)::int AS n FROM finding WHERE rule_id = 'sshd.permit-root-login' AND state = 'open'`.execute(server.database.db)
    expect(rows[0]!.n).toBe(0)
  })

  it('a batch that dies leaves its objects on the queue and nothing of itself', async () => {
    const many = Array.from({ length: 600 }, (_, i) => expired(`c${i}`))
    await inTx(server.database.db, (tx) => server.feed.lock(tx, tenantId))
    await server.see([machine, ...many.map((one) => sighting('m', one, inFile(`/pki/${one.commonName}.pem`)))])
    await inTx(server.database.db, (tx) => server.feed.enqueueAll(tx, tenantId))
    await sql`DELETE FROM finding`.execute(server.database.db)
    let batches = 0
    const dying: InventoryFeed = { ...server.feed, setFindingSummaries: async (...input) => {
      if (++batches === 2) throw new Error('killed')
      await server.feed.setFindingSummaries(...input)
    } }
    await expect(drainEvaluationQueue(deps({ inventory: dying }), tenantId, running())).rejects.toThrow('killed')
    const done = await sql<{ n: number }>`SELECT count(DISTINCT object_id)::int AS n FROM finding`.execute(server.database.db)
    expect([done.rows[0]!.n, await count('evaluation_queue')]).toEqual([500, 100])
    await drainEvaluationQueue(deps(), tenantId, running())
    expect(await count('evaluation_queue')).toBe(0)
    const all = await sql<{ n: number }>`SELECT count(DISTINCT object_id)::int AS n FROM finding WHERE state = 'open' AND rule_id = 'x509.expired'`.execute(server.database.db)
    expect(all.rows[0]!.n).toBe(600)
  })

  it('a rule that cannot decide is logged and the others stand', async () => {
    const broken = { ...madeUpInventory(0), takeQueued: async () => (taken++ === 0 ? [{ type: 'configuration' as const, id }] : []), loadSubjects: async () => [
      { type: 'configuration', id, name: 'x', machineId: 'm', machineName: 'm', labels: { owner: null, criticality: null, environment: null, purpose: null }, path: '/x', format: 'sshd-config',
        settings: { permitrootlogin: ['yes'], get strictmodes(): string[] { throw new Error('damaged') } } } as unknown as Subject,
    ] }
    let taken = 0
    const id = uuidV7(server.clock)
    const logged: unknown[] = []
    await drainEvaluationQueue(deps({ inventory: broken, log: { error: (fields) => { logged.push(fields['ruleId']) } } }), tenantId, running())
    expect(logged).toEqual(['sshd.strict-modes-off'])
    const { rows } = await sql<{ rule_id: string }>`SELECT rule_id FROM finding`.execute(server.database.db)
    expect(rows.map((row) => row.rule_id)).toContain('sshd.permit-root-login')
  })
})

/** RSA moduli in hex, two of which have a prime in common. */
function moduliWithSharedPrime() {
  const primes = Array.from({ length: 3 }, () => {
    const { p, q } = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey.export({ format: 'jwk' })
    return [p!, q!].map((text) => BigInt(`0x${Buffer.from(text, 'base64url').toString('hex')}`)) as [bigint, bigint]
  })
  const [[p1, q1], [p2, q2], [p3]] = primes as [[bigint, bigint], [bigint, bigint], [bigint, bigint]]
  return { shared: [(p1 * q1).toString(16), (p1 * q2).toString(16)], alone: (p2 * p3).toString(16) }
}

describe('comparing keys', () => {
  const key = (modulus: string) => {
    const spkiSha256 = createHash('sha256').update(modulus).digest('hex')
    return sampleKey(modulus, 'private-key', { fingerprint: spkiSha256, spkiSha256, key: { algorithm: 'rsa', sizeBits: 1024, curve: null, rsaExponent: '65537', rsaModulus: modulus } })
  }
  const see = (...moduli: string[]) => server.see([
    machine, coveredPath('m', '/keys'),
    ...moduli.map((modulus): Observation => sighting('m', key(modulus), inFile(`/keys/${createHash('md5').update(modulus).digest('hex')}`, { part: 'private-key' }))),
  ])
  const weak = async () => (await sql<{ spki: string }>`SELECT encode(c.spki_sha256, 'hex') AS spki FROM finding f JOIN credential c ON c.id = f.object_id
    WHERE f.rule_id = 'key.shared-prime' AND f.state = 'open' ORDER BY 1`.execute(server.database.db)).rows.map((row) => row.spki)

  it('finds the two keys that share a prime, and lets go of the one left when the other is gone', async () => {
    const { shared, alone } = moduliWithSharedPrime()
    await see(...shared, alone)
    await server.runJob('findings.compare-keys')
    expect(await weak()).toEqual(shared.map((modulus) => key(modulus).spkiSha256).sort())
    const body = await (await server.call('GET', '/api/v1/findings?rule=key.shared-prime', { token: viewer })).json() as { items: FindingRow[] }
    expect(body.items[0]!.evidence).toContain('shares a prime with 1 other key')
    // As many keys as before, but not the same: they must be compared again.
    server.clock.advance(HOUR_MS)
    const { alone: another } = moduliWithSharedPrime()
    await see(shared[0]!, alone, another)
    await server.runJob('findings.compare-keys')
    expect(await weak()).toEqual([])
    expect(await count('key_weakness')).toBe(0)
  })

  it('compares nothing when the keys are the same as the last time', async () => {
    const { alone } = moduliWithSharedPrime()
    await see(alone)
    await server.runJob('findings.compare-keys')
    const at = async () => (await sql<{ at: Date }>`SELECT compared_at AS at FROM key_comparison`.execute(server.database.db)).rows[0]!.at
    const first = await at()
    server.clock.advance(HOUR_MS)
    await server.runJob('findings.compare-keys')
    expect(await at()).toEqual(first)
  })
})

describe('exports', () => {
  const get = (format: string, query = '') => server.call('GET', `/api/v1/export/findings?format=${format}${query}`, { token: viewer })
  beforeEach(async () => {
    const hostile = ['=cmd|calc', 'quote"comma,', 'line\nbreak'].map((name) => sampleCertificate(name, { commonName: name, notAfter: '2026-01-01T00:00:00.000Z' }))
    await server.see([machine, ...hostile.map((one, i) => sighting('m', one, inFile(`/pki/${i}.pem`)))])
  })

  it('JSON is one document and NDJSON one object a line, both with every row once', async () => {
    const json = (await (await get('json')).json()) as FindingRow[]
    const lines = (await (await get('ndjson')).text()).trimEnd().split('\n').map((line) => JSON.parse(line) as FindingRow)
    expect(json.map(({ id }) => id)).toEqual(lines.map(({ id }) => id))
    expect(new Set(json.map(({ id }) => id)).size).toBe(await count('finding'))
    expect(await (await get('json', '&severity=info&state=closed')).json()).toEqual([])
  })

  it('CSV quotes, and runs no formula in a spreadsheet', async () => {
    const response = await get('csv', '&rule=x509.expired')
    expect(response.headers.get('content-disposition')).toContain('muster-findings.csv')
    const text = await response.text()
    expect(text).toMatch(/^id,ruleId,title,severity/)
    expect(text).toContain('"quote""comma,"')
    expect(text).not.toMatch(/(^|,)=cmd/m)
  })

  it('SARIF names the rules it uses and tells accepted findings as suppressed', async () => {
    const operator = await server.token('operator')
    const until = new Date(server.clock.now().getTime() + HOUR_MS).toISOString()
    await server.json('POST', '/api/v1/findings/accept', operator, { select: { filter: { q: 'calc' } }, reason: 'it is planned', until })
    const log = (await (await get('sarif', '&rule=x509.expired&state=open,accepted')).json()) as { version: string; runs: { tool: { driver: { rules: { id: string }[] } }; results: { ruleId: string; ruleIndex?: number; suppressions?: unknown[] }[] }[] }
    expect(log.version).toBe('2.1.0')
    const [run] = log.runs
    expect(run!.results).toHaveLength(3)
    expect(run!.results.filter((result) => (result.suppressions ?? []).length > 0)).toHaveLength(1)
    for (const result of run!.results) expect(run!.tool.driver.rules.map(({ id }) => id)).toContain(result.ruleId)
  })

  it('a file of more rows than a page has each once', async () => {
    await sql`
      INSERT INTO finding (tenant_id, id, object_type, object_id, rule_id, object_name, state, severity_rank, evidence, places, due, opened_at, changed_at)
      SELECT ${tenantId}, gen_random_uuid(), 'endpoint', gen_random_uuid(), 'tls.no-tls13', 'e' || n, 'open', 3, 'x', '[]',
        CASE WHEN n % 3 = 0 THEN timestamptz '2026-05-01' + n % 7 * interval '1 day' END, now(), now() FROM generate_series(1, 2500) AS n`.execute(server.database.db)
    const lines = (await (await get('ndjson', '&rule=tls.no-tls13')).text()).trimEnd().split('\n').map((line) => (JSON.parse(line) as FindingRow).id)
    expect([lines.length, new Set(lines).size]).toEqual([2500, 2500])
  })
})
