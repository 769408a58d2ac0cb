import { DAY_MS, DEFAULT_TENANT, HOUR_MS, type Observation, type TenantId } from '@muster/core'
import { type AuditRecord, defaultPolicy, type FindingDetail, type FindingRow, type Overview, type Page, type ProblemDetails as Problem, type RuleRow } from '@muster/core/api'
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { coveredPath, inFile, sampleCertificate, sampleMachine, sighting } from '../inventory/samples.ts'
import { authorize, systemActor } from '../platform/actor.ts'
import { type PipelineServer, pipelineServer } from '../test-support/pipeline.ts'
import { firstAdministrator } from '../test-support/server.ts'

const machine = sampleMachine('m', [{ type: 'host-id', value: 'h1' }])
let server: PipelineServer
let admin: string
let operator: string
let viewer: string

beforeAll(async () => {
  server = await pipelineServer()
  admin = await server.token('administrator')
  operator = await server.token('operator')
  viewer = await server.token('viewer')
})
afterAll(() => server?.close())
beforeEach(async () => {
  const tables = ['finding', 'finding_event', 'finding_day', 'credential', 'location', 'machine', 'machine_identifier', 'evaluation_queue', 'policies']
  for (const name of tables) await sql`DELETE FROM ${sql.table(name)}`.execute(server.database.db).catch(() => undefined)
  server.clock.advance(HOUR_MS)
  server.opened.length = 0
})

/** A certificate in a file, `days` days before it expires; the rest of it is blameless. */
const certificate = (seed: string, days: number) => sampleCertificate(seed, {
  commonName: `${seed}.example.com`, serialNumber: 'a1b2c3d4e5f60718293a4b5c6d7e8f90', notBefore: '2026-01-01T00:00:00.000Z',
  notAfter: new Date(server.clock.now().getTime() + days * DAY_MS).toISOString(),
})
const files = (...certificates: ReturnType<typeof certificate>[]): Observation[] => certificates.map((one) => sighting('m', one, inFile(`/pki/${one.commonName}.pem`)))
const scan = (...certificates: ReturnType<typeof certificate>[]) => server.see([machine, ...files(...certificates), coveredPath('m', '/pki')])
const list = async (query = '') => (await server.json<Page<FindingRow>>('GET', `/api/v1/findings?rule=x509.expired${query}`, viewer)).body
const answer = (query: string) => server.json<Problem>('GET', `/api/v1/findings?${query}`, viewer)
const open = (overview: Pick<Overview, 'openBySeverity'>) => Object.fromEntries(overview.openBySeverity.map(({ severity, count }) => [severity, count]))
const states = async () => (await list('&state=open,accepted,closed')).items.map((finding) => `${finding.objectName} ${finding.severity} ${finding.state}`).sort()
const counters = async () => (await sql<{ name: string; finding_count: number; worst_severity: number | null; open_rules: string[] }>`
  SELECT name, finding_count, worst_severity, open_rules FROM credential WHERE tenant_id = ${DEFAULT_TENANT} ORDER BY name`.execute(server.database.db)).rows
const audited = async (action: string) => (await server.json<Page<AuditRecord>>('GET', `/api/v1/audit?action=${action}&limit=1`, admin)).body.items[0]!
const accept = (select: object, days = 10, token = operator) =>
  server.json<{ changed: number } & Problem>('POST', '/api/v1/findings/accept', token, { select, reason: 'known and planned', until: new Date(server.clock.now().getTime() + days * DAY_MS).toISOString() })

