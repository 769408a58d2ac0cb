import type { TenantId } from '@muster/core'
import type { Slice } from '../platform/slice.ts'
import { detectionMigrations } from './migrations.ts'
import { type DetectionDeps, detectionHandlers } from './routes.ts'
import { scanConfig } from './rule-set.ts'
import { readConfig } from './store.ts'

/** The detection slice and what scans for secrets ask of it. */
export type Detection = {
  readonly slice: Slice
  /** The rules of the tenant's scans in the gitleaks format; null for the built-in ones. */
  readonly scanConfig: (tenantId: TenantId) => Promise<string | null>
}

/** How secrets are told and what makes two sightings of one the same: rules, trials and keyed fingerprints. */
export function createDetection(deps: DetectionDeps): Detection {
  return {
    slice: { name: 'detection', migrations: detectionMigrations, handlers: detectionHandlers(deps), jobs: [] },
    scanConfig: async (tenantId) => scanConfig((await readConfig(deps.db, tenantId)).toml),
  }
}
