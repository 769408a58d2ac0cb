import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { systemClock } from '@muster/core'
import { afterEach, describe, expect, it } from 'vitest'
import type { Environment } from '../environment.ts'
import { exitCodes } from '../exit-codes.ts'
import { testRepository, type TestRepository } from '../git/repository.testing.ts'
import { scanSecrets } from './scan-secrets.ts'

const repositories: TestRepository[] = []
afterEach(() => { for (const repository of repositories.splice(0)) repository.remove() })

function made(): TestRepository {
  const repository = testRepository()
  repositories.push(repository)
  repository.commit({ 'sub/a.txt': 'a\n' })
  return repository
}

async function run(...argv: string[]) {
  const said: string[] = []
  const say = (text: string) => { said.push(text) }
  const terminal = { out: say, say, interactive: false, outputIsTerminal: false, colours: false, columns: 160 }
  const environment: Environment = { terminal, clock: systemClock, signal: new AbortController().signal, loginFile: '/nowhere', server: null, token: null, rulesPath: null, rulesToml: null, skip: [], readStdin: () => Promise.resolve(Buffer.alloc(0)) }
  return { exit: await scanSecrets.run(argv, environment), said: said.join('\n') }
}

describe('a repository that would keep git waiting', () => {
  it('is not asked for changes, wherever in it one is, and says why', async () => {
    const repository = made()
    execFileSync('mkfifo', [join(repository.path, '.git/refs/heads/x')])
    for (const path of [repository.path, join(repository.path, 'sub')]) {
      for (const which of [['--staged'], ['--log-opts', '--all']]) await expect(run(path, ...which)).rejects.toThrow(/refs\/heads\/x is a pipe where git expects a file; the repository was not read/)
    }
  })

  it('in a way that cannot be seen before ends with the time', async () => {
    const repository = made()
    execFileSync('mkfifo', [join(repository.path, 'settings')])
    repository.git('config', 'include.path', join(repository.path, 'settings'))
    const { exit, said } = await run(repository.path, '--log-opts', '--all', '--timeout', '1')
    expect([exit, said]).toEqual([exitCodes.input, expect.stringContaining('not everything was looked at within 1 seconds')])
  })
})
