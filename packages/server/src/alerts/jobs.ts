import { DEFAULT_TENANT, type TenantId } from '@muster/core'
import { z } from 'zod'
import type { JobDefinition } from '../platform/jobs/job.ts'
import { type AlertJobs, collect, collectDigests, deliver, MAX_ATTEMPTS } from './deliveries.ts'
import type { AlertsDeps } from './deps.ts'

const tenantId = z.string().max(64).transform((text) => text as TenantId)

/** Collecting and delivering, as jobs that refer to each other. */
export function alertJobs(deps: AlertsDeps): AlertJobs {
  const jobs: AlertJobs = {
    collect: {
      queue: 'alerts.collect',
      data: z.object({ tenantId, channelId: z.uuid() }),
      title: ({ channelId }) => `Collect findings for alert channel ${channelId}`,
      key: (data) => `${data.tenantId}:${data.channelId}`,
      keyCovers: 'queued',
      retryLimit: 5,
      // One channel's wait is not another's.
      concurrency: 8,
      run: (data) => collect(deps, jobs, data),
    },
    deliver: {
      queue: 'alerts.deliver',
      data: z.object({ tenantId, deliveryId: z.uuid() }),
      title: ({ deliveryId }) => `Deliver alert ${deliveryId}`,
      key: (data) => data.deliveryId,
      retryLimit: MAX_ATTEMPTS,
      concurrency: 4,
      run: (data) => deliver(deps, data),
    },
  }
  return jobs
}

/** Every quarter of an hour: digests that have come due. */
export function digestJob(deps: AlertsDeps, jobs: AlertJobs): JobDefinition<{ tenantId: TenantId }> {
  return {
    queue: 'alerts.digest',
    data: z.object({ tenantId }),
    title: () => 'Make the daily digests that are due',
    key: (data) => data.tenantId,
    retryLimit: 3,
    cron: { expression: '*/15 * * * *', data: { tenantId: DEFAULT_TENANT } },
    run: (data) => collectDigests(deps, jobs, data.tenantId),
  }
}
