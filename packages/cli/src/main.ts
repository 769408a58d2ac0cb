#!/usr/bin/env node
import { isMusterError, MusterError, systemClock } from '@muster/core'
import { commandHelp } from './command.ts'
import { type CommandEntry, commands } from './commands/index.ts'
import { type Environment, processEnvironment } from './environment.ts'
import { type ExitCode, exitCodes, refusalOf } from './exit-codes.ts'
import { visible } from './terminal/table.ts'
import { version } from './version.ts'

/** Runs the command that `argv` names; what it refuses goes to standard error with a hint. Returns the exit code. */
export async function runCommandLine(argv: readonly string[], environment: Environment): Promise<ExitCode> {
  try {
    return await dispatch(argv, environment)
  } catch (error) {
    if (!isMusterError(error)) {
      environment.terminal.say(`muster: this is a mistake in muster: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`)
      return exitCodes.internal
    }
    const { exitCode, hint } = refusalOf(error.code)
    environment.terminal.say(`muster: ${error.message.split('\n').map(visible).join('\n')}${hint === null ? '' : `\nhint: ${hint}`}`)
    return exitCode
  }
}

async function dispatch(argv: readonly string[], environment: Environment): Promise<ExitCode> {
  const [first] = argv
  if (first === undefined || first === 'help' || first === '--help' || first === '-h') {
    const asked = findCommand(argv.slice(1))
    await environment.terminal.out(asked === null ? await overview(argv[1]) : commandHelp(await asked.load()))
    return first === undefined ? exitCodes.usage : exitCodes.ok
  }
  if (first === 'version' || first === '--version') {
    await environment.terminal.out(`${version}\n`)
    return exitCodes.ok
  }
  const entry = findCommand(argv)
  if (entry === null) {
    if (argv.slice(1).some((word) => word === '--help' || word === '-h')) return dispatch(['help', first], environment)
    throw new MusterError('usage.invalid', `there is no command ${JSON.stringify(argv.slice(0, 2).join(' '))}`)
  }
  const command = await entry.load()
  const rest = argv.slice(command.name.split(' ').length)
  if (rest.includes('--help') || rest.includes('-h')) {
    await environment.terminal.out(commandHelp(command))
    return exitCodes.ok
  }
  return command.run(rest, environment)
}

function findCommand(words: readonly string[]): CommandEntry | null {
  return commands.find((command) => command.name.split(' ').every((word, i) => words[i] === word)) ?? null
}

/** Every command, or those that begin with `word` where there are any. */
async function overview(word: string | undefined): Promise<string> {
  const group = commands.filter((command) => command.name.split(' ')[0] === word)
  const shown = await Promise.all((group.length > 0 ? group : commands).map(({ load }) => load()))
  const lines = shown.map((command) => `  ${command.name.padEnd(16)} ${command.summary.split('. ')[0]!.replace(/\.$/, '')}`)
  return `muster ${version}: the roll of every machine identity\n\n${lines.join('\n')}\n\n\`muster help COMMAND\` tells its options.\n`
}

if (import.meta.main) {
  const stop = new AbortController()
  process.once('SIGINT', () => stop.abort())
  process.once('SIGTERM', () => stop.abort())
  // A reader that went away (`muster … | head`) is no mistake of ours.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => { process.exit(error.code === 'EPIPE' ? 0 : exitCodes.internal) })
  process.exitCode = await runCommandLine(process.argv.slice(2), processEnvironment(systemClock, stop.signal))
}
