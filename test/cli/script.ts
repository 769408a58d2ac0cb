import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { systemClock } from '@muster/core'
import { runCommandLine } from '../../packages/cli/src/main.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const PROCESS_TIMEOUT_MS = 120_000

/** What a command left behind. */
export type Outcome = { readonly code: number; readonly stdout: string; readonly stderr: string }

/** One command of a script with what is expected of it. */
export type Step = { readonly line: number; readonly command: string; readonly checks: readonly { readonly line: number; readonly text: string }[] }

/** Where a script runs. */
export type Surroundings = {
  readonly directory: string
  readonly loginFile: string
  readonly variables: Readonly<Record<string, string>>
  /** Texts that must never be in any output. */
  readonly forbidden: readonly string[]
}

/**
 * Reads a script: a line that begins with `muster`, `./muster` or `npx muster` is a command, the lines up to the next one say
 * what is expected of it. `# …` is a comment.
 *
 * - `exit N`: its exit code; 0 where nothing is said
 * - `stdout PATTERN`, `stderr PATTERN`: a regular expression that matches; `!stdout PATTERN` one that does not
 * - `stdout is json|ndjson|sarif|csv|empty`: the whole of it is that, and one document
 * - `let NAME PATTERN`: keeps the first group of the match in stdout for later lines as `$NAME`
 *
 * `< FILE` at the end of a command gives it standard input.
 */
export function readScript(path: string): Step[] {
  const steps: { line: number; command: string; checks: { line: number; text: string }[] }[] = []
  for (const [i, raw] of readFileSync(path, 'utf8').split('\n').entries()) {
    const text = raw.trim()
    if (text === '' || text.startsWith('#')) continue
    if (/^(?:\.\/muster|npx muster|muster)(?: |$)/.test(text)) steps.push({ line: i + 1, command: text, checks: [] })
    else if (steps.length === 0) throw new Error(`${path}:${i + 1}: an expectation before the first command`)
    else steps.at(-1)!.checks.push({ line: i + 1, text })
  }
  return steps
}

/** Runs a script to its end; throws an Error that names line and command of everything that was not as expected. */
export async function runScript(path: string, surroundings: Surroundings): Promise<void> {
  const variables = { ...surroundings.variables }
  const filled = (text: string) => text.replaceAll(/\$([A-Z_]+)/g, (whole, name: string) => variables[name] ?? whole)
  const failures: string[] = []
  for (const step of readScript(path)) {
    const command = filled(step.command)
    const outcome = await runCommand(command, surroundings)
    const wrong: string[] = []
    const leaked = surroundings.forbidden.find((secret) => outcome.stdout.includes(secret) || outcome.stderr.includes(secret))
    if (leaked !== undefined) wrong.push(`${path}:${step.line}: the output has the secret ${JSON.stringify(leaked.slice(0, 8))}…`)
    if (outcome.code !== 0 && !step.checks.some(({ text }) => text.startsWith('exit '))) wrong.push(`${path}:${step.line}: it should exit with 0`)
    for (const { line, text } of step.checks) {
      const why = keep(text, outcome, variables) ?? check(filled(text), outcome)
      if (why !== null && why !== 'kept') wrong.push(`${path}:${line}: ${why}`)
    }
    if (wrong.length > 0) failures.push(`${wrong.join('\n')}\n$ ${command}\nexit ${outcome.code}\n--- stdout\n${outcome.stdout.slice(0, 1500)}\n--- stderr\n${outcome.stderr.slice(0, 1500)}`)
  }
  if (failures.length > 0) throw new Error(failures.join('\n\n'))
}

/** Keeps what a `let` line names; null for other lines. */
function keep(text: string, { stdout }: Outcome, variables: Record<string, string>): string | null {
  const [, name, pattern] = /^let ([A-Z_]+) (.*)$/.exec(text) ?? []
  if (name === undefined || pattern === undefined) return null
  const value = new RegExp(pattern, 'm').exec(stdout)?.[1]
  if (value === undefined) return `nothing to keep as ${name}`
  variables[name] = value
  return 'kept'
}

