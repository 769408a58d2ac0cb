import { systemClock } from '@muster/core'
import { drawExample } from '@muster/detect'
import { afterEach, describe, expect, it } from 'vitest'
import type { Environment } from '../environment.ts'
import { exitCodes } from '../exit-codes.ts'
import { testRepository, type TestRepository } from '../git/repository.testing.ts'
import { randomText } from '../secrets/leak.testing.ts'
import { scanSecrets } from './scan-secrets.ts'

const repositories: TestRepository[] = []
afterEach(() => { for (const repository of repositories.splice(0)) repository.remove() })

async function exitOf(stdin: string, ...argv: string[]): Promise<number> {
  const terminal = { out: () => {}, say: () => {}, interactive: false, outputIsTerminal: false, colours: false, columns: 160 }
  const environment: Environment = { terminal, clock: systemClock, signal: new AbortController().signal, loginFile: '/nowhere', server: null, token: null, rulesPath: null, rulesToml: null, skip: [], readStdin: () => Promise.resolve(Buffer.from(stdin)) }
  return scanSecrets.run(argv, environment)
}

const { found, ok } = exitCodes
const vague = () => `api_token = "${randomText(32)}7"\n`
const grave = () => `GITHUB_TOKEN=${drawExample('«!checksum ghp_»', Math.random)}\n`
const middling = () => `DATABASE_URL=postgres://app:${randomText(24)}9k@db.example.test:5432/app\n`
const hash = () => `admin:$apr1$${randomText(8)}$${randomText(22)}\n`

describe('--fail-on', () => {
  it('judges standard input as it judges what lies in a repository', async () => {
    for (const [text, exits] of [[grave(), [found, found, found]], [middling(), [ok, found, found]], [vague(), [ok, ok, found]], ['nothing here\n', [ok, ok, ok]]] as const) {
      const seen = []
      for (const severity of ['critical', 'high', 'medium']) seen.push(await exitOf(text, '-', '--fail-on', severity))
      expect(seen).toEqual(exits)
    }
  })

  it('judges what is staged and what commits bring in, each value by the worst place', async () => {
    const repository = testRepository()
    repositories.push(repository)
    repository.commit({ 'readme.txt': 'x\n' })
    repository.write({ '.htpasswd': hash(), 'test/fixtures/.env': middling() })
    repository.git('add', '-A')
    const at = async (...argv: string[]) => [await exitOf('', repository.path, '--fail-on', 'high', ...argv), await exitOf('', repository.path, '--fail-on', 'medium', ...argv), await exitOf('', repository.path, ...argv)]
    expect(await at('--staged')).toEqual([ok, found, found])
    repository.commit({})
    expect(await at('--log-opts', '-1')).toEqual([ok, found, found])
    // One line in one place of two files that each hold another value.
    repository.commit({ 'a/.env': middling(), 'b/.env': grave() })
    expect(await exitOf('', repository.path, '--fail-on', 'critical', '--log-opts', '-1')).toBe(found)
    expect(await exitOf('', repository.path, '--fail-on', 'critical', '--log-opts', '-1 -- a')).toBe(ok)
    expect(await exitOf('', repository.path, '--fail-on', 'critical', '--log-opts', '-1 -- b')).toBe(found)
  })
})
