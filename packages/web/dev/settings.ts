import { DAY_MS, HOUR_MS, MINUTE_MS, systemClock, uuidV7 } from '@muster/core'
import { defaultPolicy, type Account, type AlertChannel, type ApiToken, type AuditRecord, type Connection, type Delivery, type JobRow, type LabelRule, type Policy, type SavedView, type Schedule } from '@muster/core/api'
import { hexOf, idOf } from './random.ts'
import type { World } from './world.ts'

/** Everything small that the settings pages show and change. */
export class Office {
  readonly accounts: Account[]
  readonly tokens: ApiToken[]
  readonly channels: AlertChannel[]
  readonly deliveries: Delivery[]
  readonly labelRules: LabelRule[]
  readonly views: SavedView[]
  readonly schedules: Schedule[]
  readonly connections: Connection[]
  readonly audit: AuditRecord[]
  readonly jobs: JobRow[]
  policy: Policy = defaultPolicy

  constructor(world: World, empty: boolean) {
    const person = (n: number, name: string, role: Account['role'], more: Partial<Account> = {}): Account => ({ id: idOf('2', n), email: `${['mara', 'anders', 'priya', 'jonas', 'lucia'][n]}@example.com`, name, role, totpEnabled: n === 0, disabled: false, createdAt: world.ago(50 * DAY_MS), lastSignInAt: world.ago(n * 3 * HOUR_MS), ...more })
    this.accounts = [person(0, 'Mara Lindqvist', 'administrator'), ...(empty ? [] : [person(1, 'Anders Holm', 'operator'), person(2, 'Priya Nair', 'viewer'), person(3, 'Jonas Weber', 'operator', { disabled: true }), person(4, 'Lucía Ortega', 'viewer', { lastSignInAt: null })])]
    const token = (n: number, name: string, role: ApiToken['role'], more: Partial<ApiToken> = {}): ApiToken => ({ id: idOf('3', n), name, role, createdBy: 'Mara Lindqvist', createdAt: world.ago(30 * DAY_MS), expiresAt: new Date(world.start + 60 * DAY_MS).toISOString(), lastUsedAt: world.ago(20 * MINUTE_MS), revokedAt: null, ...more })
    this.tokens = empty ? [] : [token(0, 'ci pipeline', 'operator'), token(1, 'grafana', 'viewer', { expiresAt: null }), token(2, 'old laptop', 'administrator', { revokedAt: world.ago(DAY_MS), lastUsedAt: null })]
    const routing = { enabled: true, severities: ['critical', 'high'] as AlertChannel['severities'], owner: null, dueWithinDays: null, mode: 'digest' as const, digestHourUtc: 7 }
    this.channels = empty ? [] : [
      { ...routing, id: idOf('4', 0), name: 'Platform mail', type: 'smtp', host: 'mail.example.net', port: 587, tls: 'starttls', username: 'muster', passwordSet: true, from: 'muster@example.com', to: ['platform@example.com'] },
      { ...routing, id: idOf('4', 1), name: 'Incident webhook', type: 'webhook', url: 'https://hooks.example.net/muster', signingKeySet: true, mode: 'immediate', severities: ['critical'] },
      { ...routing, id: idOf('4', 2), name: 'SIEM', type: 'syslog', host: 'siem.example.net', port: 6514, transport: 'tls', enabled: false },
    ]
    this.deliveries = empty ? [] : Array.from({ length: 9 }, (_, n) => ({ id: idOf('6', n), channelId: idOf('4', n % 2), channelName: n % 2 ? 'Incident webhook' : 'Platform mail', state: n === 3 ? 'failed' as const : n === 0 ? 'pending' as const : 'delivered' as const, attempts: n === 3 ? 5 : 1, findingCount: 3 + n, createdAt: world.ago(n * 6 * HOUR_MS), lastAttemptAt: n === 0 ? null : world.ago(n * 6 * HOUR_MS - 2000), error: n === 3 ? 'connect.timeout: hooks.example.net:443 did not answer within 10 s' : null }))
    this.labelRules = empty ? [] : [
      { id: idOf('7', 0), name: 'Production web', position: 0, enabled: true, match: { name: 'web-*', network: '10.20.0.0/16' }, set: { environment: 'production', owner: 'Web', criticality: 'high' } },
      { id: idOf('7', 1), name: 'CI machines', position: 1, enabled: true, match: { name: 'ci-*' }, set: { owner: 'Platform', environment: 'development' } },
      { id: idOf('7', 2), name: 'Tomcat keystores', position: 2, enabled: false, match: { path: '/opt/tomcat/**', kind: ['certificate', 'private-key'] }, set: { purpose: 'Java application server' } },
    ]
    this.views = empty ? [] : [
      { id: idOf('8', 0), page: 'inventory', name: 'Expiring, production', query: 'environment=production&kind=certificate&severity=high,critical', shared: true, createdBy: 'Mara Lindqvist' },
      { id: idOf('8', 1), page: 'inventory', name: 'Short RSA keys', query: 'algorithm=rsa&maxKeySizeBits=2047', shared: false, createdBy: 'Mara Lindqvist' },
      { id: idOf('8', 2), page: 'findings', name: 'Mine', query: 'mine=true', shared: false, createdBy: 'Mara Lindqvist' },
    ]
    this.connections = empty ? [] : [{ id: this.newId(), kind: 'github', name: 'Code host', baseUrl: 'https://api.github.com', egress: [], caPem: null, signsInWith: 'token', changedBy: 'mara@example.com', changedAt: world.ago(9e8), lastUsedAt: world.ago(3e7) }]
    this.schedules = empty ? [] : [
      { id: idOf('9', 0), name: 'This machine, nightly', kind: 'host', options: {}, cron: '15 2 * * *', timeZone: 'UTC', enabled: true, lastRunAt: world.ago(10 * HOUR_MS), nextRunAt: new Date(world.start + 14 * HOUR_MS).toISOString() },
      { id: idOf('9', 1), name: 'Data centre TLS', kind: 'tls', options: { targets: ['10.20.0.0/24'], ports: [443, 8443] }, cron: '0 */6 * * 1-5', timeZone: 'Europe/Stockholm', enabled: false, lastRunAt: null, nextRunAt: null },
    ]
    const actions: [string, string, string, AuditRecord['outcome'], Record<string, unknown>][] = [
      ['account.sign-in', 'account', 'Mara Lindqvist', 'success', { method: 'password+totp' }], ['scan.run', 'scan', 'Mara Lindqvist', 'success', { kind: 'tls', targets: 254 }], ['inventory.label', 'credential', 'Anders Holm', 'success', { set: { owner: 'Web' }, changed: 42 }],
      ['finding.decide', 'finding', 'Mara Lindqvist', 'success', { state: 'accepted', count: 3 }], ['account.sign-in', 'account', 'anonymous', 'failure', { email: 'root@example.com' }], ['inventory.export', 'credential', 'ci pipeline', 'success', { format: 'ndjson' }], ['settings.write', 'policy', 'Mara Lindqvist', 'success', { staleAfterDays: 30 }],
    ]
    this.audit = Array.from({ length: empty ? 3 : 480 }, (_, n) => {
      const [action, objectType, actor, outcome, detail] = actions[n % actions.length]!
      return { seq: (empty ? 3 : 480) - n, at: world.ago(n * 37 * MINUTE_MS), actorKind: actor === 'anonymous' ? 'anonymous' as const : actor.startsWith('ci') ? 'api-token' as const : 'account' as const, actorId: idOf('2', n % 3), actor, action, objectType, objectId: idOf('c', n), outcome, detail, hash: hexOf(n, 110) }
    })
    this.jobs = Array.from({ length: empty ? 0 : 60 }, (_, n) => ({ id: idOf('b', n), queue: ['discovery.scan', 'findings.evaluate', 'alerts.digest'][n % 3]!, state: n === 0 ? 'active' as const : n === 1 ? 'queued' as const : n === 7 ? 'failed' as const : 'completed' as const, createdAt: world.ago(n * 20 * MINUTE_MS), startedAt: n === 1 ? null : world.ago(n * 20 * MINUTE_MS - 1200), finishedAt: n < 2 ? null : world.ago(n * 20 * MINUTE_MS - 9000 - n * 400), retryCount: n === 7 ? 3 : 0, title: ['Scan of this machine', 'Findings after scan', 'Digest to Platform mail'][n % 3]!, error: n === 7 ? 'connect.refused: mail.example.net:587' : null }))
  }

  /** A fresh id, as the real server makes them. */
  newId(): string {
    return uuidV7(systemClock)
  }
}
