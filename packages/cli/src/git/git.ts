import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { MusterError } from '@muster/core'

const MAX_OUTPUT_BYTES = 512 * 1024 * 1024

/**
 * Nothing that a repository's configuration names is run, nothing is fetched or locked, and replaced objects are read as they are. The environment stays:
 * hooks learn from it which index and which objects are meant.
 */
const quiet = [
  '--no-optional-locks', '--no-replace-objects',
  ...['core.fsmonitor=false', 'log.showSignature=false', 'protocol.allow=never', 'core.sshCommand=false', 'gpg.program=false', 'gpg.ssh.program=false'].flatMap((setting) => ['-c', setting]),
]

/** The repository that `directory` is in, asked with the system's `git`. */
export type Git = {
  /** Standard output. @throws MusterError file.unreadable with the first line of what git said, operation.cancelled. */
  run(args: readonly string[], input?: string): Promise<Buffer>
  /** The same as text without its last line break. */
  line(args: readonly string[], input?: string): Promise<string>
  /** The exit code alone. */
  test(args: readonly string[]): Promise<boolean>
  /** Blobs, and messages of commits and tags, one after the other, each at most `maxBytes` long; null in place of one that is longer, is none of these or is missing. */
  texts(ids: Iterable<string>, maxBytes: number): AsyncGenerator<{ readonly id: string; readonly bytes: Buffer | null }, void, void>
}

/** `signal` ends whatever runs. */
export function gitIn(directory: string, signal: AbortSignal): Git {
  const run = (args: readonly string[], input = '') => collect(directory, args, input, signal)
  return {
    run,
    line: async (args, input) => (await run(args, input)).toString('utf8').replace(/\n$/, ''),
    test: async (args) => {
      try {
        await run(args)
        return true
      } catch (error) {
        if (signal.aborted) throw error
        return false
      }
    },
    async* texts(ids, maxBytes) {
      const wanted = [...ids]
      if (wanted.length === 0) return
      const sizes = (await run(['cat-file', '--batch-check=%(objecttype) %(objectsize)'], lines(wanted))).toString('utf8').split('\n')
      const fits = (i: number) => Number(/^(?:blob|commit|tag) (\d+)$/.exec(sizes[i]!)?.[1] ?? Number.NaN) <= maxBytes
      const contents = batch(directory, wanted.filter((_id, i) => fits(i)), signal)
      try {
        for (const [i, id] of wanted.entries()) yield { id, bytes: fits(i) ? ((await contents.next()).value ?? null) : null }
      } finally {
        await contents.return()
      }
    },
  }
}

const lines = (ids: readonly string[]) => ids.map((id) => `${id}\n`).join('')

async function collect(directory: string, args: readonly string[], input: string, signal: AbortSignal): Promise<Buffer> {
  const child = start(directory, args, signal)
  const chunks: Buffer[] = []
  let length = 0
  let said = ''
  child.stdout.on('data', (chunk: Buffer) => {
    length += chunk.length
    if (length <= MAX_OUTPUT_BYTES) chunks.push(chunk)
    else child.kill()
  })
  child.stderr.on('data', (chunk: Buffer) => { said = (said + chunk.toString('utf8')).slice(0, 4096) })
  child.stdin.on('error', () => {}).end(input)
  const code = await ended(child, signal)
  if (length > MAX_OUTPUT_BYTES) throw new MusterError('input.limit', `git ${args[0]!} answers with more than ${MAX_OUTPUT_BYTES} bytes`)
  if (code !== 0) throw new MusterError('file.unreadable', `git ${args[0]!}: ${said.split('\n')[0] || `it ended with ${code}`}`)
  return Buffer.concat(chunks)
}

/** Contents in the order of `ids`, which are blobs, commits and tags that exist. */
async function* batch(directory: string, ids: readonly string[], signal: AbortSignal): AsyncGenerator<Buffer, void, void> {
  if (ids.length === 0) return
  const child = start(directory, ['cat-file', '--batch'], signal)
  const exit = ended(child, signal).catch(() => null)
  child.stderr.resume()
  child.stdin.on('error', () => {}).end(lines(ids))
  const chunks = child.stdout[Symbol.asyncIterator]() as AsyncIterator<Buffer>
  let held: Buffer = Buffer.alloc(0)
  const more = async () => {
    const { done, value } = await chunks.next()
    if (done === true) throw new MusterError('file.unreadable', 'git cat-file ended before everything was read')
    held = held.length === 0 ? value : Buffer.concat([held, value])
  }
  try {
    for (const _ of ids) {
      let end = held.indexOf(0x0a)
      for (; end < 0; end = held.indexOf(0x0a)) await more()
      const [, type, length] = /^\S+ (blob|commit|tag) (\d+)$/.exec(held.toString('latin1', 0, end)) ?? []
      const size = Number(length ?? Number.NaN)
      if (Number.isNaN(size)) throw new MusterError('file.unreadable', 'git cat-file does not give what it has')
      held = held.subarray(end + 1)
      const parts: Buffer[] = []
      for (let missing = size + 1; missing > 0; ) {
        if (held.length === 0) await more()
        const part = held.subarray(0, missing)
        parts.push(part)
        held = held.subarray(part.length)
        missing -= part.length
      }
      const content = Buffer.concat(parts).subarray(0, size)
      yield type === 'blob' ? content : content.subarray(headerLength(content))
    }
  } finally {
    // What nobody reads any more would keep the child from being over.
    child.stdout.destroy()
    child.kill()
    await exit
  }
}

/** Of a commit or tag; the message follows. */
function headerLength(content: Buffer): number {
  const blank = content.indexOf('\n\n')
  return blank < 0 ? content.length : blank + 2
}

function start(directory: string, args: readonly string[], signal: AbortSignal) {
  return spawn('git', [...quiet, ...args], { cwd: directory, stdio: ['pipe', 'pipe', 'pipe'], signal })
}

async function ended(child: ReturnType<typeof start>, signal: AbortSignal): Promise<number | null> {
  try {
    const [code] = (await once(child, 'close')) as [number | null]
    return code
  } catch (error) {
    if (signal.aborted) throw new MusterError('operation.cancelled', 'cancelled')
    throw new MusterError('file.unreadable', error instanceof Error && 'code' in error && error.code === 'ENOENT' ? 'there is no git on this machine, or no such directory' : 'git cannot be started', {}, { cause: error })
  }
}
