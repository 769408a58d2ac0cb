import { createHash } from 'node:crypto'
import { existsSync, rmSync } from 'node:fs'
import { systemClock } from '@muster/core'
import { defaultRules } from '@muster/detect'
import { afterEach, describe, expect, it } from 'vitest'
import { type Change, commitChanges, commitFacts, parseRaw, stagedChanges } from '../git/changes.ts'
import { gitIn } from '../git/git.ts'
import { testRepository, type TestRepository } from '../git/repository.testing.ts'
import { Sieve } from './judge.ts'
import { randomText } from './leak.testing.ts'
import { type ChangeScan, scanChanges } from './scan-changes.ts'

const never = new AbortController().signal
const repositories: TestRepository[] = []
const made = (...options: readonly string[]) => {
  const repository = testRepository(...options)
  repositories.push(repository)
  return { ...repository, asGit: gitIn(repository.path, never) }
}
afterEach(() => { for (const repository of repositories.splice(0)) repository.remove() })

const scan = (repository: ReturnType<typeof made>, changes: readonly Change[], rest: Partial<ChangeScan> = {}) =>
  scanChanges(changes, { git: repository.asGit, rules: { ruleSet: defaultRules(), config: null, formats: true }, clock: systemClock, maxBytes: 1_000_000, sieve: new Sieve({ ignoreAllowComments: false, maxDecodeDepth: null, maxArchiveDepth: null }), signal: never, decode: true, onProgress: () => {}, ...rest })
const password = () => `DB_PASSWORD=${randomText(24)}9k\n`

describe.each([['sha1'], ['sha256']])('what a %s repository would commit', (format) => {
  it('is looked at in the index, before the first commit too', async () => {
    const repository = made(`--object-format=${format}`)
    repository.write({ 'app/.env': password() })
    repository.git('add', '-A')
    repository.write({ 'app/.env': 'DB_PASSWORD=\n' })
    const { introduced, complete } = await scan(repository, await stagedChanges(repository.asGit))
    expect(introduced.map(({ path, commit, found }) => [path, commit, found.line])).toEqual([['app/.env', null, 1]])
    expect(complete).toBe(true)
  })

  it('is what is new: neither an edit beside an old secret nor its move counts', async () => {
    const repository = made(`--object-format=${format}`)
    const [first, second] = [password(), password()]
    repository.commit({ '.env': first, 'other/.env': 'A=1\n' })
    repository.git('mv', '.env', 'moved.env')
    repository.write({ 'moved.env': `# a line above\n${first}`, 'other/.env': `A=1\n${second}` })
    repository.git('add', '-A')
    const { introduced } = await scan(repository, await stagedChanges(repository.asGit))
    expect(introduced.map(({ path, found }) => [path, found.line])).toEqual([['other/.env', 2]])
  })
})

describe('a file that Git LFS keeps', () => {
  const pointerTo = (content: string) => `version https://git-lfs.github.com/spec/v1\noid sha256:${createHash('sha256').update(content).digest('hex')}\nsize ${content.length}\n`
  const keptBeside = (repository: TestRepository, content: string) => {
    const id = createHash('sha256').update(content).digest('hex')
    repository.write({ [`.git/lfs/objects/${id.slice(0, 2)}/${id.slice(2, 4)}/${id}`]: content })
  }

  it('is read through its pointer where it is staged and where a commit brings it in, and what it held before is old', async () => {
    const repository = made()
    const [old, fresh] = [password(), password()]
    for (const content of [old, old + fresh]) keptBeside(repository, content)
    const before = repository.commit({ 'big.env': pointerTo(old), 'a.txt': 'a\n' })
    expect((await scan(repository, await commitChanges(repository.asGit, ['HEAD']))).introduced.map(({ path, commit, found }) => [path, commit, found.line])).toEqual([['big.env', before, 1]])
    repository.write({ 'big.env': pointerTo(old + fresh) })
    repository.git('add', '-A')
    const { introduced, problems } = await scan(repository, await stagedChanges(repository.asGit))
    expect([introduced.map(({ path, found }) => [path, found.line]), problems]).toEqual([[['big.env', 2]], []])
  })

  it('and that is not here, or is too long, is told', async () => {
    const repository = made()
    const long = '#'.repeat(3000)
    keptBeside(repository, long)
    repository.commit({ 'gone.env': pointerTo(password()), 'long.env': pointerTo(long) })
    const { introduced, problems } = await scan(repository, await commitChanges(repository.asGit, ['HEAD']), { maxBytes: 2000 })
    expect(introduced).toEqual([])
    expect(problems.map(({ where, message }) => `${where}: ${message}`)).toEqual(['long.env: longer than 2000 bytes; not looked at', expect.stringMatching(/^\.git: 1 file is kept by Git LFS and not here/)])
  })
})

