import type { Socket } from 'node:net'
import { ended, type GitInput, type GitProgram } from './program.ts'
import { WidePipe } from './wide-pipe.ts'

export type BlobReading =
  /** Its bytes are those from `start` to `end` of the load; `sizeBytes` is how long it is in the repository. */
  | { readonly outcome: 'read'; readonly id: string; readonly start: number; readonly end: number; readonly sizeBytes: number }
  /** Not there, or damaged. */
  | { readonly outcome: 'unreadable'; readonly id: string; readonly why: string }

/** Blobs read together, in shared memory that is used again for other blobs after `release`. */
export type BlobLoad = { readonly readings: readonly BlobReading[]; readonly bytes: Uint8Array; readonly release: () => void }

/** A damaged object ends git; it is started again behind it, this often. */
const MAX_RESTARTS = 200
const ASK_AHEAD = 4000
const LOAD_BYTES = 6 * 1024 * 1024

/**
 * The blobs in the order asked for, each read once, at most `maxBytes` of it. Objects that are damaged are told and passed over. Ends early when git is stopped.
 */
export async function* readBlobs(git: GitProgram, ids: readonly string[], maxBytes: number): AsyncGenerator<BlobLoad, void, void> {
  const memory = new LoadMemory()
  const draft = new LoadDraft(memory)
  let next = 0
  for (let starts = 0; next < ids.length && starts <= MAX_RESTARTS; starts++) {
    const { input, pieces, stop } = await output(git)
    const end = ended(input)
    ask(input, ids, next)
    const stream = new ObjectStream(draft, maxBytes)
    try {
      for await (const piece of pieces) {
        for (let at = 0; at < piece.length;) {
          at = stream.take(piece, at)
          if (draft.isFull) { next += draft.count; yield draft.give() }
        }
      }
    } finally {
      stop()
    }
    next += draft.count
    const { complaint } = await end
    if (git.isStopped) return
    // What git was about to give is what it could not read.
    if (next < ids.length) { draft.unreadable(ids[next]!, complaint === '' ? 'git ended' : complaint); next++ }
    if (draft.count > 0) yield draft.give()
  }
  if (next === ids.length) return
  for (; next < ids.length; next++) draft.unreadable(ids[next]!, 'too many damaged objects; not tried')
  yield draft.give()
}

type Output = { readonly input: GitInput; readonly pieces: AsyncIterable<Buffer>; readonly stop: () => void }

async function output(git: GitProgram): Promise<Output> {
  const args = ['cat-file', '--batch', '--buffer']
  const pipe = await WidePipe.open()
  if (pipe === null) {
    const child = git.start(args)
    return { input: child, pieces: child.stdout as AsyncIterable<Buffer>, stop: () => { child.kill() } }
  }
  const child = git.startInto(args, pipe.theirs as Socket)
  pipe.handedOver()
  return { input: child, pieces: pipe.pieces(), stop: () => { child.kill() } }
}

function ask(child: GitInput, ids: readonly string[], from: number): void {
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

/** Shared memory for loads, as much as are under way at a time. */
class LoadMemory {
  readonly #free: SharedArrayBuffer[] = []

  take(bytes: number): SharedArrayBuffer {
    return (bytes > LOAD_BYTES ? undefined : this.#free.pop()) ?? new SharedArrayBuffer(Math.max(bytes, LOAD_BYTES))
  }

  release(memory: SharedArrayBuffer): void {
    if (memory.byteLength === LOAD_BYTES) this.#free.push(memory)
  }
}

/** A load that is being filled. */
class LoadDraft {
  readonly #memory: LoadMemory
  #readings: BlobReading[] = []
  #bytes: Buffer | null = null
  #end = 0
  /** The next blob does not fit. */
  isFull = false

  constructor(memory: LoadMemory) {
    this.#memory = memory
  }

  get count(): number {
    return this.#readings.length
  }

  /** Where a blob can be written; null when the load has to be given away first. */
  room(bytes: number): Buffer | null {
    if (this.#bytes !== null && this.#end + bytes > this.#bytes.length) { this.isFull = true; return null }
    this.#bytes ??= Buffer.from(this.#memory.take(bytes))
    return this.#bytes.subarray(this.#end, this.#end + bytes)
  }

  /** What was written to the room is a blob. */
  read(id: string, bytes: number, sizeBytes: number): void {
    this.#readings.push({ outcome: 'read', id, start: this.#end, end: this.#end + bytes, sizeBytes })
    this.#end += bytes
  }

  unreadable(id: string, why: string): void {
    this.#readings.push({ outcome: 'unreadable', id, why })
  }

  give(): BlobLoad {
    const bytes = this.#bytes
    const load = { readings: this.#readings, bytes: bytes?.subarray(0, this.#end) ?? new Uint8Array(0), release: () => { if (bytes !== null) this.#memory.release(bytes.buffer as unknown as SharedArrayBuffer) } }
    this.#readings = []
    this.#bytes = null
    this.#end = 0
    this.isFull = false
    return load
  }
}

type OpenObject = { readonly id: string; readonly isBlob: boolean; readonly sizeBytes: number; readonly kept: number; room: Buffer | null; at: number }

/** Takes `ID TYPE SIZE\nCONTENT\n` apart, and `ID missing\n`. */
class ObjectStream {
  readonly #draft: LoadDraft
  readonly #maxBytes: number
  #head = ''
  #open: OpenObject | null = null

  constructor(draft: LoadDraft, maxBytes: number) {
    this.#draft = draft
    this.#maxBytes = maxBytes
  }

  /** Takes from `at` on; returns where it stopped: at the end, or where the load is full. */
  take(piece: Buffer, at: number): number {
    for (;;) {
      if (this.#open === null) {
        const newline = piece.indexOf(0x0a, at)
        this.#head += piece.toString('latin1', at, newline < 0 ? piece.length : newline)
        if (newline < 0) return piece.length
        this.#begin()
        at = newline + 1
        continue
      }
      const open = this.#open
      if (open.isBlob) open.room ??= this.#draft.room(open.kept)
      if (open.isBlob && open.room === null) return at
      const taken = Math.min(open.sizeBytes + 1 - open.at, piece.length - at)
      if (open.at < open.kept) piece.copy(open.room!, open.at, at, at + Math.min(taken, open.kept - open.at))
      open.at += taken
      at += taken
      if (open.at <= open.sizeBytes) return at
      this.#open = null
      if (open.isBlob) this.#draft.read(open.id, open.kept, open.sizeBytes)
      else this.#draft.unreadable(open.id, 'the object is no blob')
      if (at === piece.length) return at
    }
  }

  #begin(): void {
    const [id = '', type = '', size = ''] = this.#head.split(' ')
    this.#head = ''
    if (!/^\d+$/.test(size)) { this.#draft.unreadable(id, `the object is ${type === '' ? 'unreadable' : type}`); return }
    const sizeBytes = Number(size)
    const isBlob = type === 'blob'
    this.#open = { id, isBlob, sizeBytes, kept: isBlob ? Math.min(sizeBytes, this.#maxBytes) : 0, room: null, at: 0 }
  }
}
