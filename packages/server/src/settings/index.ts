import type { Slice } from '../platform/slice.ts'
import { settingsMigrations } from './migrations.ts'
import { settingsHandlers, type SettingsDeps } from './routes.ts'

export type { ServerInfo, SettingsDeps } from './routes.ts'
export { readPolicy, readStoreVersion } from './store.ts'

/** Policy thresholds of a tenant, and what the server says of itself. */
export function settingsSlice(deps: SettingsDeps): Slice {
  return { name: 'settings', migrations: settingsMigrations, handlers: settingsHandlers(deps), jobs: [] }
}
