import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import { testRepository, type TestRepository } from '../git/repository.testing.ts'
import { randomText } from '../secrets/leak.testing.ts'
import { hookText } from './hook-file.ts'

const main = fileURLToPath(new URL('../main.ts', import.meta.url))
const repositories: TestRepository[] = []
afterEach(() => { for (const repository of repositories.splice(0)) repository.remove() })

function made(...options: readonly string[]): TestRepository {
  const repository = testRepository(...options)
  repositories.push(repository)
  return repository
}

type Outcome = { readonly code: number; readonly output: string }
function outcomeOf(program: string, args: readonly string[], cwd: string, env: Readonly<Record<string, string>> = {}): Outcome {
  const { status, stdout, stderr } = spawnSync(program, args, { cwd, env: { ...process.env, ...env }, encoding: 'utf8' })
  return { code: status ?? -1, output: stdout + stderr }
}
const muster = (cwd: string, ...args: readonly string[]) => outcomeOf(process.execPath, [main, ...args], cwd)
const git = (cwd: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) => outcomeOf('git', ['-c', 'user.name=Ann', '-c', 'user.email=ann@example.com', '-c', 'commit.gpgsign=false', ...args], cwd, env)
const password = () => `${randomText(24)}9k`
const secretFile = (value: string) => `DB_PASSWORD=${value}\n`

