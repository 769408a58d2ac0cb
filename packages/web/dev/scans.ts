import { HOUR_MS, MINUTE_MS, type Coverage } from '@muster/core'
import type { ScanRow } from '@muster/core/api'
import { idOf } from './random.ts'
import type { World } from './world.ts'

/** Scans of the fixture: some finished, one running whose progress follows the wall clock. */
export class Scans {
  private readonly rows: ScanRow[]
  private readonly begun = new Map<string, number>()
  private readonly seconds: number

  constructor(world: World, running: boolean, seconds = 90) {
    this.seconds = seconds
    const done = (n: number, row: Partial<ScanRow>): ScanRow => ({
      id: idOf('5', n), kind: 'host', origin: 'server', state: 'complete', title: 'This machine', options: { roots: ['/etc', '/home'] }, progress: { done: 18_422, total: 18_422, unit: 'files', current: '/home' },
      requestedBy: 'Mara Lindqvist', scheduleId: null, createdAt: world.ago((n + 1) * 5 * HOUR_MS), startedAt: world.ago((n + 1) * 5 * HOUR_MS), finishedAt: world.ago((n + 1) * 5 * HOUR_MS - 2 * MINUTE_MS - n * 7000),
      counts: { sightings: 512, credentialsNew: n === 1 ? 214 : 3, locationsNew: n === 1 ? 480 : 5, locationsGone: n === 0 ? 4 : 0, problems: n === 0 ? 3 : 0 }, message: null, ...row,
    })
    this.rows = [
      done(0, {}),
      done(1, { kind: 'tls', title: '10.20.0.0/24, 6 ports', options: { targets: ['10.20.0.0/24'], ports: [443, 8443, 25, 636] }, progress: { done: 1524, total: 1524, unit: 'endpoints', current: '' } }),
      done(2, { kind: 'ssh', title: '10.20.0.0/24', state: 'incomplete', message: 'The server was stopped; what was not read keeps its state', options: { targets: ['10.20.0.0/24'] }, progress: { done: 112, total: 254, unit: 'endpoints', current: '' } }),
      done(3, { state: 'cancelled', message: 'Cancelled by Mara Lindqvist' }),
      done(4, { origin: 'import', title: 'ci-07.fra.example.net', requestedBy: 'ci token' }),
      done(6, { kind: 'secrets', title: 'git.example.net/shop/storefront', options: { targets: ['/srv/git/storefront.git'], history: true, exclude: ['vendor'] }, progress: { done: 48_211, total: 48_211, unit: 'blobs', current: '' }, counts: { sightings: 61, credentialsNew: 9, locationsNew: 44, locationsGone: 2, problems: 1 } }),
      done(5, { kind: 'tls', state: 'failed', title: 'edge.example.net', message: 'target.forbidden: 169.254.169.254 is a metadata service' }),
    ]
    if (running) this.start({ kind: 'host', title: 'This machine', options: {}, requestedBy: 'Muster' })
  }

  start(scan: Pick<ScanRow, 'kind' | 'title' | 'options' | 'requestedBy'>): ScanRow {
    const at = new Date().toISOString()
    const row: ScanRow = { id: idOf('5', 100 + this.rows.length), origin: 'server', state: 'running', progress: { done: 0, total: null, unit: scan.kind === 'host' ? 'files' : scan.kind === 'secrets' ? 'blobs' : 'endpoints', current: '' }, scheduleId: null, createdAt: at, startedAt: at, finishedAt: null, counts: { sightings: 0, credentialsNew: 0, locationsNew: 0, locationsGone: 0, problems: 0 }, message: null, ...scan }
    this.begun.set(row.id, Date.now())
    this.rows.unshift(row)
    return row
  }

