import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { githubToken, type Outcome, plant, scanSecretsIn, seen } from '../scan.testing.ts'
import { fileMemory } from '../file-memory.ts'
import { brief, commit, git, gitWith, initRepository, newRepository, short } from './git.testing.ts'
import { normalisedRemote } from './repository.ts'

let root = ''
let repo = ''
beforeEach(() => {
  ;({ root, repo } = newRepository())
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

const coverage = ({ observations }: Outcome) => observations.flatMap((each) => each.observation === 'coverage' ? [each] : [])

describe('a repository', () => {
  it('tells who brought a value in, where it is now, and where it only was', async () => {
    const [kept, gone, elsewhere] = [githubToken(), githubToken(), githubToken()]
    plant(repo, { 'a.txt': `${kept}\n`, 'b.txt': 'x\n' })
    const one = commit(repo, 'one')
    plant(repo, { 'a.txt': `first\n${kept}\n`, 'b.txt': `${gone}\n` })
    const two = commit(repo, 'two', 'Bob')
    plant(repo, { 'b.txt': 'removed\n' })
    commit(repo, 'three')
    git(repo, 'checkout', '-q', '-b', 'side', 'HEAD~1')
    plant(repo, { 'c.txt': elsewhere })
    const four = commit(repo, 'four')
    git(repo, 'checkout', '-q', 'main')
    const outcome = await scanSecretsIn(repo)
    expect(brief(outcome)).toEqual([`a.txt:1 head ${short(one)} Ann`, `b.txt:1 branch ${short(two)} Bob`, `c.txt:1 branch ${short(four)} Ann`])
    expect(outcome.credentials.find(({ location }) => location.kind === 'repository-line' && location.path === 'a.txt')!.location).toMatchObject({ line: 2, presence: 'head', commit: { id: one, authorEmail: 'ann@example.org' } })
    git(repo, 'branch', '-q', '-D', 'side')
    expect(brief(await scanSecretsIn(repo))[1]).toBe(`b.txt:1 history ${short(two)} Bob`)
    expect(coverage(outcome)).toMatchObject([{ scope: { kind: 'path', path: '', unread: [], lookedFor: ['secrets'] }, complete: true }])
  })

  it('is known everywhere by its remote, without the credentials in it, and without a remote by its first commit', async () => {
    const first = commit(repo, 'one')
    const identifiers = async () => (await scanSecretsIn(repo)).observations.flatMap((each) => each.observation === 'sighting' && each.of === 'machine' ? each.identifiers : [])
    expect(await identifiers()).toEqual([{ type: 'source-id', value: `git:root:${first}` }])
    const token = githubToken()
    git(repo, 'remote', 'add', 'origin', `https://x:${token}@Git.Example.org/team/app.git`)
    const outcome = await scanSecretsIn(repo)
    expect(await identifiers()).toEqual([{ type: 'source-id', value: 'git:git.example.org/team/app' }])
    expect(outcome.observations[0]).toMatchObject({ of: 'machine', machineKind: 'source', name: 'git.example.org/team/app' })
    // The remote's login is itself a finding.
    expect(seen(outcome)).toEqual([`.git/config:7 ${token}`])
  })

  it('follows a rename, and a value that only a merge brought in', async () => {
    const [moved, merged] = [githubToken(), githubToken()]
    plant(repo, { 'old.txt': moved, 'x.txt': 'x' })
    const one = commit(repo, 'one')
    git(repo, 'mv', 'old.txt', 'new.txt')
    const two = commit(repo, 'two')
    git(repo, 'checkout', '-q', '-b', 'side', one)
    plant(repo, { 'y.txt': 'y' })
    commit(repo, 'side')
    git(repo, 'checkout', '-q', 'main')
    git(repo, 'merge', '-q', '--no-commit', '--no-ff', 'side')
    plant(repo, { 'x.txt': merged })
    const merge = commit(repo, 'merge')
    expect(brief(await scanSecretsIn(repo))).toEqual([`new.txt:1 head ${short(two)} Ann`, `old.txt:1 branch ${short(one)} Ann`, `x.txt:1 head ${short(merge)} Ann`])
  })

  it('holds what nothing reaches any more: amended, dropped, only added', async () => {
    const [amended, added, loose] = [githubToken(), githubToken(), githubToken()]
    plant(repo, { 'a.txt': amended })
    commit(repo, 'one')
    plant(repo, { 'a.txt': 'clean' })
    git(repo, 'add', '-A')
    git(repo, 'commit', '-q', '--amend', '-m', 'one')
    plant(repo, { 'b.txt': added })
    git(repo, 'add', '-A')
    plant(repo, { 'b.txt': 'clean' })
    writeFileSync(join(root, 'loose'), loose)
    const id = git(repo, 'hash-object', '-w', join(root, 'loose')).trim()
    const outcome = await scanSecretsIn(repo)
    expect(seen(outcome)).toEqual([`.git/objects/${id.slice(0, 2)}/${id.slice(2)}:1 ${loose}`, `a.txt:1 ${amended}`, `b.txt:1 ${added}`])
    expect(new Set(outcome.findings.map(({ presence }) => presence))).toEqual(new Set(['history']))
  })

  it('has its uncommitted files read too, ignored ones among them, and nothing twice', async () => {
    const [committed, ignored, changed] = [githubToken(), githubToken(), githubToken()]
    plant(repo, { 'a.txt': committed, '.gitignore': '.env\nnode_modules\n', '.env': `T=${ignored}\n`, 'node_modules/x/key.txt': githubToken() })
    const one = commit(repo, 'one')
    plant(repo, { 'b.txt': changed, 'a.txt': `${committed}\n# touched\n` })
    expect(brief(await scanSecretsIn(repo))).toEqual(['.env:1 head -', `a.txt:1 head ${short(one)} Ann`, 'b.txt:1 head -'])
    expect(brief(await scanSecretsIn(repo, { history: false }))).toEqual(['.env:1 head -', 'a.txt:1 head -', 'b.txt:1 head -'])
  })

  it('is read in messages of commits and tags too', async () => {
    const [kept, gone, tagged] = [githubToken(), githubToken(), githubToken()]
    plant(repo, { 'a.txt': 'x' })
    const one = commit(repo, `add a\n\ncurl -H "token ${kept}"\n`)
    git(repo, 'tag', '-a', '-m', `first\n\n${tagged}`, 'v1')
    plant(repo, { 'a.txt': 'y' })
    const two = commit(repo, gone, 'Bob')
    git(repo, 'reset', '-q', '--hard', one)
    const memory = fileMemory(join(root, 'memory'))
    for (let i = 0; i < 2; i++) {
      const outcome = await scanSecretsIn(repo, {}, { parts: { memory } })
      expect(brief(outcome)).toEqual([`(commit message):1 history ${short(two)} Bob`, `(commit message):3 head ${short(one)} Ann`, `(tag message):3 head ${short(one)} Ann`])
      expect(seen(outcome).map((line) => line.split(' ').at(-1)).sort()).toEqual([kept, gone, tagged].sort())
      expect(outcome.credentials.every(({ location }) => location.kind === 'repository-line' && location.blob === null)).toBe(true)
      expect([outcome.problems, coverage(outcome)]).toMatchObject([[], [{ complete: true, scope: { unread: [] } }]])
    }
    expect(seen(await scanSecretsIn(repo, { history: false }))).toEqual([])
  })

  describe('with Git LFS', () => {
    const sha256 = (content: string) => createHash('sha256').update(content).digest('hex')
    const pointer = (content: string) => `version https://git-lfs.github.com/spec/v1\noid sha256:${sha256(content)}\nsize ${content.length}\n`
    const fetched = (content: string) => {
      const id = sha256(content)
      plant(repo, { [`.git/lfs/objects/${id.slice(0, 2)}/${id.slice(2, 4)}/${id}`]: content })
    }
    const missing = (count: string) => `${count} kept by Git LFS and not here: git lfs pull fetches what is checked out, git lfs fetch --all what history had`

    it('is read through its pointers, at their paths, and says which content is not here', async () => {
      const [token, gone] = [githubToken(), githubToken()].map((value) => `token = "${value}"\n${'#'.repeat(3000)}\n`) as [string, string]
      plant(repo, { 'data/big.toml': pointer(token), 'data/old.toml': pointer(gone), 'a.txt': 'a\n' })
      fetched(token)
      const id = commit(repo, 'one')
      const outcome = await scanSecretsIn(repo)
      expect(brief(outcome)).toEqual([`data/big.toml:1 head ${short(id)} Ann`])
      expect(outcome.problems).toEqual([{ code: 'input.limit', where: expect.stringMatching(/\.git$/), message: missing('1 file is') }])
      expect(coverage(outcome).map(({ scope }) => scope)).toEqual([expect.objectContaining({ path: '', unread: ['data/old.toml'] })])
      fetched(gone)
      const whole = await scanSecretsIn(repo)
      expect(seen(whole)).toHaveLength(2)
      expect([whole.problems, coverage(whole)[0]!.complete]).toEqual([[], true])
    })

    it('has what is fetched later read later, whatever an earlier scan remembers', async () => {
      const content = `token = "${githubToken()}"\n`
      plant(repo, { 'big.toml': pointer(content), 'a.txt': 'a\n' })
      commit(repo, 'one')
      const memory = fileMemory(join(root, 'memory'))
      for (let round = 0; round < 2; round++) expect((await scanSecretsIn(repo, {}, { parts: { memory } })).problems.map(({ message }) => message)).toEqual([missing('1 file is')])
      fetched(content)
      for (let round = 0; round < 2; round++) expect(seen(await scanSecretsIn(repo, {}, { parts: { memory } }))).toHaveLength(1)
    })

    it('has content read where it is checked out and nowhere else', async () => {
      const content = `token = "${githubToken()}"\n`
      // As git lfs does it: what is checked out is the content, what is committed the pointer.
      git(repo, 'config', 'filter.lfs.clean', `printf '%s' '${pointer(content)}'; cat >/dev/null`)
      plant(repo, { '.gitattributes': '*.toml filter=lfs\n', 'big.toml': content })
      commit(repo, 'one')
      expect(git(repo, 'show', 'HEAD:big.toml')).toBe(pointer(content))
      const outcome = await scanSecretsIn(repo)
      expect(brief(outcome)).toEqual(['big.toml:1 head -'])
      expect(outcome.problems.map(({ message }) => message)).toEqual([missing('1 file is')])
    })

    it('takes what is no pointer, and links instead of content, for nothing of the kind', async () => {
      plant(repo, { 'a.txt': pointer('x').replace('sha256:', 'md5:'), 'b.txt': pointer('x').replace('git-lfs.github.com', 'example.org'), 'c.txt': `${pointer('x')}${'#'.repeat(2000)}`, outside: `token = "${githubToken()}"\n`, 'd.txt': pointer('y') })
      commit(repo, 'one')
      const id = sha256('y')
      mkdirSync(join(repo, '.git/lfs/objects', id.slice(0, 2), id.slice(2, 4)), { recursive: true })
      symlinkSync(join(repo, 'outside'), join(repo, '.git/lfs/objects', id.slice(0, 2), id.slice(2, 4), id))
      const outcome = await scanSecretsIn(repo)
      expect(outcome.findings.map(({ path }) => path)).toEqual(['outside'])
      expect(outcome.problems.map(({ message }) => message)).toEqual([missing('1 file is')])
    })
  })

  it('leaves out what an allowlist excepts in the commit that brought it in', async () => {
    const [one, two, three] = [githubToken(), githubToken(), githubToken()]
    plant(repo, { 'a.txt': one, 'b.txt': two })
    const first = commit(repo, 'one')
    plant(repo, { 'c.txt': three })
    const second = commit(repo, 'two')
    const withList = (list: string) => scanSecretsIn(repo, { config: `[extend]\nuseDefault = true\n[[allowlists]]\n${list}\n` })
    expect(seen(await withList(`commits = ["${first.toUpperCase()}"]`))).toEqual([`c.txt:1 ${three}`])
    expect(seen(await withList(`condition = "AND"\ncommits = ["${first}", "${second}"]\npaths = ['''^[ac]''']`))).toEqual([`b.txt:1 ${two}`])
    expect(seen(await withList(`condition = "AND"\ncommits = ["${first}"]\npaths = ['''^c''']`))).toEqual([`a.txt:1 ${one}`, `b.txt:1 ${two}`, `c.txt:1 ${three}`])
  })

  it('names who answers for the path by CODEOWNERS', async () => {
    plant(repo, { 'CODEOWNERS': '* @org/all\n/deploy/ @org/ops ops@example.org\n', 'deploy/a.txt': githubToken(), 'b.txt': githubToken() })
    commit(repo, 'one')
    const { credentials } = await scanSecretsIn(repo)
    expect(credentials.map(({ location }) => location.kind === 'repository-line' ? [location.path, location.codeOwners] : [])).toEqual([['b.txt', ['@org/all']], ['deploy/a.txt', ['@org/ops', 'ops@example.org']]])
    // A directory of that name names nobody; the first file that there is does.
    plant(repo, { '.github/CODEOWNERS/odd': 'x\n', 'docs/CODEOWNERS': '* @org/docs\n' })
    commit(repo, 'two')
    expect((await scanSecretsIn(repo)).credentials.map(({ location }) => location.kind === 'repository-line' ? location.codeOwners[0] : null)).toEqual(['@org/all', '@org/ops'])
    git(repo, 'rm', '-q', 'CODEOWNERS')
    commit(repo, 'three')
    expect((await scanSecretsIn(repo)).credentials.map(({ location }) => location.kind === 'repository-line' ? location.codeOwners[0] : null)).toEqual(['@org/docs', '@org/docs'])
  })

  it('bare, as a linked work tree, with a submodule, with names that are not UTF-8, with CRLF', async () => {
    const [one, two, three] = [githubToken(), githubToken(), githubToken()]
    plant(repo, { 'a.txt': `x\r\n${one}\r\n` })
    writeFileSync(Buffer.concat([Buffer.from(`${repo}/`), Buffer.from([0x66, 0xff])]), two)
    commit(repo, 'one')
    const expected = [`a.txt:2 ${one}`, String.raw`f\xff:1 ${two}`]
    git(root, 'clone', '-q', '--bare', repo, join(root, 'bare.git'))
    expect(seen(await scanSecretsIn(join(root, 'bare.git')))).toEqual(expected)
    expect(seen(await scanSecretsIn(join(root, 'bare.git'), { history: false }))).toEqual(expected)
    git(repo, 'worktree', 'add', '-q', join(root, 'linked'), '-b', 'linked')
    expect(seen(await scanSecretsIn(join(root, 'linked')))).toEqual(expected)
    const outer = initRepository(join(root, 'outer'))
    plant(outer, { 'o.txt': three })
    git(outer, 'submodule', 'add', '-q', repo, 'sub')
    commit(outer, 'outer')
    expect(seen(await scanSecretsIn(outer))).toEqual([`o.txt:1 ${three}`])
    expect(seen(await scanSecretsIn(join(outer, 'sub')))).toEqual(expected)
  })

  it('shallow or partial says so, and nothing counts as gone', async () => {
    const [first, last] = [githubToken(), githubToken()]
    plant(repo, { 'a.txt': first })
    commit(repo, 'one')
    plant(repo, { 'a.txt': last })
    commit(repo, 'two')
    git(root, 'clone', '-q', '--depth', '1', `file://${repo}`, join(root, 'shallow'))
    const shallow = await scanSecretsIn(join(root, 'shallow'))
    expect(seen(shallow)).toEqual([`a.txt:1 ${last}`])
    expect(shallow.problems).toMatchObject([{ code: 'input.limit', message: expect.stringContaining('--unshallow') }])
    expect(coverage(shallow)).toMatchObject([{ scope: { unread: [''] }, complete: false }])
    git(repo, 'config', 'uploadpack.allowFilter', 'true')
    git(root, 'clone', '-q', '--filter=blob:none', '--no-checkout', `file://${repo}`, join(root, 'partial'))
    const partial = await scanSecretsIn(join(root, 'partial'))
    expect(partial.problems).toMatchObject([{ code: 'file.unreadable', message: 'a partial clone: 2 objects are not here and are not fetched' }])
    expect(seen(partial)).toEqual([])
  })

  it('is read between two commits, of some refs, or since a time', async () => {
    const tokens = [githubToken(), githubToken(), githubToken()]
    const ids = tokens.map((token, i) => {
      plant(repo, { [`${i}.txt`]: token })
      return commit(repo, String(i))
    })
    expect(seen(await scanSecretsIn(repo, { refs: [`${ids[0]}..${ids[1]}`] }))).toEqual([`1.txt:1 ${tokens[1]}`])
    const committedAt = git(repo, 'show', '-s', '--format=%ct', ids[2]!).trim()
    const outcome = await scanSecretsIn(repo, { since: new Date(Number(committedAt) * 1000).toISOString() })
    expect(seen(outcome)).toEqual([`2.txt:1 ${tokens[2]}`])
    expect(coverage(outcome)).toEqual([])
  })
})

describe('a hostile or damaged repository', () => {
  it('runs nothing of its settings', async () => {
    const trap = join(root, 'trap.sh')
    const sprung = join(root, 'sprung')
    writeFileSync(trap, `#!/bin/sh\ntouch ${sprung}\ncat\n`, { mode: 0o755 })
    plant(repo, { 'a.txt': githubToken(), '.gitattributes': '* filter=trap diff=trap\n' })
    commit(repo, 'one')
    for (const [name, value] of [['core.fsmonitor', trap], ['filter.trap.clean', trap], ['filter.trap.smudge', trap], ['filter.trap.process', trap], ['diff.trap.textconv', trap], ['diff.external', trap], ['core.pager', trap], ['gpg.program', trap], ['log.showSignature', 'true'], ['core.sshCommand', trap], ['core.hooksPath', root], ['core.worktree', '/etc'], ['alias.log', `!${trap}`]] as const) git(repo, 'config', name, value)
    plant(repo, { 'a.txt': `${githubToken()} changed` })
    const outcome = await scanSecretsIn(repo)
    expect(outcome.findings.map(({ path }) => path)).toEqual(['a.txt', 'a.txt'])
    expect(existsSync(sprung)).toBe(false)
  })

  it('with a damaged object is read around it', async () => {
    const tokens = Array.from({ length: 6 }, githubToken)
    const ids = tokens.map((token, i) => { plant(repo, { [`${i}.txt`]: token }); return commit(repo, String(i)) })
    const blob = git(repo, 'rev-parse', `${ids[5]}:3.txt`).trim()
    const path = join(repo, '.git/objects', blob.slice(0, 2), blob.slice(2))
    execFileSync('chmod', ['u+w', path])
    writeFileSync(path, 'no object')
    rmSync(join(repo, '3.txt'))
    const outcome = await scanSecretsIn(repo)
    expect(seen(outcome)).toEqual([0, 1, 2, 4, 5].map((i) => `${i}.txt:1 ${tokens[i]}`))
    expect(outcome.problems.some(({ code, where }) => code === 'file.unreadable' && where === '3.txt')).toBe(true)
    expect(coverage(outcome)).toMatchObject([{ complete: false }])
  })

  it('with a truncated pack is read as far as it goes', async () => {
    plant(repo, { 'a.txt': githubToken() })
    commit(repo, 'one')
    git(repo, 'repack', '-q', '-a', '-d')
    const pack = readdirSync(join(repo, '.git/objects/pack')).find((name) => name.endsWith('.pack'))!
    execFileSync('chmod', ['u+w', join(repo, '.git/objects/pack', pack)])
    truncateSync(join(repo, '.git/objects/pack', pack), 30)
    const loose = githubToken()
    plant(repo, { 'new.txt': loose })
    const outcome = await scanSecretsIn(repo)
    expect(outcome.problems.length).toBeGreaterThan(0)
    expect(seen(outcome)).toContain(`new.txt:1 ${loose}`)
    expect(coverage(outcome)).toMatchObject([{ complete: false, scope: { unread: [''] } }])
  })

  it('without commits, or with no git program, is told for what it is', async () => {
    const token = githubToken()
    plant(repo, { 'a.txt': token })
    expect(seen(await scanSecretsIn(repo))).toEqual([`a.txt:1 ${token}`])
    expect((await scanSecretsIn(repo, {}, { parts: { git: '/nonexistent/git' } })).problems).toEqual([{ code: 'object.not-found', where: repo, message: 'git is not installed; install it to read repositories' }])
  })

  it('with a huge blob is read up to the limit', async () => {
    const token = githubToken()
    writeFileSync(join(repo, 'huge.bin'), Buffer.concat([Buffer.from(`${token}\n`), Buffer.alloc(3_000_000)]))
    commit(repo, 'one')
    const outcome = await scanSecretsIn(repo, { maxFileBytes: 1_000_000 })
    expect(seen(outcome)).toEqual([`huge.bin:1 ${token}`])
    expect(outcome.problems).toMatchObject([{ code: 'input.limit', where: 'huge.bin' }])
  })
})

it.each([
  ['https://github.com/Org/App.git', 'github.com/Org/App'], ['git@GitHub.com:Org/App.git', 'github.com/Org/App'], ['ssh://git@host.example:2222/a/b', 'host.example:2222/a/b'],
  ['https://u:p@host.example:443/a//b/?x=1', 'host.example/a/b'], ['git://host.example/a', 'host.example/a'], ['/srv/git/a.git', null], ['../a', null], ['file:///srv/a', null], ['', null], ['C:/a/b', null],
])('the remote %j is known as %j', (url, expected) => expect(normalisedRemote(url)).toBe(expected))

describe('between scans', () => {
  it('killed after any batch and resumed gives what an uninterrupted scan gives', async () => {
    for (let i = 0; i < 30; i++) {
      plant(repo, { [`${i % 5}.txt`]: `${githubToken()}\n`, [`filler-${i}.txt`]: 'x\n'.repeat(3000) })
      commit(repo, String(i))
    }
    git(repo, 'commit', '-q', '--allow-empty', '-m', githubToken())
    plant(repo, { '.env': githubToken() })
    const whole = await scanSecretsIn(repo)
    const text = (outcome: Outcome) => outcome.observations.map((each) => JSON.stringify(each))
    expect(whole.batches.length).toBeGreaterThan(1)
    for (let kill = 1; kill < whole.batches.length; kill++) {
      const first = await scanSecretsIn(repo, {}, { maxBatches: kill })
      const second = await scanSecretsIn(repo, {}, { resumeFrom: first.batches.at(-1)!.cursor })
      expect(new Set([...text(first), ...text(second)])).toEqual(new Set(text(whole)))
    }
  })

  it('no value is in what the scan reports, and git is asked with no environment of the user', async () => {
    const token = githubToken()
    plant(repo, { 'a.txt': `${token}\n` })
    gitWith(repo, {}, 'add', '-A')
    commit(repo, 'one')
    const { batches } = await scanSecretsIn(repo)
    expect(JSON.stringify(batches)).not.toContain(token)
    expect(readFileSync(join(repo, 'a.txt'), 'utf8')).toContain(token)
  })
})