describe('what a scan sees', () => {
  it('opens findings, counts them on the credential and tells the listener', async () => {
    await scan(certificate('old', -3), certificate('good', 100))
    const { items, count } = await list()
    expect(items).toMatchObject([{ ruleId: 'x509.expired', state: 'open', severity: 'high', objectName: 'old.example.com', evidence: 'expired 3 days ago', acceptance: null }])
    expect(count).toEqual({ value: 1, exact: true })
    const [good, old] = await counters()
    expect(old).toMatchObject({ name: 'old.example.com', worst_severity: 1 })
    expect(old!.open_rules).toContain('rule:x509.expired')
    expect(old!.finding_count).toBe(old!.open_rules.length)
    expect(good!.open_rules).not.toContain('rule:x509.expired')
    expect(server.opened).toContain(items[0]!.id)
  })

  it('closes them when the next complete scan no longer shows the object, and reopens the same ones when it is back', async () => {
    const old = certificate('old', -3)
    await scan(old)
    const { id } = (await list()).items[0]!
    server.clock.advance(HOUR_MS)
    await scan()
    expect(await states()).toEqual(['old.example.com high closed'])
    expect((await counters())[0]).toMatchObject({ finding_count: 0, worst_severity: null, open_rules: [] })
    server.clock.advance(HOUR_MS)
    server.opened.length = 0
    await scan(old)
    expect((await list()).items[0]).toMatchObject({ id, state: 'open', closedAt: null })
    expect(server.opened).toContain(id)
    const { body } = await server.json<FindingDetail>('GET', `/api/v1/findings/${id}`, viewer)
    expect(body.history.map((event) => event.state)).toEqual(['open', 'closed', 'open'])
    expect(body.rule.remedy).not.toBe('')
  })

  it('leaves them open when a scan that did not look there says nothing', async () => {
    await scan(certificate('old', -3))
    server.clock.advance(HOUR_MS)
    await server.see([machine, coveredPath('m', '/elsewhere')])
    await server.see([machine, coveredPath('m', '/pki', [], false)])
    expect(await states()).toEqual(['old.example.com high open'])
  })

  it('evaluates what stands on a machine that was put up for evaluation, however few objects came off the queue with it', async () => {
    await scan(...Array.from({ length: 30 }, (_, i) => certificate(`c${i}`, -3)))
    await sql`DELETE FROM finding`.execute(server.database.db)
    await sql`INSERT INTO evaluation_queue (tenant_id, object_type, object_id, queued_at) SELECT tenant_id, 'machine', id, now() FROM machine`.execute(server.database.db)
    await sql`INSERT INTO evaluation_queue (tenant_id, object_type, object_id, queued_at) SELECT tenant_id, 'credential', id, now() FROM credential LIMIT 1`.execute(server.database.db)
    await server.runJob('findings.evaluate')
    expect((await list()).count).toEqual({ value: 30, exact: true })
    const { rows } = await sql`SELECT 1 FROM evaluation_queue`.execute(server.database.db)
    expect(rows).toEqual([])
  })
})

describe('time and policy', () => {
  it('the daily evaluation opens what expired meanwhile', async () => {
    await scan(certificate('soon', 1))
    expect(await states()).toEqual([])
    server.clock.advance(2 * DAY_MS)
    await server.runJob('findings.sweep')
    expect(await states()).toEqual(['soon.example.com high open'])
  })

  it('a policy change moves severities, and a rule switched off closes its findings', async () => {
    const expiring = async () => (await server.json<Page<FindingRow>>('GET', '/api/v1/findings?rule=x509.expiring&state=open,closed', viewer)).body.items.map(({ severity, state }) => `${severity} ${state}`)
    const put = async (policy: object) => {
      expect((await server.json('PUT', '/api/v1/settings', admin, policy)).status).toBe(200)
      await server.runJob('findings.sweep')
    }
    await scan(certificate('soon', 20))
    expect(await expiring()).toEqual(['medium open'])
    await put({ ...defaultPolicy, expiryDefault: { warnDays: 60, urgentDays: 25 } })
    expect(await expiring()).toEqual([expect.stringMatching(/^(high|medium) open$/)])
    await put({ ...defaultPolicy, disabledRules: ['x509.expiring'] })
    expect(await expiring()).toEqual([expect.stringMatching(/closed$/)])
    const { body } = await server.json<{ items: RuleRow[] }>('GET', '/api/v1/rules', viewer)
    expect(body.items.find((rule) => rule.id === 'x509.expiring')).toMatchObject({ enabled: false, openCount: 0 })
    await put(defaultPolicy)
    expect(await expiring()).toEqual(['medium open'])
  })
})

