import type { TenantId } from '@muster/core'
import type { Action, Overview } from '@muster/core/api'
import type { Audit } from '../audit/index.ts'
import { type Actor, authorize, type Authorized } from '../platform/actor.ts'
import type { Db, Tx } from '../platform/db/db.ts'
import { requireActor, type RouteHandlers } from '../platform/http/handler.ts'
import type { JobDefinition, Jobs } from '../platform/jobs/job.ts'
import { assessSecrets } from './assessments.ts'
import { listCredentials } from './credentials.ts'
import { getCredential, listCredentialHistory, listCredentialLocations } from './detail.ts'
import { type CbomWriter, exportCredentials } from './export.ts'
import { changeLabelRule, createLabelRule, removeLabelRule } from './label-rule-admin.ts'
import { listLabelRules } from './label-rule-store.ts'
import { labelCredential, labelCredentials, labelMachine } from './labels.ts'
import { inventoryOverview } from './overview.ts'
import { suggestOwners } from './owner-suggestions.ts'
import { getConfiguration, getEndpoint, getMachine, listConfigurations, listEndpoints, listIdentities, listMachines } from './places.ts'
import { createSavedView, deleteSavedView } from './views.ts'
import { listViews } from './view-store.ts'

/** What the inventory needs of the house. */
export type InventoryDeps = {
  readonly db: Db
  readonly clock: { now(): Date }
  readonly audit: Audit
  /** Asked for when needed: the engine starts after the slices are built. */
  readonly jobs: () => Jobs
  /** Called in the transaction of every change that asks for evaluation. */
  readonly onInventoryChanged: (tx: Tx, tenantId: TenantId) => Promise<void>
  readonly findingsOverview: (may: Authorized) => Promise<Pick<Overview, 'openBySeverity' | 'trend' | 'topRules'>>
  readonly scansOverview: (may: Authorized) => Promise<Pick<Overview, 'runningScans' | 'lastScan'>>
  /** Null where no CBOM can be written. */
  readonly writeCbom: CbomWriter | null
}

/** The routes tagged `inventory`. */
export function inventoryHandlers(deps: InventoryDeps, labelJob: JobDefinition<{ tenantId: string }>): RouteHandlers {
  return { ...readHandlers(deps), ...labelHandlers(deps, labelJob), ...viewHandlers(deps) }
}

function may(actor: Actor | null, action: Action, type: string, id?: string): Authorized {
  return authorize(requireActor(actor), action, id === undefined ? { type } : { type, id })
}

function readHandlers(deps: InventoryDeps): RouteHandlers {
  const { db } = deps
  return {
    getOverview: async (_input, { actor }) => {
      const read = may(actor, 'inventory.read', 'overview')
      const [inventory, findings, scans] = await Promise.all([inventoryOverview(deps, read), deps.findingsOverview(read), deps.scansOverview(read)])
      return { ...inventory, ...findings, ...scans }
    },
    listCredentials: ({ query }, { actor }) => listCredentials(db, may(actor, 'inventory.read', 'credential'), query),
    getCredential: ({ params }, { actor }) => getCredential(db, may(actor, 'inventory.read', 'credential', params.id), params.id),
    listCredentialLocations: ({ params, query }, { actor }) => listCredentialLocations(db, may(actor, 'inventory.read', 'credential', params.id), params.id, query),
    listCredentialHistory: ({ params, query }, { actor }) => listCredentialHistory(db, may(actor, 'inventory.read', 'credential', params.id), params.id, query),
    suggestOwners: async ({ params }, { actor }) => ({ items: await suggestOwners(db, may(actor, 'inventory.read', 'credential', params.id), params.id) }),
    assessSecrets: async ({ body }, { actor }) => ({ changed: await assessSecrets(deps, may(actor, 'finding.decide', 'credential'), body) }),
    exportCredentials: async ({ query: { format, ...filter } }, { actor, signal }) => exportCredentials(deps, may(actor, 'inventory.export', 'credential'), filter, format, signal),
    listMachines: ({ query }, { actor }) => listMachines(db, may(actor, 'inventory.read', 'machine'), query),
    getMachine: ({ params }, { actor }) => getMachine(db, may(actor, 'inventory.read', 'machine', params.id), params.id),
    listEndpoints: ({ query }, { actor }) => listEndpoints(db, may(actor, 'inventory.read', 'endpoint'), query),
    getEndpoint: ({ params }, { actor }) => getEndpoint(db, may(actor, 'inventory.read', 'endpoint', params.id), params.id),
    listConfigurations: ({ query }, { actor }) => listConfigurations(db, may(actor, 'inventory.read', 'configuration'), query),
    getConfiguration: ({ params }, { actor }) => getConfiguration(db, may(actor, 'inventory.read', 'configuration', params.id), params.id),
    listIdentities: ({ query }, { actor }) => listIdentities(db, may(actor, 'inventory.read', 'identity'), query),
  }
}

function labelHandlers(deps: InventoryDeps, job: JobDefinition<{ tenantId: string }>): RouteHandlers {
  return {
    labelCredential: ({ params, body }, { actor }) => labelCredential(deps, may(actor, 'inventory.label', 'credential', params.id), params.id, body),
    labelCredentials: async ({ body }, { actor }) => ({ changed: await labelCredentials(deps, may(actor, 'inventory.label', 'credential'), body.select, body.set) }),
    labelMachine: ({ params, body }, { actor }) => labelMachine(deps, may(actor, 'inventory.label', 'machine', params.id), params.id, body),
    listLabelRules: async (_input, { actor }) => ({ items: await listLabelRules(deps.db, may(actor, 'inventory.read', 'label-rule').tenantId) }),
    createLabelRule: ({ body }, { actor }) => createLabelRule(deps, job, may(actor, 'rule.write', 'label-rule'), body),
    changeLabelRule: ({ params, body }, { actor }) => changeLabelRule(deps, job, may(actor, 'rule.write', 'label-rule', params.id), params.id, body),
    deleteLabelRule: ({ params }, { actor }) => removeLabelRule(deps, job, may(actor, 'rule.write', 'label-rule', params.id), params.id),
  }
}

function viewHandlers(deps: InventoryDeps): RouteHandlers {
  return {
    listSavedViews: async (_input, { actor }) => ({ items: await listViews(deps.db, may(actor, 'inventory.read', 'view')) }),
    createSavedView: ({ body }, { actor }) => createSavedView(deps, may(actor, 'view.write', 'view'), body),
    deleteSavedView: async ({ params }, { actor }) => {
      await deleteSavedView(deps, requireActor(actor), may(actor, 'view.write', 'view', params.id), params.id)
      return null
    },
  }
}
