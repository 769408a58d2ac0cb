import { messagePaths } from '@muster/detect/inspect'
import { type Change, commitChanges, stagedChanges } from '../git/changes.ts'
import type { Git } from '../git/git.ts'
import type { HookKind } from './hook-file.ts'

const NOTHING = /^0+$/

/** What git is about to take, by what it tells the hook on standard input and as arguments. */
export async function incomingChanges(kind: HookKind, git: Git, args: readonly string[], input: string): Promise<readonly Change[]> {
  if (kind === 'pre-commit') return stagedChanges(git)
  const lines = input.split('\n').map((line) => line.trim().split(/\s+/)).filter((words) => words.length >= 3)
  if (kind === 'pre-receive') {
    return introducedBy(git, lines.map(([, id = '', ref = '']) => ({ id, name: ref })), ['--not', '--all'])
  }
  const theirs = await existing(git, lines.map(([, , , id = '']) => id))
  const remote = args[0] ?? ''
  // A remote without a name has no branches here.
  const known = /^[\w.-]+$/.test(remote) ? [`--remotes=${remote}`] : []
  return introducedBy(git, lines.map(([name = '', id = '']) => ({ id, name })), known.length + theirs.length === 0 ? [] : ['--not', ...known, ...theirs])
}

/** What objects bring in that nothing of `except` has: commits by their changes and messages, annotated tags by theirs, bare trees and files as they are. */
async function introducedBy(git: Git, tips: readonly { readonly id: string; readonly name: string }[], except: readonly string[]): Promise<readonly Change[]> {
  const commits: string[] = []
  const others: Change[] = []
  for (const { id, name } of tips) {
    if (NOTHING.test(id)) continue
    const peeled = await git.line(['rev-parse', '--verify', '--quiet', `${id}^{}`])
    const type = await git.line(['cat-file', '-t', peeled])
    if (peeled !== id) others.push({ path: messagePaths.tag, blob: id, before: [], commit: type === 'commit' ? peeled : null })
    if (type === 'commit') commits.push(peeled)
    else if (type === 'blob') others.push({ path: name, blob: peeled, before: [], commit: null })
    else others.push(...await filesOf(git, peeled))
  }
  return [...others, ...commits.length === 0 ? [] : await commitChanges(git, [...commits, ...except])]
}

async function filesOf(git: Git, tree: string): Promise<readonly Change[]> {
  const entries = (await git.run(['ls-tree', '-r', '-z', tree])).toString('utf8').split('\0')
  return entries.flatMap((entry) => {
    const [, id, path] = /^\d+ blob ([0-9a-f]+)\t([^]*)$/.exec(entry) ?? []
    return id === undefined || path === undefined ? [] : [{ path, blob: id, before: [], commit: null }]
  })
}

async function existing(git: Git, ids: readonly string[]): Promise<readonly string[]> {
  const known: string[] = []
  for (const id of ids) if (!NOTHING.test(id) && await git.test(['cat-file', '-e', `${id}^{commit}`])) known.push(id)
  return known
}
