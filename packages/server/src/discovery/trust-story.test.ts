import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ConfigurationRow, FindingRow, MachineRow, Page, ScanRow } from '@muster/core/api'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type PipelineServer, pipelineServer } from '../test-support/pipeline.ts'

let server: PipelineServer
let administrator: string
let directory: string

beforeAll(async () => {
  server = await pipelineServer()
  administrator = await server.token('administrator')
  directory = await mkdtemp(join(tmpdir(), 'muster-trust-story-'))
  await mkdir(join(directory, 'infra'))
})
afterAll(async () => {
  await server?.close()
  await rm(directory, { recursive: true, force: true })
})

const git = (...args: string[]) => execFileSync('git', ['-C', directory, '-c', 'user.name=Ann', '-c', 'user.email=ann@example.org', ...args])
const get = async <Body>(path: string) => (await server.json<Body>('GET', `/api/v1/${path}`, administrator)).body
const trust = (subject: string | null) => `resource "aws_iam_role" "ci" {\n  name = "ci"\n  assume_role_policy = jsonencode({\n    Statement = [{\n      Effect = "Allow", Action = "sts:AssumeRoleWithWebIdentity"\n      Principal = { Federated = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com" }\n${subject === null ? '' : `      Condition = { StringLike = { "token.actions.githubusercontent.com:sub" = "${subject}" } }\n`}    }]\n  })\n}\n`

async function scanWith(policy: string): Promise<{ readonly row: ConfigurationRow; readonly open: readonly FindingRow[]; readonly all: readonly FindingRow[] }> {
  await writeFile(join(directory, 'infra/iam.tf'), policy)
  git('add', '-A')
  git('commit', '-q', '-m', 'x')
  server.clock.advance(60_000)
  await server.json<ScanRow>('POST', '/api/v1/scans', administrator, { kind: 'secrets', options: { targets: [directory] } })
  await server.settle()
  const row = (await get<Page<ConfigurationRow>>('configurations?format=federated-trust&presence=all')).items[0]!
  return { row, open: (await get<Page<FindingRow>>(`findings?objectId=${row.id}`)).items, all: (await get<Page<FindingRow>>(`findings?objectId=${row.id}&state=open,accepted,closed`)).items }
}

it('a trust that lets in too many is a finding with its place, which closes when it is narrowed and with the file', async () => {
  git('init', '-q', '-b', 'main')
  const wide = await scanWith(trust(null))
  expect(wide.row).toMatchObject({ path: 'infra/iam.tf', entry: 'aws_iam_role.ci', machineKind: 'source', worstSeverity: 'critical', findingCount: 1, goneAt: null })
  expect(wide.open).toMatchObject([{ ruleId: 'trust.open-to-anyone', objectType: 'configuration', objectName: 'infra/iam.tf#aws_iam_role.ci', severity: 'critical' }])
  expect(await get<ConfigurationRow>(`configurations/${wide.row.id}`)).toEqual(wide.row)
  expect((await get<MachineRow>(`machines/${wide.row.machineId}`)).findingCount).toBe(1)

  const narrower = await scanWith(trust('repo:acme/*'))
  expect(narrower.row.id).toBe(wide.row.id)
  expect(narrower.open.map(({ ruleId }) => ruleId)).toEqual(['trust.open-to-organisation'])
  expect(narrower.all.find(({ ruleId }) => ruleId === 'trust.open-to-anyone')!.state).toBe('closed')
  const gone = await scanWith('# nothing\n')
  expect([gone.row.id, gone.open, gone.row.goneAt === null]).toEqual([wide.row.id, [], false])
})

it('is listed by kind, machine and text', async () => {
  expect((await get<Page<ConfigurationRow>>('configurations?presence=all&q=IAM_role.ci')).items).toHaveLength(1)
  expect((await get<Page<ConfigurationRow>>('configurations?presence=all&format=workflow')).items).toEqual([])
  expect((await get<Page<ConfigurationRow>>('configurations')).items).toEqual([])
})
