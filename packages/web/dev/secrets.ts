import { DAY_MS, HOUR_MS, placeOf, type Location, type PathClass, type SecretState } from '@muster/core'
import type { CredentialConsumer, LocationRow, OwnerSuggestion, SecretAssessment } from '@muster/core/api'
import { machineName } from './machines.ts'
import { hexOf, idOf, pick, unit } from './random.ts'
import { sourceName, SOURCES } from './sources.ts'
import type { World } from './world.ts'

/** A made-up secret: what it is, what its format tells, and the line it stands in, its value blotted out as scanners do it. */
type Profile = { readonly type: string; readonly ruleId: string; readonly about: string; readonly facts: Readonly<Record<string, string>>; readonly line: string; readonly path: string; readonly valueKnown?: false }

const profiles: readonly Profile[] = [
  { type: 'database-password', ruleId: 'connection-string', about: 'shop@db-02.fra.example.net', facts: { user: 'shop', host: 'db-02.fra.example.net', port: '5432', database: 'orders', scheme: 'postgresql' }, line: 'DATABASE_URL=postgresql://shop:•••@db-02.fra.example.net:5432/orders', path: 'deploy/production.env' },
  { type: 'aws-secret-access-key', ruleId: 'aws-credentials', about: 'AKIA…QX7L', facts: { keyId: 'AKIA…QX7L', accountId: '123456789012', keyKind: 'long-lived', name: 'aws_secret_access_key', verified: 'live', verifiedBy: 'aws', verifiedAt: '2026-11-20T09:12:00Z', arn: 'arn:aws:iam::123456789012:user/ci-deploy' }, line: 'aws_secret_access_key = •••', path: 'terraform/prod/backend.tfvars' },
  { type: 'github-personal-access-token', ruleId: 'github-personal-access-token', about: '', facts: { verified: 'dead', verifiedBy: 'github', verifiedAt: '2026-11-25T04:00:00Z' }, line: '      - run: git clone https://x-access-token:•••@github.com/example/mobile.git', path: '.github/workflows/release.yml' },
  { type: 'json-web-token', ruleId: 'json-web-token', about: 'svc-reports', facts: { issuer: 'https://sso.example.net', subject: 'svc-reports', audience: 'reports', algorithm: 'HS256', notAfter: '2027-03-01T00:00:00Z' }, line: 'const token = "•••"', path: 'src/reports/client.test.ts' },
  { type: 'slack-webhook', ruleId: 'slack-webhook', about: '', facts: {}, line: 'webhook: •••', path: 'charts/alerts/values.yaml' },
  { type: 'registry-password', ruleId: 'docker-config', about: 'ci@registry.example.net', facts: { host: 'registry.example.net', user: 'ci' }, line: '{"auths":{"registry.example.net":{"auth":"•••"}}}', path: 'root/.docker/config.json' },
  { type: 'generic-assigned-secret', ruleId: 'generic-assigned-secret', about: '', facts: { name: 'API_SECRET' }, line: 'API_SECRET: "•••"   # rotate me, and SESSION_KEY: "•••"', path: 'config/settings.yml' },
  { type: 'ci-secret', ruleId: 'github-actions', about: 'DEPLOY_KEY', facts: { system: 'github', workflow: '.github/workflows/deploy.yml', provider: 'aws' }, line: '', path: '', valueKnown: false },
]

/** The profile of the n-th credential, where it is a secret. */
export function profileAt(n: number): Profile {
  return pick(profiles, n, 66)
}

/** State without anybody's say. */
export function secretStateAt(world: World, n: number): SecretState {
  return world.assessments.get(n)?.state ?? (unit(n, 81) < 0.6 ? 'new' : pick(['confirmed', 'false-positive', 'test-value', 'accepted', 'rotated', 'revoked'] as const, n, 82))
}

/** What was said of the n-th secret; null while it is new. */
export function assessmentAt(world: World, n: number): SecretAssessment | null {
  const known = world.assessments.get(n)
  if (known !== undefined) return known
  const state = secretStateAt(world, n)
  const reason = { new: '', confirmed: 'Works against production, ticket SEC-412', 'false-positive': 'A checksum', 'test-value': 'Only opens the fixture database', accepted: 'Moves to the vault with the next release', rotated: 'New value deployed', revoked: 'Revoked at the provider' }[state]
  return state === 'new' ? null : { state, reason, by: 'Mara Lindqvist', at: world.ago(6 * DAY_MS), until: state === 'accepted' ? world.ago(-40 * DAY_MS) : null }
}

const authors = [['Anders Berg', 'anders.berg@example.net'], ['Priya Nair', 'priya.nair@example.net'], ['Mara Lindqvist', 'mara@example.com']] as const

