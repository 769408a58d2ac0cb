import type { ConfigurationRow } from '@muster/core/api'

/** What each format is called. */
export const formatNames = { 'federated-trust': 'Federated trust', workflow: 'Workflow', 'sshd-config': 'SSH server' } as const satisfies Record<ConfigurationRow['format'], string>

const providers: Readonly<Record<string, string>> = { aws: 'AWS', gcp: 'Google Cloud', azure: 'Microsoft Entra', vault: 'Vault' }

/** Services that sign tokens for everybody's pipelines, by their hosts. */
const issuers: Readonly<Record<string, string>> = { 'token.actions.githubusercontent.com': 'GitHub Actions', 'gitlab.com': 'GitLab.com', 'app.terraform.io': 'HCP Terraform', 'agent.buildkite.com': 'Buildkite', 'oidc.circleci.com': 'CircleCI', 'api.bitbucket.org': 'Bitbucket' }

/** An issuer as people call it, by its name or its host. */
export function issuerName(from: string): string {
  return issuers[from.replace(/\/.*$/, '')] ?? from
}

/** The file, the line and the part of it. */
export function placeOfConfiguration({ path, settings }: ConfigurationRow): string {
  return settings['line']?.[0] === undefined ? path : `${path}:${settings['line'][0]}`
}

/** What it lets in and where: `token.example.com → AWS deploy`; null where it is no trust. */
export function letsIn({ format, settings }: ConfigurationRow): { readonly from: string; readonly into: string } | null {
  if (format !== 'federated-trust') return null
  const provider = settings['provider']?.[0] ?? ''
  const target = settings['target']?.[0] ?? ''
  return { from: settings['issuer']?.[0]?.replace(/^https?:\/\//, '') ?? 'an issuer not named here', into: [providers[provider] ?? provider, target].filter((part) => part !== '').join(' ') }
}

/** What a trust asks of a token, a line each; `like` where a star stands for anything. */
export function asked({ settings }: ConfigurationRow): readonly { readonly claim: string; readonly how: 'is' | 'like'; readonly values: readonly string[] }[] {
  return Object.entries(settings).flatMap(([key, values]) => {
    const [, how, claim] = /^(is|like)\.(.+)$/.exec(key) ?? []
    return claim === undefined ? [] : [{ claim, how: how as 'is' | 'like', values }]
  })
}