  private advance(row: ScanRow): ScanRow {
    const begun = this.begun.get(row.id)
    if (begun === undefined || row.state !== 'running') return row
    const total = row.kind === 'host' ? 18_422 : row.kind === 'secrets' ? 48_211 : 1524
    const share = Math.min(1, (Date.now() - begun) / (this.seconds * 1000))
    const done = Math.floor(total * share)
    const next: ScanRow = {
      ...row,
      progress: { done, total: share < 0.03 ? null : total, unit: row.progress!.unit, current: row.kind === 'host' ? `/etc/ssl/certs/ca-${done}.pem` : row.kind === 'secrets' ? `src/module-${done}.ts` : `10.20.0.${done % 254}:443` },
      counts: { sightings: Math.floor(done / 20), credentialsNew: Math.floor(done / 90), locationsNew: Math.floor(done / 60), locationsGone: 0, problems: share > 0.5 ? 2 : 0 },
      ...(share >= 1 ? { state: 'complete' as const, finishedAt: new Date().toISOString() } : {}),
    }
    this.rows[this.rows.indexOf(row)] = next
    return next
  }

  list(): ScanRow[] {
    return this.rows.map((row) => this.advance(row))
  }
  find(id: string): ScanRow | undefined {
    return this.list().find((row) => row.id === id)
  }
  cancel(id: string): ScanRow | undefined {
    const row = this.find(id)
    if (row === undefined) return undefined
    const next: ScanRow = { ...row, state: 'cancelled', finishedAt: new Date().toISOString(), message: 'Cancelled by Mara Lindqvist' }
    this.rows[this.rows.indexOf(row)] = next
    return next
  }

  coverage(row: ScanRow): Coverage[] {
    const complete = row.state === 'complete'
    if (row.kind === 'secrets') return [{ observation: 'coverage', machine: 'self', scope: { kind: 'path', path: '', unread: [], lookedFor: ['keys', 'secrets'] }, rights: 'user:muster', complete }]
    if (row.kind !== 'host' && row.kind !== 'tls' && row.kind !== 'ssh') return [{ observation: 'coverage', machine: 'self', scope: { kind: 'named', kinds: ['ci-variable'], scope: 'example' }, rights: 'user:mara', complete }]
    if (row.kind !== 'host') return [{ observation: 'coverage', machine: null, scope: { kind: 'endpoints', protocols: [row.kind], hosts: Array.from({ length: 254 }, (_, n) => `10.20.0.${n + 1}`), ports: row.kind === 'ssh' ? [22] : [25, 443, 636, 993, 5432, 8443], unanswered: ['10.20.0.13:443', '10.20.0.77:8443', '10.20.0.90:25'] }, rights: 'anonymous', complete }]
    return [
      { observation: 'coverage', machine: 'self', scope: { kind: 'path', path: '/etc', unread: ['/etc/shadow-backup'], lookedFor: ['keys'] }, rights: 'user:muster', complete },
      { observation: 'coverage', machine: 'self', scope: { kind: 'path', path: '/home', unread: ['/home/mara/.gnupg', '/home/anders'], lookedFor: ['keys'] }, rights: 'user:muster', complete },
      { observation: 'coverage', machine: 'self', scope: { kind: 'path', path: '/opt', unread: [], lookedFor: ['keys'] }, rights: 'user:muster', complete },
      { observation: 'coverage', machine: 'self', scope: { kind: 'sockets', protocols: ['tls', 'ssh'], hosts: ['0.0.0.0', '127.0.0.1', '::'], unanswered: ['127.0.0.1:9443'] }, rights: 'user:muster', complete },
    ]
  }

  problems(row: ScanRow): { code: string; where: string; message: string }[] {
    return [
      { code: 'file.unreadable', where: '/home/anders', message: 'Permission denied; run the scan with more rights or exclude the path' },
      { code: 'keystore.passphrase', where: '/opt/tomcat/conf/keystore.p12', message: 'None of the passphrases given opens this keystore' },
      { code: 'der.limit', where: '/etc/ssl/certs/huge.der', message: 'Larger than 64 MiB; not read' },
    ].slice(0, row.counts.problems)
  }
}
