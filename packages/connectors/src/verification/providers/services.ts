import { at, basic, bearer, byStatus, graphql, lacksPermission, pick, undecided } from '../answers.ts'
import type { Outcome, ProviderAnswer, Verifier } from '../verifier.ts'

/** Messaging, mail, payments and operations. */
export const serviceVerifiers: readonly Verifier[] = [
  {
    provider: 'slack', kinds: ['slack-bot-token', 'slack-user-token'], baseUrl: 'https://slack.com', documentation: 'https://docs.slack.dev/reference/methods/auth.test', refusals: 'https://docs.slack.dev/reference/methods/auth.test#errors',
    call: (secret) => ({ method: 'POST', path: '/api/auth.test', headers: { ...bearer(secret), 'content-type': 'application/x-www-form-urlencoded' }, body: '' }),
    interpret: slackAnswer,
  },
  {
    provider: 'telegram', kinds: ['telegram-bot-token'], baseUrl: 'https://api.telegram.org', documentation: 'https://core.telegram.org/bots/api#getme',
    // The provider knows no other place for the token than the path; no message quotes one.
    call: (secret) => (/^\d{5,16}:[\w-]{20,64}$/.test(secret) ? { path: `/bot${secret}/getMe`, headers: {} } : null),
    interpret: byStatus({ proof: 'result.id', dead: [401, 404], facts: { accountId: 'result.id', login: 'result.username', name: 'result.first_name' } }),
  },
  {
    provider: 'discord', kinds: ['discord-bot-token'], baseUrl: 'https://discord.com', documentation: 'https://discord.com/developers/docs/resources/user#get-current-user',
    call: (secret) => ({ path: '/api/v10/users/@me', headers: { authorization: `Bot ${secret}` } }),
    interpret: byStatus({ proof: 'id', facts: { accountId: 'id', login: 'username' } }),
  },
  {
    provider: 'discord', kinds: ['discord-webhook'], baseUrl: 'https://discord.com', documentation: 'https://discord.com/developers/docs/resources/webhook#get-webhook-with-token',
    call: (secret) => {
      const match = /\/api(?:\/v\d{1,2})?\/webhooks\/(\d{16,20})\/([\w-]{50,90})(?:$|[/?])/.exec(secret)
      return match === null ? null : { path: `/api/v10/webhooks/${match[1]}/${match[2]}`, headers: {} }
    },
    interpret: byStatus({ proof: 'channel_id', dead: [401, 404], facts: { webhookId: 'id', name: 'name', channel: 'channel_id', organisationId: 'guild_id' } }),
  },
  {
    provider: 'sendgrid', kinds: ['sendgrid-api-key'], baseUrl: 'https://api.sendgrid.com', elsewhere: true, documentation: 'https://www.twilio.com/docs/sendgrid/api-reference/api-key-permissions/retrieve-a-list-of-scopes-for-which-this-user-has-access',
    refusals: 'https://www.twilio.com/en-us/blog/products/data-residency-for-email-eu',
    call: (secret) => ({ path: '/v3/scopes', headers: bearer(secret) }),
    interpret: byStatus({ proof: 'scopes', facts: { scopes: 'scopes' } }),
  },
  {
    provider: 'mailgun', kinds: ['mailgun-api-key'], baseUrl: 'https://api.mailgun.net', elsewhere: true, documentation: 'https://documentation.mailgun.com/docs/mailgun/api-reference/send/mailgun/domains/get-v4-domains',
    call: (secret) => ({ path: '/v4/domains?limit=1', headers: basic('api', secret) }),
    refusals: 'https://documentation.mailgun.com/docs/mailgun/user-manual/api-key-mgmt/rbac-mgmt',
    // A key that may only send is refused here, as one that does not exist is.
    interpret: byStatus({ proof: 'items', alsoLive: [403], dead: [], facts: { domain: 'items.0.name' } }),
  },
  {
    provider: 'mailchimp', kinds: ['mailchimp-api-key'], baseUrl: null, documentation: 'https://mailchimp.com/developer/marketing/api/root/list-api-root-resources/',
    // The key names its data centre.
    hostOf: (_, secret) => { const centre = /-(us\d{1,2})$/.exec(secret)?.[1]; return centre === undefined ? null : `${centre}.api.mailchimp.com` },
    call: (secret) => ({ path: '/3.0/', headers: basic('anystring', secret) }),
    interpret: byStatus({ proof: 'account_id', facts: { accountId: 'account_id', organisation: 'account_name', login: 'username', role: 'role' } }),
  },
  {
    provider: 'brevo', kinds: ['brevo-api-key'], baseUrl: 'https://api.brevo.com', documentation: 'https://developers.brevo.com/reference/getaccount',
    call: (secret) => ({ path: '/v3/account', headers: { 'api-key': secret } }),
    refusals: 'https://developers.brevo.com/docs/ip-security',
    interpret: byStatus({ proof: 'email', otherwise: [{ at: 'message', like: /\bIP address/i, state: 'unknown', reason: 'the key may be used from other addresses alone' }], facts: { login: 'email', organisation: 'companyName' } }),
  },
  {
    provider: 'postmark', kinds: ['postmark-server-token'], baseUrl: 'https://api.postmarkapp.com', documentation: 'https://postmarkapp.com/developer/api/server-api#get-server',
    call: (secret) => ({ path: '/server', headers: { 'x-postmark-server-token': secret } }),
    interpret: byStatus({ proof: 'ID', facts: { accountId: 'ID', name: 'Name', deliveryType: 'DeliveryType' } }),
  },
  {
    provider: 'twilio', kinds: ['twilio-auth-token'], baseUrl: 'https://api.twilio.com', elsewhere: true, documentation: 'https://www.twilio.com/docs/iam/api/account#fetch-an-account-resource',
    // Each region has auth tokens of its own.
    refusals: 'https://www.twilio.com/docs/global-infrastructure/manage-regional-api-credentials',
    call: (secret, { facts }) => {
      const sid = facts['accountSid'] ?? facts['accountId'] ?? facts['user']
      return sid === undefined || !/^AC[0-9a-f]{32}$/i.test(sid) ? null : { path: `/2010-04-01/Accounts/${sid}.json`, headers: basic(sid, secret) }
    },
    interpret: byStatus({ proof: 'sid', facts: { accountId: 'sid', name: 'friendly_name', status: 'status', accountType: 'type' } }),
  },
  {
    provider: 'stripe', kinds: ['stripe-live-secret-key', 'stripe-test-secret-key', 'stripe-live-restricted-key', 'stripe-test-restricted-key'], baseUrl: 'https://api.stripe.com',
    documentation: 'https://docs.stripe.com/api/accounts/retrieve',
    call: (secret) => ({ path: '/v1/account', headers: bearer(secret) }),
    refusals: 'https://docs.stripe.com/keys',
    interpret: byStatus({ proof: 'id', alsoLive: [403], otherwise: [{ at: 'error.message', like: /does not allow requests from your IP address/i, state: 'unknown', reason: 'the key may be used from other addresses alone' }], facts: { accountId: 'id', organisation: 'business_profile.name', country: 'country' } }),
  },
  {
    provider: 'square', kinds: ['square-access-token', 'square-personal-token'], baseUrl: 'https://connect.squareup.com', elsewhere: true, documentation: 'https://developer.squareup.com/reference/square/merchants-api/retrieve-merchant',
    // The sandbox has tokens of the same form, and a host of its own.
    refusals: 'https://developer.squareup.com/docs/devtools/sandbox/overview',
    call: (secret) => ({ path: '/v2/merchants/me', headers: bearer(secret) }),
    interpret: byStatus({ proof: 'merchant.id', alsoLive: [403], facts: { accountId: 'merchant.id', organisation: 'merchant.business_name', country: 'merchant.country' } }),
  },
  {
    provider: 'shopify', kinds: ['shopify-access-token', 'shopify-custom-app-token', 'shopify-private-app-token'], baseUrl: null, hostOf: ({ host }) => host ?? null,
    documentation: 'https://shopify.dev/docs/api/admin-rest/latest/resources/shop', refusals: 'https://shopify.dev/docs/api/usage/response-codes',
    call: (secret) => ({ path: '/admin/api/2025-01/shop.json', headers: { 'x-shopify-access-token': secret } }),
    interpret: byStatus({ proof: 'shop.id', alsoLive: [403], facts: { accountId: 'shop.id', organisation: 'shop.name', domain: 'shop.myshopify_domain' } }),
  },
  {
    provider: 'datadog', kinds: ['datadog-api-key'], baseUrl: 'https://api.datadoghq.com', elsewhere: true, documentation: 'https://docs.datadoghq.com/api/latest/authentication/#validate-api-key',
    call: (secret) => ({ path: '/api/v1/validate', headers: { 'dd-api-key': secret } }),
    interpret: byStatus({ proof: 'valid', dead: [401, 403] }),
  },
  {
    provider: 'new-relic', kinds: ['new-relic-user-key'], baseUrl: 'https://api.newrelic.com', elsewhere: true, documentation: 'https://docs.newrelic.com/docs/apis/nerdgraph/get-started/introduction-new-relic-nerdgraph/',
    // Each region (US, EU, JP) has keys of its own.
    refusals: 'https://newrelic.com/info/blog/solution-recommendation/nerdgraph-regional-endpoints-for-us-eu-and-jp-which-url-should-you-use',
    call: (secret) => ({ method: 'POST', path: '/graphql', ...withHeaders({ 'api-key': secret }, graphql('{ actor { user { id name } } }')) }),
    interpret: ({ status, json }) => {
      if (status === 200 && at(json, 'data.actor.user.id') !== null) return { state: 'live', facts: pick(json, { accountId: 'data.actor.user.id', name: 'data.actor.user.name' }) }
      return status === 401 ? { state: 'dead', reason: 'refused with status 401' } : undecided({ status })
    },
  },
  {
    provider: 'pagerduty', kinds: ['pagerduty-api-key'], baseUrl: 'https://api.pagerduty.com', elsewhere: true, documentation: 'https://developer.pagerduty.com/api-reference/d83d3e0a4ec6b-list-abilities',
    call: (secret) => ({ path: '/abilities', headers: { authorization: `Token token=${secret}`, accept: 'application/vnd.pagerduty+json;version=2' } }),
    interpret: byStatus({ proof: 'abilities' }),
  },
  {
    provider: 'grafana', kinds: ['grafana-service-account-token', 'grafana-legacy-api-key'], baseUrl: null, hostOf: ({ host }) => host ?? null,
    documentation: 'https://grafana.com/docs/grafana/latest/developer-resources/api-reference/http-api/org/#get-current-organization',
    call: (secret) => ({ path: '/api/org', headers: bearer(secret) }),
    interpret: byStatus({ proof: 'id', alsoLive: [403], facts: { organisationId: 'id', organisation: 'name' } }),
  },
  {
    provider: 'sentry', kinds: ['sentry-user-token'], baseUrl: 'https://sentry.io', elsewhere: true, documentation: 'https://docs.sentry.io/api/organizations/list-your-organizations/', refusals: 'https://github.com/getsentry/sentry/pull/81193',
    call: (secret) => ({ path: '/api/0/organizations/', headers: bearer(secret) }),
    // A token of one organisation is refused where the question is about all of them, with the status of one that does not exist.
    interpret: byStatus({ proof: '[]', alsoLive: [403], otherwise: [lacksPermission('detail', /do not have permission/i), { at: 'detail', like: /^(?!.*(?:invalid token|expired|revoked))./i, state: 'unknown', reason: 'the token may be of one organisation alone' }], facts: { organisation: '0.slug', organisationId: '0.id' } }),
  },
  {
    provider: 'launchdarkly', kinds: ['launchdarkly-api-token'], baseUrl: 'https://app.launchdarkly.com', elsewhere: true, documentation: 'https://launchdarkly.com/docs/api/other/get-caller-identity',
    call: (secret) => ({ path: '/api/v2/caller-identity', headers: { authorization: secret } }),
    interpret: byStatus({ proof: 'accountId', facts: { accountId: 'accountId', tokenId: 'tokenId', name: 'tokenName', accountType: 'authKind', scopes: 'scopes', userId: 'memberId' } }),
  },
  {
    provider: 'honeycomb', kinds: ['honeycomb-api-key'], baseUrl: 'https://api.honeycomb.io', elsewhere: true, documentation: 'https://api-docs.honeycomb.io/api/auth/getauth',
    call: (secret) => ({ path: '/1/auth', headers: { 'x-honeycomb-team': secret } }),
    interpret: byStatus({ proof: 'team.slug', facts: { tokenId: 'id', accountType: 'type', organisation: 'team.slug', environment: 'environment.slug' } }),
  },
  {
    provider: 'intercom', kinds: ['intercom-access-token'], baseUrl: 'https://api.intercom.io', elsewhere: true, documentation: 'https://developers.intercom.com/docs/references/rest-api/api.intercom.io/admins/identifyadmin', refusals: 'https://developers.intercom.com/docs/references/2.17/rest-api/errors/error-codes',
    call: (secret) => ({ path: '/me', headers: bearer(secret) }),
    // Of what 401 may mean here, one thing is no end of the token: it may not see this.
    interpret: byStatus({ proof: 'id', otherwise: [lacksPermission('errors.0.code', /^(?:token_unauthorized|action_forbidden|api_plan_restricted)$/)], facts: { accountId: 'id', login: 'email', organisation: 'app.name', organisationId: 'app.id_code' } }),
  },
]

function withHeaders(headers: Readonly<Record<string, string>>, body: { readonly headers: Readonly<Record<string, string>>; readonly body: string }) {
  return { headers: { ...headers, ...body.headers }, body: body.body }
}

/** Not `invalid_auth`: it is also said to a good token from an address that is not allowed. */
const deadSlack = new Set(['account_inactive', 'token_revoked', 'token_expired'])

/** Slack answers 200 to everything and says in `ok` and `error` what it means. */
function slackAnswer(answer: ProviderAnswer): Outcome {
  const { status, json, headers } = answer
  if (status !== 200) return undecided({ status })
  if (at(json, 'ok') === 'true' && at(json, 'team_id') !== null) {
    const scopes = headers['x-oauth-scopes']
    return { state: 'live', facts: { ...pick(json, { organisation: 'team', organisationId: 'team_id', login: 'user', accountId: 'user_id', botId: 'bot_id' }), scopes: typeof scopes === 'string' ? scopes : null } }
  }
  const error = at(json, 'error')
  if (error !== null && deadSlack.has(error)) return { state: 'dead', reason: error }
  return { state: 'unknown', reason: error === 'invalid_auth' ? 'the token is not valid, or may be used from other addresses alone' : 'the provider could not say' }
}