describe('decisions', () => {
  it('an accepted finding is out of the way until its date and open at it', async () => {
    await scan(certificate('old', -3))
    const [finding] = (await list()).items
    expect((await accept({ ids: [finding!.id] }, 10)).body).toEqual({ changed: 1 })
    expect(await states()).toEqual(['old.example.com high accepted'])
    expect((await counters())[0]!.open_rules).not.toContain('rule:x509.expired')
    expect((await list('&state=accepted')).items[0]!.acceptance).toMatchObject({ reason: 'known and planned', by: 'test operator' })
    expect(await audited('finding.accepted')).toMatchObject({ actor: 'test operator', objectId: finding!.id, detail: { count: 1, reason: 'known and planned' } })
    server.clock.advance(10 * DAY_MS - 1)
    await server.runJob('findings.end-acceptances')
    expect(await states()).toEqual(['old.example.com high accepted'])
    server.clock.advance(1)
    await server.runJob('findings.end-acceptances')
    expect(await states()).toEqual(['old.example.com high open'])
    expect((await list()).items[0]!.acceptance).toBeNull()
    expect((await counters())[0]!.open_rules).toContain('rule:x509.expired')
  })

  it('an accepted finding that gets worse opens again', async () => {
    const old = certificate('old', -3)
    await scan(old)
    await accept({ ids: [(await list()).items[0]!.id] })
    server.clock.advance(HOUR_MS)
    const served = sighting('m', old, { kind: 'endpoint', part: 'certificate', host: '10.0.0.1', port: 443, protocol: 'tls', starttls: null, sni: null, position: 0 })
    await server.see([machine, ...files(old), served])
    expect(await states()).toEqual(['old.example.com critical open'])
  })

  it('an acceptance is taken back by hand', async () => {
    await scan(certificate('old', -3))
    await accept({ filter: { rule: 'x509.expired' } })
    const { body } = await server.json('POST', '/api/v1/findings/reopen', operator, { select: { filter: { rule: 'x509.expired' } } })
    expect(body).toEqual({ changed: 1 })
    expect(await states()).toEqual(['old.example.com high open'])
    expect(await audited('finding.reopened')).toMatchObject({ detail: { count: 1 } })
  })

  it.each([[0, 400], [-1, 400], [366, 200], [367, 400]])('an end %i days ahead is answered with %i', async (days, status) => {
    await scan(certificate('old', -3))
    expect((await accept({ filter: {} }, days)).status).toBe(status)
  })

  it('a filter takes everything it matches, over more than one internal batch', async () => {
    await sql`
      INSERT INTO finding (tenant_id, id, object_type, object_id, rule_id, object_name, state, severity_rank, evidence, places, opened_at, changed_at)
      SELECT ${DEFAULT_TENANT}, gen_random_uuid(), 'endpoint', gen_random_uuid(), 'tls.no-tls13', 'e' || n, 'open', 3, 'x', '[]', now(), now() FROM generate_series(1, 11000) AS n`.execute(server.database.db)
    await scan(certificate('old', -3))
    expect((await accept({ filter: { rule: 'tls.no-tls13' } })).body).toEqual({ changed: 11_000 })
    const { rows } = await sql<{ state: string; n: number }>`SELECT state, count(*)::int AS n FROM finding WHERE rule_id = 'tls.no-tls13' GROUP BY state`.execute(server.database.db)
    expect(rows).toEqual([{ state: 'accepted', n: 11_000 }])
    const { rows: [events] } = await sql<{ n: number }>`SELECT count(*)::int AS n FROM finding_event WHERE state = 'accepted'`.execute(server.database.db)
    expect(events!.n).toBe(11_000)
    expect((await list()).items).toHaveLength(1)
    expect((await audited('finding.accepted')).detail).toMatchObject({ count: 11_000 })
  })

  it('assigning moves the assignee, filters by it, and takes it off again', async () => {
    await scan(certificate('old', -3), certificate('older', -30))
    const assign = (select: object, assignee: string | null) => server.json('POST', '/api/v1/findings/assign', operator, { select, assignee })
    expect((await assign({ filter: { rule: 'x509.expired', q: 'older' } }, 'ann@example.com')).body).toEqual({ changed: 1 })
    expect((await list('&assignee=ann@example.com')).items.map(({ objectName }) => objectName)).toEqual(['older.example.com'])
    expect(await audited('finding.assigned')).toMatchObject({ detail: { assignee: 'ann@example.com', count: 1 } })
    await assign({ filter: {} }, null)
    expect((await list('&assignee=ann@example.com')).items).toEqual([])
  })

  it('mine is what is assigned to me or names me as its owner, by name or address; a team’s is nobody’s own', async () => {
    const owners = ['Ann', ' ANN@example.com ', 'Ann Smith <ann@example.com>', 'ann', 'Annika', 'team-ann', '<ann@example.com> and others', null]
    await scan(...owners.map((_, i) => certificate(`o${i}`, -3)), certificate('given', -3))
    for (const [i, owner] of owners.entries()) await sql`UPDATE finding SET owner = ${owner} WHERE object_name = ${`o${i}.example.com`}`.execute(server.database.db)
    await sql`UPDATE finding SET assignee = 'ann' WHERE object_name = 'given.example.com'`.execute(server.database.db)
    const ann = await firstAdministrator(server)
    const mine = async (query = '') => ((await (await ann.call('GET', `/api/v1/findings?mine=true&rule=x509.expired${query}`)).json()) as Page<FindingRow>)
    const page = await mine()
    expect([page.items.map(({ objectName }) => objectName).sort(), page.count]).toEqual([['given.example.com', 'o0.example.com', 'o1.example.com', 'o2.example.com', 'o3.example.com'], { value: 5, exact: true }])
    expect((await ann.call('GET', '/api/v1/findings/by-rule?mine=true').then((response) => response.json()) as { items: { ruleId: string; count: number }[] }).items.find(({ ruleId }) => ruleId === 'x509.expired')?.count).toBe(5)
    // Nobody else's, for whoever asks with a token of another name.
    expect((await list('&mine=true')).items).toEqual([])
    const accepted = await ann.call('POST', '/api/v1/findings/assign', { select: { filter: { mine: 'true', rule: 'x509.expired' } }, assignee: 'Bob' })
    expect(await accepted.json()).toEqual({ changed: 5 })
    expect((await mine()).items.map(({ objectName }) => objectName)).not.toContain('given.example.com')
  })

  it('decisions and evaluations at the same time wait for each other and both finish', async () => {
    await scan(...Array.from({ length: 60 }, (_, i) => certificate(`c${i}`, -3)))
    const decide = async () => {
      for (let i = 0; i < 6; i++) {
        expect((await accept({ filter: {} })).status).toBe(200)
        expect((await server.json('POST', '/api/v1/findings/reopen', operator, { select: { filter: {} } })).status).toBe(200)
      }
    }
    const evaluate = async () => {
      for (let i = 0; i < 12; i++) await server.runJob('findings.sweep')
    }
    await Promise.all([decide(), decide(), evaluate()])
    expect((await list()).count).toEqual({ value: 60, exact: true })
  })
})

