import { parseArgs } from 'node:util'
import { MusterError } from '@muster/core'
import type { Environment } from './environment.ts'
import { type ExitCode, exitCodes } from './exit-codes.ts'

/**
 * An option as `--name`, with the word for its value and one line of help. `bare` is the value of `--name` without
 * `=`, where that is possible; `dashed` says that the value may begin with a dash.
 */
export type OptionSpec = {
  readonly type: 'boolean' | 'string'; readonly short?: string; readonly multiple?: boolean; readonly value?: string; readonly bare?: string; readonly dashed?: boolean; readonly help: string
}
export type OptionSpecs = Readonly<Record<string, OptionSpec>>

type ValueOf<Spec extends OptionSpec> = Spec extends { type: 'boolean' } ? boolean : Spec extends { multiple: true } ? readonly string[] : string | undefined
export type OptionValues<Specs extends OptionSpecs> = { readonly [Name in keyof Specs]: ValueOf<Specs[Name]> }

/** A command of `muster`. */
export type Command = {
  /** Words as typed: `scan tls`. */
  readonly name: string
  readonly summary: string
  /** After the name, e.g. `TARGET…`. */
  readonly operands: string
  readonly options: OptionSpecs
  readonly run: (argv: readonly string[], environment: Environment) => Promise<ExitCode>
}

/** Defines a command whose `run` gets its operands and options parsed and typed. */
export function defineCommand<const Specs extends OptionSpecs>(definition: {
  readonly name: string
  readonly summary: string
  readonly operands?: string
  readonly options: Specs
  readonly run: (input: { readonly operands: readonly string[]; readonly options: OptionValues<Specs> }, environment: Environment) => Promise<ExitCode | void>
}): Command {
  const { name, summary, operands = '', options, run } = definition
  return {
    name, summary, operands, options,
    run: async (argv, environment) => (await run(parseArguments(name, options, argv), environment)) ?? exitCodes.ok,
  }
}

function parseArguments<Specs extends OptionSpecs>(name: string, specs: Specs, argv: readonly string[]): { operands: readonly string[]; options: OptionValues<Specs> } {
  const known = Object.fromEntries(Object.entries(specs).map(([option, { type, short, multiple }]) =>
    [option, { type, ...(short === undefined ? {} : { short }), ...(multiple === undefined ? {} : { multiple }) }]))
  try {
    const { values, positionals } = parseArgs({ args: spelledOut(specs, argv), options: known, allowPositionals: true, strict: true })
    const complete = Object.fromEntries(Object.entries(specs).map(([option, spec]) =>
      [option, values[option] ?? (spec.type === 'boolean' ? false : spec.multiple === true ? [] : undefined)]))
    return { operands: positionals, options: complete as OptionValues<Specs> }
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('. ')[0]! : String(error)
    throw new MusterError('usage.invalid', `${name}: ${reason.charAt(0).toLowerCase()}${reason.slice(1)}`)
  }
}

/** Bare options get their value, and those whose value may begin with a dash are joined with it. */
function spelledOut(specs: OptionSpecs, argv: readonly string[]): string[] {
  const args: string[] = []
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i]!
    if (word === '--') return [...args, ...argv.slice(i)]
    const spec = word.startsWith('--') ? specs[word.slice(2)] : undefined
    if (spec?.bare !== undefined) args.push(`${word}=${spec.bare}`)
    else if (spec?.dashed === true && i + 1 < argv.length) args.push(`${word}=${argv[++i]!}`)
    else args.push(word)
  }
  return args
}

/** The help text of one command. */
export function commandHelp(command: Command): string {
  const lines = [`muster ${command.name} ${command.operands}`.trimEnd(), '', command.summary, '']
  for (const [name, spec] of Object.entries(command.options)) {
    const flag = `${spec.short === undefined ? '    ' : `-${spec.short}, `}--${name}${spec.type !== 'string' ? '' : spec.bare === undefined ? ` ${spec.value ?? 'VALUE'}` : `[=${spec.value ?? 'VALUE'}]`}`
    lines.push(`  ${flag.padEnd(34)} ${spec.help}`)
  }
  return `${lines.join('\n')}\n`
}
