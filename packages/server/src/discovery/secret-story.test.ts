import { execFileSync } from 'node:child_process'
import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { ChangePage, CredentialDetail, CredentialRow, FindingRow, LocationRow, MachineRow, OwnerSuggestion, Page, ScanRow } from '@muster/core/api'
import { namedSecretDigest } from '@muster/detect'
import { createTestCertificate } from '@muster/testkit'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type PipelineServer, pipelineServer } from '../test-support/pipeline.ts'

let server: PipelineServer
let operator: string
let home: string
let shop: string
const password = randomBytes(15).toString('base64url')
const pair = createTestCertificate({ subject: 'CN=shop.example.com', sans: ['dns:shop.example.com'] })

function git(...args: string[]): void {
  const environment = { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: home, GIT_AUTHOR_NAME: 'Ann', GIT_AUTHOR_EMAIL: 'ann@example.org', GIT_COMMITTER_NAME: 'Ann', GIT_COMMITTER_EMAIL: 'ann@example.org' }
  execFileSync('git', ['-C', shop, '-c', 'commit.gpgsign=false', ...args], { stdio: 'ignore', env: environment })
}
function commit(files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(shop, path)), { recursive: true })
    writeFileSync(join(shop, path), text)
  }
  git('add', '-A')
  git('commit', '-q', '-m', 'a change')
}
async function scan(kind: string, options: object): Promise<ScanRow> {
  server.clock.advance(60_000)
  const { body } = await server.json<ScanRow>('POST', '/api/v1/scans', operator, { kind, options })
  await server.settle()
  const done = (await server.json<ScanRow>('GET', `/api/v1/scans/${body.id}`, operator)).body
  expect(done).toMatchObject({ state: 'complete', message: null })
  return done
}
const get = async <Body>(path: string) => (await server.json<Body>('GET', `/api/v1/${path}`, operator)).body
const theSecret = async () => (await get<Page<CredentialRow>>('credentials?kind=secret&secretType=database-password&presence=all')).items[0]!
const rulesOf = async (id: string) => (await get<Page<FindingRow>>(`findings?objectId=${id}`)).items.map(({ ruleId }) => ruleId).filter((rule) => rule.startsWith('secret.')).sort()

beforeAll(async () => {
  server = await pipelineServer()
  operator = await server.token('operator')
  home = mkdtempSync(join(tmpdir(), 'muster-story-'))
  shop = join(home, 'shop')
  mkdirSync(shop)
  git('init', '-q', '-b', 'main')
  git('remote', 'add', 'origin', 'https://ann:token@git.example.com/shop/web.git')
  commit({
    'config/.pgpass': `db.internal:5432:shop:app:${password}\n`, CODEOWNERS: '/config/ @shop/platform\n', 'tls/shop.key': pair.privateKeyPem,
    '.github/workflows/ship.yml': 'name: ship\non: push\njobs:\n  ship:\n    runs-on: ubuntu-latest\n    steps:\n      - run: ./ship.sh\n        env:\n          AWS_SECRET_ACCESS_KEY: ${{ secrets.AWS_SECRET_ACCESS_KEY }}\n',
  })
})
afterAll(async () => {
  await server?.close()
  rmSync(home, { recursive: true, force: true })
})

