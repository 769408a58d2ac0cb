import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Observation } from '@muster/core'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { commit, initRepository } from './git/git.testing.ts'
import { type Outcome, plant, scanSecretsIn } from './scan.testing.ts'

let root = ''
beforeEach(() => {
  root = join(realpathSync(mkdtempSync(join(tmpdir(), 'muster-trust-'))), 'repo')
  mkdirSync(root)
})
afterEach(() => rmSync(join(root, '..'), { recursive: true, force: true }))

const isConfiguration = (each: Observation) => each.observation === 'sighting' && each.of === 'configuration'
const configurations = ({ observations }: Outcome) => observations.filter(isConfiguration)
const role = (subject: string) => `resource "aws_iam_role" "ci" {\n  name = "ci"\n  assume_role_policy = jsonencode({\n    Statement = [{\n      Effect = "Allow", Action = "sts:AssumeRoleWithWebIdentity"\n      Principal = { Federated = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com" }\n      Condition = { StringLike = { "token.actions.githubusercontent.com:sub" = "${subject}" } }\n    }]\n  })\n}\n`

it('the trust that a repository gives is what its head says, with its place; what it said before lets nobody in', async () => {
  initRepository(root)
  plant(root, { 'infra/iam.tf': role('repo:*') })
  commit(root, 'one')
  plant(root, { 'infra/iam.tf': `# narrowed\n${role('repo:org/shop:*')}`, 'old.tf': role('repo:org/old:*') })
  commit(root, 'two')
  plant(root, { 'old.tf': '' })
  commit(root, 'three')
  expect(configurations(await scanSecretsIn(root))).toEqual([{
    observation: 'sighting', of: 'configuration', machine: expect.any(String), path: 'infra/iam.tf', entry: 'aws_iam_role.ci', format: 'federated-trust',
    settings: { provider: ['aws'], issuer: ['https://token.actions.githubusercontent.com'], target: ['ci'], 'like.sub': ['repo:org/shop:*'], line: ['7'], 'path-class': ['other'] },
  }])
})

it('a workflow that may prove itself to others says what starts it, each job for itself', async () => {
  plant(root, { '.github/workflows/pr.yml': 'on: [push, pull_request_target]\njobs:\n  a:\n    permissions: {id-token: write}\n  b:\n    permissions: {id-token: write, contents: read}\n  c:\n    permissions: {contents: read}\n' })
  expect(configurations(await scanSecretsIn(root))).toMatchObject([
    { path: join(root, '.github/workflows/pr.yml'), entry: 'a', format: 'workflow', settings: { trigger: ['push', 'pull_request_target'], permission: ['id-token: write'], checkout: [], line: ['4'] } }, { entry: 'b', settings: { line: ['6'] } },
  ])
})
