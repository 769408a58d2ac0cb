import { type Clock, DEFAULT_TENANT, type TenantId } from '@muster/core'
import type { Policy } from '@muster/core/api'
import { type AccountsSlice, accountsSlice } from './accounts/index.ts'
import { auditSlice, createAudit } from './audit/index.ts'
import { authorize, systemActor } from './platform/actor.ts'
import type { Db } from './platform/db/index.ts'
import type { JobEngine } from './platform/jobs/engine.ts'
import type { Log } from './platform/log.ts'
import type { Sealer } from './platform/seal.ts'
import type { Slice } from './platform/slice.ts'
import { readPolicy, type ServerInfo, settingsSlice } from './settings/index.ts'

export type CompositionDeps = {
  readonly db: Db
  readonly clock: Clock
  readonly log: Log
  readonly engine: JobEngine
  readonly sealer: Sealer
  readonly secureCookies: () => boolean
  readonly publicUrl: () => string
  readonly serverInfo: () => ServerInfo
  /** Whether the very first start takes the roll of this machine. */
  readonly firstScan: boolean
}

export type Composition = { readonly slices: readonly Slice[]; readonly accounts: AccountsSlice }

/** Lists the slices and hands each what it asks for; the only place that knows them all. */
export function compose(deps: CompositionDeps): Composition {
  const audit = createAudit(deps)
  const accounts = accountsSlice({ ...deps, audit, tenantId: DEFAULT_TENANT })
  const slices: readonly Slice[] = [auditSlice(deps), settingsSlice({ ...deps, audit }), accounts]
  return { slices, accounts }
}

/** The tenant's policy as the server itself reads it, e.g. in a job. */
export function ownPolicy(db: Db, tenantId: TenantId): Promise<Policy> {
  return readPolicy(db, authorize(systemActor(tenantId), 'settings.read', { type: 'policy' }))
}
