import { type Stats } from 'node:fs'
import type { ScanProblem } from '@muster/core'
import type { Inspection } from '@muster/detect'
import { type FileCalls, systemFileCalls } from '../local/file-calls.ts'
import type { RawPath } from '../local/raw-path.ts'
import { whyUnreadable } from '../local/walk.ts'

/** What `fstat` says of the file that was read. */
export type FileStamp = Pick<Stats, 'mode' | 'uid' | 'gid' | 'size' | 'mtimeMs'>

export type WindowedReading = {
  readonly inspections: readonly Inspection[]
  /** Lines of the file in front of each inspected window. */
  readonly linesBefore: readonly number[]
  readonly problems: readonly Omit<ScanProblem, 'where'>[]
  /** Null when nothing was there, or no regular file. */
  readonly stamp: FileStamp | null
  readonly failed: boolean
  readonly bytesRead: number
}

/** A larger file is looked at piece by piece. */
const WINDOW_BYTES = 64 * 1024 * 1024
/** Longer than any credential that is found as one. */
const OVERLAP_BYTES = 64 * 1024
/** Files up to this size are read by one call. */
const ONE_CALL_BYTES = 256 * 1024
const GONE = new Set(['ENOENT', 'ENOTDIR', 'ELOOP', 'ENXIO', 'ENODEV', 'EISDIR'])

/**
 * Reads regular files one after another into one buffer and has them looked at where they lie. A file that changes while it is read is read once more; if it
 * changes again, what was found stays and the change is a problem. A file that is gone gives nothing.
 */
export class FileWindows {
  readonly #maxFileBytes: number
  readonly #calls: FileCalls
  readonly #windowBytes: number
  #buffer = Buffer.allocUnsafeSlow(256 * 1024)

  constructor(maxFileBytes: number, calls: FileCalls = systemFileCalls, windowBytes: number = WINDOW_BYTES) {
    this.#maxFileBytes = maxFileBytes
    this.#calls = calls
    this.#windowBytes = windowBytes
  }

  read(path: RawPath, inspect: (bytes: Buffer) => Inspection): WindowedReading {
    try {
      const first = this.#once(path, inspect)
      if (!first.changed) return first
      const second = this.#once(path, inspect)
      return second.changed ? { ...second, problems: [...second.problems, { code: 'file.unreadable', message: 'changed while it was read, twice' }] } : second
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code
      if (code === undefined) throw error
      const nothing = { inspections: [], linesBefore: [], stamp: null, bytesRead: 0 }
      // Gone, or replaced by a link, socket or device: whatever it is now, it is no file of this name.
      if (GONE.has(code)) return { ...nothing, problems: [], failed: false }
      return { ...nothing, problems: [{ code: 'file.unreadable', message: whyUnreadable(code) }], failed: true }
    }
  }

  #once(path: RawPath, inspect: (bytes: Buffer) => Inspection): WindowedReading & { readonly changed: boolean } {
    const handle = this.#calls.open(path)
    try {
      const before = this.#calls.stat(handle)
      const { mode, uid, gid, size, mtimeMs } = before
      if (!before.isFile()) return { inspections: [], linesBefore: [], problems: [], stamp: null, failed: false, bytesRead: 0, changed: false }
      const end = Math.min(size, this.#maxFileBytes)
      const inspections: Inspection[] = []
      const linesBefore: number[] = []
      let bytesRead = 0
      let lines = 0
      let short = false
      for (let from = 0; from < end && !short; from += this.#windowBytes - OVERLAP_BYTES) {
        const to = Math.min(end, from + this.#windowBytes)
        const length = this.#fill(handle, from, to)
        short = length < to - from
        bytesRead += length
        const bytes = this.#buffer.subarray(0, length)
        inspections.push(inspect(bytes))
        linesBefore.push(lines)
        if (to === end) break
        lines += newlines(bytes.subarray(0, this.#windowBytes - OVERLAP_BYTES))
      }
      // What one call of the system read to its stated end is of one piece; only what takes several may be of two.
      const changed = short || (end > ONE_CALL_BYTES && isOther(before, this.#calls.stat(handle)))
      const problems = size > end ? [{ code: 'input.limit', message: `${size} bytes long; only the first ${end} were read` }] : []
      return { inspections, linesBefore, problems, stamp: { mode, uid, gid, size, mtimeMs }, failed: false, bytesRead, changed }
    } finally {
      this.#calls.close(handle)
    }
  }

  /** Reads from `from` up to `to` into the beginning of the buffer, and returns how many bytes there were. */
  #fill(handle: number, from: number, to: number): number {
    if (to - from > this.#buffer.length) this.#buffer = Buffer.allocUnsafeSlow(Math.max(to - from, Math.min(this.#buffer.length * 2, this.#windowBytes)))
    let at = 0
    while (from + at < to) {
      const count = this.#calls.read(handle, this.#buffer, at, to - from - at, from + at)
      if (count === 0) break
      at += count
    }
    return at
  }
}

function isOther(before: Stats, after: Stats): boolean {
  return after.size !== before.size || after.mtimeMs !== before.mtimeMs || after.ino !== before.ino
}

function newlines(bytes: Buffer): number {
  let count = 0
  for (let at = bytes.indexOf(0x0a); at >= 0; at = bytes.indexOf(0x0a, at + 1)) count++
  return count
}
