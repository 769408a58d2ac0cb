import { basename, dirname } from 'node:path'
import type { HookKind } from './hook-file.ts'

/** A program that writes the hooks of a repository itself, and anew when it likes: what is put among them is lost, or calls them under a name they do not know. */
type HookManager = {
  readonly name: string
  readonly owns: (directory: string, hook: string) => boolean
  /** Where a hook belongs that it is to keep, and what to write there. */
  readonly advice: (kind: HookKind, command: string) => string
}

const managers: readonly HookManager[] = [
  {
    // Version 9 keeps scripts of its own in `.husky/_`; earlier ones have git look into `.husky`.
    name: 'husky', owns: (directory, hook) => basename(directory) === '.husky' || (basename(directory) === '_' && basename(dirname(directory)) === '.husky') || /^\. .*\/husky\.sh"?$/m.test(hook),
    advice: (kind, command) => `add this line to .husky/${kind}:\n  ${command}`,
  },
  {
    name: 'lefthook', owns: (_, hook) => /\bcall_lefthook\b|\blefthook run\b/.test(hook),
    advice: (kind, command) => `add this to lefthook.yml:\n  ${kind}:\n    commands:\n      muster:\n        run: ${command}`,
  },
  {
    name: 'overcommit', owns: (_, hook) => /OVERCOMMIT_DISABLE|Overcommit/.test(hook),
    advice: (kind, command) => `add this to .overcommit.yml:\n  ${kind.split('-').map((word) => word[0]!.toUpperCase() + word.slice(1)).join('')}:\n    Muster:\n      enabled: true\n      required_executable: muster\n      command: ${JSON.stringify(command.split(' '))}`,
  },
  {
    name: 'simple-git-hooks', owns: (_, hook) => hook.includes('SKIP_SIMPLE_GIT_HOOKS'),
    advice: (kind, command) => `call it in package.json, under "simple-git-hooks":\n  "${kind}": "… && ${command}"`,
  },
]

/** Why a hook must not be written into a directory, and what to do instead; null where nobody else writes hooks. `hook` is the text of the one that is there. */
export function managedHooks(directory: string, kind: HookKind, hook: string, options: readonly string[]): string | null {
  const manager = managers.find(({ owns }) => owns(directory, hook))
  return manager === undefined ? null : `${manager.name} writes the hooks in ${directory}; ${manager.advice(kind, ['muster', 'hook', 'run', kind, ...options].join(' '))}`
}
