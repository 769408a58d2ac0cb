import { DEFAULT_TENANT } from '@muster/core'
import { z } from 'zod'
import { type Actor, systemActor } from '../platform/actor.ts'
import { inTx } from '../platform/db/db.ts'
import type { JobDefinition } from '../platform/jobs/job.ts'
import { endScan } from './progress.ts'
import { type RequestDeps, startScan } from './requests.ts'
import { IMPORT_PATIENCE_MS } from './run-scan.ts'
import { lockDueSchedules, markRun } from './schedule-store.ts'
import { nextRun } from './schedules.ts'
import { listScans, unfinishedScans } from './store.ts'

const nothing = z.object({})

/** Every minute: starts the scans that are due, once however many runs were missed, and ends imports nobody feeds any more. */
export function upkeepJob(deps: RequestDeps): JobDefinition {
  return {
    queue: 'discovery.upkeep',
    data: nothing,
    title: () => 'Start scheduled scans',
    key: () => 'all',
    retryLimit: 2,
    cron: { expression: '* * * * *', data: {} },
    run: async () => {
      await runDueSchedules(deps)
      await endAbandonedImports(deps)
    },
  }
}

/** Starts every schedule that is due; returns how many. */
export function runDueSchedules(deps: RequestDeps): Promise<number> {
  return inTx(deps.db, async (tx) => {
    const now = deps.clock.now()
    const due = await lockDueSchedules(tx, now)
    for (const { tenantId, schedule } of due) {
      const actor: Actor = { ...systemActor(tenantId), name: `schedule ${schedule.name}` }
      await startScan(deps, tx, tenantId, actor, { kind: schedule.kind, options: schedule.options, passphrases: [], scheduleId: schedule.id })
      await markRun(tx, tenantId, schedule.id, now, nextRun(schedule, now))
    }
    return due.length
  })
}

async function endAbandonedImports(deps: RequestDeps): Promise<void> {
  const before = new Date(deps.clock.now().getTime() - IMPORT_PATIENCE_MS)
  for (const { tenantId, id } of await unfinishedScans(deps.db, 'import', before)) {
    await endScan(deps, tenantId, id, 'incomplete', 'its sender has not been heard of for a day')
  }
}

/** Gives every scan this server left unfinished its job again, unless it has one still. */
export async function resumeScans(deps: RequestDeps): Promise<void> {
  for (const { tenantId, id } of await unfinishedScans(deps.db, 'server', null)) {
    await inTx(deps.db, (tx) => deps.jobs().enqueue(tx, deps.scanJob, { tenantId, scanId: id }))
  }
}

/** On an installation that never scanned anything: takes the roll of this very machine. */
export async function firstScan(deps: RequestDeps): Promise<void> {
  if ((await listScans(deps.db, DEFAULT_TENANT, {}, null, 1)).length > 0) return
  await inTx(deps.db, (tx) => startScan(deps, tx, DEFAULT_TENANT, systemActor(DEFAULT_TENANT), { kind: 'host', options: {}, passphrases: [] }))
}
