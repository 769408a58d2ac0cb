import { accessSync, constants, existsSync, statSync } from 'node:fs'
import { chmod, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { MusterError } from '@muster/core'
import type { Git } from '../git/git.ts'
import { managedHooks } from './hook-managers.ts'

export const hookKinds = ['pre-commit', 'pre-push', 'pre-receive'] as const
export type HookKind = (typeof hookKinds)[number]

/** How the hook calls this program again. */
export type Caller = { readonly node: string; readonly main: string; readonly options: readonly string[] }

const MARK = '# This hook was written by `muster hook install`; `muster hook uninstall` takes it away.'
const PREVIOUS = '.before-muster'

/** What became of a hook; `previous` is the one that was there: git calls none that cannot be executed, and neither does ours. */
export type HookOutcome = { readonly path: string; readonly previous: 'none' | 'called' | 'not-executable' }

/** Where git looks for hooks: `core.hooksPath`, or the common directory of all worktrees. */
export async function hooksDirectory(git: Git, repository: string): Promise<string> {
  return resolve(repository, await git.line(['rev-parse', '--git-path', 'hooks']))
}

/**
 * Writes the hook. One that is there already is kept and called first; ours is written anew.
 *
 * @throws MusterError object.exists where two hooks of others are in the way, or another program writes the hooks, file.unreadable where it cannot be written.
 */
export async function installHook(directory: string, kind: HookKind, caller: Caller): Promise<HookOutcome> {
  const path = join(directory, kind)
  const previous = path + PREVIOUS
  if (existsSync(directory) && !statSync(directory).isDirectory()) throw new MusterError('file.unreadable', `${directory}, which core.hooksPath names, is no directory: hooks are switched off here`, { path: directory })
  return writing(path, async () => {
    await mkdir(directory, { recursive: true })
    const there = existsSync(path) && !(await isOurs(path)) ? await readFile(path) : null
    const managed = managedHooks(directory, kind, there?.toString('latin1') ?? '', caller.options.map(quoted))
    if (managed !== null) throw new MusterError('object.exists', managed, { path })
    if (there !== null) {
      // The same one, put back by whoever wrote it.
      if (existsSync(previous) && (await readFile(previous)).equals(there)) await rm(previous)
      if (existsSync(previous)) throw new MusterError('object.exists', `${path} and ${previous} are hooks of others: put one of them aside`, { path })
      await rename(path, previous)
    }
    const temporary = `${path}.${process.pid}`
    await writeFile(temporary, hookText(kind, caller))
    await chmod(temporary, 0o755)
    await rename(temporary, path)
    return { path, previous: kindOf(previous) }
  })
}

/** Takes the hook away and puts back what it had replaced. @throws MusterError object.not-found where there is none of ours. */
export async function uninstallHook(directory: string, kind: HookKind): Promise<HookOutcome> {
  const path = join(directory, kind)
  const previous = path + PREVIOUS
  if (!existsSync(path) || !(await isOurs(path))) throw new MusterError('object.not-found', `${path} is no hook of muster`, { path })
  return writing(path, async () => {
    const kept = kindOf(previous)
    if (kept === 'none') await rm(path)
    else await rename(previous, path)
    return { path, previous: kept }
  })
}

/** True where the hook in `directory` is ours. */
export async function isInstalled(directory: string, kind: HookKind): Promise<boolean> {
  const path = join(directory, kind)
  return existsSync(path) && isOurs(path)
}

function kindOf(previous: string): HookOutcome['previous'] {
  if (!existsSync(previous)) return 'none'
  try {
    accessSync(previous, constants.X_OK)
    return 'called'
  } catch {
    return 'not-executable'
  }
}

async function isOurs(path: string): Promise<boolean> {
  return (await readFile(path, 'latin1')).split('\n')[1] === MARK
}

/** A script for any POSIX shell. What git sends on standard input goes to both hooks. */
export function hookText(kind: HookKind, { node, main, options }: Caller): string {
  const reads = kind !== 'pre-commit'
  const feed = reads ? 'feed | ' : ''
  const run = (program: string) => `${program} hook run ${kind}${options.map((option) => ` ${quoted(option)}`).join('')} -- "$@"`
  return `${[
    '#!/bin/sh', MARK,
    `previous="$(dirname -- "$0")/${kind}${PREVIOUS}"`,
    ...reads ? ['input=$(cat)', `feed() { if [ -n "$input" ]; then printf '%s\\n' "$input"; fi; }`] : [],
    `if [ -x "$previous" ]; then ${feed}"$previous" "$@" || exit $?; fi`,
    // What was compiled once starts in half the time.
    '[ -z "$HOME" ] || export NODE_COMPILE_CACHE="${NODE_COMPILE_CACHE:-$HOME/.cache/muster/node}"',
    `if [ -x ${quoted(node)} ] && [ -f ${quoted(main)} ]; then ${feed}${run(`${quoted(node)} ${quoted(main)}`)}; exit $?; fi`,
    `if command -v muster >/dev/null 2>&1; then ${feed}${run('muster')}; exit $?; fi`,
    'echo "muster is not where it was when this hook was installed; nothing was looked at" >&2',
    'exit 1',
  ].join('\n')}\n`
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`
}

async function writing<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof Error) || !('syscall' in error)) throw error
    throw new MusterError('file.unreadable', `cannot write ${path}: ${'code' in error ? String(error.code) : 'unknown error'}`, { path }, { cause: error })
  }
}