describe('the list', () => {
  it('pages by every order, each row once, while new ones come in', async () => {
    const many = Array.from({ length: 55 }, (_, i) => certificate(`c${i}`, -1 - (i % 4)))
    await scan(...many)
    const before = new Set((await list('&limit=500')).items.map(({ id }) => id))
    expect(before.size).toBe(55)
    for (const sort of ['severity', 'due', 'openedAt']) {
      const seen: string[] = []
      for (let cursor = '', page = 0; ; page++) {
        const { items, nextCursor } = await list(`&sort=${sort}&limit=10${cursor}`)
        seen.push(...items.map(({ id }) => id))
        if (nextCursor === null) break
        cursor = `&cursor=${nextCursor}`
        await server.see([machine, ...files(certificate(`new-${sort}-${page}`, -2))])
      }
      expect(seen.length, sort).toBe(new Set(seen).size)
      expect([...before].filter((id) => !seen.includes(id)), sort).toEqual([])
    }
  })

  it('refuses the cursor of another filter, of another order, and one that somebody made up', async () => {
    await scan(...Array.from({ length: 3 }, (_, i) => certificate(`c${i}`, -3)))
    const { nextCursor } = await list('&limit=1')
    for (const query of [`rule=x509.expiring&limit=1&cursor=${nextCursor}`, `rule=x509.expired&sort=due&limit=1&cursor=${nextCursor}`, 'rule=x509.expired&cursor=AAAA']) {
      expect(await answer(query), query).toMatchObject({ status: 400, body: { code: 'page.cursor-invalid' } })
    }
    const [tag] = JSON.parse(Buffer.from(nextCursor!, 'base64url').toString()) as [string]
    for (const key of [['x', 'infinity', 'not-a-uuid', 'never'], [], [0, 'yesterday', '00000000-0000-7000-8000-000000000000', '2026-01-01T00:00:00Z']]) {
      const forged = Buffer.from(JSON.stringify([tag, key])).toString('base64url')
      expect(await answer(`rule=x509.expired&cursor=${forged}`), JSON.stringify(key)).toMatchObject({ status: 400, body: { code: 'page.cursor-invalid' } })
    }
  })

  it('filters by severity, state, object, owner and text', async () => {
    await scan(certificate('old', -3), certificate('100%_old', -3))
    const names = async (query: string) => (await list(query)).items.map(({ objectName }) => objectName).sort()
    const [first] = (await list()).items
    expect(await names('&severity=high')).toHaveLength(2)
    expect(await names('&severity=critical,low')).toEqual([])
    expect(await names('&state=closed')).toEqual([])
    expect(await names('&objectType=endpoint')).toEqual([])
    expect(await names(`&objectId=${first!.objectId}`)).toEqual([first!.objectName])
    expect(await names('&owner=nobody')).toEqual([])
    expect(await names(`&q=${encodeURIComponent('%_o')}`)).toEqual(['100%_old.example.com'])
    expect(await names(`&q=${encodeURIComponent('OLD.EX')}`)).toHaveLength(2)
  })
})

