import type { ErrorCode } from '@muster/core'

/** Caps on everything that is decoded out of one file. */
export type DecodeLimits = {
  /** How many decoders may stand in a chain. */
  readonly maxDepth: number
  /** Sum of the sizes of all views, in bytes. */
  readonly maxTotalBytes: number
  /** Largest single view, in bytes. */
  readonly maxViewBytes: number
  /** Largest archive that is unpacked to be walked through (an image layer, a gzipped tar), in bytes. */
  readonly maxArchiveBytes: number
  /** How many times larger than its packed form a view may be; small ones are exempt. */
  readonly maxRatio: number
  readonly maxViews: number
}

export const defaultDecodeLimits: DecodeLimits = {
  maxDepth: 6, maxTotalBytes: 2048 * 1024 * 1024, maxViewBytes: 64 * 1024 * 1024, maxArchiveBytes: 512 * 1024 * 1024, maxRatio: 250, maxViews: 50_000,
}

/** Views up to this size are never refused for their ratio: a short run of blanks packs very well. */
const RATIO_FLOOR = 1024 * 1024

/** One thing that could not be decoded; quotes nothing of what was read but entry names. */
export type DecodeProblem = { readonly code: ErrorCode; readonly where: string; readonly message: string }

/** Says when nothing more is wanted: a cancelled run, or one that is late. */
export type StopSignal = { readonly aborted: boolean }

/** What is left of the limits while one file is decoded. Shared by every decoder in its chain. */
export class DecodeBudget {
  readonly limits: DecodeLimits
  readonly #signal: StopSignal | null
  #bytes = 0
  #views = 0
  #said = false

  constructor(limits: DecodeLimits, signal: StopSignal | null) {
    this.limits = limits
    this.#signal = signal
  }

  /** True when nothing more may be decoded: the budget is spent or the caller cancelled. */
  get spent(): boolean {
    return this.#signal?.aborted === true || this.#views >= this.limits.maxViews || this.#bytes >= this.limits.maxTotalBytes
  }

  /** Bytes that packed data of this size may grow to, as a file of its own or as an archive to walk through. */
  roomFor(packedBytes: number, what: 'file' | 'archive' = 'file'): number {
    const byRatio = Math.max(RATIO_FLOOR, packedBytes * this.limits.maxRatio)
    const cap = what === 'file' ? this.limits.maxViewBytes : this.limits.maxArchiveBytes
    return Math.max(0, Math.min(byRatio, cap, this.limits.maxTotalBytes - this.#bytes))
  }

  /** Pays for a view. False when it does not fit any more. */
  take(bytes: number): boolean {
    if (this.spent || this.#bytes + bytes > this.limits.maxTotalBytes) return false
    this.#bytes += bytes
    this.#views++
    return true
  }

  /** The problem of a spent budget, once a file; null the next time and for a cancelled run. */
  spentProblem(where: string): DecodeProblem | null {
    if (this.#said || this.#signal?.aborted === true) return null
    this.#said = true
    return { code: 'input.limit', where, message: `decoding stopped after ${this.#views} parts and ${this.#bytes} bytes` }
  }
}
