import { spawn } from 'node:child_process'
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { Secret, systemClock } from '@muster/core'
import { fingerprintsUnder } from '@muster/detect'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Verification, verificationOptionsSchema } from '../verification/index.ts'
import { fileMemory } from './file-memory.ts'
import { commit, git, newRepository, notingGit } from './git/git.testing.ts'
import { githubToken, type Outcome, plant, type RunOptions, scanSecretsIn } from './scan.testing.ts'

let root = ''
let repo = ''
let cache = ''
let program = ''
beforeEach(() => {
  ;({ root, repo, cache } = newRepository())
  program = notingGit(root)
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

/** Files that were just written look as if they had stood for long. */
const later = { now: () => new Date(systemClock.now().getTime() + 10_000) }
const scan = (options: Record<string, unknown> = {}, run: RunOptions = {}) => scanSecretsIn(repo, options, { silent: true, clock: later, ...run, parts: { memory: fileMemory(cache), git: program, ...run.parts } })
const fresh = (options: Record<string, unknown> = {}) => scanSecretsIn(repo, options, { silent: true, clock: later, parts: { git: program } })
const told = ({ batches }: Outcome) => batches.map(({ observations, problems }) => ({ observations, problems }))
/** How often git is asked meanwhile. */
async function asked(work: () => Promise<Outcome>): Promise<readonly [number, Outcome]> {
  const count = () => (existsSync(join(root, 'asked')) ? readFileSync(join(root, 'asked'), 'latin1').split('\n').length : 0)
  const before = count()
  const outcome = await work()
  return [count() - before, outcome]
}
/** Scans twice: the second time must tell what a scan without memory tells, and ask git nothing. */
async function settled(options: Record<string, unknown> = {}): Promise<Outcome> {
  await scan(options)
  const [times, outcome] = await asked(() => scan(options))
  expect(times).toBe(0)
  expect(told(outcome)).toEqual(told(await fresh(options)))
  return outcome
}

describe('a repository that has not changed', () => {
  it('is told again without git and without rules: attribution, exceptions, pairs, messages and files that are not committed', async () => {
    const config = '[extend]\nuseDefault = true\n[[allowlists]]\npaths = [\'\'\'^fixtures/\'\'\']\n'
    plant(repo, { 'a.txt': githubToken(), 'fixtures/b.txt': githubToken(), 'CODEOWNERS': '* @org/all\n', 'sub/c.txt': githubToken() })
    commit(repo, `one ${githubToken()}`, 'Bob')
    git(repo, 'mv', 'sub/c.txt', 'sub/d.txt')
    plant(repo, { '.github/workflows/ci.yml': 'on: push\njobs:\n  a:\n    runs-on: x\n    env:\n      T: ${{ secrets.DEPLOY_TOKEN }}\n' })
    commit(repo, 'two')
    plant(repo, { '.env': `T=${githubToken()}\n` })
    expect((await settled({ config })).credentials.length).toBeGreaterThan(4)
    expect((await settled()).credentials.length).toBeGreaterThan(5)
    git(root, 'clone', '-q', '--bare', repo, join(root, 'bare.git'))
    repo = join(root, 'bare.git')
    await settled()
    await settled({ refs: ['main'] })
  })

  it('gives whoever wants values every report again', async () => {
    plant(repo, { 'a.txt': githubToken(), 'b.txt': githubToken() })
    commit(repo, 'one')
    const first = await scan({}, { silent: false })
    const second = await scan({}, { silent: false })
    expect(second.all.map(({ found, ...rest }) => ({ ...rest, ...found, secret: found.secret.revealText() }))).toEqual(first.all.map(({ found, ...rest }) => ({ ...rest, ...found, secret: found.secret.revealText() })))
    expect(second.observations).toEqual(first.observations)
    expect(second.all.length).toBe(2)
  })

  it('is read when a value in it has to be asked about', async () => {
    const verification = new Verification(verificationOptionsSchema.parse({}), { clock: systemClock, signal: new AbortController().signal, ownTokens: () => Promise.resolve(null) })
    const parts = { verifiedFacts: verification.facts, askedAbout: verification }
    plant(repo, { 'a.txt': githubToken() })
    commit(repo, 'one')
    await scan({}, { parts })
    expect((await asked(() => scan({}, { parts })))[0]).toBe(0)
    expect((await asked(() => scan({}, { parts: { verifiedFacts: verification.facts } })))[0]).toBeGreaterThan(0)
    const asking = new Verification(verificationOptionsSchema.parse({ providers: ['github'], egress: [] }), { clock: systemClock, signal: new AbortController().signal })
    for (let i = 0; i < 2; i++) expect((await asked(() => scan({}, { parts: { verifiedFacts: () => Promise.resolve({}), askedAbout: asking } })))[0]).toBeGreaterThan(0)
    verification.close()
    asking.close()
  })

  it('is read again as long as its files are so young that a change would not show', async () => {
    plant(repo, { 'a.txt': githubToken() })
    commit(repo, 'one')
    const young = { now: () => new Date(statSync(join(repo, '.git/index')).ctimeMs + 20) }
    for (let i = 0; i < 2; i++) expect((await asked(() => scan({}, { clock: young })))[0]).toBeGreaterThan(0)
  })
})

it('what tells from memory loads nothing that looks at bytes', () => {
  const seen = new Set<string>()
  const outside = new Set<string>()
  const follow = (file: string): void => {
    if (seen.has(file)) return
    seen.add(file)
    for (const [, what = ''] of readFileSync(file, 'utf8').matchAll(/^(?:import|export)(?! type\b)[^'\n]* from '([^']+)'/gm)) {
      if (what.startsWith('.')) follow(join(dirname(file), what))
      else if (!what.startsWith('node:')) outside.add(what)
    }
  }
  follow(join(import.meta.dirname, 'index.ts'))
  expect([...outside].sort()).toEqual(['@muster/core', 'zod'])
  expect(seen.size).toBeGreaterThan(10)
})

describe('a change is seen', () => {
  const changes: Readonly<Record<string, () => void>> = {
    'a commit': () => { plant(repo, { 'new.txt': githubToken() }); commit(repo, 'more') },
    'a dangling object': () => { writeFileSync(join(root, 'loose'), githubToken()); git(repo, 'hash-object', '-w', join(root, 'loose')) },
    'a ref moved': () => { git(repo, 'update-ref', 'refs/heads/side', 'HEAD') },
    'the head moved': () => { git(repo, 'symbolic-ref', 'HEAD', 'refs/heads/side') },
    'packed refs': () => { git(repo, 'pack-refs', '--all'); git(repo, 'branch', '-q', '-D', 'side') },
    'a repack': () => { git(repo, 'repack', '-q', '-a', '-d') },
    'objects gone': () => { git(repo, 'reflog', 'expire', '--expire=now', '--all'); git(repo, 'update-ref', 'refs/heads/main', 'HEAD~1'); git(repo, 'reflog', 'expire', '--expire=now', '--all'); git(repo, 'gc', '-q', '--prune=now') },
    'something added to the index alone': () => { plant(repo, { 'staged.txt': githubToken() }); git(repo, 'add', 'staged.txt'); rmSync(join(repo, 'staged.txt')) },
    'objects of another repository': () => {
      const other = join(root, 'other')
      mkdirSync(other)
      git(other, 'init', '-q')
      plant(other, { 'o.txt': githubToken() })
      commit(other, 'one')
      writeFileSync(join(repo, '.git/objects/info/alternates'), `${join(other, '.git/objects')}\n`)
    },
    'another remote': () => { git(repo, 'remote', 'add', 'origin', 'https://git.example.org/team/app.git') },
    'an ignored file, of the same length and time': () => {
      const { atime, mtime } = statSync(join(repo, '.env'))
      writeFileSync(join(repo, '.env'), githubToken())
      utimesSync(join(repo, '.env'), atime, mtime)
    },
    'a file that is new': () => { plant(repo, { 'deep/er/new.env': githubToken() }) },
    'another work tree': () => { git(repo, 'worktree', 'add', '-q', join(root, 'linked'), '-b', 'linked'); plant(join(root, 'linked'), { 'l.txt': githubToken() }); git(join(root, 'linked'), 'add', '-A') },
    'another repository in its place': () => {
      renameSync(repo, join(root, 'old'))
      git(root, 'clone', '-q', '--no-hardlinks', join(root, 'old'), repo)
      plant(repo, { 'other.txt': githubToken() })
      commit(repo, 'other')
    },
  }
  it.each(Object.keys(changes))('%s', async (name) => {
    plant(repo, { 'a.txt': githubToken(), '.gitignore': '.env\n', '.env': githubToken() })
    commit(repo, 'one')
    plant(repo, { 'b.txt': githubToken() })
    commit(repo, 'two')
    git(repo, 'branch', '-q', 'side', 'HEAD~1')
    await settled()
    changes[name]!()
    const [times, outcome] = await asked(() => scan())
    expect(times).toBeGreaterThan(0)
    expect(told(outcome).map(({ observations }) => observations.map((each) => JSON.stringify(each)).sort())).toEqual(told(await fresh()).map(({ observations }) => observations.map((each) => JSON.stringify(each)).sort()))
    expect(outcome.problems).toEqual((await fresh()).problems)
  })

  it('an object that a partial clone has fetched', async () => {
    plant(repo, { 'a.txt': githubToken() })
    commit(repo, 'one')
    git(repo, 'config', 'uploadpack.allowFilter', 'true')
    git(repo, 'config', 'uploadpack.allowAnySHA1InWant', 'true')
    git(root, 'clone', '-q', '--filter=blob:none', '--no-checkout', `file://${repo}`, join(root, 'partial'))
    repo = join(root, 'partial')
    expect((await scan()).credentials).toEqual([])
    git(repo, 'cat-file', 'blob', 'HEAD:a.txt')
    expect((await scan()).credentials.length).toBe(1)
  })
})

describe('what is remembered', () => {
  it('holds no value, and is nothing under another key, with other options or with passphrases', async () => {
    const tokens = [githubToken(), githubToken(), githubToken()]
    plant(repo, { 'a.txt': `${tokens[0]}\n`, '.env': `x ${tokens[1]} y ${tokens[1]}\n` })
    commit(repo, `drop ${tokens[2]}`)
    const { credentials } = await settled()
    for (const name of readdirSync(cache)) for (const token of tokens) expect(readFileSync(join(cache, name), 'latin1').includes(token.slice(4, 30))).toBe(false)
    expect(readdirSync(cache).some((name) => readFileSync(join(cache, name), 'latin1').includes((credentials[0]!.credential as { fingerprint: string }).fingerprint))).toBe(true)
    const other = fingerprintsUnder(new Secret(new Uint8Array(32).fill(9)))
    const [times, underOther] = await asked(() => scan({}, { parts: { fingerprints: other } }))
    expect(times).toBeGreaterThan(0)
    expect(underOther.credentials[0]!.credential).not.toEqual(credentials[0]!.credential)
    expect((await asked(() => scan({ maxFiles: 1000 })))[0]).toBeGreaterThan(0)
    expect((await asked(() => scan({}, { passphrases: [Secret.fromText('x')] })))[0]).toBeGreaterThan(0)
    expect((await asked(() => scan()))[0]).toBe(0)
  })

  it('is not believed when it is damaged', async () => {
    plant(repo, { 'a.txt': githubToken() })
    commit(repo, 'one')
    const whole = told(await settled())
    const damage: readonly ((text: string) => string)[] = [(text) => text.slice(0, -10), (text) => text.replace('"line":1', '"line":2'), () => '', () => 'null', (text) => `${text}\n`, (text) => text.split('\n')[0]!]
    for (const damaged of damage) {
      for (const name of readdirSync(cache)) if (name.startsWith('note-')) writeFileSync(join(cache, name), damaged(readFileSync(join(cache, name), 'utf8')))
      const [times, outcome] = await asked(() => scan())
      expect(times).toBeGreaterThan(0)
      expect(told(outcome)).toEqual(whole)
    }
    expect((await asked(() => scan()))[0]).toBe(0)
  })

  it('is whole or nothing when the scan is killed', async () => {
    for (let i = 0; i < 40; i++) {
      plant(repo, { [`${i}.txt`]: `${githubToken()}\n`, [`filler-${i}.txt`]: `${i}\n`.repeat(2000) })
      if (i % 10 === 0) commit(repo, String(i))
    }
    const script = `import { createSecretsConnector, fileMemory, secretsOptionsSchema } from '@muster/connectors/secrets'
const connector = createSecretsConnector({ fingerprints: async (digests) => digests.map(() => 'a'.repeat(64)), memory: fileMemory(${JSON.stringify(cache)}) })
console.log('begun')
for await (const _ of connector.scan(secretsOptionsSchema.parse({ targets: [${JSON.stringify(repo)}], threads: 0 }), { clock: { now: () => new Date(Date.now() + 10000) }, signal: new AbortController().signal, resumeFrom: null, passphrases: [] })) console.log('batch')
console.log('ended')`
    const expected = told(await fresh())
    for (const [word, milliseconds] of [['begun', 60], ['begun', 250], ['batch', 0], ['ended', 0]] as const) {
      const child = spawn(process.execPath, ['--input-type=module', '-e', script], { cwd: join(import.meta.dirname, '..', '..'), stdio: ['ignore', 'pipe', 'inherit'] })
      child.stdout.on('data', (chunk: Buffer) => { if (chunk.includes(word)) setTimeout(() => child.kill('SIGKILL'), milliseconds) })
      await new Promise((resolve) => child.once('close', resolve))
      expect(told(await scan())).toEqual(expected)
      appendFileSync(join(repo, '.git/info/exclude'), '#\n')
      plant(repo, { 'touched.txt': `${word} ${milliseconds}` })
    }
  })
})
