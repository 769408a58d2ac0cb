import type { Slice } from '../platform/slice.ts'
import { endSecretAcceptancesJob } from './assessments.ts'
import { applyLabelRulesJob } from './label-rule-admin.ts'
import { inventoryMigrations } from './migrations.ts'
import { type InventoryDeps, inventoryHandlers } from './routes.ts'

export type { CbomWriter, ExportEntry } from './export.ts'
export { cbomWriter } from './cbom.ts'
export { type ChangeSpan, countCredentialChanges, listCredentialChanges, withinSpan } from './change-store.ts'
export { countDetectionHits } from './detection-hit-store.ts'
export { createFeed } from './feed.ts'
export { idsOnMachine, secretTypeOf } from './machine-objects-store.ts'
export { inventoryMigrations } from './migrations.ts'
export { reconcile, type ReconcileCounts, type ReconcileInput } from './reconcile.ts'
export { type CompletedScan, forgetScan, retireUncovered } from './retire.ts'
export type { InventoryDeps } from './routes.ts'
export { fileSearchWords } from './search-index-store.ts'

/** What exists: credentials, where they are, machines, endpoints, identities; their labels, history and exports. */
export function createInventory(deps: InventoryDeps): Slice {
  const labelJob = applyLabelRulesJob(deps)
  return { name: 'inventory', migrations: inventoryMigrations, handlers: inventoryHandlers(deps, labelJob), jobs: [labelJob, endSecretAcceptancesJob(deps)] }
}
