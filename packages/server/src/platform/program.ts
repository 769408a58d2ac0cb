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
    const told = refusal(error)
    if (told === null) writeSync(2, `${error instanceof Error ? error.stack : String(error)}\n`)
    else say(told)
    code = isMusterError(error) ? exitCodeOf(error.code) : told === null ? INTERNAL : INSTALLATION
  }
  // Handles of libraries must not keep a program alive that is done.
  process.exit(code)
}

const refusals: Readonly<Record<string, string>> = {
  EACCES: 'permission denied', EPERM: 'not permitted', EROFS: 'the file system is read-only', ENOSPC: 'no space is left', EDQUOT: 'the quota is used up',
  ENOTDIR: 'a part of the path is not a directory', EISDIR: 'it is a directory', ELOOP: 'its links go in a circle', ENAMETOOLONG: 'the path is too long',
}

/** What to tell people of an error that is no mistake in the code: a refusal of ours or of the file system. Null for mistakes. */
export function refusal(error: unknown): string | null {
  if (isMusterError(error)) return error.message
  if (!(error instanceof Error)) return null
  const { code = '', path, syscall } = error as NodeJS.ErrnoException
  const reason = refusals[code]
  return reason === undefined || path === undefined ? null : `cannot ${syscall ?? 'use'} ${path}: ${reason}`
}

function exitCodeOf(code: ErrorCode): number {
  if (code === 'usage.invalid') return USAGE
  if (code.startsWith('input.') || code === 'file.unreadable') return INPUT
  return /^(?:store|config|listen)\./.test(code) ? INSTALLATION : INTERNAL
}
