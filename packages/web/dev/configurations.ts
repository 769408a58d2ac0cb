import { DAY_MS } from '@muster/core'
import type { ConfigurationRow } from '@muster/core/api'
import { idOf } from './random.ts'
import { sourceAt } from './sources.ts'
import type { World } from './world.ts'

const github = 'https://token.actions.githubusercontent.com'
const kinds: readonly Pick<ConfigurationRow, 'path' | 'entry' | 'format' | 'settings' | 'worstSeverity'>[] = [
  { path: 'infra/iam.tf', entry: 'aws_iam_role.deploy', format: 'federated-trust', worstSeverity: 'critical', settings: { provider: ['aws'], target: ['deploy'], issuer: [github], 'is.aud': ['sts.amazonaws.com'], line: ['41'], 'path-class': ['other'] } },
  { path: 'infra/iam.tf', entry: 'aws_iam_role.release', format: 'federated-trust', worstSeverity: null, settings: { provider: ['aws'], target: ['release'], issuer: [github], 'like.sub': ['repo:acme/shop:environment:production'], line: ['88'], 'path-class': ['other'] } },
  { path: 'infra/gcp.tf', entry: 'google_iam_workload_identity_pool_provider.github', format: 'federated-trust', worstSeverity: null, settings: { provider: ['gcp'], target: ['github'], issuer: [github], condition: ["assertion.repository_owner == 'acme'"], line: ['7'], 'path-class': ['other'] } },
  { path: '.github/workflows/preview.yml', entry: 'build', format: 'workflow', worstSeverity: 'high', settings: { permission: ['id-token: write'], trigger: ['pull_request_target'], checkout: [], line: ['12'], 'path-class': ['other'] } },
]

/** Trust policies and workflows of the first sources. */
export function configurations(world: World, empty: boolean): ConfigurationRow[] {
  return empty ? [] : kinds.map((kind, n) => {
    const { id: machineId, name: machineName } = sourceAt(world, n % 2)
    return { ...kind, id: idOf('f', n), machineId, machineName, machineKind: 'source', findingCount: kind.worstSeverity === null ? 0 : 1, firstSeen: world.ago(20 * DAY_MS), lastSeen: world.ago(DAY_MS / 4), goneAt: null }
  })
}
