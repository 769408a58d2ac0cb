import { DAY_MS, credentialKinds, severities, type SecretState } from '@muster/core'
import type { Overview } from '@muster/core/api'
import { credentialName, sketchAt } from './credentials.ts'
import { historyAt } from './credentials.ts'
import type { Findings } from './findings.ts'
import { idOf, unit } from './random.ts'
import { secretStateAt } from './secrets.ts'
import type { Scans } from './scans.ts'
import { SOURCES } from './sources.ts'
import type { World } from './world.ts'

/** The overview, counted over at most 20,000 rows and scaled up. */
export function overviewOf(world: World, findings: Findings, scans: Scans): Overview {
  const sample = Math.min(world.rows, 20_000)
  const scale = world.rows / Math.max(1, sample)
  const kinds = new Map(credentialKinds.map((kind) => [kind, { kind, count: 0, newThisWeek: 0 }]))
  const now = new Date(world.start)
  const months = Array.from({ length: 24 }, (_, n) => new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + n, 1)).toISOString().slice(0, 7))
  const expiry = new Map(months.map((month) => [month, 0]))
  const secrets = new Map<SecretState, number>()
  let expired = 0
  for (let n = 0; n < sample; n++) {
    const s = sketchAt(world, n)
    if (s.gone || s.trust) continue
    const kind = kinds.get(s.kind)!
    kind.count += scale
    if (s.kind === 'secret') secrets.set(secretStateAt(world, n), (secrets.get(secretStateAt(world, n)) ?? 0) + scale)
    if (world.start - s.firstSeen < 7 * DAY_MS) kind.newThisWeek += scale
    if (s.kind !== 'certificate') continue
    if (s.notAfter < world.start) expired += scale
    const month = new Date(s.notAfter).toISOString().slice(0, 7)
    if (expiry.has(month)) expiry.set(month, expiry.get(month)! + scale)
  }
  const open = findings.rows.filter((row) => row.state === 'open')
  const listed = scans.list()
  return {
    generatedAt: new Date().toISOString(),
    kinds: [...kinds.values()].map((entry) => ({ kind: entry.kind, count: Math.round(entry.count), newThisWeek: Math.round(entry.newThisWeek) })),
    secrets: [...secrets].map(([state, count]) => ({ state, count: Math.round(count) })),
    sources: world.rows === 0 ? 0 : SOURCES,
    machines: world.rows === 0 ? 0 : world.machines,
    endpoints: world.rows === 0 ? 0 : world.machines * 2,
    identities: world.rows === 0 ? 0 : world.machines * 3,
    unowned: Math.round(world.rows * 0.3),
    expired: Math.round(expired),
    expiry: [...expiry].map(([month, count]) => ({ month, count: Math.round(count) })),
    validitySteps: [{ from: '2026-03-15T00:00:00Z', maxDays: 200 }, { from: '2027-03-15T00:00:00Z', maxDays: 100 }, { from: '2029-03-15T00:00:00Z', maxDays: 47 }],
    openBySeverity: severities.map((severity) => ({ severity, count: open.filter((row) => row.severity === severity).length })),
    trend: world.rows === 0 ? [] : Array.from({ length: 30 }, (_, n) => ({
      day: new Date(world.start - (29 - n) * DAY_MS).toISOString().slice(0, 10),
      counts: Object.fromEntries(severities.map((severity, rank) => [severity, Math.round(open.filter((row) => row.severity === severity).length * (0.55 + (n / 29) * 0.45 + (n > 18 ? -0.12 : 0) + unit(n, 120 + rank) * 0.06))])) as Overview['trend'][number]['counts'],
    })),
    topRules: findings.ruleRows([]).filter((row) => row.openCount > 0).sort((a, b) => b.openCount - a.openCount).slice(0, 6).map((row) => ({ ruleId: row.id, title: row.title, severity: row.severity, count: row.openCount })),
    changes: Array.from({ length: Math.min(world.rows, 12) }, (_, n) => ({ ...historyAt(world, n * 3 + 2)[0]!, credentialId: idOf('c', n * 3 + 2), credentialName: credentialName(world, n * 3 + 2, sketchAt(world, n * 3 + 2).kind) })).sort((a, b) => b.at.localeCompare(a.at)),
    runningScans: listed.filter((row) => row.state === 'running'),
    lastScan: listed.find((row) => row.finishedAt !== null) ?? null,
  }
}
