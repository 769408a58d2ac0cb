import { createPrivateKey, sign } from 'node:crypto'
import { at, basic, bearer, byStatus, form, lacksPermission, pick, undecided } from '../answers.ts'
import { signedHeaders } from '../sigv4.ts'
import type { Call, CallContext, Outcome, ProviderAnswer, Verifier } from '../verifier.ts'

const GCP_TOKEN_URL = 'https://oauth2.googleapis.com/token'

/** Clouds, hosting, and what runs there. */
export const cloudVerifiers: readonly Verifier[] = [
  {
    provider: 'aws', kinds: ['aws-secret-access-key'], baseUrl: 'https://sts.amazonaws.com', documentation: 'https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html',
    call: callerIdentity, interpret: callerIdentityAnswer,
  },
  {
    provider: 'gcp', kinds: ['gcp-service-account-key'], baseUrl: 'https://oauth2.googleapis.com', documentation: 'https://developers.google.com/identity/protocols/oauth2/service-account#httprest',
    refusals: 'https://developers.google.com/identity/protocols/oauth2/service-account',
    call: serviceAccountAssertion,
    interpret: ({ status, json }) => {
      if (status === 200 && (at(json, 'access_token') ?? at(json, 'id_token')) !== null) return { state: 'live' }
      // The same code is given when clocks disagree; only the description tells.
      const says = status === 400 && at(json, 'error') === 'invalid_grant' ? at(json, 'error_description') ?? '' : ''
      if (/Invalid JWT Signature|account not found|has been (?:disabled|deleted)/i.test(says)) return { state: 'dead', reason: 'the account or its key is gone, or disabled' }
      return undecided({ status })
    },
  },
  {
    provider: 'azure', kinds: ['azure-client-secret'], baseUrl: 'https://login.microsoftonline.com', documentation: 'https://learn.microsoft.com/en-us/entra/identity-platform/v2-oauth2-client-creds-grant-flow',
    call: (secret, { facts: { tenantId, clientId } }) => {
      if (tenantId === undefined || clientId === undefined || !/^[\w.-]{1,64}$/.test(tenantId)) return null
      return { method: 'POST', path: `/${tenantId}/oauth2/v2.0/token`, ...form({ client_id: clientId, client_secret: secret, grant_type: 'client_credentials', scope: 'https://graph.microsoft.com/.default' }) }
    },
    interpret: entraAnswer,
  },
  {
    provider: 'azure-devops', kinds: ['azure-devops-token'], baseUrl: 'https://app.vssps.visualstudio.com', documentation: 'https://learn.microsoft.com/en-us/rest/api/azure/devops/profile/profiles/get',
    refusals: 'https://learn.microsoft.com/en-us/azure/devops/organizations/accounts/use-personal-access-tokens-to-authenticate',
    call: (secret) => ({ path: '/_apis/profile/profiles/me?api-version=7.1', headers: basic('', secret) }),
    // A token of one organisation, or without the scope for profiles, is refused as one that does not exist.
    interpret: byStatus({ proof: 'id', dead: [], facts: { accountId: 'id', name: 'displayName' } }),
  },
  {
    provider: 'digitalocean', kinds: ['digitalocean-personal-access-token', 'digitalocean-oauth-token'], baseUrl: 'https://api.digitalocean.com', documentation: 'https://docs.digitalocean.com/reference/api/digitalocean/#tag/Account',
    call: (secret) => ({ path: '/v2/account', headers: bearer(secret) }),
    interpret: byStatus({ proof: 'account.uuid', alsoLive: [403], facts: { accountId: 'account.uuid', status: 'account.status', organisation: 'account.team.name' } }),
  },
  {
    provider: 'cloudflare', kinds: ['cloudflare-api-token'], baseUrl: 'https://api.cloudflare.com', documentation: 'https://developers.cloudflare.com/api/resources/user/subresources/tokens/methods/verify/',
    call: (secret, { facts: { accountId } }) => ({ path: accountId !== undefined && /^[0-9a-f]{32}$/.test(accountId) ? `/client/v4/accounts/${accountId}/tokens/verify` : '/client/v4/user/tokens/verify', headers: bearer(secret) }),
    interpret: ({ status, json }) => {
      const state = at(json, 'result.status')
      if (status === 200 && state === 'active') return { state: 'live', facts: pick(json, { tokenId: 'result.id', expires: 'result.expires_on' }) }
      if (status === 200 && (state === 'disabled' || state === 'expired')) return { state: 'dead', reason: state }
      // A token that belongs to an account is unknown to the question about users' tokens, so a refusal there proves nothing.
      return undecided({ status })
    },
  },
  {
    provider: 'heroku', kinds: ['heroku-api-key', 'heroku-legacy-api-key'], baseUrl: 'https://api.heroku.com', documentation: 'https://devcenter.heroku.com/articles/platform-api-reference#account-info',
    call: (secret) => ({ path: '/account', headers: { ...bearer(secret), accept: 'application/vnd.heroku+json; version=3' } }),
    interpret: byStatus({ proof: 'id', alsoLive: [403], facts: { accountId: 'id', login: 'email' } }),
  },
  {
    provider: 'linode', kinds: ['linode-api-token'], baseUrl: 'https://api.linode.com', documentation: 'https://techdocs.akamai.com/linode-api/reference/get-profile', refusals: 'https://techdocs.akamai.com/linode-api/reference/401',
    call: (secret) => ({ path: '/v4/profile', headers: bearer(secret) }),
    // A token without the scope is refused with the status of one that does not exist.
    interpret: byStatus({ proof: 'username', alsoLive: [403], otherwise: [lacksPermission('errors.0.reason', /not authorized to use this endpoint/i)], facts: { login: 'username', restricted: 'restricted' } }),
  },
  {
    provider: 'fastly', kinds: ['fastly-api-token'], baseUrl: 'https://api.fastly.com', documentation: 'https://www.fastly.com/documentation/reference/api/auth-tokens/user/#get-token-current',
    call: (secret) => ({ path: '/tokens/self', headers: { 'fastly-key': secret } }),
    interpret: byStatus({ proof: 'id', facts: { tokenId: 'id', name: 'name', scopes: 'scope', accountId: 'customer_id', expires: 'expires_at', lastUsedAt: 'last_used_at' } }),
  },
  {
    provider: 'netlify', kinds: ['netlify-token'], baseUrl: 'https://api.netlify.com', documentation: 'https://open-api.netlify.com/#tag/user/operation/getCurrentUser',
    call: (secret) => ({ path: '/api/v1/user', headers: bearer(secret) }),
    interpret: byStatus({ proof: 'id', facts: { accountId: 'id', name: 'full_name' } }),
  },
  {
    provider: 'vercel', kinds: ['vercel-token', 'vercel-personal-token'], baseUrl: 'https://api.vercel.com', documentation: 'https://vercel.com/docs/rest-api/reference/endpoints/user/get-the-user', refusals: 'https://vercel.com/docs/accounts/access-tokens',
    call: (secret) => ({ path: '/v2/user', headers: bearer(secret) }),
    interpret: ({ status, json }) => {
      if (status === 200 && at(json, 'user.id') !== null) return { state: 'live', facts: pick(json, { accountId: 'user.id', login: 'user.username' }) }
      if (status === 401 || (status === 403 && at(json, 'error.invalidToken') === 'true')) return { state: 'dead', reason: `refused with status ${status}` }
      // A token of one team or project is refused here without that mark; so may be one that has expired.
      return undecided({ status })
    },
  },
  {
    provider: 'supabase', kinds: ['supabase-access-token'], baseUrl: 'https://api.supabase.com', documentation: 'https://supabase.com/docs/reference/api/v1-list-all-organizations', refusals: 'https://supabase.com/docs/guides/platform/personal-access-tokens',
    call: (secret) => ({ path: '/v1/organizations', headers: bearer(secret) }),
    // A token may be of some projects and permissions alone.
    interpret: byStatus({ proof: '[]', alsoLive: [403], facts: { organisationId: '0.id', organisation: '0.name' } }),
  },
  {
    provider: 'tailscale', kinds: ['tailscale-api-key'], baseUrl: 'https://api.tailscale.com', documentation: 'https://tailscale.com/api#tag/keys/get/tailnet/{tailnet}/keys',
    call: (secret) => ({ path: '/api/v2/tailnet/-/keys', headers: bearer(secret) }),
    interpret: byStatus({ proof: 'keys', alsoLive: [403] }),
  },
  {
    provider: 'doppler', kinds: ['doppler-cli-token', 'doppler-personal-token', 'doppler-service-token', 'doppler-service-account-token', 'doppler-audit-token', 'doppler-scim-token'],
    baseUrl: 'https://api.doppler.com', documentation: 'https://docs.doppler.com/reference/auth-me',
    call: (secret) => ({ path: '/v3/me', headers: bearer(secret) }),
    interpret: byStatus({ proof: 'type', facts: { accountType: 'type', name: 'name', tokenId: 'slug', organisation: 'workplace.name', lastUsedAt: 'last_seen_at' } }),
  },
  {
    provider: 'databricks', kinds: ['databricks-token'], baseUrl: null, hostOf: ({ host }) => host ?? null, documentation: 'https://docs.databricks.com/api/workspace/currentuser/me',
    call: (secret) => ({ path: '/api/2.0/preview/scim/v2/Me', headers: bearer(secret) }),
    interpret: (answer) => {
      if (answer.status === 403 && /invalid access token/i.test(at(answer.json, 'message') ?? '')) return { state: 'dead', reason: 'invalid access token' }
      return byStatus({ proof: 'userName', facts: { login: 'userName', accountId: 'id', active: 'active' } })(answer)
    },
  },
  {
    provider: 'okta', kinds: ['okta-api-token'], baseUrl: null, hostOf: ({ host }) => host ?? null, documentation: 'https://developer.okta.com/docs/api/openapi/okta-management/management/tag/User/#tag/User/operation/getUser',
    // A question prolongs the life of the token by the thirty days that it may lie unused.
    refusals: 'https://help.okta.com/en-us/Content/Topics/security/api.htm',
    call: (secret) => ({ path: '/api/v1/users/me', headers: { authorization: `SSWS ${secret}` } }),
    interpret: byStatus({ proof: 'id', facts: { accountId: 'id', login: 'profile.login', status: 'status' } }),
  },
  {
    provider: 'vault', kinds: ['vault-service-token', 'vault-batch-token', 'vault-legacy-token', 'vault-root-token'], baseUrl: null, documentation: 'https://developer.hashicorp.com/vault/api-docs/auth/token#lookup-a-token-self',
    call: (secret) => ({ path: '/v1/auth/token/lookup-self', headers: { 'x-vault-token': secret } }),
    interpret: (answer) => {
      // A token without the default policy may not look itself up, and is refused with the same status.
      if (answer.status === 403) return /\b(?:invalid|bad) token\b/.test(at(answer.json, 'errors') ?? '') ? { state: 'dead', reason: 'invalid token' } : undecided(answer)
      return byStatus({ proof: 'data.policies', facts: { name: 'data.display_name', scopes: 'data.policies', accountId: 'data.entity_id', expires: 'data.expire_time', path: 'data.path' } })(answer)
    },
  },
]

