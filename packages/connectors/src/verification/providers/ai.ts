import { at, bearer, byStatus, lacksPermission, pick, type Refusal, undecided } from '../answers.ts'
import type { Verifier } from '../verifier.ts'

/** Refusals with 401 that a key meets which works elsewhere: from other addresses, at the host of its project's region. */
const openaiElsewhere: Refusal = { at: 'error.code', like: /^(?:ip_not_authorized|incorrect_hostname)$/, state: 'unknown', reason: 'the key may be used from other addresses, or at another host, alone' }

/** Said to every address of some countries and networks, before the key is looked at. */
const fromElsewhere = (at: string, like: RegExp): Refusal => ({ at, like, state: 'unknown', reason: 'the provider is not to be asked from this address' })

const openaiRefusals: readonly Refusal[] = [openaiElsewhere, fromElsewhere('error.code', /^unsupported_country_region_territory$/), lacksPermission('error.message', /insufficient permissions for this operation/i)]

/** Providers of models. Where none says who asks, the list of models is the question that costs nothing. */
export const aiVerifiers: readonly Verifier[] = [
  {
    provider: 'openai', kinds: ['openai-proj-key', 'openai-legacy-key', 'openai-svcacct-key'], baseUrl: 'https://api.openai.com', documentation: 'https://platform.openai.com/docs/api-reference/models/list',
    refusals: 'https://developers.openai.com/api/docs/guides/ip-allowlist',
    call: (secret) => ({ path: '/v1/models', headers: bearer(secret) }),
    interpret: (answer) => {
      const outcome = byStatus({ proof: 'data', alsoLive: [403], otherwise: openaiRefusals })(answer)
      const organisation = answer.headers['openai-organization']
      return outcome.state === 'live' && typeof organisation === 'string' ? { ...outcome, facts: { organisation } } : outcome
    },
  },
  {
    provider: 'openai', kinds: ['openai-admin-key'], baseUrl: 'https://api.openai.com', documentation: 'https://platform.openai.com/docs/api-reference/projects/list',
    refusals: 'https://developers.openai.com/api/docs/guides/ip-allowlist',
    call: (secret) => ({ path: '/v1/organization/projects?limit=1', headers: bearer(secret) }),
    interpret: byStatus({ proof: 'data', alsoLive: [403], otherwise: openaiRefusals, facts: { projectId: 'data.0.id' } }),
  },
  {
    provider: 'anthropic', kinds: ['anthropic-api-key'], baseUrl: 'https://api.anthropic.com', documentation: 'https://docs.anthropic.com/en/api/models-list',
    refusals: 'https://docs.anthropic.com/en/api/errors',
    call: (secret) => ({ path: '/v1/models?limit=1', headers: { 'x-api-key': secret, 'anthropic-version': '2023-06-01' } }),
    // A permission that lacks is a `permission_error`; `forbidden` is said to every address of a country that is not served.
    interpret: byStatus({ proof: 'data', otherwise: [lacksPermission('error.type', /^permission_error$/)] }),
  },
  {
    provider: 'anthropic', kinds: ['anthropic-admin-key'], baseUrl: 'https://api.anthropic.com', documentation: 'https://docs.anthropic.com/en/api/admin-api/organization/get-me',
    call: (secret) => ({ path: '/v1/organizations/me', headers: { 'x-api-key': secret, 'anthropic-version': '2023-06-01' } }),
    refusals: 'https://docs.anthropic.com/en/api/errors',
    interpret: byStatus({ proof: 'id', otherwise: [lacksPermission('error.type', /^permission_error$/)], facts: { organisationId: 'id', organisation: 'name' } }),
  },
  {
    provider: 'hugging-face', kinds: ['hugging-face-token', 'hugging-face-organization-token'], baseUrl: 'https://huggingface.co', documentation: 'https://huggingface.co/docs/huggingface.js/main/hub/interfaces/AuthInfo',
    call: (secret) => ({ path: '/api/whoami-v2', headers: bearer(secret) }),
    interpret: byStatus({ proof: 'name', facts: { login: 'name', accountId: 'id', accountType: 'type', tokenName: 'auth.accessToken.displayName', role: 'auth.accessToken.role', expires: 'auth.expiresAt' } }),
  },
  {
    provider: 'replicate', kinds: ['replicate-token'], baseUrl: 'https://api.replicate.com', documentation: 'https://replicate.com/docs/reference/http#account.get',
    call: (secret) => ({ path: '/v1/account', headers: bearer(secret) }),
    interpret: byStatus({ proof: 'username', facts: { login: 'username', accountType: 'type', name: 'name' } }),
  },
  {
    provider: 'groq', kinds: ['groq-api-key'], baseUrl: 'https://api.groq.com', documentation: 'https://console.groq.com/docs/api-reference#models-list', refusals: 'https://console.groq.com/docs/errors',
    call: (secret) => ({ path: '/openai/v1/models', headers: bearer(secret) }),
    interpret: byStatus({ proof: 'data', alsoLive: [403], otherwise: [fromElsewhere('error.message', /network settings/i)] }),
  },
  {
    provider: 'xai', kinds: ['xai-api-key'], baseUrl: 'https://api.x.ai', documentation: 'https://docs.x.ai/docs/api-reference#api-key', refusals: 'https://docs.x.ai/docs/key-information/debugging',
    call: (secret) => ({ path: '/v1/api-key', headers: bearer(secret) }),
    interpret: ({ status, json }) => {
      if (status === 200 && at(json, 'api_key_id') !== null) {
        if ([at(json, 'api_key_blocked'), at(json, 'api_key_disabled')].includes('true')) return { state: 'dead', reason: 'blocked or disabled' }
        if (at(json, 'team_blocked') === 'true') return { state: 'unknown', reason: 'its team is blocked' }
        return { state: 'live', facts: pick(json, { tokenId: 'api_key_id', name: 'name', accountId: 'user_id', organisationId: 'team_id', scopes: 'acls' }) }
      }
      // The provider answers a key it does not know with 400.
      return status === 400 || status === 401 ? { state: 'dead', reason: `refused with status ${status}` } : undecided({ status })
    },
  },
  {
    provider: 'openrouter', kinds: ['openrouter-api-key'], baseUrl: 'https://openrouter.ai', documentation: 'https://openrouter.ai/docs/api/api-reference/api-keys/get-current-key',
    call: (secret) => ({ path: '/api/v1/key', headers: bearer(secret) }),
    interpret: byStatus({ proof: 'data', facts: { accountId: 'data.creator_user_id', expires: 'data.expires_at', managesKeys: 'data.is_management_key', limit: 'data.limit', usage: 'data.usage', freeTier: 'data.is_free_tier' } }),
  },
  {
    provider: 'mistral', kinds: ['mistral-api-key'], baseUrl: 'https://api.mistral.ai', documentation: 'https://docs.mistral.ai/api/#tag/models',
    call: (secret) => ({ path: '/v1/models', headers: bearer(secret) }),
    interpret: byStatus({ proof: 'data' }),
  },
  {
    // Workspaces with data residency have hosts of their own.
    provider: 'elevenlabs', kinds: ['elevenlabs-api-key'], baseUrl: 'https://api.elevenlabs.io', elsewhere: true, documentation: 'https://elevenlabs.io/docs/api-reference/user/get',
    call: (secret) => ({ path: '/v1/user', headers: { 'xi-api-key': secret } }),
    interpret: (answer) => {
      // A key without the permission for this question is refused with the status of one that does not exist.
      const says = at(answer.json, 'detail.status')
      if (answer.status === 401 && says !== 'invalid_api_key' && says !== 'missing_permissions') return undecided(answer)
      return byStatus({ proof: 'user_id', otherwise: [lacksPermission('detail.status', /^missing_permissions$/)], facts: { accountId: 'user_id', tier: 'subscription.tier' } })(answer)
    },
  },
]
