import { writeSync } from 'node:fs'
import { type ErrorCode, isMusterError } from '@muster/core'

/** Exit codes of programs the `muster` command runs on the server's own host: the same as its own (docs/cli.md). */
const USAGE = 2
const INPUT = 3
const INSTALLATION = 7
const INTERNAL = 70

/** Writes a line for people to stderr, under the product's name. */
export function say(text: string): void {
  writeSync(2, `muster: ${text}\n`)
}

/** Runs a program to its end: refusals are told in a line and become exit codes; mistakes in the code keep their stack. */
export async function runProgram(main: () => Promise<number>): Promise<never> {
  let code: number
  try {
    code = await main()
  } catch (error) {
    if (isMusterError(error)) say(error.message)
    else writeSync(2, `${error instanceof Error ? error.stack : String(error)}\n`)
    code = isMusterError(error) ? exitCodeOf(error.code) : INTERNAL
  }
  // Handles of libraries must not keep a program alive that is done.
  process.exit(code)
}

function exitCodeOf(code: ErrorCode): number {
  if (code === 'usage.invalid') return USAGE
  if (code.startsWith('input.') || code === 'file.unreadable') return INPUT
  return /^(?:store|config|listen)\./.test(code) ? INSTALLATION : INTERNAL
}
