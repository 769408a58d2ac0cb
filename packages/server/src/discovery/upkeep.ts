import { DEFAULT_TENANT, isMusterError, MINUTE_MS } from '@muster/core'
import { z } from 'zod'
import { type Actor, systemActor } from '../platform/actor.ts'
import { inTx, type Tx } from '../platform/db/db.ts'
import type { JobDefinition } from '../platform/jobs/job.ts'
import { configurationPlaces } from './first-places.ts'
import { endScan } from './progress.ts'
import { checkedOptions } from './option-checks.ts'
import { recordUnstarted, type RequestDeps, type ScanRequest, startScan } from './requests.ts'
import { IMPORT_PATIENCE_MS } from './run-scan.ts'
import { lockDueSchedule, markNext, markRun } from './schedule-store.ts'
import { nextRun } from './schedules.ts'
import { isScheduleBusy, listScans, unfinishedScans } from './store.ts'

const nothing = z.object({})
/** A scan that did not move for so long may have lost its job. */
const SCAN_PATIENCE_MS = 5 * MINUTE_MS

/**
 * Every minute: starts the scans that are due, once however many runs were missed, ends imports nobody feeds any more, and
 * gives scans that lost their job (its retries were spent while the store was away) another one.
 */
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
      await resumeScans(deps, new Date(deps.clock.now().getTime() - SCAN_PATIENCE_MS))
    },
  }
}

/** Starts every schedule that is due, save those whose last scan still runs; returns how many were due. One that cannot start holds up no other. */
export async function runDueSchedules(deps: RequestDeps): Promise<number> {
  for (let count = 0; ; count++) {
    const found = await inTx(deps.db, (tx) => runDueSchedule(deps, tx))
    if (!found) return count
  }
}

async function runDueSchedule(deps: RequestDeps, tx: Tx): Promise<boolean> {
  const now = deps.clock.now()
  const due = await lockDueSchedule(tx, now)
  if (due === null) return false
  const { tenantId, schedule } = due
  const actor: Actor = { ...systemActor(tenantId), name: `schedule ${schedule.name}` }
  const request: ScanRequest = { kind: schedule.kind, options: schedule.options, passphrases: [], scheduleId: schedule.id }
  let next: Date | null = null
  try {
    next = nextRun(schedule, now)
    // What takes longer than its interval would pile up.
    if (await isScheduleBusy(tx, tenantId, schedule.id)) {
      await markNext(tx, tenantId, schedule.id, next)
      return true
    }
    checkedOptions(deps, request.kind, request.options)
    await startScan(deps, tx, tenantId, actor, request)
  } catch (error) {
    // What was fine when it was saved and no longer is, e.g. after an upgrade.
    if (!isMusterError(error, 'request.invalid')) throw error
    await recordUnstarted(deps, tx, tenantId, actor, request, error.message)
  }
  await markRun(tx, tenantId, schedule.id, now, next)
  return true
}

async function endAbandonedImports(deps: RequestDeps): Promise<void> {
  const before = new Date(deps.clock.now().getTime() - IMPORT_PATIENCE_MS)
  for (const { tenantId, id } of await unfinishedScans(deps.db, 'import', before)) {
    await endScan(deps, tenantId, id, { state: 'incomplete', message: 'its sender has not been heard of for a day', actor: systemActor(tenantId) })
  }
}

/** Gives every unfinished scan of this server, or those that did not move since `movedBefore`, its job again unless it has one still. */
export async function resumeScans(deps: RequestDeps, movedBefore: Date | null = null): Promise<void> {
  for (const { tenantId, id } of await unfinishedScans(deps.db, 'server', movedBefore)) {
    await inTx(deps.db, (tx) => deps.jobs().enqueue(tx, deps.scanJob, { tenantId, scanId: id }))
  }
}

/** On an installation that never scanned anything: takes the roll of this very machine, and looks for secrets in its configuration. */
export async function firstScan(deps: RequestDeps): Promise<void> {
  if ((await listScans(deps.db, DEFAULT_TENANT, {}, null, 1)).length > 0) return
  const actor = systemActor(DEFAULT_TENANT)
  const places = configurationPlaces()
  await inTx(deps.db, async (tx) => {
    if (places !== null) await startScan(deps, tx, DEFAULT_TENANT, actor, { kind: 'secrets', title: 'Configuration of this machine', options: places, passphrases: [] })
    await startScan(deps, tx, DEFAULT_TENANT, actor, { kind: 'host', options: {}, passphrases: [] })
  })
}
