import { execFileSync } from 'node:child_process'
import { createServer } from 'node:net'
import { mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { rawPath } from '../../local/raw-path.ts'
import { githubToken, plant, scanSecretsIn, seen } from '../scan.testing.ts'
import { commit, git, newRepository } from './git.testing.ts'
import { gitDirectoriesAt } from './repository-facts.ts'
import { waitingPlace } from './waiting-places.ts'

let root = ''
let repo = ''
beforeEach(() => {
  ({ root, repo } = newRepository())
  plant(repo, { 'a.env': `TOKEN=${githubToken()}\n` })
  commit(repo, 'one')
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

function pipeAt(path: string): void {
  rmSync(path, { force: true })
  mkdirSync(dirname(path), { recursive: true })
  execFileSync('mkfifo', [path])
}
const looked = (directory: string) => waitingPlace(gitDirectoriesAt(rawPath(directory))!)
const someObject = () => {
  const directory = readdirSync(join(repo, '.git/objects')).find((name) => /^[0-9a-f]{2}$/.test(name))!
  return `.git/objects/${directory}/${readdirSync(join(repo, '.git/objects', directory))[0]!}`
}

describe('a pipe where git expects a file', () => {
  it.each([
    ['a loose object', someObject], ['a pack', () => '.git/objects/pack/pack-0.pack'], ['the index of a pack', () => '.git/objects/pack/pack-0.idx'], ['the commit graph', () => '.git/objects/info/commit-graph'],
    ['the list of alternates', () => '.git/objects/info/alternates'], ['a ref', () => '.git/refs/heads/a/b/c'], ['the packed refs', () => '.git/packed-refs'], ['a log', () => '.git/logs/refs/heads/x'], ['the index', () => '.git/index'],
    ['HEAD', () => '.git/HEAD'], ['the settings', () => '.git/config'], ['the shallow boundary', () => '.git/shallow'], ['grafts', () => '.git/info/grafts'], ['the HEAD of another work tree', () => '.git/worktrees/x/HEAD'],
  ])('is %s: the repository is not read and says why', async (_, where) => {
    const path = where()
    pipeAt(join(repo, path))
    const { problems, observations } = await scanSecretsIn(repo)
    expect(problems).toEqual([{ code: 'file.unreadable', where: repo, message: `${join(repo, path)} is a pipe where git expects a file; the repository was not read` }])
    expect(observations).toEqual([])
  })

  it('is found behind alternates of alternates, and links', async () => {
    pipeAt(join(root, 'far/ab/cdef'))
    mkdirSync(join(root, 'near/info'), { recursive: true })
    writeFileSync(join(root, 'near/info/alternates'), '../far\n')
    writeFileSync(join(repo, '.git/objects/info/alternates'), `# a remark\n${join(root, 'near')}\n`)
    expect(looked(repo)).toBe(`${join(root, 'far/ab/cdef')} is a pipe where git expects a file`)
    rmSync(join(root, 'far'), { recursive: true })
    expect(looked(repo)).toBeNull()
    symlinkSync('/dev/zero', join(repo, '.git/refs/heads/endless'))
    expect(looked(repo)).toContain('endless is a device')
    rmSync(join(repo, '.git/refs/heads/endless'))
    symlinkSync('/', join(repo, '.git/refs/heads/everything'))
    expect(looked(repo)).toMatch(/is a (?:pipe|device)|leads deeper|more than/)
  })
})

describe('a repository as people have them', () => {
  it('has no place that git would wait for: bare, with work trees, shared objects, links to another, a socket, and links that lead nowhere', async () => {
    git(repo, 'worktree', 'add', '-q', join(root, 'second'))
    git(root, 'clone', '-q', '--bare', repo, join(root, 'bare.git'))
    git(root, 'clone', '-q', '--shared', repo, join(root, 'shared'))
    mkdirSync(join(root, 'linked/.git'), { recursive: true })
    for (const name of ['config', 'refs', 'objects', 'info', 'packed-refs', 'index']) symlinkSync(join(repo, '.git', name), join(root, 'linked/.git', name))
    writeFileSync(join(root, 'linked/.git/HEAD'), 'ref: refs/heads/main\n')
    const socket = createServer().listen(join(repo, '.git/fsmonitor--daemon.ipc'))
    try {
      for (const name of ['repo', 'second', 'bare.git', 'shared', 'linked']) {
        expect([name, looked(join(root, name))]).toEqual([name, null])
        expect([name, seen(await scanSecretsIn(join(root, name))).length]).toEqual([name, 1])
      }
    } finally {
      socket.close()
    }
  })
})
