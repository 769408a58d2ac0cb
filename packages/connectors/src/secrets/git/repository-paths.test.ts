import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { fileMemory } from '../file-memory.ts'
import { githubToken, type Outcome, plant, scanSecretsIn } from '../scan.testing.ts'
import { brief, commit, git, newRepository, short } from './git.testing.ts'

let root = ''
let repo = ''
beforeEach(() => {
  ;({ root, repo } = newRepository())
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

describe('a repository whose blobs have several paths', () => {
  it('is judged under every path of a blob, so that an exception for one hides no other', async () => {
    const [copied, moved, plain] = [githubToken(), githubToken(), githubToken()]
    const config = `[extend]\nuseDefault = true\n[[allowlists]]\npaths = ['''^fixtures/''']\n`
    plant(repo, { 'fixtures/a.ts': `${copied}\n`, 'z.ts': `${copied}\n`, 'fixtures/b.ts': `${moved}\n`, 'c.txt': plain, 'd.txt': plain })
    const one = commit(repo, 'one')
    git(repo, 'mv', 'fixtures/b.ts', 'fixtures/c.ts')
    git(repo, 'checkout', '-q', '-b', 'side')
    plant(repo, { 'moved.ts': `${moved}\n` })
    const two = commit(repo, 'two')
    git(repo, 'checkout', '-q', 'main')
    const expected = [`c.txt:1 head ${short(one)} Ann`, `d.txt:1 head ${short(one)} Ann`, `moved.ts:1 branch ${short(two)} Ann`, `z.ts:1 head ${short(one)} Ann`]
    expect(brief(await scanSecretsIn(repo, { config }))).toEqual(expected)
    const memory = fileMemory(join(root, 'memory'))
    for (let i = 0; i < 2; i++) expect(brief(await scanSecretsIn(repo, { config }, { parts: { memory } }))).toEqual(expected)
  })

  it('has every path a blob ever had seen by rules that go by paths, and by those alone', async () => {
    const config = `[[rules]]\nid = "key-file"\npath = '''(?:^|/)id_[a-z]+$'''\n[[rules]]\nid = "box"\npath = '''\\.box$'''\nregex = '''boxed-([a-z]{8})'''\n`
    plant(repo, { 'a.txt': 'same\n', 'keys/id_one': 'same\n', 'b.txt': 'boxed-abcdefgh\n', 'b.box': 'boxed-abcdefgh\n', 'c.txt': 'other\n' })
    const one = commit(repo, 'one')
    git(repo, 'rm', '-q', '-r', 'keys', 'b.box', 'a.txt', 'b.txt')
    commit(repo, 'gone')
    plant(repo, { id_two: 'other\n' })
    const three = commit(repo, 'three')
    // A value is one wherever it is copied; a path that tells by itself tells of no other.
    const expected = [`b.box:1 history ${short(one)} Ann`, `b.txt:1 history ${short(one)} Ann`, `id_two:1 head ${short(three)} Ann`, `keys/id_one:1 history ${short(one)} Ann`]
    expect(brief(await scanSecretsIn(repo, { config }))).toEqual(expected)
    const memory = fileMemory(join(root, 'memory'))
    for (let i = 0; i < 2; i++) expect(brief(await scanSecretsIn(repo, { config }, { parts: { memory } }))).toEqual(expected)
    expect(brief(await scanSecretsIn(repo, { config, refs: [`${one}..main`] }))).toEqual([`id_two:1 head ${short(three)} Ann`])
  })

  it('is read by the format each path of a blob has', async () => {
    const login = `machine git.example.test login ann password ${githubToken().slice(4, 20)}\n`
    plant(repo, { 'copied.bin': login, 'sub/.netrc': login })
    commit(repo, 'one')
    expect((await scanSecretsIn(repo)).findings.map(({ path }) => path)).toContain('sub/.netrc')
  })

  it('is read by the format each path of a blob had, in commits that are long past, and by one path of a kind', async () => {
    const [first, second] = ['one', 'two'].map((host) => `machine ${host}.example.test login ann password ${githubToken().slice(4, 20)}\n`) as [string, string]
    plant(repo, { 'old/.netrc': first, 'notes.txt': second })
    const one = commit(repo, 'one')
    git(repo, 'mv', 'old/.netrc', 'a.log')
    git(repo, 'mv', 'notes.txt', '_netrc')
    const two = commit(repo, 'two', 'Bob')
    git(repo, 'mv', '_netrc', 'other.txt')
    git(repo, 'mv', 'a.log', 'b.log')
    commit(repo, 'three')
    git(repo, 'rm', '-q', '-r', '.')
    commit(repo, 'gone')
    const memory = fileMemory(join(root, 'memory'))
    const told = (outcome: Outcome) => brief(outcome).filter((each) => each.includes('netrc'))
    const expected = [`_netrc:1 history ${short(two)} Bob`, `old/.netrc:1 history ${short(one)} Ann`]
    expect(told(await scanSecretsIn(repo))).toEqual(expected)
    for (let i = 0; i < 2; i++) expect(told(await scanSecretsIn(repo, {}, { parts: { memory } }))).toEqual(expected)
    expect(told(await scanSecretsIn(repo, { formats: false }))).toEqual([])
  })
})