describe('a pre-commit hook', () => {
  it('refuses what is staged, whatever lies in the working tree, and shows no value', () => {
    const repository = made()
    expect(muster(repository.path, 'hook', 'install')).toMatchObject({ code: 0, output: expect.stringContaining('.git/hooks/pre-commit') })
    const value = password()
    repository.write({ 'app/.env': secretFile(value) })
    repository.git('add', '-A')
    repository.write({ 'app/.env': 'DB_PASSWORD=\n' })
    const refused = git(repository.path, ['commit', '-q', '-m', 'first'])
    expect(refused.code).toBe(1)
    expect(refused.output).toMatch(/this commit is refused: it brings in secrets/)
    expect(refused.output).toMatch(/app\/\.env:1 .*DB_PASSWORD=•••/)
    expect(refused.output).not.toContain(value)
    repository.git('add', '-A')
    expect(git(repository.path, ['commit', '-q', '-m', 'first'])).toEqual({ code: 0, output: '' })
  })

  it('lets through what SKIP names, what the baseline knows, and edits beside old secrets', () => {
    const repository = made()
    muster(repository.path, 'hook', 'install', '--pre-commit')
    const [first, second] = [password(), password()]
    repository.write({ '.env': secretFile(first) })
    repository.git('add', '-A')
    expect(git(repository.path, ['commit', '-m', 'first'], { SKIP: 'other,muster' })).toMatchObject({ code: 0, output: expect.stringContaining('muster: left out by SKIP') })
    repository.write({ '.env': `# settings\n${secretFile(first)}` })
    expect(git(repository.path, ['commit', '-q', '-a', '-m', 'edit'])).toEqual({ code: 0, output: '' })
    repository.write({ 'other.env': secretFile(second) })
    repository.git('add', '-A')
    expect(git(repository.path, ['commit', '-q', '-m', 'other']).code).toBe(1)
    expect(muster(repository.path, 'scan', 'secrets', '--staged', '--write-baseline', '.muster-baseline')).toMatchObject({ code: 0, output: expect.stringContaining('1 added to .muster-baseline') })
    expect(git(repository.path, ['commit', '-q', '-m', 'other'])).toEqual({ code: 0, output: '' })
  })

  it('keeps the hook that was there, calls it first, and gives it back', () => {
    const repository = made()
    const path = join(repository.path, '.git/hooks/pre-commit')
    mkdirSync(join(path, '..'), { recursive: true })
    writeFileSync(path, '#!/bin/sh\necho "the other hook $#"\n[ ! -e stop ]\n', { mode: 0o755 })
    expect(muster(repository.path, 'hook', 'install').output).toContain('which calls the hook that was there first')
    // Installed again, it is written anew and nothing more is kept.
    expect(muster(repository.path, 'hook', 'install', '--timeout', '30').code).toBe(0)
    expect(readFileSync(path, 'utf8')).toContain("'--timeout=30'")
    repository.write({ 'a.txt': 'a\n' })
    repository.git('add', '-A')
    repository.write({ stop: '' })
    expect(git(repository.path, ['commit', '-m', 'a'])).toMatchObject({ code: 1, output: expect.stringContaining('the other hook 0') })
    rmSync(join(repository.path, 'stop'))
    expect(git(repository.path, ['commit', '-m', 'a'])).toMatchObject({ code: 0, output: expect.stringContaining('the other hook 0') })
    expect(muster(repository.path, 'hook', 'uninstall')).toMatchObject({ code: 0, output: expect.stringContaining('is back') })
    expect(readFileSync(path, 'utf8')).toContain('the other hook')
    expect(statSync(path).mode & 0o111).not.toBe(0)
    expect(muster(repository.path, 'hook', 'uninstall')).toMatchObject({ code: 6, output: expect.stringContaining('there is no hook of muster') })
  })

  it('goes where core.hooksPath says, and holds in every worktree', () => {
    const repository = made()
    repository.commit({ 'a.txt': 'a\n' })
    repository.git('config', 'core.hooksPath', 'tools/hooks')
    expect(muster(repository.path, 'hook', 'install').code).toBe(0)
    expect(existsSync(join(repository.path, 'tools/hooks/pre-commit'))).toBe(true)
    repository.git('config', '--unset', 'core.hooksPath')
    const worktree = join(repository.path, 'second')
    repository.git('worktree', 'add', '-q', worktree)
    expect(muster(worktree, 'hook', 'install').code).toBe(0)
    expect(existsSync(join(repository.path, '.git/hooks/pre-commit'))).toBe(true)
    writeFileSync(join(worktree, '.env'), secretFile(password()))
    git(worktree, ['add', '-A'])
    expect(git(worktree, ['commit', '-q', '-m', 'secret']).code).toBe(1)
  })

  it('says what else calls it, and where git looks for none', () => {
    const repository = made()
    expect(muster(repository.path, 'hook', 'install').output).not.toContain('core.hooksPath')
    repository.git('config', 'core.hooksPath', join(repository.path, 'shared'))
    expect(muster(repository.path, 'hook', 'install').output).toContain(`core.hooksPath names ${join(repository.path, 'shared')}: whatever repository has the same setting`)
    repository.git('config', 'core.hooksPath', '/dev/null')
    expect(muster(repository.path, 'hook', 'install')).toMatchObject({ code: 3, output: expect.stringContaining('hooks are switched off here') })
  })

  it('does not call a hook that cannot be executed, as git does not, and says so', () => {
    const repository = made()
    const path = join(repository.path, '.git/hooks/pre-commit')
    mkdirSync(join(path, '..'), { recursive: true })
    writeFileSync(path, '#!/bin/sh\necho never\n', { mode: 0o644 })
    expect(muster(repository.path, 'hook', 'install').output).toContain('kept and not called')
    repository.write({ 'a.txt': 'a\n' })
    repository.git('add', '-A')
    expect(git(repository.path, ['commit', '-q', '-m', 'a'])).toEqual({ code: 0, output: '' })
  })

  it('leaves hooks to the program that writes them, and what that is told to call refuses too', () => {
    const repository = made()
    repository.git('config', 'core.hooksPath', '.husky/_')
    // As husky 9 does it: the script of each hook asks its own name what to call.
    repository.write({ '.husky/_/h': 's=$(dirname "$(dirname "$0")")/$(basename "$0")\n[ ! -f "$s" ] || exec sh -e "$s" "$@"\n', '.husky/_/pre-commit': '#!/bin/sh\n. "$(dirname "$0")/h"\n', '.husky/pre-commit': 'echo "ours"\n' })
    chmodSync(join(repository.path, '.husky/_/pre-commit'), 0o755)
    const refused = muster(repository.path, 'hook', 'install', '--timeout', '30')
    expect(refused).toMatchObject({ code: 6, output: expect.stringContaining('add this line to .husky/pre-commit:\n  muster hook run pre-commit \'--timeout=30\'') })
    expect(readFileSync(join(repository.path, '.husky/_/pre-commit'), 'utf8')).toContain('/h"')
    const line = refused.output.split('\n').find((each) => each.startsWith('  muster'))!
    repository.write({ '.husky/pre-commit': `echo "ours"\n${line}\n`, 'bin/muster': `#!/bin/sh\nexec '${process.execPath}' '${main}' "$@"\n`, '.env': secretFile(password()) })
    chmodSync(join(repository.path, 'bin/muster'), 0o755)
    repository.git('add', '.env')
    const commit = git(repository.path, ['commit', '-q', '-m', 'secret'], { PATH: `${join(repository.path, 'bin')}:${process.env['PATH']!}` })
    expect([commit.code, commit.output]).toEqual([1, expect.stringMatching(/^ours\nmuster: this commit is refused/)])
  })

  it.each([
    ['lefthook', 'call_lefthook run "pre-commit" "$@"', 'lefthook.yml:\n  pre-commit:\n    commands:\n      muster:\n        run: muster hook run pre-commit'],
    ['overcommit', '#!/usr/bin/env ruby\nif ENV["OVERCOMMIT_DISABLE"].to_i != 0', '.overcommit.yml:\n  PreCommit:\n    Muster:'],
    ['simple-git-hooks', 'if [ "$SKIP_SIMPLE_GIT_HOOKS" = "1" ]; then exit 0; fi', '"pre-commit": "… && muster hook run pre-commit"'],
  ])('tells what to write for %s instead of a hook that it would write over', (_, hook, advice) => {
    const repository = made()
    const path = join(repository.path, '.git/hooks/pre-commit')
    mkdirSync(join(path, '..'), { recursive: true })
    writeFileSync(path, `#!/bin/sh\n${hook}\n`, { mode: 0o755 })
    expect(muster(repository.path, 'hook', 'install')).toMatchObject({ code: 6, output: expect.stringContaining(advice) })
    expect(readFileSync(path, 'utf8')).toContain(hook)
  })

  it('is installed again over a hook that was put back', () => {
    const repository = made()
    const path = join(repository.path, '.git/hooks/pre-commit')
    mkdirSync(join(path, '..'), { recursive: true })
    for (let i = 0; i < 2; i++) {
      writeFileSync(path, '#!/bin/sh\necho theirs\n', { mode: 0o755 })
      expect(muster(repository.path, 'hook', 'install')).toMatchObject({ code: 0, output: expect.stringContaining('which calls the hook that was there first') })
    }
    writeFileSync(path, '#!/bin/sh\necho another\n', { mode: 0o755 })
    expect(muster(repository.path, 'hook', 'install').code).toBe(6)
  })

  it('that finds no muster any more lets nothing through', () => {
    const repository = made()
    const path = join(repository.path, '.git/hooks/pre-commit')
    writeFileSync(path, hookText('pre-commit', { node: '/nonexistent/node', main: "/it's gone/main.ts", options: [] }))
    chmodSync(path, 0o755)
    const { code, output } = outcomeOf('/bin/sh', [path], repository.path, { PATH: '/usr/bin:/bin' })
    expect([code, output]).toEqual([1, 'muster is not where it was when this hook was installed; nothing was looked at\n'])
  })
})

