import { type ChildProcessByStdio, spawn } from 'node:child_process'
import type { Socket } from 'node:net'
import type { Readable, Writable } from 'node:stream'
import { MusterError } from '@muster/core'
import { fsPath, type RawPath } from '../../local/raw-path.ts'

/** Where `git` is looked for; the environment of the scan is not handed on. */
const SEARCH_PATH = '/usr/local/bin:/usr/bin:/bin:/opt/homebrew/bin:/opt/local/bin'

/**
 * Nothing of a repository's or user's settings that runs a program, asks a question, writes or fetches takes effect: the repository may be anybody's.
 * Replaced objects are read as they are.
 */
const environment: NodeJS.ProcessEnv = {
  PATH: SEARCH_PATH, HOME: '/nonexistent', LC_ALL: 'C', GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_SYSTEM: '/dev/null', GIT_CONFIG_GLOBAL: '/dev/null', GIT_ATTR_NOSYSTEM: '1', GIT_TERMINAL_PROMPT: '0',
  GIT_ASKPASS: '/bin/false', GIT_OPTIONAL_LOCKS: '0', GIT_NO_LAZY_FETCH: '1', GIT_ALLOW_PROTOCOL: 'none', GIT_NO_REPLACE_OBJECTS: '1', GIT_LITERAL_PATHSPECS: '1', GIT_PAGER: 'cat',
}
const settings = [
  'safe.directory=*', 'protocol.allow=never', 'core.fsmonitor=false', 'core.hooksPath=/dev/null', 'core.attributesFile=/dev/null', 'core.excludesFile=/dev/null', 'core.sshCommand=/bin/false',
  'core.quotePath=false', 'core.deltaBaseCacheLimit=256m', 'log.showSignature=false', 'gpg.program=/bin/false', 'gpg.ssh.program=/bin/false', 'diff.external=', 'gc.auto=0', 'maintenance.auto=false',
].flatMap((setting) => ['-c', setting])

export type GitProcess = ChildProcessByStdio<Writable, Readable, Readable>
/** One whose output goes elsewhere. */
export type GitInput = ChildProcessByStdio<Writable, Readable | null, Readable>

/** How a command ended. `complaint` is the last line of what git said of it. */
export type GitEnd = { readonly ok: boolean; readonly complaint: string }

const MAX_OUTPUT = 512 * 1024 * 1024
/** A short command that says nothing for so long waits for what never comes: a repository may have a pipe where git expects a file. */
const MAX_SILENCE_MS = 10 * 60_000

/** For where things lie that were found until the time was up. */
const LAST_MOMENT_MS = 5000

/** Runs git in one repository. */
export class GitProgram {
  readonly #program: string
  readonly #directory: RawPath
  readonly #signal: AbortSignal
  readonly #maxSilenceMs: number

  constructor(program: string, directory: RawPath, signal: AbortSignal, maxSilenceMs = MAX_SILENCE_MS) {
    this.#program = program
    this.#directory = directory
    this.#signal = signal
    this.#maxSilenceMs = maxSilenceMs
  }

  /** True when the scan is stopped: then commands end at once. */
  get isStopped(): boolean {
    return this.#signal.aborted
  }

  /** For what is still to be asked: itself, and when the time of the scan was up, one that has a moment more; null when the scan was cancelled. */
  get toTheEnd(): GitProgram | null {
    if (!this.#signal.aborted) return this
    const { reason } = this.#signal as { readonly reason: unknown }
    return reason instanceof DOMException && reason.name === 'TimeoutError' ? new GitProgram(this.#program, this.#directory, AbortSignal.timeout(LAST_MOMENT_MS), this.#maxSilenceMs) : null
  }

  /** A running command; its standard error is drained by {@link ended}. */
  start(args: readonly string[]): GitProcess {
    return spawn(this.#program, this.#arguments(args), { env: environment, stdio: ['pipe', 'pipe', 'pipe'], signal: this.#signal })
  }

  /** A running command that writes to a socket. */
  startInto(args: readonly string[], output: Socket): GitInput {
    return spawn(this.#program, this.#arguments(args), { env: environment, stdio: ['pipe', output, 'pipe'], signal: this.#signal }) as GitInput
  }

  #arguments(args: readonly string[]): string[] {
    return ['-C', fsPath(this.#directory).toString(), ...settings, ...args]
  }

  /** Standard output of a short command as latin-1; null when git refuses, writes without end, or says nothing for as long as it may. */
  async text(args: readonly string[], input = '', maxSilenceMs = this.#maxSilenceMs): Promise<string | null> {
    const child = this.start(args)
    const end = ended(child)
    child.stdin.on('error', () => {})
    child.stdin.end(input, 'latin1')
    const chunks: Buffer[] = []
    let length = 0
    const silence = setTimeout(() => child.kill('SIGKILL'), Math.min(maxSilenceMs, this.#maxSilenceMs))
    try {
      for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
        silence.refresh()
        chunks.push(chunk)
        length += chunk.length
        if (length > MAX_OUTPUT) { child.kill(); return null }
      }
    } catch {
      return null
    } finally {
      clearTimeout(silence)
    }
    return (await end).ok ? Buffer.concat(chunks).toString('latin1') : null
  }
}

/**
 * Resolves when the process has ended; never rejects but for a missing program.
 * @throws MusterError object.not-found when there is no git
 */
export function ended(child: GitInput): Promise<GitEnd> {
  let said = ''
  child.stderr.on('data', (chunk: Buffer) => { said = (said + chunk.toString('utf8')).slice(-4096) })
  const end = new Promise<GitEnd>((resolve, reject) => {
    child.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') reject(new MusterError('object.not-found', 'git is not installed; install it to read repositories'))
      else resolve({ ok: false, complaint: error.code ?? 'failed' })
    })
    child.once('close', (code) => resolve({ ok: code === 0, complaint: complaintIn(said) }))
  })
  // Whoever asks hears of it; a caller that stopped early does not.
  end.catch(() => {})
  return end
}

/** The last line git wrote, without its prefix and without what a URL in it may carry. */
function complaintIn(said: string): string {
  const line = said.trim().split('\n').at(-1) ?? ''
  return line.replace(/^(?:fatal|error|warning): /, '').replaceAll(/\/\/[^/@\s]{1,400}@/g, '//').slice(0, 300)
}