describe('who may', () => {
  it('a viewer decides nothing', async () => {
    await scan(certificate('old', -3))
    expect(await accept({ filter: {} }, 10, viewer)).toMatchObject({ status: 403, body: { code: 'access.denied' } })
    for (const path of ['assign', 'reopen']) expect((await server.json('POST', `/api/v1/findings/${path}`, viewer, { select: { filter: {} }, assignee: null })).status).toBe(403)
    expect(await states()).toEqual(['old.example.com high open'])
  })

  it("another tenant's findings are not found, not listed and not changed", async () => {
    const other = 'other' as TenantId
    const stranger = await server.token('administrator', other)
    await scan(certificate('old', -3))
    const [finding] = (await list()).items
    expect(await server.json('GET', `/api/v1/findings/${finding!.id}`, stranger)).toMatchObject({ status: 404, body: { code: 'object.not-found' } })
    expect((await server.json<Page<FindingRow>>('GET', '/api/v1/findings?state=open,accepted,closed', stranger)).body).toMatchObject({ items: [], count: { value: 0 } })
    expect((await accept({ ids: [finding!.id] }, 10, stranger)).body).toEqual({ changed: 0 })
    expect((await accept({ filter: {} }, 10, stranger)).body).toEqual({ changed: 0 })
    expect(await states()).toEqual(['old.example.com high open'])
    expect(await (await server.call('GET', '/api/v1/export/findings?format=ndjson', { token: stranger })).text()).toBe('')
  })
})

describe('the trend', () => {
  it('has one row a day and severity, with the counts at its last change', async () => {
    const may = authorize(systemActor(DEFAULT_TENANT), 'finding.read', { type: 'finding' })
    const trend = async () => ((await server.findings.overview(may)) as Pick<Overview, 'trend' | 'openBySeverity'>)
    await scan(certificate('old', -3))
    const first = await trend()
    expect(first.trend).toEqual([{ day: server.clock.now().toISOString().slice(0, 10), counts: open(first) }])
    await accept({ filter: { rule: 'x509.expired' } })
    const second = await trend()
    expect(second.trend[0]!.counts).toEqual(open(second))
    expect(second.trend[0]!.counts.high).toBe(first.trend[0]!.counts.high - 1)
    server.clock.advance(DAY_MS)
    await server.runJob('findings.sweep')
    expect((await trend()).trend).toHaveLength(2)
  })
})
