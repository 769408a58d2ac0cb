import { at, basic, bearer, byStatus, lacksPermission, pick, undecided } from '../answers.ts'
import type { ProviderAnswer, Verifier } from '../verifier.ts'

const github = { baseUrl: 'https://api.github.com', elsewhere: true } as const
const githubHeaders = (secret: string) => ({ ...bearer(secret), accept: 'application/vnd.github+json', 'x-github-api-version': '2022-11-28' })
/** Said to tokens that are known, by organisations that ask for more. */
const withheld = lacksPermission('message', /^Although you appear to have the correct authorization credentials|^Resource protected by organization SAML/)
const headerText = ({ headers }: ProviderAnswer, name: string): string | null => (typeof headers[name] === 'string' && headers[name] !== '' ? headers[name] : null)

/** Code hosts, CI systems and package registries. */
export const codeHostVerifiers: readonly Verifier[] = [
  {
    ...github, provider: 'github', documentation: 'https://docs.github.com/en/rest/users/users#get-the-authenticated-user',
    kinds: ['github-personal-access-token', 'github-fine-grained-token', 'github-oauth-token', 'github-user-to-server-token'],
    call: (secret) => ({ path: '/user', headers: githubHeaders(secret) }),
    interpret: (answer) => {
      const outcome = byStatus({ proof: 'login', otherwise: [withheld], facts: { login: 'login', accountId: 'id', accountType: 'type' } })(answer)
      if (outcome.state !== 'live') return outcome
      return { ...outcome, facts: { ...outcome.facts, scopes: headerText(answer, 'x-oauth-scopes'), expires: headerText(answer, 'github-authentication-token-expiration') } }
    },
  },
  {
    ...github, provider: 'github', kinds: ['github-installation-token'], documentation: 'https://docs.github.com/en/rest/apps/installations#list-repositories-accessible-to-the-app-installation',
    call: (secret) => ({ path: '/installation/repositories?per_page=1', headers: githubHeaders(secret) }),
    interpret: byStatus({ proof: 'total_count', otherwise: [withheld], facts: { repositories: 'total_count', owner: 'repositories.0.owner.login' } }),
  },
  {
    // The routable form says by its prefix alone which kind of token it is.
    provider: 'gitlab', kinds: ['gitlab-personal-access-token', 'gitlab-routable-token'], baseUrl: 'https://gitlab.com', elsewhere: true,
    documentation: 'https://docs.gitlab.com/api/personal_access_tokens/#get-details-on-a-personal-access-token',
    call: (secret) => (/^gl(?!pat-)[a-z]{1,8}-/.test(secret) ? null : { path: '/api/v4/personal_access_tokens/self', headers: { 'private-token': secret } }),
    // A token of somebody whose account is blocked is refused with 403 as well, and may come back.
    refusals: 'https://gitlab.com/gitlab-org/gitlab/-/issues/219539',
    interpret: byStatus({ proof: 'user_id', otherwise: [lacksPermission('error', /^insufficient_(?:granular_)?scope$/)], facts: { name: 'name', accountId: 'user_id', scopes: 'scopes', expires: 'expires_at', lastUsedAt: 'last_used_at' } }),
  },
  {
    provider: 'gitlab', kinds: ['gitlab-ci-job-token'], baseUrl: 'https://gitlab.com', elsewhere: true, documentation: 'https://docs.gitlab.com/api/jobs/#get-job-tokens-job',
    call: (secret) => ({ path: '/api/v4/job', headers: { 'job-token': secret } }),
    interpret: byStatus({ proof: 'id', facts: { jobId: 'id', jobName: 'name', login: 'user.username' } }),
  },
  {
    provider: 'bitbucket', kinds: ['bitbucket-app-password'], baseUrl: 'https://api.bitbucket.org', documentation: 'https://developer.atlassian.com/cloud/bitbucket/rest/api-group-users/#api-user-get',
    // App passwords ended on 28 July 2026: whatever is left of them is refused.
    refusals: 'https://community.atlassian.com/forums/Bitbucket-articles/Deprecation-notice-Bitbucket-Cloud-app-password-brownout/ba-p/3237429',
    call: (secret, { facts }) => (facts['user'] === undefined ? null : { path: '/2.0/user', headers: basic(facts['user'], secret) }),
    interpret: byStatus({ proof: 'uuid', alsoLive: [403], facts: { login: 'username', accountId: 'uuid', name: 'display_name' } }),
  },
  {
    provider: 'npm', kinds: ['npm-access-token'], baseUrl: 'https://registry.npmjs.org', elsewhere: true, documentation: 'https://docs.npmjs.com/cli/v11/commands/npm-whoami',
    call: (secret) => ({ path: '/-/whoami', headers: bearer(secret) }),
    interpret: byStatus({ proof: 'username', facts: { login: 'username' } }),
  },
  {
    provider: 'circleci', kinds: ['circleci-personal-token'], baseUrl: 'https://circleci.com', elsewhere: true, documentation: 'https://circleci.com/docs/api/v2/index.html#operation/getCurrentUser',
    call: (secret) => ({ path: '/api/v2/me', headers: { 'circle-token': secret } }),
    interpret: byStatus({ proof: 'id', facts: { login: 'login', accountId: 'id', name: 'name' } }),
  },
  {
    provider: 'buildkite', kinds: ['buildkite-user-token'], baseUrl: 'https://api.buildkite.com', documentation: 'https://buildkite.com/docs/apis/rest-api/access-token',
    call: (secret) => ({ path: '/v2/access-token', headers: bearer(secret) }),
    interpret: byStatus({ proof: 'uuid', facts: { tokenId: 'uuid', name: 'description', scopes: 'scopes', login: 'user.email' } }),
  },
  {
    provider: 'travis', kinds: ['travis-ci-token'], baseUrl: 'https://api.travis-ci.com', documentation: 'https://developer.travis-ci.com/resource/user#current',
    call: (secret) => ({ path: '/user', headers: { authorization: `token ${secret}`, 'travis-api-version': '3' } }),
    interpret: byStatus({ proof: 'login', dead: [401, 403], facts: { login: 'login', accountId: 'id' } }),
  },
  {
    provider: 'terraform-cloud', kinds: ['terraform-cloud-token'], baseUrl: 'https://app.terraform.io', elsewhere: true,
    documentation: 'https://developer.hashicorp.com/terraform/cloud-docs/api-docs/account#get-your-account-details',
    call: (secret) => ({ path: '/api/v2/account/details', headers: bearer(secret) }),
    interpret: byStatus({ proof: 'data.id', facts: { accountId: 'data.id', login: 'data.attributes.username', serviceAccount: 'data.attributes.is-service-account', accountType: 'data.relationships.authenticated-resource.data.type' } }),
  },
  {
    provider: 'pulumi', kinds: ['pulumi-access-token'], baseUrl: 'https://api.pulumi.com', elsewhere: true, documentation: 'https://www.pulumi.com/docs/reference/cloud-rest-api/schema/user/',
    call: (secret) => ({ path: '/api/user', headers: { authorization: `token ${secret}`, accept: 'application/vnd.pulumi+8' } }),
    interpret: byStatus({ proof: 'githubLogin', facts: { accountId: 'id', login: 'githubLogin', name: 'name', organisation: 'organizations.0.githubLogin' } }),
  },
  {
    provider: 'sonarqube', kinds: ['sonarqube-user-token', 'sonarqube-global-token', 'sonarqube-project-token', 'sonarcloud-token'], baseUrl: 'https://sonarcloud.io', elsewhere: true,
    documentation: 'https://next.sonarqube.com/sonarqube/web_api/api/authentication/validate',
    // As the user of HTTP Basic, which every version takes: one that does not know `Bearer` (before 10.0) answers as to nobody, and says that it is valid.
    refusals: 'https://docs.sonarsource.com/sonarqube/9.8/extension-guide/web-api/',
    call: (secret) => ({ path: '/api/authentication/validate', headers: basic(secret, '') }),
    interpret: ({ status, json }) => {
      const valid = status === 200 ? at(json, 'valid') : null
      return valid === 'true' ? { state: 'live' } : valid === 'false' || status === 401 ? { state: 'dead', reason: 'the server says it is not valid' } : undecided({ status })
    },
  },
  {
    provider: 'postman', kinds: ['postman-api-key'], baseUrl: 'https://api.getpostman.com', elsewhere: true, documentation: 'https://www.postman.com/postman/postman-public-workspace/documentation/12959542-c8142d51-e97c-46b6-bd77-52bb66712c9a#me',
    refusals: 'https://learning.postman.com/docs/administration/enterprise/about-eu-data-residency/',
    call: (secret) => ({ path: '/me', headers: { 'x-api-key': secret } }),
    interpret: byStatus({ proof: 'user.id', facts: { accountId: 'user.id', login: 'user.username' } }),
  },
  {
    provider: 'atlassian', kinds: ['atlassian-api-token'], baseUrl: null, hostOf: ({ host }) => host ?? null,
    documentation: 'https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-myself/#api-rest-api-3-myself-get',
    refusals: 'https://support.atlassian.com/atlassian-cloud/kb/401-unauthorized-error-when-service-account-accesses-jira-or-confluence-api/',
    call: (secret, { facts }) => (facts['user'] === undefined ? null : { path: '/rest/api/3/myself', headers: basic(facts['user'], secret) }),
    // A token with scopes works at api.atlassian.com alone, and is refused here as one that does not exist.
    interpret: byStatus({ proof: 'accountId', dead: [], facts: { accountId: 'accountId', name: 'displayName' } }),
  },
  {
    provider: 'atlassian', kinds: ['atlassian-admin-token'], baseUrl: 'https://api.atlassian.com', documentation: 'https://developer.atlassian.com/cloud/admin/organization/rest/api-group-orgs/#api-v1-orgs-get', refusals: 'https://jira.atlassian.com/browse/AX-196',
    call: (secret) => ({ path: '/admin/v1/orgs', headers: bearer(secret) }),
    interpret: byStatus({ proof: 'data', alsoLive: [403], otherwise: [lacksPermission('errors.0.title', /^INSUFFICIENT_SCOPE$/)], facts: { organisationId: 'data.0.id', organisation: 'data.0.attributes.name' } }),
  },
  {
    provider: 'linear', kinds: ['linear-api-key', 'linear-oauth-token'], baseUrl: 'https://api.linear.app', documentation: 'https://linear.app/developers/graphql',
    call: (secret) => ({ method: 'POST', path: '/graphql', headers: { authorization: secret.startsWith('lin_oauth_') ? `Bearer ${secret}` : secret, 'content-type': 'application/json' }, body: JSON.stringify({ query: '{ viewer { id name } organization { name } }' }) }),
    interpret: ({ status, json }) => {
      if (status === 200 && at(json, 'data.viewer.id') !== null) return { state: 'live', facts: pick(json, { accountId: 'data.viewer.id', name: 'data.viewer.name', organisation: 'data.organization.name' }) }
      const isRefused = status === 401 || at(json, 'errors.0.extensions.code') === 'AUTHENTICATION_ERROR'
      return isRefused ? { state: 'dead', reason: 'not authenticated' } : undecided({ status })
    },
  },
  {
    provider: 'notion', kinds: ['notion-token', 'notion-legacy-token'], baseUrl: 'https://api.notion.com', documentation: 'https://developers.notion.com/reference/get-self', refusals: 'https://developers.notion.com/reference/status-codes',
    call: (secret) => ({ path: '/v1/users/me', headers: { ...bearer(secret), 'notion-version': '2022-06-28' } }),
    interpret: byStatus({ proof: 'id', otherwise: [lacksPermission('code', /^restricted_resource$/)], facts: { accountId: 'id', name: 'name', accountType: 'type', organisation: 'bot.workspace_name' } }),
  },
  {
    provider: 'airtable', kinds: ['airtable-token'], baseUrl: 'https://api.airtable.com', documentation: 'https://airtable.com/developers/web/api/get-user-id-scopes',
    call: (secret) => ({ path: '/v0/meta/whoami', headers: bearer(secret) }),
    interpret: byStatus({ proof: 'id', facts: { accountId: 'id', scopes: 'scopes' } }),
  },
  {
    provider: 'asana', kinds: ['asana-personal-token'], baseUrl: 'https://app.asana.com', documentation: 'https://developers.asana.com/reference/getuser',
    call: (secret) => ({ path: '/api/1.0/users/me', headers: bearer(secret) }),
    interpret: byStatus({ proof: 'data.gid', facts: { accountId: 'data.gid', name: 'data.name', organisation: 'data.workspaces.0.name' } }),
  },
  {
    provider: 'clickup', kinds: ['clickup-api-token'], baseUrl: 'https://api.clickup.com', documentation: 'https://developer.clickup.com/reference/getauthorizeduser', refusals: 'https://developer.clickup.com/docs/common_errors',
    call: (secret) => ({ path: '/api/v2/user', headers: { authorization: secret } }),
    // Codes of a workspace that the token was not given, by the range of the page.
    interpret: byStatus({ proof: 'user.id', otherwise: [lacksPermission('ECODE', /^OAUTH_0(?:23|26|27|29|3\d|4[0-5])$/)], facts: { accountId: 'user.id', login: 'user.username' } }),
  },
]
