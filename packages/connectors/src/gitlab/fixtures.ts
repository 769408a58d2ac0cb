import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { drawnSshKey, drawnToken } from '../api/drawn.testing.ts'
import type { FakeGitlabData } from './fake.testing.ts'

const variable = (key: string, value: string | null, more: object = {}) => ({ variable_type: 'env_var', key, value, hidden: false, protected: false, masked: false, raw: false, environment_scope: '*', description: null, ...more })

/** A group with a subgroup and projects as the REST API describes them (docs.gitlab.com, v4), with values made for one run. */
export function gitlabFixture() {
  const key = drawnSshKey()
  const deploy = drawnToken('glpat-«[A-Za-z0-9]{20}»')
  const masked = drawnToken('«[A-Za-z0-9]{12}»')
  const trigger = drawnToken('glptt-«[a-f0-9]{40}»')
  const password = drawnToken('«[A-Za-z0-9]{20}»')
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  const registry = JSON.stringify({ auths: { 'registry.example': { auth: Buffer.from(`robot:${password}`).toString('base64') } } })
  const data: { -readonly [Path in keyof FakeGitlabData]: FakeGitlabData[Path] } = {
    '/user': { object: { id: 1, username: 'john_smith', state: 'active', is_admin: true } },
    '/groups/acme': { object: { id: 10, path: 'acme', full_path: 'acme' } },
    '/groups/acme/descendant_groups': [{ id: 11, full_path: 'acme/platform' }],
    '/groups/acme/projects': [
      { id: 1, path_with_namespace: 'acme/web', archived: false }, { id: 2, path_with_namespace: 'acme/platform/infra', archived: false }, { id: 3, path_with_namespace: 'acme/old', archived: true },
    ],
    '/groups/10/variables': [variable('GROUP_TOKEN', deploy, { masked: true, protected: true })],
    '/groups/10/access_tokens': [{ user_id: 141, scopes: ['api'], name: 'token', expires_at: '2027-01-31', id: 42, active: true, created_at: '2021-01-20T22:11:48.151Z', revoked: false, last_used_at: '2022-03-15T11:05:42.437Z', access_level: 40 }],
    '/groups/10/deploy_tokens': [], '/groups/10/runners': [],
    '/groups/11/variables': [], '/groups/11/access_tokens': [], '/groups/11/deploy_tokens': [], '/groups/11/runners': [],
    '/projects/1': { object: { id: 1, path_with_namespace: 'acme/web', visibility: 'private', ci_id_token_sub_claim_components: ['project_path', 'ref_type', 'ref'] } },
    '/projects/1/job_token_scope': { object: { inbound_enabled: false, outbound_enabled: false } },
    '/projects/1/variables': [
      variable('REGION', 'eu-central-1'), variable('LOG_LEVEL', 'debug', { protected: true }),
      variable('DEPLOY_TOKEN', deploy, { environment_scope: 'production', protected: true, masked: true }),
      variable('OPAQUE', masked, { masked: true }), variable('HIDDEN', null, { masked: true, hidden: true, protected: true }),
      variable('SIGNING_KEY', pem, { variable_type: 'file' }), variable('DOCKER_AUTH_CONFIG', registry), variable('AWS_SECRET_ACCESS_KEY', null, { masked: true, hidden: true }),
    ],
    '/projects/1/access_tokens': [
      { user_id: 142, scopes: ['read_repository'], name: 'ci', expires_at: '2026-12-31', id: 43, active: true, created_at: '2025-01-20T22:11:48.151Z', revoked: false, access_level: 30 },
      { user_id: 143, scopes: ['api'], name: 'gone', expires_at: '2025-12-31', id: 44, active: false, created_at: '2025-01-20T22:11:48.151Z', revoked: true, access_level: 40 },
    ],
    '/projects/1/deploy_tokens': [{ id: 1, name: 'MyToken', username: 'gitlab+deploy-token-1', expires_at: null, revoked: false, expired: false, scopes: ['read_repository', 'read_registry'] }],
    '/projects/1/deploy_keys': [{ id: 1, title: 'Public key', key: key.line, fingerprint: '4a:9d', created_at: '2013-10-02T10:12:29Z', expires_at: null, can_push: true }, { id: 3, title: 'odd', key: 'nonsense', created_at: '2013-10-02T11:12:29Z', can_push: false }],
    '/projects/1/hooks': [
      { id: 1, url: 'http://example.com/hook?token=x', project_id: 3, push_events: true, enable_ssl_verification: false, created_at: '2012-10-12T17:04:47Z', token_present: false, signing_token_present: false },
      { id: 2, url: 'https://example.com/hook', project_id: 3, push_events: true, enable_ssl_verification: true, created_at: '2012-10-12T17:04:47Z', token_present: true, signing_token_present: false },
      { id: 3, url: 'https://old.example.com/hook', project_id: 3, push_events: true, enable_ssl_verification: true, created_at: '2012-10-12T17:04:47Z' },
    ],
    '/projects/1/triggers': [
      { id: 10, description: 'my trigger', created_at: '2016-01-07T09:53:58.235Z', last_used: null, token: trigger, updated_at: '2016-01-07T09:53:58.235Z', owner: { username: 'john_smith' } },
      { id: 11, description: 'theirs', created_at: '2016-01-07T09:53:58.235Z', last_used: null, token: '6d05', updated_at: '2016-01-07T09:53:58.235Z', owner: null },
    ],
    '/projects/1/runners': [{ active: true, paused: false, description: 'test-2-20150125', id: 8, ip_address: '', is_shared: false, runner_type: 'project_type', online: false, status: 'offline' }],
    '/projects/2': { object: { id: 2, path_with_namespace: 'acme/platform/infra', visibility: 'internal' } },
    '/projects/2/job_token_scope': { object: { inbound_enabled: true, outbound_enabled: false } },
    '/projects/2/variables': [], '/projects/2/access_tokens': [], '/projects/2/deploy_tokens': [], '/projects/2/deploy_keys': [], '/projects/2/hooks': [], '/projects/2/triggers': [], '/projects/2/runners': [],
    '/admin/ci/variables': [variable('INSTANCE_KEY', null, { masked: true, hidden: true })],
    '/personal_access_tokens': Array.from({ length: 130 }, (_, index) => ({ id: index + 1, name: `Token ${index + 1}`, revoked: false, created_at: '2020-07-23T14:31:47.729Z', scopes: ['api'], user_id: 24 + index, last_used_at: '2021-10-06T17:58:37.550Z', active: true, expires_at: null })),
    '/hooks': [],
  }
  return { data, key, deploy, masked, trigger, password, pem, token: randomBytes(20).toString('hex') }
}
