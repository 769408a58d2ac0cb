import { systemClock } from '@muster/core'
import { drawExample } from '@muster/detect'
import { afterEach, describe, expect, it } from 'vitest'
import type { Environment } from '../environment.ts'
import { exitCodes } from '../exit-codes.ts'
import { testRepository, type TestRepository } from '../git/repository.testing.ts'
import { scanSecrets } from './scan-secrets.ts'

const repositories: TestRepository[] = []
afterEach(() => { for (const repository of repositories.splice(0)) repository.remove() })

function repositoryWith(files: Record<string, string>): TestRepository {
  const repository = testRepository()
  repositories.push(repository)
  repository.commit(files)
  return repository
}

async function run(...argv: string[]) {
  const out: string[] = []
  const terminal = { out: (text: string) => { out.push(text) }, say: () => {}, interactive: false, outputIsTerminal: false, colours: false, columns: 240 }
  const environment: Environment = { terminal, clock: systemClock, signal: new AbortController().signal, loginFile: '/nowhere', server: null, token: null, rulesPath: null, rulesToml: null, skip: [], readStdin: () => Promise.resolve(Buffer.alloc(0)) }
  const exit = await scanSecrets.run(argv, environment)
  return { exit, text: out.join('') }
}

const open = `resource "aws_iam_role" "ci" {
  name = "ci"
  assume_role_policy = jsonencode({ Statement = [{
    Effect = "Allow", Action = "sts:AssumeRoleWithWebIdentity",
    Principal = { Federated = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com" }
    Condition = { StringEquals = { "token.actions.githubusercontent.com:aud" = "sts.amazonaws.com" } }
  }] })
}
`
const workflow = `on: push
jobs:
  deploy:
    runs-on: ubuntu-latest
    steps:
      - uses: aws-actions/configure-aws-credentials@v4
        with:
          aws-access-key-id: \${{ secrets.AWS_ACCESS_KEY_ID }}
          aws-secret-access-key: \${{ secrets.AWS_SECRET_ACCESS_KEY }}
`
const files = { 'infra/iam.tf': open, '.github/workflows/deploy.yml': workflow }
type Finding = { readonly ruleId: string; readonly file: string; readonly line: number | null; readonly entry: string; readonly evidence: string }
const findingsIn = (text: string) => (JSON.parse(text) as { findings: Finding[] }).findings

describe('what scan secrets tells of pipelines', () => {
  it('names policies that let in anybody, and workflows that take a static key, in every report of its own', async () => {
    const { path } = repositoryWith(files)
    const table = await run(path)
    expect(table.exit).toBe(exitCodes.ok)
    expect(table.text).toMatch(/critical +trust\.open-to-anyone +infra\/iam\.tf:\d+ +whoever has an account/)
    expect(table.text).toMatch(/medium +secret\.static-cloud-key-in-pipeline +\.github\/workflows\/deploy\.yml +takes a static key of AWS: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY/)
    expect(table.text).toContain('no secrets; 2 findings on pipelines')
    expect(findingsIn((await run(path, '--json')).text).map(({ ruleId, file, entry }) => [ruleId, file, entry])).toEqual([
      ['trust.open-to-anyone', 'infra/iam.tf', 'aws_iam_role.ci'], ['secret.static-cloud-key-in-pipeline', '.github/workflows/deploy.yml', ''],
    ])
    expect((await run(path, '--ndjson')).text.split('\n').filter((line) => line.includes('"type":"finding"'))).toHaveLength(2)
    const { runs } = JSON.parse((await run(path, '--sarif')).text) as { runs: { results: { ruleId: string; locations: unknown[] }[]; automationDetails?: { id: string } }[] }
    expect(runs.map(({ results, automationDetails }) => [results.map(({ ruleId }) => ruleId), automationDetails?.id])).toEqual([[[], undefined], [['trust.open-to-anyone', 'secret.static-cloud-key-in-pipeline'], 'muster/pipelines/']])
    expect(runs[1]!.results[0]!.locations).toEqual([{ physicalLocation: { artifactLocation: { uri: 'infra/iam.tf' }, region: { startLine: expect.any(Number) } } }])
  })

  it('leaves reports of gitleaks’ form, and the exit code without --fail-on, to secrets', async () => {
    const { path } = repositoryWith(files)
    for (const format of ['json', 'csv', 'junit', 'sarif']) {
      const { exit, text } = await run(path, '--report-path', '-', '--report-format', format)
      expect([exit, text.includes('trust.open')], format).toEqual([exitCodes.ok, false])
    }
  })

  it('counts for --fail-on by severity', async () => {
    const { path } = repositoryWith({ '.github/workflows/deploy.yml': workflow })
    expect((await run(path, '--fail-on', 'high')).exit).toBe(exitCodes.ok)
    expect((await run(path, '--fail-on', 'medium')).exit).toBe(exitCodes.found)
    expect((await run(repositoryWith(files).path, '--fail-on', 'critical')).exit).toBe(exitCodes.found)
  })

  it('leaves out what an ignore file names, and nothing else of that line', async () => {
    const repository = repositoryWith(files)
    const [first] = findingsIn((await run(repository.path, '--json')).text)
    repository.write({ '.gitleaksignore': `infra/iam.tf:trust.open-to-anyone:${first!.line}\n` })
    const { exit, text } = await run(repository.path, '--json', '--fail-on', 'high')
    expect([exit, findingsIn(text).map(({ ruleId }) => ruleId)]).toEqual([exitCodes.ok, ['secret.static-cloud-key-in-pipeline']])
  })

  it('names files as reports of secrets do, and forgets what history alone has', async () => {
    const repository = repositoryWith(files)
    const other = repositoryWith({ 'a.tf': open })
    const names = async (...argv: string[]) => findingsIn((await run(...argv, '--json')).text).map(({ file }) => file)
    expect(await names(repository.path, other.path)).toEqual([`${other.path}/a.tf`, `${repository.path}/infra/iam.tf`, `${repository.path}/.github/workflows/deploy.yml`].sort((a, b) => Number(a.includes('.github')) - Number(b.includes('.github')) || (a < b ? -1 : 1)))
    expect(await names('--no-git', repository.path)).toEqual([`${repository.path}/infra/iam.tf`, `${repository.path}/.github/workflows/deploy.yml`])
    repository.git('rm', '-q', 'infra/iam.tf')
    repository.commit({ 'x.txt': 'x\n' })
    expect(await names(repository.path)).toEqual(['.github/workflows/deploy.yml'])
    expect(await names(repository.path, '--log-opts', '-1')).toEqual([])
  })

  it('a key written into the workflow itself is told as a secret, and as what could be a token of each job', async () => {
    const secret = drawExample('«[A-Za-z0-9/+]{40}»', Math.random)
    const { path } = repositoryWith({ '.github/workflows/deploy.yml': `env:\n  AWS_ACCESS_KEY_ID: ${drawExample('«AKIA[A-Z2-7]{16}»', Math.random)}\n  AWS_SECRET_ACCESS_KEY: ${secret}\n` })
    const { exit, text } = await run(path, '--json')
    expect(exit).toBe(exitCodes.found)
    expect(findingsIn(text).map(({ evidence }) => evidence)).toEqual([expect.stringMatching(/^takes a static key of AWS: the one in line \d/)])
    expect(text).not.toContain(secret)
  })
})