describe('the story of a leaked password', () => {
  it('is found in the repository, a source of its own, with who brought it in', async () => {
    await scan('secrets', { targets: [shop] })
    const sources = await get<Page<MachineRow>>('machines?kind=source')
    expect(sources.items).toMatchObject([{ machineKind: 'source', name: expect.stringContaining('git.example.com/shop/web') as string }])
    expect(JSON.stringify(sources)).not.toContain('token@')
    const secret = await theSecret()
    expect(secret).toMatchObject({ name: 'database-password app@db.internal', secretState: 'new', locationCount: 1 })
    expect(await rulesOf(secret.id)).toEqual(['secret.in-repository'])
    expect((await get<Page<FindingRow>>(`findings?objectId=${secret.id}&rule=secret.in-repository`)).items).toMatchObject([{ objectName: 'database-password app@db.internal', secretType: 'database-password' }])
    // Findings of one evaluation open at one instant, in no order.
    expect((await get<ChangePage>('changes?event=finding-opened')).items).toContainEqual(expect.objectContaining({ objectId: secret.id, secretType: 'database-password' }))
    const { items } = await get<{ items: OwnerSuggestion[] }>(`inventory/${secret.id}/owner-suggestions`)
    expect(items.map(({ owner }) => owner)).toEqual(['@shop/platform', 'ann@example.org'])
  })

  it('is one credential with the copy on a machine, and one secret in two places is a finding', async () => {
    mkdirSync(join(home, 'srv'))
    writeFileSync(join(home, 'srv/settings.py'), `DATABASE_URL = "postgres://app:${password}@db.internal/shop"\n`, { mode: 0o644 })
    await scan('secrets', { targets: [join(home, 'srv')] })
    const secret = await theSecret()
    expect(secret).toMatchObject({ locationCount: 2, machineCount: 2 })
    expect(await rulesOf(secret.id)).toEqual(['secret.in-configuration-readable-by-others', 'secret.in-repository', 'secret.reused'])
    const places = await get<Page<LocationRow>>(`credentials/${secret.id}/locations`)
    expect(places.items.map(({ location }) => location.kind)).toEqual(['repository-line', 'file-line'])
    expect(JSON.stringify(places)).not.toContain(password)
  })

  it('removed from the files it is in history, confirmed it is urgent, rotated it is a leftover', async () => {
    commit({ 'config/.pgpass': 'none\n' })
    rmSync(join(home, 'srv/settings.py'))
    await scan('secrets', { targets: [shop, join(home, 'srv')] })
    const { id } = await theSecret()
    expect(await rulesOf(id)).toEqual(['secret.in-history'])
    const say = (state: string) => server.json('POST', '/api/v1/secrets/assess', operator, { select: { ids: [id] }, state, reason: 'looked at' }).then(() => server.settle())
    await say('confirmed')
    expect(await rulesOf(id)).toEqual(['secret.confirmed-not-rotated', 'secret.in-history'])
    await say('rotated')
    expect(await rulesOf(id)).toEqual(['secret.rotated-still-present'])
    await say('false-positive')
    expect(await rulesOf(id)).toEqual([])
  })

  it('the key in the repository meets the certificate on a machine', async () => {
    mkdirSync(join(home, 'etc'))
    writeFileSync(join(home, 'etc/shop.pem'), pair.pem)
    await scan('host', { roots: [join(home, 'etc')] })
    const key = (await get<Page<CredentialRow>>('credentials?kind=private-key')).items[0]!
    const { body } = await server.json<CredentialDetail>('GET', `/api/v1/credentials/${key.id}`, operator)
    expect(body.related).toMatchObject([{ tie: 'same-key', credential: { kind: 'certificate', name: 'shop.example.com' } }])
    expect((await get<Page<FindingRow>>(`findings?objectId=${key.id}&rule=secret.private-key-in-repository`)).items).toMatchObject([{ severity: 'critical', evidence: expect.stringContaining('shop.example.com') as string }])
  })

  it('the workflow is a consumer of the secret it takes, which is a static key of a cloud', async () => {
    const [variable] = (await get<Page<CredentialRow>>('credentials?q=AWS_SECRET_ACCESS_KEY')).items
    expect(variable).toMatchObject({ name: 'AWS_SECRET_ACCESS_KEY', secretState: 'new' })
    const { body } = await server.json<CredentialDetail>('GET', `/api/v1/credentials/${variable!.id}`, operator)
    // As the code host's own list names it, so that both are one.
    const digests = [namedSecretDigest('github', 'git.example.com/shop/web', 'AWS_SECRET_ACCESS_KEY')]
    expect((await server.json<{ fingerprints: string[] }>('POST', '/api/v1/secrets/fingerprints', operator, { digests })).body.fingerprints).toEqual([variable!.fingerprint])
    expect(body.consumers).toMatchObject([{ of: 'machine', source: '.github/workflows/ship.yml' }])
    expect(await rulesOf(variable!.id)).toEqual(['secret.static-cloud-key-in-pipeline'])
  })

  it('the workflow is a consumer no longer when it takes another secret, and none when it is deleted, though history still shows it', async () => {
    const workflow = (name: string) => `on: push\npermissions:\n  id-token: write\njobs:\n  ship:\n    runs-on: ubuntu-latest\n    environment: production\n    steps:\n      - uses: aws-actions/configure-aws-credentials@v4\n        with:\n          role-to-assume: arn:aws:iam::123456789012:role/ship\n          aws-region: eu-west-1\n      - run: ./ship.sh\n        env:\n          DEPLOY: \${{ secrets.${name} }}\n`
    const taken = async (name: string) => {
      const row = (await get<Page<CredentialRow>>(`credentials?presence=all&q=${name}`)).items[0]
      return row === undefined ? null : { presence: row.goneAt === null, by: (await get<CredentialDetail>(`credentials/${row.id}`)).consumers.map(({ source }) => source) }
    }
    const assumed = async () => (await sql<{ source: string }>`SELECT source FROM relation WHERE type = 'can-assume' AND gone_at IS NULL`.execute(server.database.db)).rows.map(({ source }) => source)
    commit({ '.github/workflows/deploy.yml': workflow('FIRST_TOKEN') })
    await scan('secrets', { targets: [shop] })
    expect([await taken('FIRST_TOKEN'), await assumed()]).toEqual([{ presence: true, by: ['.github/workflows/deploy.yml'] }, ['.github/workflows/deploy.yml']])
    commit({ '.github/workflows/deploy.yml': workflow('SECOND_TOKEN') })
    await scan('secrets', { targets: [shop] })
    expect([await taken('FIRST_TOKEN'), await taken('SECOND_TOKEN')]).toEqual([{ presence: false, by: [] }, { presence: true, by: ['.github/workflows/deploy.yml'] }])
    git('rm', '-q', '.github/workflows/deploy.yml')
    git('commit', '-q', '-m', 'no more')
    await scan('secrets', { targets: [shop] })
    expect([await taken('SECOND_TOKEN'), await assumed()]).toEqual([{ presence: false, by: [] }, []])
  })

  it('a key that is no certificate’s is known by its own', async () => {
    const { privateKey } = generateKeyPairSync('ed25519', { privateKeyEncoding: { type: 'pkcs8', format: 'pem' }, publicKeyEncoding: { type: 'spki', format: 'pem' } })
    commit({ 'tests/fixtures/key.pem': privateKey })
    await scan('secrets', { targets: [shop] })
    const found = (await get<Page<FindingRow>>('findings?rule=secret.private-key-in-repository')).items
    expect(found.map(({ severity }) => severity).sort()).toEqual(['critical', 'low'])
  })
})
