import { createHash } from 'node:crypto'
import { lstatSync, readFileSync, realpathSync } from 'node:fs'
import { isAbsolute, join } from 'node:path'
import type { MachineSighting } from '@muster/core'
import { displayPath, fsPath, joinPath, type RawPath, realPath } from '../../local/raw-path.ts'
import type { GitProgram } from './program.ts'
import { type GitDirectories, type RepositoryFacts, repositoryFacts } from './repository-facts.ts'

/** A repository and how it lies on the disk. */
export type Repository = {
  /** The directory with the checked-out files; null for a bare one. */
  readonly workTree: RawPath | null
  readonly directories: GitDirectories
  /** What it looked like before anything of it was read. */
  readonly facts: RepositoryFacts
  readonly idBytes: 20 | 32
  readonly isShallow: boolean
  readonly isPartial: boolean
  readonly head: string | null
  /** Ref to commit (or tag) id, sorted. */
  readonly refs: readonly { readonly name: string; readonly id: string }[]
}

/** True for a directory that git would take for a repository: with a `.git` in it, or bare. */
export function isRepository(directory: RawPath): boolean {
  return exists(join(fsPath(directory).toString(), '.git')) || ['HEAD', 'objects', 'refs'].every((name) => exists(join(fsPath(directory).toString(), name)))
}

function exists(path: string): boolean {
  try {
    lstatSync(path)
    return true
  } catch {
    return false
  }
}

/** Settings that include a pipe are found out by this: it takes a few milliseconds. */
const MAX_OPENING_MS = 30_000

/** Reads what the repository is; null when git does not take it for one, with git's reason lost to the caller. */
export async function openRepository(directory: RawPath, git: GitProgram, now: Date): Promise<Repository | null> {
  const told = (await git.text(['rev-parse', '--is-bare-repository', '--is-shallow-repository', '--show-object-format', '--git-common-dir', '--absolute-git-dir'], '', MAX_OPENING_MS))?.split('\n')
  if (told == null || told.length < 5) return null
  const [, shallow, format, common, gitDirectory] = told as [string, string, string, string, string]
  const own = realPath(gitDirectory as RawPath)
  const shared = realPath((isAbsolute(common) ? common : joinPath(directory, common)) as RawPath)
  if (own === null || shared === null) return null
  const directories = { own, common: shared }
  const facts = repositoryFacts(directories, now)
  const refs = ((await git.text(['for-each-ref', '--format=%(objectname) %(refname)'])) ?? '').split('\n').flatMap((line) => {
    const [id, name] = line.split(' ')
    return id === undefined || name === undefined ? [] : [{ id, name }]
  })
  const base = fsPath(directory).toString()
  return {
    // What the settings name as work tree may lie anywhere; only the directory that was named is read.
    workTree: exists(join(base, '.git')) ? directory : null,
    directories, facts, idBytes: format === 'sha256' ? 32 : 20, isShallow: shallow === 'true',
    isPartial: ((await git.text(['config', '--get-regexp', String.raw`^remote\..*\.promisor$`])) ?? '').includes(' true'),
    head: (await git.text(['rev-parse', '--verify', '--quiet', 'HEAD^{commit}']))?.trim() || null, refs,
  }
}

/** The repository as a source: its remote without credentials, else its first commit, names it wherever it is cloned. */
export async function repositorySighting(directory: RawPath, repository: Repository, git: GitProgram): Promise<MachineSighting> {
  const remotes = ((await git.text(['config', '--get-regexp', String.raw`^remote\..*\.url$`])) ?? '').split('\n').flatMap((line) => {
    const [key, ...url] = line.split(' ')
    return url.length === 0 ? [] : [{ name: key!.slice('remote.'.length, -'.url'.length), url: url.join(' ') }]
  })
  const remote = normalisedRemote((remotes.find(({ name }) => name === 'origin') ?? remotes[0])?.url ?? '')
  const id = remote ?? await withoutRemote(directory, repository, git)
  const name = remote ?? displayPath(directory).split('/').findLast((part) => part !== '' && part !== '.git')?.replace(/\.git$/, '') ?? id
  return { observation: 'sighting', of: 'machine', ref: `git:${id}`.slice(0, 512), machineKind: 'source', name: name.slice(0, 255).toWellFormed(), identifiers: [{ type: 'source-id', value: `git:${id}`.slice(0, 512) }], operatingSystem: null }
}

async function withoutRemote(directory: RawPath, { head, isShallow }: Repository, git: GitProgram): Promise<string> {
  const roots = head === null || isShallow ? [] : ((await git.text(['rev-list', '--max-parents=0', head])) ?? '').split('\n').filter((line) => line !== '').sort()
  return roots[0] === undefined ? `local:${createHash('sha256').update(`${machineName()}\0${realpathSync(fsPath(directory))}`).digest('hex').slice(0, 40)}` : `root:${roots[0]}`
}

function machineName(): string {
  try {
    return readFileSync('/etc/machine-id', 'utf8').trim()
  } catch {
    return ''
  }
}

/**
 * `host/path` of a remote in lower-case host, without scheme, login, port of the scheme, `.git` and query; null for a path of this machine and
 * for what is no remote. The same for `https://`, `ssh://` and `user@host:path`.
 */
export function normalisedRemote(url: string): string | null {
  const text = Buffer.from(url.trim(), 'latin1').toString('utf8')
  const parts = /^(?:[a-z][a-z0-9+.-]{0,20}:\/\/(?:[^/@]*@)?([^/:@?#[\]]+|\[[^\]/]+\])(?::(\d{1,5}))?\/+([^?#]+)|(?:[^@:/\s]+@)?([^:/\s[\]]{2,}):(?!\/\/)\/*([^?#]+))/i.exec(text)
  if (parts === null || /^file:/i.test(text)) return null
  const host = (parts[1] ?? parts[4])!.toLowerCase()
  const port = parts[2] === undefined || ['22', '80', '443', '9418'].includes(parts[2]) ? '' : `:${parts[2]}`
  const path = (parts[3] ?? parts[5])!.replace(/\/+$/, '').replace(/\.git$/, '').replaceAll(/\/{2,}/g, '/')
  return path === '' || path.includes('@') ? null : `${host}${port}/${path}`.slice(0, 500)
}