describe('what commits bring in', () => {
  it('is told with the first commit that had it, though a later one took it out', async () => {
    const repository = made()
    repository.commit({ 'a.txt': 'start\n' })
    const secret = password()
    const bad = repository.commit({ '.env': secret }, 'oops\n\nmore')
    repository.commit({ '.env': 'DB_PASSWORD=\n' })
    repository.commit({ '.env': secret })
    const { introduced } = await scan(repository, await commitChanges(repository.asGit, ['HEAD']))
    expect(introduced.map(({ path, commit }) => [path, commit])).toEqual([['.env', bad]])
    expect((await commitFacts(repository.asGit, new Set([bad]))).get(bad)).toMatchObject({ id: bad, author: 'Ann', email: 'ann@example.com', message: 'oops\n\nmore', date: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/) })
    expect((await scan(repository, await commitChanges(repository.asGit, [`${bad}..HEAD`]))).introduced).toEqual([])
  })

  it('is found in what a merge alone changed, and not counted twice in a merge of it', async () => {
    const repository = made()
    repository.commit({ 'a.txt': 'start\n' })
    repository.git('checkout', '-q', '-b', 'side')
    const side = repository.commit({ 'side.env': password() })
    repository.git('checkout', '-q', 'main')
    repository.commit({ 'b.txt': 'b\n' })
    repository.git('merge', '-q', '--no-commit', '--no-ff', 'side')
    const merge = repository.commit({ 'evil.env': password() })
    const { introduced } = await scan(repository, await commitChanges(repository.asGit, ['HEAD']))
    expect(introduced.map(({ path, commit }) => [path, commit]).toSorted()).toEqual([['evil.env', merge], ['side.env', side]])
  })

  it('is found in what a commit says, a merge and an empty one too, unless a file had it before', async () => {
    const repository = made()
    const old = password()
    repository.commit({ '.env': old }, 'first')
    const from = repository.git('rev-parse', 'HEAD')
    const said = repository.commit({ 'a.txt': 'a\n' }, `login\n\nuse\n${password()}`)
    repository.git('commit', '-q', '--allow-empty', '-m', `nothing\n\n${password()}`)
    const empty = repository.git('rev-parse', 'HEAD')
    repository.commit({ '.env': 'DB_PASSWORD=\n' }, `take out\n\n${old}`)
    const { introduced, problems } = await scan(repository, await commitChanges(repository.asGit, [`${from}..HEAD`]))
    expect(introduced.map(({ path, commit, found }) => [path, commit, found.line])).toEqual([['(commit message)', said, 4], ['(commit message)', empty, 3]])
    expect(problems).toEqual([])
  })

  it('leaves out what is too long and says so; ends when the time is up', async () => {
    const repository = made()
    repository.commit({ 'big.env': `${password()}${'#'.repeat(5000)}\n`, 'small.env': password() })
    const changes = await commitChanges(repository.asGit, ['HEAD'])
    const { introduced, problems } = await scan(repository, changes, { maxBytes: 1000 })
    expect(introduced.map(({ path }) => path)).toEqual(['small.env'])
    expect(problems).toEqual([{ code: 'input.limit', where: 'big.env', message: 'longer than 1000 bytes; not looked at' }])
    expect(await scan(repository, changes, { signal: AbortSignal.abort() })).toMatchObject({ complete: false, introduced: [] })
  })

  it('copes with any name, submodules and links', async () => {
    const repository = made()
    const names = ['with space.env', 'ünï.env', ':colon.env', 'line\nbreak.env', '-dash.env']
    const id = repository.commit(Object.fromEntries(names.map((name) => [name, password()])))
    repository.git('update-index', '--add', '--cacheinfo', `160000,${id},module`)
    repository.git('commit', '-q', '-m', 'a module')
    const { introduced, problems } = await scan(repository, await commitChanges(repository.asGit, ['HEAD']))
    expect(introduced.map(({ path }) => path).toSorted()).toEqual(names.toSorted())
    expect(problems).toEqual([])
  })
})

it('a repository that names programs and replaces objects runs none and hides nothing', async () => {
  const repository = made()
  const mark = `${repository.path}/ran`
  for (const name of ['core.fsmonitor', 'core.sshCommand', 'gpg.program', 'diff.external', 'core.pager']) repository.git('config', name, `touch ${mark}; false`)
  repository.git('config', 'log.showSignature', 'true')
  const bad = repository.commit({ '.env': password() })
  repository.write({ harmless: 'DB_PASSWORD=\n' })
  repository.git('replace', repository.git('rev-parse', `${bad}:.env`), repository.git('hash-object', '-w', 'harmless'))
  expect((await scan(repository, await commitChanges(repository.asGit, ['HEAD']))).introduced.map(({ path }) => path)).toEqual(['.env'])
  rmSync(mark, { force: true })
  await stagedChanges(repository.asGit)
  await commitFacts(repository.asGit, new Set([bad]))
  expect(existsSync(mark)).toBe(false)
})

it('a form of changes that is not known is refused', () => {
  expect(() => parseRaw(Buffer.from('nonsense\0'))).toThrow(/form that is not known/)
  expect(() => parseRaw(Buffer.from(':100644 A\0path\0'))).toThrow(/form that is not known/)
  expect(parseRaw(Buffer.from(''))).toEqual([])
})

it('blobs come in order, whatever is between them', async () => {
  const repository = made()
  repository.commit({ a: 'first\n', b: '', c: 'x'.repeat(200_000) })
  const [a, b, c] = ['a', 'b', 'c'].map((name) => repository.git('rev-parse', `HEAD:${name}`))
  const read: (string | null)[] = []
  for await (const { bytes } of repository.asGit.texts([a!, 'f'.repeat(40), c!, b!, repository.git('rev-parse', 'HEAD'), repository.git('rev-parse', 'HEAD^{tree}'), a!], 1000)) read.push(bytes?.toString() ?? null)
  expect(read).toEqual(['first\n', null, null, '', 'change\n', null, 'first\n'])
})
