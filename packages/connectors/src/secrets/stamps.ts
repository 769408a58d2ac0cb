import { createHash } from 'node:crypto'
import { closeSync, constants, fstatSync, lstatSync, openSync, readdirSync, readFileSync } from 'node:fs'
import type { RawPath } from '../local/raw-path.ts'
import { fsPath } from '../local/raw-path.ts'
import { attempt } from './file-attempt.ts'

/** File systems note times in steps; what was written within one step cannot be told apart. */
const STEP_NS = 100_000_000n
const COARSE_STEP_NS = 2_000_000_000n
const SECOND_NS = 1_000_000_000n
const MAX_CONTENT_BYTES = 64 * 1024 * 1024

/**
 * What files look like from outside, in one digest: two equal ones mean that nothing was written, added or taken away in between, provided the first was `settled`. Paths are
 * raw.
 */
export class Stamps {
  readonly #hash = createHash('sha256')
  readonly #now: bigint
  /** False when something is so young that it may change again without its times showing it. */
  settled = true

  constructor(now: Date) {
    this.#now = BigInt(now.getTime()) * 1_000_000n
  }

  get digest(): string {
    return this.#hash.copy().digest('hex')
  }

  note(...texts: readonly string[]): void {
    this.#hash.update(`${JSON.stringify(texts)}\n`, 'latin1')
  }

  /** A file or directory by kind, size, times, owner and number. */
  file(path: string): void {
    const stats = statOf(path)
    if (stats === null) { this.note(path); return }
    const { mode, uid, gid, size, mtimeNs, ctimeNs, ino } = stats
    if (ctimeNs + (ctimeNs % SECOND_NS === 0n ? COARSE_STEP_NS : STEP_NS) >= this.#now) this.settled = false
    this.note(path, [mode, uid, gid, size, mtimeNs, ctimeNs, ino].join(' '))
  }

  /** A file whose name tells what is in it, by its size and time. */
  named(path: string): void {
    const stats = statOf(path)
    this.note(path, stats === null ? '' : `${stats.size} ${stats.mtimeNs}`)
  }

  /** A small file by what is in it. */
  content(path: string): string {
    const size = statOf(path)?.size ?? 0n
    if (size > MAX_CONTENT_BYTES) { this.file(path); return '' }
    const text = regularText(path)
    this.note(path, text ?? '\0')
    return text ?? ''
  }

  /** Sorted names in a directory, none where it cannot be read; they count. */
  names(path: string): readonly string[] {
    const names = attempt(() => readdirSync(onDisk(path), 'latin1').sort())
    this.note(path, ...names ?? ['\0'])
    return names ?? []
  }

  /** Every file below a directory, each by what is in it, as a {@link file} or as a {@link named} one. */
  below(path: string, by: 'content' | 'file' | 'named', depth = 32): void {
    const entries = attempt(() => readdirSync(onDisk(path), { encoding: 'latin1', withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1)))
    if (entries === null) this.note(path)
    for (const entry of entries ?? []) {
      const inside = `${path}/${entry.name}`
      if (!entry.isDirectory()) this[by](inside)
      else if (depth > 0) this.below(inside, by, depth - 1)
    }
  }
}

/** What is in a small file, through links; null for what is none, such as a pipe, which is not waited for. In latin-1. */
export function regularText(path: string): string | null {
  return attempt(() => {
    const handle = openSync(onDisk(path), constants.O_RDONLY | constants.O_NONBLOCK)
    try {
      const stats = fstatSync(handle)
      return stats.isFile() && stats.size <= MAX_CONTENT_BYTES ? readFileSync(handle, 'latin1') : null
    } finally {
      closeSync(handle)
    }
  })
}

const onDisk = (path: string) => fsPath(path as RawPath)

function statOf(path: string) {
  return attempt(() => lstatSync(onDisk(path), { bigint: true }))
}
