import { DAY_MS, type TenantId } from '@muster/core'
import { z } from 'zod'
import { inTx } from '../platform/db/db.ts'
import type { JobDefinition } from '../platform/jobs/job.ts'
import { type AccountsDeps, ownRight } from './deps.ts'
import { deleteExpired } from './session-store.ts'
import { SESSION_IDLE_MS } from './sessions.ts'

const tenantData = z.object({ tenantId: z.string().max(64).transform((text) => text as TenantId) })
type TenantData = z.output<typeof tenantData>

/** Removes dead sessions, links and rate buckets once an hour; nothing that is missing when it does not run. */
export function expiryJob({ db, clock, tenantId }: Pick<AccountsDeps, 'db' | 'clock' | 'tenantId'>): JobDefinition<TenantData> {
  return {
    queue: 'accounts.expire',
    data: tenantData,
    title: () => 'Remove expired sessions and links',
    key: ({ tenantId: of }) => of,
    retryLimit: 0,
    cron: { expression: '17 * * * *', data: { tenantId } },
    run: async ({ tenantId: of }) => {
      const now = clock.now()
      await inTx(db, (tx) => deleteExpired(tx, ownRight(of), now, new Date(now.getTime() - SESSION_IDLE_MS), new Date(now.getTime() - DAY_MS)))
    },
  }
}
