import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { defineCommand } from '../command.ts'
import type { ExitCode } from '../exit-codes.ts'

/** `muster token create` */
export const tokenCreate = defineCommand({
  name: 'token create',
  summary: "Creates an API token on the server's own host, whether the server runs or not, and prints it.",
  options: {
    data: { type: 'string', value: 'DIR', help: "the server's data directory" },
    role: { type: 'string', value: 'ROLE', help: 'viewer, operator or administrator (default viewer)' },
    name: { type: 'string', value: 'NAME', help: 'what the token is for (default "command line")' },
    days: { type: 'string', value: 'N', help: 'how long it is good for, or never (default 90)' },
    json: { type: 'boolean', help: 'one JSON document' },
  },
  run: ({ options }) => onServer('token.ts', [
    ...(options.data === undefined ? [] : ['--data', options.data]),
    '--role', options.role ?? 'viewer', '--name', options.name ?? 'command line', ...(options.days === undefined ? [] : ['--days', options.days]), ...(options.json ? ['--json'] : []),
  ]),
})

/** Runs one of the server's own programs with this process's terminal. */
export function onServer(program: string, args: readonly string[]): Promise<ExitCode> {
  const path = fileURLToPath(new URL(`../../../server/src/${program}`, import.meta.url))
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [path, ...args], { stdio: 'inherit' })
    child.once('error', reject)
    child.once('exit', (code) => resolve((code ?? 70) as ExitCode))
  })
}
