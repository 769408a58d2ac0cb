import { homedir } from 'node:os'
import { join } from 'node:path'
import type { Clock } from '@muster/core'
import { harmless } from './terminal/table.ts'

/** Everything a command may know of and do to the outside. */
export type Terminal = {
  /** Data: what scripts read. */
  readonly out: (text: string) => void | Promise<void>
  /** Words for people. */
  readonly say: (text: string) => void
  /** Both ends are terminals: colours, progress, questions. */
  readonly interactive: boolean
  /** Standard output is a terminal. */
  readonly outputIsTerminal: boolean
  readonly colours: boolean
  /** Columns of the terminal; 100 where output goes to a file. */
  readonly columns: number
}

export type Environment = {
  readonly terminal: Terminal
  readonly clock: Clock
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal
  /** Where the login is kept. */
  readonly loginFile: string
  readonly server: string | null
  readonly token: string | null
  /** A path and a text of rules, as gitleaks takes them from GITLEAKS_CONFIG and GITLEAKS_CONFIG_TOML. */
  readonly rulesPath: string | null
  readonly rulesToml: string | null
  /** Names in SKIP, by which one hook is left out for once. */
  readonly skip: readonly string[]
  /** All of standard input. */
  readonly readStdin: () => Promise<Uint8Array>
}

/** The environment of this process; the only place of the command line that reads it. */
export function processEnvironment(clock: Clock, signal: AbortSignal): Environment {
  const { env, stdout, stderr } = process
  const configHome = env['XDG_CONFIG_HOME'] ?? join(homedir(), '.config')
  const outputIsTerminal = stdout.isTTY === true
  const errorIsTerminal = stderr.isTTY === true
  const interactive = errorIsTerminal && env['TERM'] !== 'dumb'
  return {
    terminal: {
      // Scripts get every octet; what a scanned machine named cannot steer the terminal of who looks.
      out: (text) => (stdout.write(outputIsTerminal ? harmless(text) : text) ? undefined : new Promise((resolve) => stdout.once('drain', () => resolve()))),
      say: (text) => { stderr.write(`${errorIsTerminal ? harmless(text) : text}\n`) },
      interactive,
      outputIsTerminal,
      colours: outputIsTerminal && env['NO_COLOR'] === undefined && env['TERM'] !== 'dumb',
      columns: outputIsTerminal ? (stdout.columns ?? 100) : 160,
    },
    clock,
    signal,
    loginFile: join(configHome, 'muster', 'login.json'),
    server: env['MUSTER_SERVER'] ?? null,
    token: env['MUSTER_TOKEN'] ?? null,
    rulesPath: env['GITLEAKS_CONFIG'] || null,
    rulesToml: env['GITLEAKS_CONFIG_TOML'] || null,
    skip: (env['SKIP'] ?? '').split(',').map((name) => name.trim()).filter((name) => name !== ''),
    readStdin: async () => {
      const chunks: Buffer[] = []
      for await (const chunk of process.stdin) chunks.push(chunk as Buffer)
      return Buffer.concat(chunks)
    },
  }
}
