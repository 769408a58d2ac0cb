import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Outcome } from '../scan.testing.ts'

/** Runs git as a person with a name and no settings of their own. */
export function git(directory: string, ...args: readonly string[]): string {
  return gitWith(directory, {}, ...args)
}

export function gitWith(directory: string, environment: Readonly<Record<string, string>>, ...args: readonly string[]): string {
  return execFileSync('git', ['-C', directory, '-c', 'protocol.file.allow=always', '-c', 'commit.gpgsign=false', ...args], {
    encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: '/usr/local/bin:/usr/bin:/bin', HOME: '/nonexistent', GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1',
      GIT_AUTHOR_NAME: 'Ann', GIT_AUTHOR_EMAIL: 'ann@example.org', GIT_COMMITTER_NAME: 'Ann', GIT_COMMITTER_EMAIL: 'ann@example.org', GIT_AUTHOR_DATE: '2024-01-01T00:00:00Z', GIT_COMMITTER_DATE: '2024-01-01T00:00:00Z', ...environment,
    },
  })
}

let second = 0
/** Commits everything in the work tree, each commit a minute after the one before; gives the commit's id. */
export function commit(directory: string, message: string, author = 'Ann'): string {
  const at = new Date(Date.UTC(2024, 0, 1) + ++second * 60_000).toISOString()
  gitWith(directory, {}, 'add', '-A')
  gitWith(directory, { GIT_AUTHOR_NAME: author, GIT_AUTHOR_DATE: at, GIT_COMMITTER_DATE: at }, 'commit', '-q', '--allow-empty', '-m', message)
  return git(directory, 'rev-parse', 'HEAD').trim()
}

/** A new directory `root`, removed by the caller, with an empty repository on `main` in it and a place for a memory. */
export function newRepository(): { readonly root: string; readonly repo: string; readonly cache: string } {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'muster-repository-')))
  return { root, repo: initRepository(join(root, 'repo')), cache: join(root, 'cache') }
}

/** Makes an empty repository on `main`, its directory too; gives its path. */
export function initRepository(path: string): string {
  mkdirSync(path, { recursive: true })
  git(path, 'init', '-q', '-b', 'main')
  return path
}

/** A git in `root` that notes in `ROOT/asked` what it is asked, a line a call. */
export function notingGit(root: string): string {
  const program = join(root, 'git')
  writeFileSync(program, `#!/bin/sh\necho "$@" >> ${join(root, 'asked')}\nexec git "$@"\n`, { mode: 0o755 })
  return program
}

/** Where findings are and who brought them, a line each, in order. */
export function brief({ findings }: Outcome): string[] {
  return findings.map(({ path, found, commit: brought, presence }) => `${path}:${found.line} ${presence} ${brought === null ? '-' : `${short(brought.id)} ${brought.authorName}`}`).sort()
}

/** An id as {@link brief} writes it. */
export const short = (id: string): string => id.slice(0, 7)
