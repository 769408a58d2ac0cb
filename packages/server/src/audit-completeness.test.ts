import { apiRoutes, type RouteName, type RouteSpec } from '@muster/core/api'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { totpCode, totpStep } from './accounts/totp.ts'
import { firstAdministrator, PASSWORD, TestBrowser } from './test-support/server.ts'
import { everyKindOfThing } from './test-support/things.ts'
import { type WholeServer, wholeServer } from './test-support/whole.ts'

type Call = { readonly path: string; readonly body?: unknown; readonly by?: TestBrowser }

/** Changing routes that leave no record, and why. */
const unrecorded: Partial<Record<RouteName, string>> = {
  fingerprintSecrets: 'computes an answer', tryDetection: 'computes an answer', getSignInLink: 'computes an answer; its token has no place in a URL', addImportBatch: 'the import was recorded when it began and is when it ends: a record a batch would drown the log',
}
/** What was sent to somebody cannot be taken back by a transaction. */
const sent: readonly RouteName[] = ['testAlertChannel']

const changing = (Object.entries(apiRoutes) as [RouteName, RouteSpec][]).filter(([, spec]) => spec.method !== 'GET')

describe('the audit log', () => {
  let server: WholeServer
  let token: string
  let browser: TestBrowser
  let totpSecret = new Uint8Array()
  beforeAll(async () => {
    server = await wholeServer()
    browser = await firstAdministrator(server)
    token = await server.token('administrator')
    await everyKindOfThing(server, token)
  })
  afterAll(() => server?.close())

  const json = async <Body = { id: string }>(method: string, path: string, body?: unknown) => {
    const response = await server.call(method, `/api/v1/${path}`, { token, ...(body === undefined ? {} : { body }) })
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} ${path}: ${text}`)
    return JSON.parse(text) as Body
  }
  const first = async (list: string) => (await json<{ items: { id: string }[] }>('GET', list)).items[0]!.id
  const channel = { type: 'syslog', name: 'again', enabled: true, severities: ['high'], host: '127.0.0.1', port: 1, transport: 'tcp' }
  const view = { page: 'findings', name: 'mine', query: '', shared: false }
  const labelRule = { name: 'again', position: 9, enabled: true, match: { name: '*' }, set: { purpose: 'testing' } }
  const schedule = { name: 'again', kind: 'tls', options: { targets: ['10.1.1.1:443'] }, cron: '1 1 * * *', timeZone: 'UTC', enabled: true }
  const connection = { kind: 'gitlab', name: 'again', baseUrl: 'https://gitlab.example.com/api/v4', token: 'its token' }
  const anImport = () => json('POST', 'imports', { kind: 'tls', title: 'again' })
  const aScan = () => json('POST', 'scans', { kind: 'tls', options: { targets: ['10.1.1.2:443'] } })
  const code = () => { server.clock.advance(60_000); return totpCode(totpSecret, totpStep(server.clock.now())) }
  const until = () => new Date(server.clock.now().getTime() + 86_400_000).toISOString()

  /** A request for each changing route that changes something. */
  const calls: { readonly [Name in RouteName]?: () => Promise<Call> | Call } = {
    signIn: () => ({ path: '', body: { email: 'ann@example.com', password: PASSWORD }, by: new TestBrowser(server) }),
    redeemSignInLink: async () => {
      const { signInUrl } = await json<{ signInUrl: string }>('POST', 'accounts', { email: 'bob@example.com', name: 'Bob', role: 'viewer' })
      return { path: '', body: { token: signInUrl.split('#token=')[1], email: 'bob@example.com', name: 'Bob', password: PASSWORD }, by: new TestBrowser(server) }
    },
    enrolTotp: () => ({ path: '', by: browser }),
    confirmTotp: () => ({ path: '', body: { code: code() }, by: browser }),
    disableTotp: () => ({ path: '', body: { code: code() }, by: browser }),
    changePassword: () => ({ path: '', body: { current: PASSWORD, next: `${PASSWORD} again` }, by: browser }),
    signOut: async () => {
      const by = new TestBrowser(server)
      await by.call('POST', '/api/v1/session', { email: 'ann@example.com', password: `${PASSWORD} again` })
      return { path: '', by }
    },
    createAccount: () => ({ path: '', body: { email: 'eve@example.com', name: 'Eve', role: 'viewer' } }),
    changeAccount: async () => ({ path: (await json<{ account: { id: string } }>('POST', 'accounts', { email: 'zoe@example.com', name: 'Zoe', role: 'viewer' })).account.id, body: { role: 'operator' } }),
    createApiToken: () => ({ path: '', body: { name: 'again', role: 'viewer' } }),
    revokeApiToken: async () => ({ path: (await json<{ apiToken: { id: string } }>('POST', 'api-tokens', { name: 'to be revoked', role: 'viewer' })).apiToken.id }),
    labelCredential: async () => ({ path: await first('credentials'), body: { owner: 'ops' } }),
    labelCredentials: async () => ({ path: '', body: { select: { ids: [await first('credentials')] }, set: { owner: 'web' } } }),
    labelMachine: async () => ({ path: await first('machines'), body: { criticality: 'high' } }),
    createSavedView: () => ({ path: '', body: view }),
    deleteSavedView: async () => ({ path: (await json('POST', 'views', view)).id }),
    createLabelRule: () => ({ path: '', body: labelRule }),
    changeLabelRule: async () => ({ path: await first('label-rules'), body: { enabled: false } }),
    deleteLabelRule: async () => ({ path: await first('label-rules') }),
    acceptFindings: async () => ({ path: '', body: { select: { ids: [await first('findings?state=open')] }, reason: 'for now', until: until() } }),
    assignFindings: async () => ({ path: '', body: { select: { ids: [await first('findings?state=open')] }, assignee: 'ann' } }),
    reopenFindings: async () => ({ path: '', body: { select: { ids: [await first('findings?state=accepted')] } } }),
    assessSecrets: async () => ({ path: '', body: { select: { ids: [await first('credentials?kind=secret')] }, state: 'confirmed' } }),
    changeDetectionConfig: () => ({ path: '', body: { toml: '[[rules]]\nid = "ours"\nregex = \'\'\'ours-[0-9a-f]{16}\'\'\'\nkeywords = ["ours-"]\n' } }),
    createScan: () => ({ path: '', body: { kind: 'tls', options: { targets: ['10.1.1.3:443'] } } }),
    cancelScan: async () => ({ path: (await aScan()).id }),
    createImport: () => ({ path: '', body: { kind: 'tls', title: 'another' } }),
    finishImport: async () => ({ path: (await anImport()).id, body: { state: 'complete' } }),
    createConnection: () => ({ path: '', body: { ...connection, name: 'another' } }),
    changeConnection: async () => ({ path: (await json('POST', 'connections', connection)).id, body: { name: 'renamed' } }),
    deleteConnection: async () => ({ path: await first('connections') }),
    createSchedule: () => ({ path: '', body: { ...schedule, name: 'another' } }),
    changeSchedule: async () => ({ path: (await json('POST', 'schedules', schedule)).id, body: { enabled: false } }),
    deleteSchedule: async () => ({ path: await first('schedules') }),
    cancelJob: async () => { await aScan(); return { path: await first('jobs?state=queued') } },
    changeSettings: async () => ({ path: '', body: { ...await json<object>('GET', 'settings'), staleAfterDays: 44 } }),
    createAlertChannel: () => ({ path: '', body: { ...channel, name: 'another' } }),
    changeAlertChannel: async () => ({ path: (await json('POST', 'alert-channels', channel)).id, body: { ...channel, host: 'localhost' } }),
    deleteAlertChannel: async () => ({ path: await first('alert-channels') }),
    testAlertChannel: async () => ({ path: await first('alert-channels') }),
  }

  const send = (spec: RouteSpec, { path, body, by }: Call) => {
    const url = spec.path.replace(':id', path)
    return by === undefined ? server.call(spec.method, url, { token, ...(body === undefined ? {} : { body }) }) : by.call(spec.method, url, body)
  }
  const records = async () => (await sql<{ seq: string; action: string; actor: string }>`SELECT seq, action, actor FROM audit_records ORDER BY seq`.execute(server.database.db)).rows

  /** Everything the store holds, but what notes a use, counts attempts or drives the engine. */
  const everything = async () => {
    const { rows: tables } = await sql<{ schema: string; name: string }>`
      SELECT schemaname AS schema, tablename AS name FROM pg_tables WHERE (schemaname = 'public' AND tablename <> 'rate_buckets') OR (schemaname = 'pgboss' AND tablename = 'job')`.execute(server.database.db)
    const held: Record<string, string> = {}
    for (const { schema, name } of tables) {
      const ours = schema === 'pgboss' ? sql`WHERE t.name NOT LIKE '\\_\\_pgboss%' AND t.name NOT IN (SELECT name FROM pgboss.schedule)` : sql``
      const { rows } = await sql<{ digest: string }>`SELECT coalesce(md5(string_agg(r, '' ORDER BY r)), '') AS digest FROM (SELECT (to_jsonb(t) - 'last_used_at')::text AS r FROM ${sql.table(`${schema}.${name}`)} t ${ours}) AS held`.execute(server.database.db)
      held[name] = rows[0]!.digest
    }
    return held
  }

  /** Sends the request while nothing can be written to the log, and looks at what is held before and after. */
  const refusedWhenFull = async (spec: RouteSpec, call: Call) => {
    const before = await everything()
    await sql`CREATE FUNCTION no_more() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'the log is full'; END $$`.execute(server.database.db)
    await sql`CREATE TRIGGER no_more BEFORE INSERT ON audit_records FOR EACH ROW EXECUTE FUNCTION no_more()`.execute(server.database.db)
    const { status } = await send(spec, call)
    await sql`DROP FUNCTION no_more CASCADE`.execute(server.database.db)
    return { status, before, after: await everything() }
  }

  it('knows a request for every changing route', () => {
    expect(changing.filter(([name]) => !(name in unrecorded) && !(name in calls)).map(([name]) => name)).toEqual([])
    expect(Object.keys({ ...calls, ...unrecorded }).filter((name) => !changing.some(([known]) => known === name))).toEqual([])
  })

  it.each((Object.keys(calls) as RouteName[]).map((name) => ({ name })))('takes a record of $name in the transaction that changes, or nothing changes', async ({ name }) => {
    const spec: RouteSpec = apiRoutes[name]
    const call = await calls[name]!()
    if (!sent.includes(name)) {
      let outcome = await refusedWhenFull(spec, call)
      // The engine's own upkeep may fall between the two looks at what is held; what the route leaves behind it leaves each time.
      if (outcome.after['job'] !== outcome.before['job']) outcome = await refusedWhenFull(spec, call)
      expect([outcome.status, outcome.after]).toEqual([500, outcome.before])
      server.errors.splice(0)
    }
    const before = await records()
    const done = await send(spec, call)
    expect([done.status < 300, done.ok ? '' : await done.clone().text()]).toEqual([true, ''])
    if (name === 'enrolTotp') totpSecret = fromBase32(((await done.json()) as { secret: string }).secret)
    const added = (await records()).slice(before.length)
    expect(added.length).toBeGreaterThan(0)
    expect(added.every(({ actor }) => /^(?:ann@example\.com|bob@example\.com|test administrator)$/.test(actor))).toBe(true)
  })

  it('verifies after all of it', async () => {
    expect(await json('GET', 'audit/verification')).toMatchObject({ intact: true, brokenAtSeq: null })
  })
})

function fromBase32(text: string): Uint8Array<ArrayBuffer> {
  const bits = [...text].map((char) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(char).toString(2).padStart(5, '0')).join('')
  return new Uint8Array(Array.from({ length: Math.floor(bits.length / 8) }, (_, i) => Number.parseInt(bits.slice(i * 8, i * 8 + 8), 2)))
}
