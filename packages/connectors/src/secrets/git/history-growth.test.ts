import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { fileMemory } from '../file-memory.ts'
import { githubToken, type Outcome, plant, scanSecretsIn, seen } from '../scan.testing.ts'
import { commit, git, gitWith, newRepository, notingGit } from './git.testing.ts'

/** Any other is as good; the same makes the same test. */
const SEED = 20_260_101
let root = ''
let repo = ''
let cache = ''
beforeEach(() => {
  ;({ root, repo, cache } = newRepository())
  notingGit(root)
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

const scan = () => scanSecretsIn(repo, {}, { parts: { memory: fileMemory(cache), git: join(root, 'git') } })
const fresh = () => scanSecretsIn(repo)
const observed = ({ observations }: Outcome) => observations.map((each) => JSON.stringify(each)).sort()
const reported = ({ all }: Outcome) => all.map(({ path, blob, commit: by, presence, found }) => `${path} ${blob} ${by?.id} ${presence} ${found.line} ${found.secret.revealText()}`).sort()
/** Whether the last scan listed every object. */
function listedAll(): boolean {
  const all = existsSync(join(root, 'asked')) ? readFileSync(join(root, 'asked'), 'latin1') : ''
  writeFileSync(join(root, 'asked'), '')
  return all.includes('--batch-all-objects')
}
async function expectSame(): Promise<Outcome> {
  const outcome = await scan()
  const whole = await fresh()
  expect(observed(outcome)).toEqual(observed(whole))
  expect(reported(outcome)).toEqual(reported(whole))
  expect(outcome.problems).toEqual(whole.problems)
  return outcome
}

describe('after a scan that remembers, only what came is looked at', () => {
  beforeEach(async () => {
    plant(repo, { 'a.txt': githubToken(), 'b.txt': 'clean\n', 'copy.bin': `machine git.example.test login ann password ${githubToken().slice(4, 20)}\n` })
    commit(repo, `one ${githubToken()}`)
    git(repo, 'tag', '-a', '-m', githubToken(), 'v1')
    await scan()
    listedAll()
  })

  it.each<[string, () => void]>([
    ['a commit, with a value in its message', () => { plant(repo, { 'c.txt': githubToken() }); commit(repo, githubToken(), 'Bob') }],
    ['a value gone from the head', () => { plant(repo, { 'a.txt': 'gone\n' }); commit(repo, 'two') }],
    ['a rename of what holds a value, and to a name that makes one of it', () => { git(repo, 'mv', 'a.txt', 'z.txt'); git(repo, 'mv', 'copy.bin', '.netrc'); commit(repo, 'two') }],
    ['a copy under a name that makes a value of it', () => { mkdirSync(join(repo, 'sub')); plant(repo, { 'sub/.netrc': readFileSync(join(repo, 'copy.bin')) }); commit(repo, 'two') }],
    ['a branch with an older commit of the same blob', () => {
      git(repo, 'checkout', '-q', '--orphan', 'side')
      gitWith(repo, { GIT_AUTHOR_DATE: '2001-01-01T00:00:00Z', GIT_COMMITTER_DATE: '2001-01-01T00:00:00Z', GIT_AUTHOR_NAME: 'Old' }, 'commit', '-q', '-m', 'older')
      git(repo, 'checkout', '-q', 'main')
    }],
    ['a merge that brings a value in', () => {
      git(repo, 'checkout', '-q', '-b', 'side')
      plant(repo, { 'y.txt': 'y' })
      commit(repo, 'side')
      git(repo, 'checkout', '-q', 'main')
      plant(repo, { 'x.txt': 'x' })
      commit(repo, 'main')
      git(repo, 'merge', '-q', '--no-commit', '--no-ff', 'side')
      plant(repo, { 'x.txt': githubToken() })
      commit(repo, 'merge')
    }],
    ['something added to the index', () => { plant(repo, { 'staged.txt': githubToken() }); git(repo, 'add', '-A') }],
    ['a tag and a branch', () => { git(repo, 'tag', '-a', '-m', githubToken(), 'v2'); git(repo, 'branch', '-q', 'other') }],
    ['an amended commit, kept by the reflog', () => { plant(repo, { 'a.txt': githubToken() }); git(repo, 'add', '-A'); git(repo, 'commit', '-q', '--amend', '-m', 'one again') }],
  ])('%s', async (_, change) => {
    change()
    await expectSame()
    expect(listedAll()).toBe(false)
    await expectSame()
  })

  it.each<[string, () => void]>([
    ['a dangling object', () => { writeFileSync(join(root, 'loose'), githubToken()); git(repo, 'hash-object', '-w', join(root, 'loose')) }],
    ['a pack', () => { plant(repo, { 'c.txt': githubToken() }); commit(repo, 'two'); git(repo, 'repack', '-q', '-a', '-d') }],
    ['a history that is cut off', () => { plant(repo, { 'a.txt': 'x' }); const id = commit(repo, 'two'); writeFileSync(join(repo, '.git/shallow'), `${id}\n`) }],
    ['commits that nothing names any more', () => { git(repo, 'tag', '-d', 'v1'); git(repo, 'checkout', '-q', '--orphan', 'new'); plant(repo, { 'n.txt': githubToken() }); commit(repo, 'new'); git(repo, 'branch', '-q', '-D', 'main'); git(repo, 'reflog', 'expire', '--expire=now', '--all') }],
  ])('but everything is listed for %s', async (_, change) => {
    change()
    await expectSame()
    expect(listedAll()).toBe(true)
  })

  it('and a dangling value that a commit takes up is told where it is', async () => {
    const token = githubToken()
    writeFileSync(join(root, 'loose'), token)
    git(repo, 'hash-object', '-w', join(root, 'loose'))
    await expectSame()
    plant(repo, { 'taken.txt': token })
    commit(repo, 'two')
    listedAll()
    expect(seen(await expectSame())).toContain(`taken.txt:1 ${token}`)
  })

  it('and of notes that are damaged nothing is believed', async () => {
    for (const damage of [(text: string) => text.slice(0, 50), (text: string) => text.replaceAll('"places":', '"Places":'), () => '{"state":"x","total":-1}']) {
      for (const name of readdirSync(cache)) if (name.startsWith('note-')) writeFileSync(join(cache, name), damage(readFileSync(join(cache, name), 'utf8')))
      plant(repo, { 'more.txt': githubToken() })
      commit(repo, 'more')
      await expectSame()
    }
  })
})

it('whatever is done to a repository, a scan that remembers tells what one that does not tells', { timeout: 120_000 }, async () => {
  const quietly = (...args: readonly string[]): void => { try { git(repo, ...args) } catch { /* There was nothing to do it with. */ } }
  const files = ['a.txt', 'b.env', 'sub/c.yml', 'sub/.netrc', 'fixtures/d.txt']
  const steps: readonly ((file: string, other: string) => void)[] = [
    (file) => { plant(repo, { [file]: `${githubToken()}\n` }); commit(repo, file) },
    (file) => { plant(repo, { [file]: `machine h.example login u password ${githubToken().slice(4, 20)}\n` }); commit(repo, githubToken()) },
    (file) => { plant(repo, { [file]: 'clean\n' }); commit(repo, 'clean', 'Bob') },
    (file, other) => { if (existsSync(join(repo, file))) { plant(repo, { [other]: readFileSync(join(repo, file)) }); commit(repo, 'copied') } },
    (file, other) => { quietly('mv', '-f', file, other); commit(repo, 'moved') },
    (file) => { quietly('rm', '-q', file); commit(repo, 'removed') },
    (file) => { plant(repo, { [file]: githubToken() }); git(repo, 'add', '-A') },
    () => { quietly('checkout', '-q', '-f', '-B', 'side', 'HEAD~1') },
    () => { quietly('checkout', '-q', '-f', 'main') },
    () => { quietly('merge', '-q', '-s', 'ours', '-m', 'merge', 'side') },
    (file) => { plant(repo, { [file]: githubToken() }); quietly('commit', '-q', '-a', '--amend', '-m', 'amended') },
    () => { quietly('reset', '-q', '--hard', 'HEAD~1') },
    () => { quietly('branch', '-q', '-D', 'side') },
    () => { git(repo, 'repack', '-q', '-d') },
    () => { appendFileSync(join(root, 'loose'), githubToken()); git(repo, 'hash-object', '-w', join(root, 'loose')) },
    () => { quietly('tag', '-f', '-a', '-m', githubToken(), 'v1') },
  ]
  plant(repo, { 'a.txt': githubToken() })
  commit(repo, 'one')
  const step = fc.record({ step: fc.nat(steps.length - 1), file: fc.constantFrom(...files), other: fc.constantFrom(...files), scanned: fc.boolean() })
  for (const { step: which, file, other, scanned } of fc.sample(step, { numRuns: 14, seed: SEED })) {
    steps[which]!(file, other)
    if (scanned) await expectSame()
  }
  await expectSame()
})
