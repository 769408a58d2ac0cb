import { randomBytes } from 'node:crypto'
import { drawnSshKey, drawnToken } from '../api/drawn.testing.ts'
import type { FakeGithubData } from './fake.testing.ts'

const secret = (name: string, updated: string, more: object = {}) => ({ name, created_at: '2020-01-10T14:59:22Z', updated_at: updated, ...more })
const list = (items: readonly unknown[], within?: string) => (within === undefined ? { list: items } : { list: items, within })

/** An organisation with two repositories as the REST API describes them (docs.github.com, version 2022-11-28), with values made for one run. */
export function githubFixture() {
  const key = drawnSshKey()
  const leaked = drawnToken('«!checksum ghp_»')
  const chat = `https://hooks.slack.com/services/${drawnToken('T«[A-Z0-9]{9}»/B«[A-Z0-9]{9}»/«[A-Za-z0-9]{24}»')}`
  const database = drawnToken('«[A-Za-z0-9]{24}»')
  const data: { -readonly [Path in keyof FakeGithubData]: FakeGithubData[Path] } = {
    '/user': { object: { login: 'octocat', id: 1, type: 'User' } },
    '/orgs/acme/repos': list([
      { id: 1, full_name: 'acme/web', name: 'web', private: true, archived: false },
      { id: 2, full_name: 'acme/old', name: 'old', private: false, archived: true },
      ...Array.from({ length: 103 }, (_, index) => ({ id: 100 + index, full_name: `acme/x${String(index).padStart(3, '0')}`, private: true, archived: true })),
    ]),
    '/orgs/acme/actions/secrets': list([secret('GIST_ID', '2020-01-10T14:59:22Z', { visibility: 'private' }), secret('DEPLOY_TOKEN', '2021-01-10T14:59:22Z', { visibility: 'all' })], 'secrets'),
    '/orgs/acme/actions/variables': list([{ name: 'USERNAME', value: 'octocat', created_at: '2020-01-10T14:59:22Z', updated_at: '2020-01-10T14:59:22Z', visibility: 'private' }], 'variables'),
    '/orgs/acme/dependabot/secrets': list([secret('NPM_TOKEN', '2022-01-10T14:59:22Z', { visibility: 'all' })], 'secrets'),
    '/orgs/acme/codespaces/secrets': list([], 'secrets'),
    '/orgs/acme/actions/oidc/customization/sub': { object: { include_claim_keys: ['repo', 'context', 'job_workflow_ref'] } },
    '/orgs/acme/actions/runners': list([{ id: 23, name: 'MBP', os: 'macos', status: 'online', busy: true, runner_group_id: 1, labels: [{ id: 5, name: 'self-hosted', type: 'read-only' }, { id: 7, name: 'X64', type: 'read-only' }] }], 'runners'),
    '/orgs/acme/hooks': list([{ id: 1, type: 'Organization', name: 'web', active: true, events: ['push', 'pull_request'], config: { url: chat, content_type: 'json' }, created_at: '2011-09-06T17:26:27Z', updated_at: '2011-09-06T20:39:23Z' }]),
    '/orgs/acme/personal-access-tokens': list([{
      id: 25381, owner: { login: 'octocat', id: 1 }, repository_selection: 'all', permissions: { organization: { members: 'read' }, repository: { metadata: 'read', contents: 'write' } },
      access_granted_at: '2023-05-16T08:47:09.000-07:00', token_id: 98716, token_name: 'Some Token', token_expired: false, token_expires_at: '2027-11-16T08:47:09.000-07:00', token_last_used_at: null,
    }]),
    '/orgs/acme/credential-authorizations': list([
      { login: 'octocat', credential_id: 161195, credential_type: 'personal access token', token_last_eight: '71c3fc11', credential_authorized_at: '2011-01-26T19:06:43Z', credential_accessed_at: '2011-01-26T19:06:43Z', authorized_credential_expires_at: '2011-02-25T19:06:43Z', scopes: ['user', 'repo'] },
      { login: 'hubot', credential_id: 161196, credential_type: 'SSH key', fingerprint: 'ab', credential_authorized_at: '2019-03-29T18:56:49Z' },
    ]),
    '/orgs/acme/installations': list([{ id: 25381, app_slug: 'ci-bot', app_id: 2218, target_type: 'Organization', repository_selection: 'selected', permissions: { deployments: 'write', metadata: 'read' }, created_at: '2017-05-16T08:47:09.000-07:00', suspended_at: null }], 'installations'),
    '/repos/acme/web/actions/secrets': list([secret('DATABASE_URL', '2026-10-10T14:59:22Z'), secret('DEPLOY_TOKEN', '2026-01-10T14:59:22Z')], 'secrets'),
    '/repos/acme/web/actions/organization-secrets': list([secret('GIST_ID', '2020-01-10T14:59:22Z'), secret('DEPLOY_TOKEN', '2021-01-10T14:59:22Z')], 'secrets'),
    '/repos/acme/web/actions/variables': list([
      { name: 'REGION', value: 'eu-central-1', created_at: '2020-01-10T14:59:22Z', updated_at: '2020-01-10T14:59:22Z' },
      { name: 'BOT', value: leaked, created_at: '2020-01-10T14:59:22Z', updated_at: '2024-01-10T14:59:22Z' },
      { name: 'DB_PASSWORD', value: database, created_at: '2020-01-10T14:59:22Z', updated_at: '2024-01-10T14:59:22Z' },
    ], 'variables'),
    '/repos/acme/web/environments': list([{ id: 1, name: 'staging/eu', protection_rules: [] }, { id: 2, name: 'production', protection_rules: [{ id: 3736, type: 'required_reviewers' }] }], 'environments'),
    '/repos/acme/web/environments/staging%2Feu/secrets': list([secret('API_KEY', '2025-03-01T00:00:00Z')], 'secrets'),
    '/repos/acme/web/environments/staging%2Feu/variables': list([], 'variables'),
    '/repos/acme/web/environments/production/secrets': list([secret('API_KEY', '2023-03-01T00:00:00Z')], 'secrets'),
    '/repos/acme/web/environments/production/variables': list([], 'variables'),
    '/repos/acme/web/dependabot/secrets': list([secret('NPM_TOKEN', '2022-01-10T14:59:22Z')], 'secrets'),
    '/repos/acme/web/codespaces/secrets': list([], 'secrets'),
    '/repos/acme/web/keys': list([
      { id: 1, key: key.line, url: 'https://api.github.com/repos/acme/web/keys/1', title: 'octocat@octomac', verified: true, created_at: '2014-12-10T15:53:42Z', read_only: false, added_by: 'octocat', last_used: '2022-01-10T15:53:42Z', enabled: true },
      { id: 2, key: 'ssh-unknown AAAA', title: 'odd', verified: true, created_at: '2014-12-10T15:53:42Z', read_only: true },
    ]),
    '/repos/acme/web/hooks': list([
      { type: 'Repository', id: 12345678, name: 'web', active: true, events: ['push'], config: { content_type: 'json', insecure_ssl: '1', url: 'http://ci.example.com/webhook?user=x' }, updated_at: '2019-06-03T00:57:16Z', created_at: '2019-06-03T00:57:16Z' },
      { type: 'Repository', id: 12345679, name: 'web', active: true, events: ['release'], config: { content_type: 'json', insecure_ssl: '0', secret: '********', url: 'https://ci.example.com/webhook' }, updated_at: '2019-06-03T00:57:16Z', created_at: '2019-06-03T00:57:16Z' },
    ]),
    '/repos/acme/web/actions/oidc/customization/sub': { object: { use_default: true } },
    '/repos/acme/web/actions/runners': list([], 'runners'),
  }
  return { data, key, leaked, chat, database, token: randomBytes(20).toString('hex') }
}
