import { DAY_MS } from '@muster/core'
import { z } from 'zod'
import { inTx } from '../platform/db/db.ts'
import type { JobDefinition } from '../platform/jobs/job.ts'
import { type AccountsDeps, ownRight } from './deps.ts'
import { deleteExpired } from './session-store.ts'
import { SESSION_IDLE_MS } from './sessions.ts'

/** Removes dead sessions, links and rate buckets once an hour; nothing that is missing when it does not run. */
export function expiryJob({ db, clock, tenantId }: Pick<AccountsDeps, 'db' | 'clock' | 'tenantId'>): JobDefinition<Record<string, never>> {
  return {
    queue: 'accounts.expire',
    data: z.object({}).strict() as z.ZodType<Record<string, never>>,
    title: () => 'Remove expired sessions and links',
    key: () => 'accounts.expire',
    retryLimit: 0,
    cron: { expression: '17 * * * *', data: {} },
    run: async () => {
      const now = clock.now()
      await inTx(db, (tx) => deleteExpired(tx, ownRight(tenantId), now, new Date(now.getTime() - SESSION_IDLE_MS), new Date(now.getTime() - DAY_MS)))
    },
  }
}
