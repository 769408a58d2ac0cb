import { thisMachine } from '@muster/connectors'
import { type Clock, DEFAULT_TENANT, type Secret, type TenantId } from '@muster/core'
import type { Policy } from '@muster/core/api'
import { type AccountsSlice, accountsSlice } from './accounts/index.ts'
import { createAlerts } from './alerts/index.ts'
import { auditSlice, createAudit } from './audit/index.ts'
import { createConnections } from './connections/index.ts'
import { createDetection } from './detection/index.ts'
import { createDiscovery } from './discovery/index.ts'
import { createFindings, findingsById, loadKeyLists } from './findings/index.ts'
import { cbomWriter, countDetectionHits, createFeed, createInventory } from './inventory/index.ts'
import { authorize, systemActor } from './platform/actor.ts'
import type { VerificationConfig } from './platform/config.ts'
import type { Db, Queryable, Tx } from './platform/db/index.ts'
import type { JobEngine } from './platform/jobs/engine.ts'
import { jobsSlice } from './platform/jobs/slice.ts'
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
  /** The key of a tenant's fingerprints of secrets. */
  readonly fingerprintKey: (tenantId: TenantId) => Secret
  /** Where a tenant's scans for secrets remember which blobs of a repository hold nothing. */
  readonly scanMemory: (tenantId: TenantId) => string
  readonly secureCookies: () => boolean
  readonly publicUrl: () => string
  readonly serverInfo: () => ServerInfo
  /** Whether the very first start takes the roll of this machine. */
  readonly firstScan: boolean
  /** Hosts no network scan may touch: the store's, where it has one. */
  readonly verification: VerificationConfig
  readonly forbiddenTargets: readonly string[]
  /** Paths no scan of this machine may open: the embedded store's. */
  readonly forbiddenPaths: readonly string[]
  readonly hostname: string
  /** Where lists of known keys lie. */
  readonly keyListDirectory: string
}

export type Composition = { readonly slices: readonly Slice[]; readonly accounts: AccountsSlice }

/** Lists the slices and hands each what it asks for; the only place that knows them all. */
export function compose(deps: CompositionDeps): Composition {
  const audit = createAudit(deps)
  const jobs = () => deps.engine
  const version = deps.serverInfo().version
  const accounts = accountsSlice({ ...deps, audit, tenantId: DEFAULT_TENANT })
  const feed = createFeed(deps)
  const alerts = createAlerts({ ...deps, audit, jobs, readFindings: findingsById })
  const keyLists = once(() => loadKeyLists(deps.keyListDirectory, deps.log))
  const findings = createFindings({ ...deps, audit, jobs, version, keyLists, inventory: feed, readPolicy: ownPolicy, namesOf: accounts.namesOf, onOpened: alerts.onFindingsChanged })
  const detection = createDetection({ ...deps, audit, countHits: countDetectionHits })
  const connections = createConnections({ ...deps, audit })
  const discovery = createDiscovery({
    ...deps, audit, jobs, connections, scanConfig: detection.scanConfig, ownToken: accounts.ownToken, forbidden: { targets: deps.forbiddenTargets, paths: deps.forbiddenPaths }, onInventoryChanged: findings.requestEvaluation, onNewCredentials: findings.requestKeyComparison,
    localIdentifiers: async () => (await thisMachine(AbortSignal.timeout(10_000))).identifiers,
  })
  const onPolicyChanged = async (tx: Tx, tenantId: TenantId) => {
    await feed.enqueueAll(tx, tenantId)
    await findings.requestEvaluation(tx, tenantId)
  }
  const inventory = createInventory({
    ...deps, audit, jobs, onInventoryChanged: findings.requestEvaluation, findingsOverview: findings.overview, scansOverview: discovery.overview,
    writeCbom: cbomWriter(deps.clock, version),
  })
  const slices: readonly Slice[] = [
    auditSlice(deps), settingsSlice({ ...deps, audit, onPolicyChanged }), accounts, jobsSlice({ ...deps, audit }),
    inventory, detection.slice, connections.slice, discovery.slice, findings.slice, alerts.slice,
  ]
  return { slices, accounts }
}

/** The tenant's policy as the server itself reads it, e.g. in a job. */
export function ownPolicy(queryable: Queryable, tenantId: TenantId): Promise<Policy> {
  return readPolicy(queryable, authorize(systemActor(tenantId), 'settings.read', { type: 'policy' }))
}

function once<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | null = null
  return () => (made ??= { value: make() }).value
}
