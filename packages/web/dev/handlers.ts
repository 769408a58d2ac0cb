import { placeOf } from '@muster/core'
import { credentialFilterSchema, type Account, type AlertChannel, type NewAlertChannel, type RouteName, type RouteOutput, type RouteParsed, type Session } from '@muster/core/api'
import { changesOf } from './changes.ts'
import { configurations } from './configurations.ts'
import { credentialAt, detailAt, historyAt, leafOf, locationsAt } from './credentials.ts'
import { Detection } from './detection.ts'
import { Findings } from './findings.ts'
import { matching, page, pageOfArray } from './list.ts'
import { endpointAt, identityAt, machineAt } from './machines.ts'
import { overviewOf } from './overview.ts'
import { hexOf, numberOf } from './random.ts'
import { Scans } from './scans.ts'
import { suggestionsAt } from './secrets.ts'
import { Office } from './settings.ts'
import { sourceAt, SOURCES } from './sources.ts'
import type { World } from './world.ts'

/** A refusal with its status; becomes a problem document. */
export class Refusal extends Error {
  readonly status: number
  readonly code: string
  constructor(status: number, code: string, message: string) {
    super(message)
    this.status = status
    this.code = code
  }
}
const found = <T>(value: T | null | undefined): T => {
  if (value === null || value === undefined) throw new Refusal(404, 'object.not-found', 'There is no such object')
  return value
}

type Handlers = { [N in RouteName]?: (input: RouteParsed<N>) => RouteOutput<N> }
export type FixtureOptions = { rows: number; role: Account['role']; signedIn: boolean; running: boolean; scanSeconds?: number }
const PASSWORD = 'correct horse battery'
export const LINK_TOKEN = 'fixture-sign-in-link-0001'

