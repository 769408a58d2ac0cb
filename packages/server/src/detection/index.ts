import type { TenantId } from '@muster/core'
import type { Slice } from '../platform/slice.ts'
import { detectionMigrations } from './migrations.ts'
import { type DetectionDeps, detectionHandlers } from './routes.ts'
import { readConfig } from './store.ts'

/** The detection slice and what scans for secrets ask of it. */
export type Detection = {
  readonly slice: Slice
  /** The tenant's own rules in the gitleaks format; an empty text when it has none. */
  readonly ownRules: (tenantId: TenantId) => Promise<string>
}

/** How secrets are told and what makes two sightings of one the same: rules, trials and keyed fingerprints. */
export function createDetection(deps: DetectionDeps): Detection {
  return {
    slice: { name: 'detection', migrations: detectionMigrations, handlers: detectionHandlers(deps), jobs: [] },
    ownRules: async (tenantId) => (await readConfig(deps.db, tenantId)).toml,
  }
}
