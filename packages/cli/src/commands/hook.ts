import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { MusterError } from '@muster/core'
import { defineCommand, type OptionSpecs } from '../command.ts'
import { gitIn } from '../git/git.ts'
import { type HookKind, hookKinds, type HookOutcome, hooksDirectory, installHook, isInstalled, uninstallHook } from '../hook/hook-file.ts'
import { runHook } from '../hook/run.ts'
import { detectionOptions, detectionSettings } from '../secrets/scan-options.ts'

const kindOptions = {
  'pre-commit': { type: 'boolean', help: 'before a commit: what is staged (the default)' },
  'pre-push': { type: 'boolean', help: 'before a push: the commits the other side does not have' },
  'pre-receive': { type: 'boolean', help: 'before a push is taken: the commits it brings (the default in a bare repository)' },
  repository: { type: 'string', value: 'PATH', help: 'the repository (default: the one this directory is in)' },
} as const satisfies OptionSpecs

/** `muster hook install` */
export const hookInstall = defineCommand({
  name: 'hook install',
  summary: 'Writes a git hook that refuses what brings in secrets. A hook that is there already is kept and called first. The options about what is looked for become part of the hook.',
  options: { ...kindOptions, ...detectionOptions },
  run: async ({ operands, options }, environment) => {
    refuseOperands('hook install', operands)
    detectionSettings(options)
    const repository = resolve(options.repository ?? '.')
    const git = gitIn(repository, environment.signal)
    const directory = await hooksDirectory(git, repository)
    const caller = { node: process.execPath, main: fileURLToPath(new URL('../main.ts', import.meta.url)), options: passedOn(options) }
    for (const kind of await chosenKinds(options, git)) {
      const { path, previous } = await installHook(directory, kind, caller)
      environment.terminal.say(`installed ${path}${installed[previous]}`)
    }
    if (!await isOwn(git, repository, directory)) environment.terminal.say(`core.hooksPath names ${directory}: whatever repository has the same setting calls what is in it`)
  },
})

/** `muster hook uninstall` */
export const hookUninstall = defineCommand({
  name: 'hook uninstall',
  summary: 'Takes hooks of muster away and puts back what they had replaced; all of them where none is named.',
  options: kindOptions,
  run: async ({ operands, options }, environment) => {
    refuseOperands('hook uninstall', operands)
    const repository = resolve(options.repository ?? '.')
    const directory = await hooksDirectory(gitIn(repository, environment.signal), repository)
    const named = hookKinds.filter((kind) => options[kind])
    const installed = await Promise.all(hookKinds.map(async (kind) => ((await isInstalled(directory, kind)) ? [kind] : [])))
    const kinds = named.length > 0 ? named : installed.flat()
    if (kinds.length === 0) throw new MusterError('object.not-found', `there is no hook of muster in ${directory}`)
    for (const kind of kinds) {
      const { path, previous } = await uninstallHook(directory, kind)
      environment.terminal.say(`took ${path} away${previous === 'none' ? '' : '; the hook that was there before is back'}`)
    }
  },
})

/** `muster hook run` */
export const hookRun = defineCommand({
  name: 'hook run',
  summary: 'What the hook calls: looks at what git is about to take and exits with 1 when it brings in secrets.',
  operands: 'pre-commit|pre-push|pre-receive [-- ARGUMENTS…]',
  options: detectionOptions,
  run: ({ operands: [name, ...args], options }, environment) => {
    const kind = hookKinds.find((each) => each === name)
    if (kind === undefined) throw new MusterError('usage.invalid', `hook run takes ${hookKinds.join(', ')}, not ${JSON.stringify(name ?? '')}`)
    return runHook(kind, args, options, environment)
  },
})

const installed = {
  none: '', called: ', which calls the hook that was there first', 'not-executable': '; the hook that was there is kept and not called, since it cannot be executed: git never called it either',
} as const satisfies Record<HookOutcome['previous'], string>

/** Whether a directory of hooks is that of the repository alone. */
async function isOwn(git: ReturnType<typeof gitIn>, repository: string, directory: string): Promise<boolean> {
  return resolve(repository, await git.line(['rev-parse', '--git-common-dir']), 'hooks') === directory
}

async function chosenKinds(options: { readonly [Kind in HookKind]: boolean }, git: ReturnType<typeof gitIn>): Promise<readonly HookKind[]> {
  const named = hookKinds.filter((kind) => options[kind])
  if (named.length > 0) return named
  return (await git.line(['rev-parse', '--is-bare-repository'])) === 'true' ? ['pre-receive'] : ['pre-commit']
}

/** The options of a hook, as words; paths count from anywhere. */
function passedOn(options: Readonly<Record<string, unknown>>): readonly string[] {
  return Object.keys(detectionOptions).flatMap((name) => {
    const value = options[name]
    const words = Array.isArray(value) ? (value as readonly string[]) : typeof value === 'string' ? [/path$|^config$/.test(name) ? resolve(value) : value] : []
    return value === true ? [`--${name}`] : words.map((word) => `--${name}=${word}`)
  })
}

function refuseOperands(name: string, operands: readonly string[]): void {
  if (operands.length > 0) throw new MusterError('usage.invalid', `${name} takes options alone; --repository names a repository`)
}