export function createHandlers(options: FixtureOptions): { handlers: Handlers; session: () => Session; signOut: () => void } {
  const start = Date.now()
  const world: World = {
    rows: options.rows, machines: Math.max(1, Math.min(20_000, Math.ceil(options.rows / 7))), start, labels: new Map(), machineLabels: new Map(), assessments: new Map(),
    ago: (ms) => new Date(start - ms).toISOString(),
    leafOfMachine: (machine) => leafOf(world, machine),
    chainFingerprints: (n) => detailAt(world, n).chain.map((row) => row.fingerprint),
  }
  const findings = new Findings(world)
  const scans = new Scans(world, options.running, options.scanSeconds)
  const office = new Office(world, options.rows === 0)
  const detection = new Detection()
  let generation = 0
  let me: Account | null = options.signedIn ? { ...office.accounts[0]!, role: options.role } : null
  const session = (): Session => ({ account: me, role: me?.role ?? null, setupRequired: false, csrfToken: me === null ? null : 'fixture-csrf', expiresAt: me === null ? null : new Date(start + 12 * 3_600_000).toISOString() })
  const credential = (id: string): number => { const n = numberOf('c', id); return n >= 0 && n < world.rows ? n : found<number>(null) }
  const machine = (id: string): number => { const n = numberOf('a', id); return n >= 0 && n < world.machines ? n : found<number>(null) }
  const chooseFindings = (select: RouteParsed<'acceptFindings'>['body']['select']): Set<string> => new Set('ids' in select ? select.ids : filterFindings(select.filter).map((row) => row.id))
  const filterFindings = (f: RouteParsed<'assignFindings'>['body']['select'] extends infer S ? Extract<S, { filter: unknown }>['filter'] : never) =>
    findings.rows.filter((row) => (f.state ?? ['open']).includes(row.state) && (f.severity?.includes(row.severity) ?? true) && (f.rule === undefined || row.ruleId === f.rule) && (f.objectId === undefined || row.objectId === f.objectId) && (f.machineId === undefined || numberOf('c', row.objectId) % world.machines === numberOf('a', f.machineId)) && (f.objectType?.includes(row.objectType) ?? true) && (f.owner === undefined || row.owner === f.owner) && (f.assignee === undefined || row.assignee === f.assignee) && (f.mine !== true || [row.assignee, row.owner].includes(me?.name ?? '')) && (f.q === undefined || `${row.title} ${row.objectName} ${row.evidence}`.toLowerCase().includes(f.q.toLowerCase())))
  const change = <T extends { id: string }>(list: T[], id: string, patch: Partial<T>): T => { const index = list.findIndex((row) => row.id === id); const next = { ...found(list[index]), ...patch }; list[index] = next; return next }
  const remove = (list: { id: string }[], id: string): null => { const index = list.findIndex((row) => row.id === id); if (index < 0) found(null); list.splice(index, 1); return null }
  const stored = (body: NewAlertChannel, id: string): AlertChannel => {
    if (body.type === 'smtp') { const { password, ...rest } = body; return { ...rest, id, passwordSet: password !== undefined } }
    if (body.type === 'webhook') { const { signingKey, ...rest } = body; return { ...rest, id, signingKeySet: signingKey !== undefined } }
    if (body.type === 'slack') { const { url, ...rest } = body; return { ...rest, id, urlSet: url !== undefined } }
    return { ...body, id }
  }

  const handlers: Handlers = {
    getSession: session,
    signIn: ({ body }) => {
      if (body.password !== PASSWORD) throw new Refusal(401, 'auth.failed', 'E-mail or password is wrong')
      if (body.email.startsWith('totp') && body.totp === undefined) throw new Refusal(401, 'auth.totp-required', 'A one-time code is needed')
      me = { ...office.accounts[0]!, role: options.role }
      return session()
    },
    signOut: () => { me = null; return null },
    getSignInLink: ({ body }) => { if (body.token !== LINK_TOKEN) throw new Refusal(410, 'auth.link-spent', 'This link was used already or is too old'); return { purpose: 'first-administrator', email: null, expiresAt: new Date(start + 900_000).toISOString() } },
    redeemSignInLink: ({ body }) => { me = { ...office.accounts[0]!, name: body.name, email: body.email, role: 'administrator' }; return session() },
    changePassword: ({ body }) => { if (body.current !== PASSWORD) throw new Refusal(403, 'auth.failed', 'The current password is wrong'); return null },
    enrolTotp: () => ({ uri: 'otpauth://totp/Muster:mara%40example.com?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Muster', secret: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP' }),
    confirmTotp: ({ body }) => { if (body.code !== '123456') throw new Refusal(400, 'auth.failed', 'The code is wrong or too old'); me = { ...me!, totpEnabled: true }; return null },
    disableTotp: () => { me = { ...me!, totpEnabled: false }; return null },
    listAccounts: ({ query }) => pageOfArray(office.accounts, query),
    createAccount: ({ body }) => { const account: Account = { ...body, id: office.newId(), totpEnabled: false, disabled: false, createdAt: new Date().toISOString(), lastSignInAt: null }; office.accounts.push(account); return { account, signInUrl: `http://127.0.0.1:8790/sign-in#token=${LINK_TOKEN}` } },
    changeAccount: ({ params, body }) => change(office.accounts, params.id, body),
    listApiTokens: ({ query }) => pageOfArray(office.tokens, query),
    createApiToken: ({ body }) => { const apiToken = { id: office.newId(), name: body.name, role: body.role, createdBy: me!.name, createdAt: new Date().toISOString(), expiresAt: body.lifetimeDays === null ? null : new Date(Date.now() + body.lifetimeDays * 86_400_000).toISOString(), lastUsedAt: null, revokedAt: null }; office.tokens.unshift(apiToken); return { apiToken, token: `muster_${hexOf(7, 200).slice(0, 43)}` } },
    revokeApiToken: ({ params }) => { change(office.tokens, params.id, { revokedAt: new Date().toISOString() }); return null },
    getOverview: () => overviewOf(world, findings, scans),
    listCredentials: ({ query }) => { const { cursor, limit, ...rest } = query; const rows = matching(world, rest, generation); return page(rows.length, { cursor, limit }, (position) => credentialAt(world, rows[position]!)) },
    getCredential: ({ params }) => detailAt(world, credential(params.id)),
    listCredentialLocations: ({ params, query }) => pageOfArray(locationsAt(world, credential(params.id), placeOf), query),
    listCredentialHistory: ({ params, query }) => pageOfArray(historyAt(world, credential(params.id)), query),
    labelCredential: ({ params, body }) => { const n = credential(params.id); world.labels.set(n, { ...credentialAt(world, n).labels, ...body }); generation++; return credentialAt(world, n) },
    labelCredentials: ({ body }) => {
      const chosen = 'ids' in body.select ? body.select.ids.map(credential) : [...matching(world, { ...credentialFilterSchema.parse({}), ...body.select.filter, sort: 'notAfter', order: 'asc' }, generation)]
      for (const n of chosen) world.labels.set(n, { ...credentialAt(world, n).labels, ...body.set })
      generation++
      return { changed: chosen.length }
    },
    suggestOwners: ({ params }) => { const n = credential(params.id); return { items: credentialAt(world, n).kind === 'secret' ? suggestionsAt(n) : [] } },
    assessSecrets: ({ body }) => {
      const { select, ...said } = body
      const chosen = 'ids' in select ? select.ids.map(credential) : 'filter' in select ? [...matching(world, { ...credentialFilterSchema.parse({}), ...select.filter, sort: 'notAfter', order: 'asc' }, generation)] : []
      const secrets = chosen.filter((n) => credentialAt(world, n).kind === 'secret')
      for (const n of secrets) world.assessments.set(n, { ...said, by: me!.name, at: new Date().toISOString() })
      generation++
      return { changed: secrets.length }
    },
    listDetectionRules: () => ({ items: detection.rules() }),
    tryDetection: ({ body }) => detection.try(body.toml ?? detection.config.toml, body.text),
    getDetectionConfig: () => detection.config,
    changeDetectionConfig: ({ body }) => { if (detection.try(body.toml, '').problems.length > 0) throw new Refusal(400, 'request.invalid', 'The rules do not compile'); return detection.save(body.toml, me!.name) },
    listMachines: ({ query }) => {
      const sources = query.kind?.includes('source') === true
      const all = options.rows === 0 ? [] : sources ? Array.from({ length: SOURCES }, (_, n) => sourceAt(world, n)) : Array.from({ length: Math.min(world.machines, 2000) }, (_, n) => machineAt(world, n))
      return pageOfArray(all.filter((row) => query.q === undefined || row.name.includes(query.q)), query)
    },
    getMachine: ({ params }) => { const n = numberOf('b', params.id); return n >= 0 && n < SOURCES ? sourceAt(world, n) : machineAt(world, machine(params.id)) },
    labelMachine: ({ params, body }) => { const source = numberOf('b', params.id); if (source >= 0) { world.machineLabels.set(1_000_000 + source, { ...sourceAt(world, source).labels, ...body }); return sourceAt(world, source) } const n = machine(params.id); world.machineLabels.set(n, { ...machineAt(world, n).labels, ...body }); return machineAt(world, n) },
    listEndpoints: ({ query }) => { const all = Array.from({ length: options.rows === 0 ? 0 : Math.min(world.machines, 500) * 2 }, (_, n) => endpointAt(world, n)); return pageOfArray(all.filter((row) => (query.machineId === undefined || row.machineId === query.machineId) && (query.protocol?.includes(row.protocol) ?? true) && (query.q === undefined || `${row.host} ${row.machineName} ${row.port}`.includes(query.q))), query) },
    getEndpoint: ({ params }) => endpointAt(world, numberOf('e', params.id)),
    listConfigurations: ({ query }) => pageOfArray(configurations(world, options.rows === 0).filter((row) => (query.machineId === undefined || row.machineId === query.machineId) && (query.format?.includes(row.format) ?? true) && (query.q === undefined || `${row.path}#${row.entry}`.includes(query.q))), query),
    getConfiguration: ({ params }) => found(configurations(world, false).find(({ id }) => id === params.id)),
    listIdentities: ({ query }) => { const all = Array.from({ length: options.rows === 0 ? 0 : Math.min(world.machines, 500) * 3 }, (_, n) => identityAt(world, n)); return pageOfArray(all.filter((row) => (query.machineId === undefined || row.machineId === query.machineId) && (query.q === undefined || row.name.includes(query.q))), query) },
    listSavedViews: () => ({ items: office.views }),
    createSavedView: ({ body }) => { const view = { ...body, id: office.newId(), createdBy: me!.name }; office.views.push(view); return view },
    deleteSavedView: ({ params }) => remove(office.views, params.id),
    listLabelRules: () => ({ items: office.labelRules }),
    createLabelRule: ({ body }) => { const row = { ...body, id: office.newId() }; office.labelRules.push(row); return row },
    changeLabelRule: ({ params, body }) => change(office.labelRules, params.id, body),
    deleteLabelRule: ({ params }) => remove(office.labelRules, params.id),
    listFindings: ({ query }) => pageOfArray(filterFindings(query).sort((a, b) => (query.sort === 'openedAt' ? b.openedAt.localeCompare(a.openedAt) : query.sort === 'due' ? (a.due ?? '9').localeCompare(b.due ?? '9') : ['critical', 'high', 'medium', 'low', 'info'].indexOf(a.severity) - ['critical', 'high', 'medium', 'low', 'info'].indexOf(b.severity))), query),
    countFindingsByRule: ({ query }) => findings.byRule(filterFindings(query)),
    getFinding: ({ params }) => found(findings.detail(params.id)),
    acceptFindings: ({ body }) => ({ changed: findings.decide(chooseFindings(body.select), { state: 'accepted', acceptance: { reason: body.reason, until: body.until, by: me!.name } }) }),
    assignFindings: ({ body }) => ({ changed: findings.decide(chooseFindings(body.select), { assignee: body.assignee }) }),
    reopenFindings: ({ body }) => ({ changed: findings.decide(chooseFindings(body.select), { state: 'open', acceptance: null }) }),
    listChanges: ({ query }) => changesOf(world, findings, query),
    listRules: () => ({ items: findings.ruleRows(office.policy.disabledRules) }),
    listScans: ({ query }) => pageOfArray(options.rows === 0 && !options.running ? [] : scans.list().filter((row) => (query.state === undefined || row.state === query.state) && (query.kind === undefined || row.kind === query.kind)), query),
    createScan: ({ body }) => scans.start({ kind: body.kind, options: body.options, title: body.kind === 'host' ? 'This machine' : body.kind === 'secrets' ? `Secrets in ${String((body.options['targets'] as string[])[0])}` : String((body.options['targets'] as string[] | undefined)?.join(', ') ?? body.kind), requestedBy: me!.name }),
    getScan: ({ params }) => found(scans.find(params.id)),
    cancelScan: ({ params }) => found(scans.cancel(params.id)),
    listScanProblems: ({ params, query }) => pageOfArray(scans.problems(found(scans.find(params.id))), query),
    getScanCoverage: ({ params }) => ({ items: scans.coverage(found(scans.find(params.id))) }),
    listConnections: () => ({ items: office.connections }),
    createConnection: ({ body: { kind, name, baseUrl = 'https://prod.example:6443', egress, caPem, clientCertificate, tokenFile } }) => { const row = { kind, name, baseUrl, egress, caPem, signsInWith: clientCertificate === undefined ? tokenFile === undefined ? 'token' as const : 'token-file' as const : 'client-certificate' as const, id: office.newId(), changedBy: me!.name, changedAt: new Date().toISOString(), lastUsedAt: null }; office.connections.push(row); return row },
    changeConnection: ({ params, body: { name, baseUrl, egress, caPem } }) => change(office.connections, params.id, { ...(name === undefined ? {} : { name }), ...(baseUrl === undefined ? {} : { baseUrl }), ...(egress === undefined ? {} : { egress }), ...(caPem === undefined ? {} : { caPem }) }),
    deleteConnection: ({ params }) => remove(office.connections, params.id),
    listSchedules: () => ({ items: office.schedules }),
    createSchedule: ({ body }) => { const row = { ...body, id: office.newId(), lastRunAt: null, nextRunAt: new Date(Date.now() + 3_600_000).toISOString() }; office.schedules.push(row); return row },
    changeSchedule: ({ params, body }) => change(office.schedules, params.id, body),
    deleteSchedule: ({ params }) => remove(office.schedules, params.id),
    listJobs: ({ query }) => pageOfArray(office.jobs.filter((row) => query.state === undefined || row.state === query.state), query),
    cancelJob: ({ params }) => change(office.jobs, params.id, { state: 'cancelled', finishedAt: new Date().toISOString() }),
    getSettings: () => office.policy,
    changeSettings: ({ body }) => { office.policy = body; return body },
    getServerInfo: () => ({ version: '0.1.0', store: { kind: 'embedded', version: '18.4' }, listen: '127.0.0.1:8790', verifiableProviders: ['github', 'slack'], startedAt: world.ago(3 * 3_600_000) }),
    listAlertChannels: () => ({ items: office.channels }),
    createAlertChannel: ({ body }) => { const row = stored(body, office.newId()); office.channels.push(row); return row },
    changeAlertChannel: ({ params, body }) => { remove(office.channels, params.id); const row = stored(body, params.id); office.channels.push(row); return row },
    deleteAlertChannel: ({ params }) => remove(office.channels, params.id),
    testAlertChannel: ({ params }) => { const channel = found(office.channels.find((row) => row.id === params.id)); const at = new Date().toISOString(); const delivery = { id: office.newId(), channelId: channel.id, channelName: channel.name, state: 'delivered' as const, attempts: 1, findingCount: 0, createdAt: at, lastAttemptAt: at, error: null }; office.deliveries.unshift(delivery); return delivery },
    listDeliveries: ({ query }) => pageOfArray(office.deliveries, query),
    listAudit: ({ query }) => pageOfArray(office.audit.filter((row) => (query.actor === undefined || row.actor === query.actor) && (query.action === undefined || row.action === query.action) && (query.objectId === undefined || row.objectId === query.objectId)), query),
    verifyAudit: () => ({ intact: true, records: office.audit.length, brokenAtSeq: null, headHash: office.audit[0]?.hash ?? null }),
  }
  return { handlers, session, signOut: () => { me = null } }
}
