import { DEFAULT_TENANT, type TenantId } from '@muster/core'
import type { Tx } from '../platform/db/db.ts'
import type { Slice } from '../platform/slice.ts'
import { noteFindings } from './deliveries.ts'
import { type AlertsDeps, ownRight } from './deps.ts'
import { alertJobs, digestJob } from './jobs.ts'
import { alertsMigrations } from './migrations.ts'
import { alertHandlers } from './routes.ts'
import { countDeliveries } from './store.ts'

export type { AlertFinding } from './channel.ts'
export type { AlertsDeps, ReadFindings } from './deps.ts'

/** The alerts slice, and what the findings tell it. */
export type Alerts = {
  readonly slice: Slice
  /** To be called in the transaction in which findings opened or opened again. */
  readonly onFindingsChanged: (tx: Tx, tenantId: TenantId, findingIds: readonly string[]) => Promise<void>
}

/** Tells people of findings: by mail, webhook, Slack-compatible chat and syslog. */
export function createAlerts(deps: AlertsDeps): Alerts {
  const jobs = alertJobs(deps)
  return {
    slice: {
      name: 'alerts',
      migrations: alertsMigrations,
      handlers: alertHandlers(deps),
      jobs: [jobs.collect, jobs.deliver, digestJob(deps, jobs)],
      metrics: async () => {
        const counts = await countDeliveries(deps.db, ownRight(DEFAULT_TENANT))
        const common = { name: 'muster_alert_deliveries', help: 'Alert deliveries kept, by state.', type: 'gauge' as const }
        return Object.entries(counts).map(([state, value]) => ({ ...common, labels: { state }, value }))
      },
    },
    onFindingsChanged: (tx, tenantId, findingIds) => noteFindings(deps, jobs, tx, tenantId, findingIds),
  }
}
