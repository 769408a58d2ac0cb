/**
 * How far a trust reaches: `anyone` with an account at the issuer, `organisation`: whatever belongs to one customer of the issuer (any repository of an
 * organisation, any pod of a cluster), `named`: what the policy names.
 */
export type Reach = 'anyone' | 'organisation' | 'named'

const order: readonly Reach[] = ['named', 'organisation', 'anyone']
const narrower = (a: Reach, b: Reach): Reach => (order.indexOf(a) < order.indexOf(b) ? a : b)
const wider = (a: Reach, b: Reach): Reach => (order.indexOf(a) < order.indexOf(b) ? b : a)

/**
 * Issuers that serve many organisations under one URL, with the claim that tells whose a token is where it is not the subject
 * (AWS IAM User Guide, "Identity-provider controls for shared OIDC providers").
 */
const sharedIssuers: Readonly<Record<string, 'sub' | 'aud'>> = {
  'token.actions.githubusercontent.com': 'sub', 'gitlab.com': 'sub', 'app.terraform.io': 'sub', 'agent.buildkite.com': 'sub', 'oidc.codefresh.io': 'sub', 'scalr.io': 'sub', 'studio.datachain.ai': 'sub',
  'oidc.vercel.com': 'aud', 'api.pulumi.com/oidc': 'aud', 'cognito-identity.amazonaws.com': 'aud', 'accounts.google.com': 'aud', 'sandboxes.cloud': 'aud',
}

/** Claims that say nothing of who asks: which branch, event or machine, for whom the token is meant. */
const aside: ReadonlySet<string> = new Set([
  'aud', 'iss', 'azp', 'amr', 'ref', 'ref_type', 'ref_protected', 'base_ref', 'head_ref', 'environment', 'environment_protected', 'event_name', 'workflow', 'sha', 'runner_environment', 'pipeline_source', 'deployment_tier', 'terraform_run_phase',
])

/** Claims whose value is an organisation's, which holds everything in it. */
const ofOrganisation: ReadonlySet<string> = new Set(['repository_owner', 'repository_owner_id', 'namespace_id', 'namespace_path', 'root_namespace_path', 'enterprise', 'enterprise_id', 'organization', 'organization_slug', 'terraform_organization_name', 'terraform_organization_id'])

/** What a trust's settings let in, as {@link configurationFormats} has them; what the file does not tell counts as named. */
export function reachOf(settings: Readonly<Record<string, readonly string[]>>): Reach {
  const tenancy = sharedClaim(settings['issuer']?.[0] ?? '')
  if (settings['provider']?.[0] === 'gcp') return tenancy === null || conditionAsks(settings['condition']?.[0] ?? '') ? 'named' : 'anyone'
  let reach: Reach = tenancy === null ? 'organisation' : 'anyone'
  for (const [key, values] of Object.entries(settings)) {
    const [, how, claim] = /^(is|like)\.(.+)$/.exec(key) ?? []
    if (claim === undefined || values.length === 0 || (aside.has(claim) && claim !== tenancy)) continue
    reach = narrower(reach, values.map((value) => claimReach(claim, how === 'like' ? value : value.replaceAll(/[*?]/g, 'x'))).reduce(wider))
  }
  return reach
}

/** Whether any claim is asked for that says who asks, however widely. */
export function asksWho(settings: Readonly<Record<string, readonly string[]>>): boolean {
  return Object.keys(settings).some((key) => /^(?:is|like)\./.test(key) && !aside.has(key.slice(key.indexOf('.') + 1)))
}

/** The claim that tells whose a token of a shared issuer is; null for an issuer of one organisation's own, or one unknown. */
function sharedClaim(issuer: string): 'sub' | 'aud' | null {
  return sharedIssuers[issuer.replace(/^https?:\/\//, '').replace(/\/+$/, '').toLowerCase()] ?? null
}

/** A condition of CEL that asks for anything the token says. */
function conditionAsks(condition: string): boolean {
  return /\b(?:assertion|attribute|google)\b|\$\{/.test(condition)
}

const wild = /[*?]/

function claimReach(claim: string, written: string): Reach {
  const value = written.replaceAll(/\$\{[^}]*\}/g, 'x')
  if (!/[A-Za-z0-9]/.test(value)) return 'anyone'
  if (!wild.test(value)) return ofOrganisation.has(claim) ? 'organisation' : 'named'
  const account = /^system:serviceaccount:([^:]*)/.exec(value)
  if (account !== null) return account[1] === '*' ? 'organisation' : 'named'
  const workspace = /^organization:([^:]*)(.*)$/.exec(value)
  if (workspace !== null) return wild.test(workspace[1]!) ? 'anyone' : /^:(?:\*$|project:\*(?::workspace:)?\*?(?::run_phase:.*)?$)/.test(workspace[2]!) ? 'organisation' : 'named'
  const path = value.replace(/^[a-z_]{1,64}:/, '')
  const [owner = '', project = ''] = path.split(':')[0]!.split('/')
  if (wild.test(owner)) return 'anyone'
  return project === '*' || ofOrganisation.has(claim) ? 'organisation' : 'named'
}
