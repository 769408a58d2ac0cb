export { type CompletedScan, forgetScan, retireUncovered } from './retire.ts'
export { createFeed } from './feed.ts'
export { inventoryMigrations } from './migrations.ts'
export { reconcile, type ReconcileCounts, type ReconcileInput } from './reconcile.ts'
