import { ended, type GitProcess, type GitProgram } from './program.ts'

export type BlobReading =
  | { readonly outcome: 'read'; readonly id: string; readonly bytes: Buffer; readonly sizeBytes: number }
  /** Not there, or damaged. */
  | { readonly outcome: 'unreadable'; readonly id: string; readonly why: string }

/** A damaged object ends git; it is started again behind it, this often. */
const MAX_RESTARTS = 200
const ASK_AHEAD = 4000

/**
 * The blobs in the order asked for, each read once, at most `maxBytes` of it. Objects that are damaged are told and passed over.
 */
export async function* readBlobs(git: GitProgram, ids: readonly string[], maxBytes: number): AsyncGenerator<BlobReading, void, void> {
  let next = 0
  for (let starts = 0; next < ids.length && starts <= MAX_RESTARTS; starts++) {
    const child = git.start(['cat-file', '--batch', '--buffer'])
    const end = ended(child)
    ask(child, ids, next)
    const before = next
    try {
      for await (const reading of readingsOf(child, maxBytes)) {
        next++
        yield reading
      }
    } finally {
      child.kill()
    }
    const { complaint } = await end
    if (next >= ids.length) return
    // What git was about to give is what it could not read.
    yield { outcome: 'unreadable', id: ids[next]!, why: complaint === '' ? 'git ended' : complaint }
    next++
    if (next === before + 1 && starts === MAX_RESTARTS) break
  }
  for (; next < ids.length; next++) yield { outcome: 'unreadable', id: ids[next]!, why: 'too many damaged objects; not tried' }
}

function ask(child: GitProcess, ids: readonly string[], from: number): void {
  let next = from
  const more = (): void => {
    while (next < ids.length) {
      const to = Math.min(ids.length, next + ASK_AHEAD)
      const goOn = child.stdin.write(`${ids.slice(next, to).join('\n')}\n`)
      next = to
      if (!goOn) return
    }
    child.stdin.end()
  }
  // Git that has ended hears no more questions.
  child.stdin.on('error', () => {})
  child.stdin.on('drain', more)
  more()
}

/** Takes `ID TYPE SIZE\nCONTENT\n` apart, and `ID missing\n`. */
async function* readingsOf(child: GitProcess, maxBytes: number): AsyncGenerator<BlobReading, void, void> {
  let held: Buffer = Buffer.alloc(0)
  let open: { readonly id: string; readonly isBlob: boolean; readonly sizeBytes: number; readonly bytes: Buffer; at: number } | null = null
  for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
    let rest: Buffer = held.length === 0 ? chunk : Buffer.concat([held, chunk])
    held = Buffer.alloc(0)
    for (;;) {
      if (open === null) {
        const newline = rest.indexOf(0x0a)
        if (newline < 0) { held = rest; break }
        const [id = '', type = '', size = ''] = rest.toString('latin1', 0, newline).split(' ')
        rest = rest.subarray(newline + 1)
        if (!/^\d+$/.test(size)) { yield { outcome: 'unreadable', id, why: `the object is ${type === '' ? 'unreadable' : type}` }; continue }
        const sizeBytes = Number(size)
        // Most blobs lie in one piece of the stream, and are given as they lie there.
        if (type === 'blob' && sizeBytes <= maxBytes && sizeBytes < rest.length) {
          yield { outcome: 'read', id, bytes: rest.subarray(0, sizeBytes), sizeBytes }
          rest = rest.subarray(sizeBytes + 1)
          continue
        }
        open = { id, isBlob: type === 'blob', sizeBytes, bytes: Buffer.allocUnsafe(Math.min(sizeBytes, maxBytes)), at: 0 }
      }
      const wanted: number = open.sizeBytes + 1 - open.at
      const taken = Math.min(wanted, rest.length)
      if (open.at < open.bytes.length) rest.copy(open.bytes, open.at, 0, Math.min(taken, open.bytes.length - open.at))
      open.at += taken
      rest = rest.subarray(taken)
      if (open.at <= open.sizeBytes) break
      yield open.isBlob ? { outcome: 'read', id: open.id, bytes: open.bytes, sizeBytes: open.sizeBytes } : { outcome: 'unreadable', id: open.id, why: 'the object is no blob' }
      open = null
    }
  }
}