function callerIdentity(secretKey: string, { facts: { keyId, region }, now, base, sessionToken }: CallContext): Call | null {
  // A temporary key is nothing without its session token; other partitions have endpoints of their own.
  const isTemporary = /^ASIA[A-Z2-7]{16}$/.test(keyId ?? '')
  if (keyId === undefined || !(isTemporary ? sessionToken !== null && /^[\w+/=-]{16,4096}$/.test(sessionToken) : /^AKIA[A-Z2-7]{16}$/.test(keyId)) || /^(?:cn|us-gov|us-iso)/.test(region ?? '')) return null
  const body = 'Action=GetCallerIdentity&Version=2011-06-15'
  const headers = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8', ...(isTemporary ? { 'x-amz-security-token': sessionToken! } : {}) }
  const signed = signedHeaders({ method: 'POST', url: new URL('/', base), headers, body, region: 'us-east-1', service: 'sts', keyId, secretKey, now })
  return { method: 'POST', path: '/', headers: signed, body }
}

function callerIdentityAnswer({ status, text }: ProviderAnswer, { facts: { keyId } }: CallContext): Outcome {
  const element = (name: string): string | null => new RegExp(`<${name}>([^<]{1,512})</${name}>`).exec(text.slice(0, 16_384))?.[1] ?? null
  if (status === 200 && element('Arn') !== null) return { state: 'live', facts: { arn: element('Arn'), accountId: element('Account'), userId: element('UserId') } }
  const code = element('Code')
  if (code === 'ExpiredToken') return { state: 'dead', reason: 'the session has ended' }
  // The same is said of a session token that belongs to another key.
  if (code === 'InvalidClientTokenId' && keyId?.startsWith('ASIA') === true) return { state: 'unknown', reason: 'the key or its session token is not valid, or they are not of each other' }
  if (code === 'InvalidClientTokenId') return { state: 'dead', reason: 'the access key does not exist any more, or is inactive' }
  if (code === 'SignatureDoesNotMatch') return { state: 'unknown', reason: 'the access key exists, but this is not its secret' }
  return undecided({ status })
}

