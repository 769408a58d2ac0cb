import { HOUR_MS } from '@muster/core'
import type { MachineRow } from '@muster/core/api'
import { labelsAt } from './machines.ts'
import { idOf, unit } from './random.ts'
import type { World } from './world.ts'

const ids = [
  'git:git.example.net/shop/storefront', 'git:git.example.net/shop/payments', 'git:git.example.net/platform/infrastructure', 'git:github.com/example/mobile', 'git:github.com/example/website',
  'image:registry.example.net/shop/storefront', 'image:registry.example.net/shop/payments', 'image:registry.example.net/platform/runner', 'github:github.com/example', 'gitlab:git.example.net/shop', 'cluster:6f1c0d9e-71a5-4f5e-9a51-2b6f0c7a9d11', 'cluster:a2c84f10-08d2-4a39-8a0f-b6a1f0f1c3e2',
] as const
const clusters = ['production.fra', 'staging.ams']

/** How many sources the fixture has. */
export const SOURCES = ids.length

/** Name of the n-th source. */
export function sourceName(n: number): string {
  const id = ids[n % SOURCES]!
  return id.startsWith('cluster:') ? clusters[n % 2]! : id.slice(id.indexOf(':') + 1)
}

/** The n-th source as a row of the machine list. */
export function sourceAt(world: World, n: number): MachineRow {
  const severity = (['critical', 'high', null, 'medium', 'high', 'low', null] as const)[n % 7]!
  return {
    id: idOf('b', n), name: sourceName(n), machineKind: 'source', operatingSystem: null, identifiers: [{ type: 'source-id', value: ids[n]! }],
    labels: world.machineLabels.get(1_000_000 + n) ?? labelsAt(n, 140), credentialCount: 2 + Math.floor(unit(n, 141) * 20), endpointCount: 0, worstSeverity: severity, findingCount: severity === null ? 0 : 1 + (n % 5),
    firstSeen: world.ago(30 * 24 * HOUR_MS), lastSeen: world.ago((1 + n) * 3 * HOUR_MS),
  }
}