describe('a pre-receive hook', () => {
  it('that is given rules which never finish refuses when its time is up', () => {
    const bare = made('--bare')
    writeFileSync(join(bare.path, 'slow.toml'), `[[rules]]\nid = "slow"\nregex = '''start((a+)+)+b'''\n`)
    muster(bare.path, 'hook', 'install', '--config', join(bare.path, 'slow.toml'), '--timeout', '3')
    const client = made()
    client.commit({ 'a.txt': `start${'a'.repeat(60)}c\n` })
    expect(git(client.path, ['push', '-q', bare.path, 'main']).output).toContain('not everything was looked at within 3 seconds')
  })

  it('looks at messages of commits and annotated tags, and quotes none', () => {
    const bare = made('--bare')
    muster(bare.path, 'hook', 'install')
    const client = made()
    const [first, second] = [password(), password()]
    client.commit({ 'a.txt': 'a\n' }, `new\n\n${secretFile(first)}`)
    const refused = git(client.path, ['push', '-q', bare.path, 'main'])
    expect(refused.code).not.toBe(0)
    expect(refused.output).toMatch(/\(commit message\):3 .*DB_PASSWORD=•••/)
    expect(refused.output).not.toContain(first)
    git(client.path, ['commit', '-q', '--amend', '-m', 'new'])
    git(client.path, ['tag', '-a', 'v1', '-m', `release\n\n${secretFile(second)}`])
    const tagged = git(client.path, ['push', '-q', bare.path, 'main', 'v1'])
    expect(tagged.output).toMatch(/\(tag message\):3 /)
    expect(tagged.output).not.toContain(second)
    git(client.path, ['tag', '-f', '-a', 'v1', '-m', 'release'])
    expect(git(client.path, ['push', '-q', bare.path, 'main', 'v1'])).toEqual({ code: 0, output: '' })
  })

  it('refuses pushes that bring a secret in, even one that is gone again, and takes the rest', () => {
    const bare = made('--bare')
    expect(muster(bare.path, 'hook', 'install')).toMatchObject({ code: 0, output: expect.stringContaining('hooks/pre-receive') })
    const client = made()
    client.git('remote', 'add', 'origin', bare.path)
    client.commit({ 'a.txt': 'a\n' })
    expect(git(client.path, ['push', '-q', 'origin', 'main'])).toEqual({ code: 0, output: '' })
    const value = password()
    const bad = client.commit({ '.env': secretFile(value) }, 'oops')
    client.commit({ '.env': 'DB_PASSWORD=\n' }, 'gone')
    const refused = git(client.path, ['push', '-q', 'origin', 'main'])
    expect(refused.code).not.toBe(0)
    expect(refused.output).toMatch(/remote: muster: this push is refused/)
    expect(refused.output).toContain(bad.slice(0, 10))
    expect(refused.output).not.toContain(value)
    expect(refused.output).not.toContain('SKIP')
    expect(git(client.path, ['push', '-q', 'origin', 'main'], { SKIP: 'muster' }).code).not.toBe(0)
    expect(bare.git('rev-parse', 'main')).not.toBe(client.git('rev-parse', 'HEAD'))
    client.git('reset', '-q', '--hard', 'HEAD~2')
    client.commit({ 'b.txt': 'b\n' })
    client.git('branch', 'topic')
    expect(git(client.path, ['push', '-q', 'origin', 'main', 'topic'])).toEqual({ code: 0, output: '' })
    expect(git(client.path, ['push', '-q', 'origin', ':topic'])).toEqual({ code: 0, output: '' })
  })

  it('looks at tags of files and trees as well', () => {
    const bare = made('--bare')
    muster(bare.path, 'hook', 'install')
    const client = made()
    client.commit({ 'a.txt': 'a\n' })
    client.write({ '.env': secretFile(password()) })
    const blob = client.git('hash-object', '-w', '.env')
    client.git('tag', 'smuggled', blob)
    expect(git(client.path, ['push', '-q', bare.path, 'smuggled']).code).not.toBe(0)
    client.git('tag', '-f', 'smuggled', execFileSync('git', ['mktree'], { cwd: client.path, input: `100644 blob ${blob}\t.env\n` }).toString().trim())
    expect(git(client.path, ['push', '-q', bare.path, 'smuggled']).output).toContain('.env:1')
  })
})

it('a pre-push hook looks at what the other side does not have', () => {
  const bare = made('--bare')
  const client = made()
  client.git('remote', 'add', 'origin', bare.path)
  client.commit({ '.env': secretFile(password()) })
  client.git('push', '-q', 'origin', 'main')
  expect(muster(client.path, 'hook', 'install', '--pre-push').code).toBe(0)
  client.commit({ 'a.txt': 'a\n' })
  expect(git(client.path, ['push', '-q', 'origin', 'main'])).toEqual({ code: 0, output: '' })
  client.commit({ 'b.env': secretFile(password()) })
  const refused = git(client.path, ['push', '-q', 'origin', 'main'])
  expect(refused).toMatchObject({ code: 1, output: expect.stringMatching(/this push is refused[^]*b\.env:1/) })
  // To somewhere that has nothing, everything is new.
  const empty = made('--bare')
  const all = git(client.path, ['push', '-q', empty.path, 'main'])
  expect(all.output).toMatch(/ \.env:1/)
  expect(git(client.path, ['push', '-q', 'origin', 'main'], { SKIP: 'muster' })).toMatchObject({ code: 0 })
})