/** A signed statement of who asks (RFC 7523), exchanged for a token that is thrown away. The endpoint is fixed: the key file's own is not trusted. */
function serviceAccountAssertion(secret: string, { facts: { user, keyId }, now }: CallContext): Call | null {
  if (user === undefined) return null
  const seconds = Math.floor(now.getTime() / 1000)
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const unsigned = `${part({ alg: 'RS256', typ: 'JWT', ...(keyId === undefined ? {} : { kid: keyId }) })}.${part({ iss: user, scope: 'https://www.googleapis.com/auth/userinfo.email', aud: GCP_TOKEN_URL, iat: seconds, exp: seconds + 60 })}`
  try {
    const key = createPrivateKey(secret.replaceAll(String.raw`\n`, '\n'))
    const assertion = `${unsigned}.${sign('sha256', Buffer.from(unsigned), key).toString('base64url')}`
    return { method: 'POST', path: '/token', ...form({ grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion }) }
  } catch {
    return null
  }
}

/** Error codes of Microsoft Entra (AADSTS): wrong secret, expired secret, no such application. */
function entraAnswer({ status, json }: ProviderAnswer): Outcome {
  if (status === 200 && at(json, 'access_token') !== null) return { state: 'live' }
  const codes = at(json, 'error_description')?.match(/^AADSTS\d{4,9}/)?.[0]
  if (codes === 'AADSTS7000215') return { state: 'dead', reason: 'the application has no such secret any more' }
  if (codes === 'AADSTS7000222') return { state: 'dead', reason: 'expired' }
  if (codes === 'AADSTS700016') return { state: 'dead', reason: 'the application does not exist in that tenant' }
  return { state: 'unknown', reason: `the provider answered with status ${status}${codes === undefined ? '' : ` (${codes})`}` }
}
