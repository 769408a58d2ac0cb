import type { Clock } from '@muster/core'
import type { Db } from '../platform/db/db.ts'
import type { Slice } from '../platform/slice.ts'
import { auditHandlers } from './routes.ts'
import { auditMigrations } from './migrations.ts'

export { anonymousActor, type Audit, type AuditActor, type AuditEvent, createAudit, summarised } from './audit.ts'
export { type ChainHead, type ChainVerification, verifyChain } from './chain.ts'

/** The audit slice: its schema and routes. Other slices get {@link createAudit}'s log to append to. */
export function auditSlice(deps: { readonly db: Db; readonly clock: Clock }): Slice {
  return { name: 'audit', migrations: auditMigrations, handlers: auditHandlers(deps), jobs: [] }
}
