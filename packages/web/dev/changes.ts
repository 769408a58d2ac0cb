import { changeEvents, type Change, type ChangeListQuery, type ChangePage } from '@muster/core/api'
import { credentialAt, historyAt } from './credentials.ts'
import type { Findings } from './findings.ts'
import { pageOfArray } from './list.ts'
import { idOf } from './random.ts'
import type { World } from './world.ts'

/** What happened to the first credentials and to every finding, newest first. */
export function changesOf(world: World, findings: Findings, query: ChangeListQuery): ChangePage {
  const all = [...ofCredentials(world), ...ofFindings(findings)]
    .filter(({ at, scanId }) => (query.since === undefined || at >= query.since) && (query.until === undefined || at < query.until) && (query.scanId === undefined || scanId === query.scanId))
    .sort((a, b) => b.at.localeCompare(a.at) || a.id.localeCompare(b.id))
  const totals = changeEvents.flatMap((event) => { const count = all.filter((row) => row.event === event).length; return count === 0 ? [] : [{ event, count }] })
  return { ...pageOfArray(all.filter(({ event }) => query.event?.includes(event) ?? true), query), totals: query.cursor === undefined ? totals : null }
}

function ofCredentials(world: World): Change[] {
  return Array.from({ length: Math.min(world.rows, 500) }, (_, n) => n).flatMap((n) => {
    const row = credentialAt(world, n)
    return historyAt(world, n).flatMap(({ event, ...entry }, index): Change[] => {
      const known = changeEvents.find((one) => one === event)
      return known === undefined || event.startsWith('finding') ? [] : [{ ...entry, event: known, id: idOf('9', n * 10 + index), objectType: 'credential', objectId: row.id, objectName: row.name, kind: row.kind, secretType: row.secretType, by: null, finding: null }]
    })
  })
}

function ofFindings({ rows }: Findings): Change[] {
  return rows.map((row, index) => ({
    id: idOf('8', index), at: row.changedAt, event: row.state === 'open' ? 'finding-opened' : row.state === 'accepted' ? 'finding-accepted' : 'finding-closed', summary: row.acceptance?.reason ?? row.evidence,
    objectType: row.objectType, objectId: row.objectId, objectName: row.objectName, kind: null, secretType: row.secretType, scanId: null, by: row.acceptance?.by ?? null, finding: { id: row.id, ruleId: row.ruleId, title: row.title, severity: row.severity },
  }))
}