function placeOfSecret(world: World, n: number, index: number): { location: Location; machineId: string; machineName: string } {
  const profile = profileAt(n)
  const repository = (n + Math.floor(index / 3)) % 5
  const on = (source: number) => ({ machineId: idOf('b', source), machineName: sourceName(source) })
  const pathClass: PathClass = profile.path.includes('.test.') ? 'test' : profile.path.includes('values') ? 'generated' : 'other'
  const inText = { part: 'value', path: profile.path, line: 4 + ((n + index * 7) % 180), column: profile.line.indexOf('•••') + 1, ruleId: profile.ruleId, decoders: [] as string[], context: profile.line, pathClass } as const
  if (profile.valueKnown === false) return { location: { kind: 'ci-variable', part: 'value', system: 'github', scope: 'example/mobile', name: profile.about, environment: index === 0 ? 'production' : null, protected: true, masked: true }, ...on(8) }
  const [authorName, authorEmail] = authors[(n + index) % 3]!
  const commit = { id: hexOf(n * 40 + index, 83).slice(0, 40), authorName, authorEmail, committedAt: world.ago((30 + index * 90) * DAY_MS) }
  switch (index % 7) {
    case 1: return { location: { kind: 'repository-line', ...inText, path: profile.path.replace(/[^/]+$/, 'old-$&'), blob: hexOf(n * 40 + index, 84).slice(0, 40), commit, codeOwners: [], presence: 'history' }, ...on(repository) }
    case 2: return { location: { kind: 'repository-line', ...inText, line: 12, blob: hexOf(n * 40 + index, 84).slice(0, 40), commit, codeOwners: [], presence: 'branch' }, ...on(repository) }
    case 3: return { location: { kind: 'file-line', ...inText, path: `/srv/shop/${profile.path}`, inWebRoot: n % 3 === 0, file: { mode: 0o644, ownerUid: 1001, ownerName: 'deploy', groupName: 'deploy', sizeBytes: 812, modifiedAt: world.ago(60 * DAY_MS) } }, machineId: idOf('a', n % world.machines), machineName: machineName(n % world.machines) }
    case 4: return { location: { kind: 'image-line', ...inText, path: `app/${profile.path}`, layer: `sha256:${hexOf(n, 85)}`, hiddenBy: n % 2 === 0 ? `sha256:${hexOf(n, 86)}` : null }, ...on(5 + (n % 3)) }
    case 5: return { location: { kind: 'kubernetes-secret', part: 'value', namespace: 'shop', name: 'storefront', key: 'DATABASE_URL', secretType: 'Opaque' }, ...on(10) }
    case 6: return { location: { kind: 'repository-line', ...inText, path: `backup/config.tar.gz!${profile.path}`, line: 3, decoders: ['gzip', 'base64'], context: '', blob: hexOf(n * 40 + index, 84).slice(0, 40), commit: null, codeOwners: [], presence: 'history' }, ...on(repository) }
    default: return { location: { kind: 'repository-line', ...inText, blob: hexOf(n * 40 + index, 84).slice(0, 40), commit, codeOwners: ['@example/shop'], presence: 'head' }, ...on(repository) }
  }
}

/** Places of a secret as the API lists them. */
export function secretLocationsAt(world: World, n: number, row: { id: string; firstSeen: string; lastSeen: string; goneAt: string | null; locationCount: number }, place: (location: Location) => string): LocationRow[] {
  return Array.from({ length: Math.max(1, row.locationCount) }, (_, index) => {
    const { location, ...where } = placeOfSecret(world, n, index)
    return { id: idOf('d', n * 100 + index), credentialId: row.id, ...where, place: place(location), location, firstSeen: row.firstSeen, lastSeen: row.lastSeen, goneAt: row.goneAt }
  })
}

/** A place of the n-th secret as a row of the list tells it. */
export function placeOfSecretRow(world: World, n: number): { machine: string; place: string } {
  const { location, machineName: machine } = placeOfSecret(world, n, 0)
  return { machine, place: placeOf(location) }
}

/** Who uses the n-th secret. */
export function consumersAt(world: World, n: number): CredentialConsumer[] {
  if (profileAt(n).valueKnown !== false && unit(n, 87) > 0.4) return []
  const source = n % 5
  return [{ does: 'uses', of: 'machine', name: sourceName(source), machineId: idOf('b', source), machineName: sourceName(source), source: '.github/workflows/deploy.yml', lastSeen: world.ago(HOUR_MS) }]
}

/** Who may answer for the n-th secret. */
export function suggestionsAt(n: number): OwnerSuggestion[] {
  const [, email] = authors[n % 3]!
  const path = profileAt(n).path
  return unit(n, 88) < 0.15 ? [] : [{ owner: '@example/shop', confidence: 'high', reason: `CODEOWNERS names them for ${path}, and 1 more reason` }, { owner: email, confidence: 'medium', reason: `brought it in with commit ${hexOf(n * 40, 83).slice(0, 12)} of 2026-10-28` }]
}

/** Which sources hold the n-th secret. */
export function sourcesOf(n: number): number[] {
  return profileAt(n).valueKnown === false ? [8] : [n % 5, 5 + (n % 3)].map((source) => source % SOURCES)
}
