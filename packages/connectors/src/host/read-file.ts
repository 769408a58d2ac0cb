import type { Stats } from 'node:fs'
import { type FileCalls, systemFileCalls } from '../local/file-calls.ts'
import type { RawPath } from '../local/raw-path.ts'
import { HEAD_BYTES, judgeHead, textMayHoldCredential } from './sieve.ts'
import { whyUnreadable } from '../local/walk.ts'

export type FileReading =
  /** Looked at, and no credential can be in it; `stats` null when it was not even a regular file. */
  | { readonly outcome: 'nothing'; readonly stats: Stats | null; readonly bytesRead: number }
  /** `bytes` belong to the reader and are overwritten by its next read. `truncated`: the file goes on after them. */
  | {
      readonly outcome: 'candidate'
      readonly bytes: Buffer
      readonly stats: Stats
      readonly truncated: boolean
      readonly bytesRead: number
    }
  | { readonly outcome: 'unreadable'; readonly code: 'file.unreadable' | 'input.limit'; readonly message: string }

/**
 * Reads regular files one after another into one buffer that grows to `maxFileBytes` and no further. A file whose size or time
 * changes while it is read is read once more; if it changes again it is `unreadable`. A file that is gone is `nothing`.
 */
export class FileReader {
  readonly #maxFileBytes: number
  readonly #calls: FileCalls
  #buffer = Buffer.allocUnsafeSlow(HEAD_BYTES)
  #used = 0

  constructor(maxFileBytes: number, calls: FileCalls = systemFileCalls) {
    this.#maxFileBytes = maxFileBytes
    this.#calls = calls
  }

  read(path: RawPath, name: string): FileReading {
    try {
      return (
        this.#once(path, name) ??
        this.#once(path, name) ?? { outcome: 'unreadable', code: 'file.unreadable', message: 'changed while it was read, twice' }
      )
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code
      if (code === undefined) throw error
      // Gone, or replaced by a link, socket or device: whatever it is now, it is no file of this name.
      if (['ENOENT', 'ENOTDIR', 'ELOOP', 'ENXIO', 'ENODEV', 'EISDIR'].includes(code))
        return { outcome: 'nothing', stats: null, bytesRead: 0 }
      return { outcome: 'unreadable', code: 'file.unreadable', message: whyUnreadable(code) }
    }
  }

  /** Overwrites what the last file left in the buffer; private keys do not stay in memory longer than they are parsed. */
  wipe(): void {
    this.#buffer.fill(0, 0, this.#used)
    this.#used = 0
  }

  /** Null when the file changed under the reader. */
  #once(path: RawPath, name: string): FileReading | null {
    const handle = this.#calls.open(path)
    try {
      const stats = this.#calls.stat(handle)
      if (!stats.isFile()) return { outcome: 'nothing', stats: null, bytesRead: 0 }
      const head = this.#fill(handle, 0, Math.min(stats.size, HEAD_BYTES))
      if (head < Math.min(stats.size, HEAD_BYTES)) return null
      const verdict = judgeHead(this.#buffer.subarray(0, head), stats.size, name)
      if (verdict === 'never' || (verdict === 'text' && stats.size > this.#maxFileBytes))
        return { outcome: 'nothing', stats, bytesRead: head }
      const wanted = Math.min(stats.size, this.#maxFileBytes)
      const length = head + this.#fill(handle, head, wanted)
      if (length < wanted || changed(stats, this.#calls.stat(handle))) return null
      const bytes = this.#buffer.subarray(0, length)
      if (verdict === 'text' && !textMayHoldCredential(bytes)) return { outcome: 'nothing', stats, bytesRead: length }
      return { outcome: 'candidate', bytes, stats, truncated: stats.size > wanted, bytesRead: length }
    } finally {
      this.#calls.close(handle)
    }
  }

  /** Reads from `from` up to `to`, and returns how many bytes there were. */
  #fill(handle: number, from: number, to: number): number {
    if (to > this.#buffer.length) {
      const larger = Buffer.allocUnsafeSlow(Math.min(Math.max(to, this.#buffer.length * 2), this.#maxFileBytes))
      this.#buffer.copy(larger, 0, 0, from)
      this.#buffer.fill(0)
      this.#buffer = larger
    }
    let at = from
    while (at < to) {
      const count = this.#calls.read(handle, this.#buffer, at, to - at, at)
      if (count === 0) break
      at += count
    }
    this.#used = Math.max(this.#used, at)
    return at - from
  }
}

function changed(before: Stats, after: Stats): boolean {
  return before.size !== after.size || before.mtimeMs !== after.mtimeMs || before.ino !== after.ino
}