function check(text: string, { code, stdout, stderr }: Outcome): string | null {
  const exit = /^exit (\d+)$/.exec(text)
  if (exit !== null) return code === Number(exit[1]) ? null : `it should exit with ${exit[1]}`
  const whole = /^stdout is (\w+)$/.exec(text)
  if (whole !== null) return isWhole(whole[1]!, stdout)
  const [, not, stream, pattern] = /^(!?)(stdout|stderr) (.*)$/.exec(text) ?? []
  if (stream === undefined || pattern === undefined) return `what is ${JSON.stringify(text)}?`
  const found = new RegExp(pattern, 'm').test(stream === 'stdout' ? stdout : stderr)
  return found === (not === '') ? null : `${stream} should ${not === '' ? '' : 'not '}match ${pattern}`
}

function isWhole(form: string, stdout: string): string | null {
  try {
    switch (form) {
      case 'empty': return stdout === '' ? null : 'stdout should be empty'
      case 'json': JSON.parse(stdout); return null
      case 'ndjson': for (const line of stdout.trimEnd().split('\n')) JSON.parse(line); return stdout.endsWith('\n') ? null : 'the last line should end'
      case 'csv': return wellFormedCsv(stdout)
      case 'sarif': {
        const { version, runs } = JSON.parse(stdout) as { version: string; runs: { results: { ruleId: string }[]; tool: { driver: { rules: { id: string }[] } } }[] }
        const isDescribed = runs.every(({ results, tool }) => results.every(({ ruleId }) => tool.driver.rules.some(({ id }) => id === ruleId)))
        return version === '2.1.0' && runs.length > 0 && isDescribed ? null : 'stdout should be a SARIF 2.1.0 log that describes its rules'
      }
      default: return `there is no form ${form}`
    }
  } catch (error) {
    return `stdout should be ${form}: ${String(error)}`
  }
}

function wellFormedCsv(text: string): string | null {
  const lines = text.match(/(?:"(?:[^"]|"")*"|[^"\r\n,]*)(?:,(?:"(?:[^"]|"")*"|[^"\r\n,]*))*\r?\n/g) ?? []
  const columns = lines.map((line) => line.match(/"(?:[^"]|"")*"|,/g)?.filter((part) => part === ',').length ?? 0)
  return lines.join('') === text && new Set(columns).size === 1 ? null : 'stdout should be CSV with as many columns in each line'
}

async function runCommand(command: string, surroundings: Surroundings): Promise<Outcome> {
  const [, words = '', input] = /^(.*?)(?: < (\S+))?$/.exec(command)!
  const [program = '', ...argv] = (words.match(/"[^"]*"|\S+/g) ?? []).map((word) => word.replaceAll('"', ''))
  const stdin = input === undefined ? Buffer.alloc(0) : readFileSync(join(surroundings.directory, input))
  if (program === 'muster') return inProcess(argv, stdin, surroundings)
  if (program === 'npx') return asProcess('npx', argv, surroundings, root)
  return asProcess(join(root, program), argv, surroundings, surroundings.directory)
}

async function inProcess(argv: readonly string[], stdin: Uint8Array, { directory, loginFile }: Surroundings): Promise<Outcome> {
  let stdout = ''
  let stderr = ''
  const before = process.cwd()
  process.chdir(directory)
  try {
    const code = await runCommandLine(argv, {
      terminal: { out: (text) => { stdout += text }, say: (text) => { stderr += `${text}\n` }, interactive: false, outputIsTerminal: false, colours: false, columns: 200 },
      clock: systemClock, signal: new AbortController().signal, loginFile, server: null, token: null, rulesPath: null, rulesToml: null, skip: [], readStdin: async () => stdin,
    })
    return { code, stdout, stderr }
  } finally {
    process.chdir(before)
  }
}

function asProcess(program: string, argv: readonly string[], { loginFile }: Surroundings, cwd: string): Promise<Outcome> {
  // Without the pinned Node in PATH: the program is to find it by itself.
  const PATH = (process.env['PATH'] ?? '').split(':').filter((folder) => !folder.includes('node_modules')).join(':')
  const env = { ...process.env, PATH, XDG_CONFIG_HOME: join(loginFile, '../..') }
  return new Promise((resolve) => {
    execFile(program, argv, { cwd, env, timeout: PROCESS_TIMEOUT_MS, maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : typeof error.code === 'number' ? error.code : 1, stdout, stderr })
    })
  })
}
