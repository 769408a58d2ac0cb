import type { Secret } from '@muster/core'
import type { Overview } from '@muster/core/api'
import type { Authorized } from '../platform/actor.ts'
import type { Jobs } from '../platform/jobs/job.ts'
import type { Slice } from '../platform/slice.ts'
import type { RequestDeps } from './requests.ts'
import { scanHandlers, toListedScan } from './routes.ts'
import { type RunScanDeps, scanJob } from './run-scan.ts'
import { scheduleHandlers } from './schedule-routes.ts'
import { discoveryMigrations } from './schema.ts'
import { listScans } from './store.ts'
import { firstScan, resumeScans, upkeepJob } from './upkeep.ts'
import { checkVerification } from './verification.ts'

export type DiscoveryDeps = Omit<RunScanDeps, 'passphrases' | 'running'> & {
  /** Asked for when needed: the engine starts after the slices are built. */
  readonly jobs: () => Jobs
  /** Whether an installation that never scanned anything begins with its own machine. */
  readonly firstScan: boolean
}

/** The discovery slice and what the overview asks of it. */
export type Discovery = {
  readonly slice: Slice
  readonly overview: (may: Authorized) => Promise<Pick<Overview, 'runningScans' | 'lastScan'>>
}

/** Scans run by this server, imports from elsewhere, schedules. */
export function createDiscovery(options: DiscoveryDeps): Discovery {
  checkVerification(options.verification)
  const passphrases = new Map<string, readonly Secret[]>()
  const running = new Map<string, AbortController>()
  const runDeps: RunScanDeps = { ...options, passphrases, running }
  const scan = scanJob(runDeps)
  const deps: RequestDeps = { ...runDeps, jobs: options.jobs, scanJob: scan }
  return {
    slice: {
      name: 'discovery',
      migrations: discoveryMigrations,
      handlers: { ...scanHandlers(deps), ...scheduleHandlers(deps) },
      jobs: [scan, upkeepJob(deps)],
      start: async () => {
        await resumeScans(deps)
        if (options.firstScan) await firstScan(deps)
      },
    },
    overview: async ({ tenantId }) => {
      const [begun, queued, last] = await Promise.all([
        listScans(options.db, tenantId, { state: 'running' }, null, 10), listScans(options.db, tenantId, { state: 'queued' }, null, 10), listScans(options.db, tenantId, {}, null, 1),
      ])
      return { runningScans: [...begun, ...queued].map(toListedScan), lastScan: last[0] === undefined ? null : toListedScan(last[0]) }
    },
  }
}
