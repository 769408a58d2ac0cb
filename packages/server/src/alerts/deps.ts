import type { Clock, TenantId } from '@muster/core'
import type { Action } from '@muster/core/api'
import type { Audit } from '../audit/index.ts'
import { authorize, type Authorized, systemActor } from '../platform/actor.ts'
import type { Db, Queryable } from '../platform/db/db.ts'
import type { Jobs } from '../platform/jobs/job.ts'
import type { Sealer } from '../platform/seal.ts'
import type { AlertFinding } from './channel.ts'

/** Reads findings by id; ids that are gone are left out. */
export type ReadFindings = (queryable: Queryable, tenantId: TenantId, ids: readonly string[]) => Promise<readonly AlertFinding[]>

export type AlertsDeps = {
  readonly db: Db
  readonly clock: Clock
  readonly audit: Audit
  readonly sealer: Sealer
  /** Asked for when needed: the engine starts after the slices are built. */
  readonly jobs: () => Jobs
  readonly readFindings: ReadFindings
  /** Where people reach the server, no trailing slash. */
  readonly publicUrl: () => string
  /** What syslog messages say they come from. */
  readonly hostname: string
}

/** The server's own right in the tenant, for what jobs do. */
export function ownRight(tenantId: TenantId, action: Action = 'alert.write'): Authorized {
  return authorize(systemActor(tenantId), action, { type: 'alert-channel' })
}

/** What a channel's secret is sealed for. */
export function secretContext(tenantId: TenantId, channelId: string): string {
  return `alert-channel:${tenantId}:${channelId}`
}
