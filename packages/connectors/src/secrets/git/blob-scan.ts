import { hash } from 'node:crypto'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { ScanProblem } from '@muster/core'
import { displayPath, type RawPath } from '../../local/raw-path.ts'
import type { JobItem, JobResult } from '../inspection-job.ts'
import type { InspectionPool } from '../inspection-pool.ts'
import type { CleanBlobs } from '../memory.ts'
import type { ListedBlob } from './blob-list.ts'
import { type BlobLoad, readBlobs } from './blob-reader.ts'
import type { FoundBlob } from './found-blobs.ts'
import type { LfsObjects } from './lfs.ts'
import type { GitProgram } from './program.ts'

/** Blobs of the list as they come; every blob before `next` is then done, null when the time was up before these were. */
export type BlobStretch = { readonly next: number | null; readonly found: readonly FoundBlob[]; readonly problems: readonly ScanProblem[]; readonly bytes: number }

export type BlobScanParts = {
  readonly git: GitProgram
  readonly pool: InspectionPool
  readonly clean: CleanBlobs
  readonly maxFileBytes: number
  readonly lfs: LfsObjects
}

const MAX_BLOB_BYTES = 256 * 1024 * 1024

type Pending = { readonly indexes: readonly number[]; /** Pointers whose content is not here: they may hold something yet. */ readonly pointers: ReadonlySet<number>; readonly next: number; readonly problems: readonly ScanProblem[]; readonly bytes: number; readonly result: Promise<JobResult>; isDone: boolean }

/** Reads and inspects the blobs with these indexes in the list, ascending, but those that are known to hold nothing. */
export async function* scanBlobs({ git, pool, clean, maxFileBytes, lfs }: BlobScanParts, list: readonly ListedBlob[], wanted: readonly number[]): AsyncGenerator<BlobStretch, void, void> {
  const names = new BlobNames()
  const unknown = wanted.filter((index) => !clean.has(names.of(list[index]!)))
  const cap = Math.min(maxFileBytes, MAX_BLOB_BYTES)
  const pending: Pending[] = []
  const settle = async ({ indexes: inJob, pointers, next, problems, bytes, result }: Pending): Promise<BlobStretch> => {
    const { results, whole } = await result
    const found: FoundBlob[] = []
    const told = new Set(pointers)
    const trouble = [...problems]
    for (const { item, found: inBlob, problems: inJobProblems } of results) {
      const index = inJob[item]!
      const kept = inBlob.filter(({ suppressedBy }) => suppressedBy === null)
      const doubted = inBlob.filter(({ suppressedBy }) => suppressedBy?.byPath === true)
      trouble.push(...inJobProblems)
      if (kept.length + doubted.length > 0) found.push({ index, ...list[index]!, found: kept, doubted })
      if (kept.length + doubted.length + inJobProblems.length > 0) told.add(index)
    }
    if (whole) for (const index of inJob) if (!told.has(index)) clean.add(names.of(list[index]!))
    return { next: whole ? next : null, found, problems: trouble, bytes }
  }
  const settleFirst = async (): Promise<BlobStretch> => {
    const first = pending[0]!
    // Threads are heard between two jobs.
    while (!first.isDone && pool.doHere()) await nextTurn()
    pending.shift()
    return settle(first)
  }
  let at = 0
  for await (const load of readBlobs(git, unknown.map((index) => list[index]!.id), cap)) {
    const indexes = unknown.slice(at, at += load.readings.length)
    pending.push(handed({ pool, lfs }, load, indexes, list, cap))
    while (pending.length >= pool.sharedWidth) yield await settleFirst()
  }
  while (pending.length > 0) yield await settleFirst()
  if (!git.isStopped) yield { next: list.length, found: [], problems: [], bytes: 0 }
}

/** Has a load looked at; its memory is free again when that is done. */
function handed({ pool, lfs }: Pick<BlobScanParts, 'pool' | 'lfs'>, { readings, bytes, release }: BlobLoad, asked: readonly number[], list: readonly ListedBlob[], cap: number): Pending {
  const items: JobItem[] = []
  const indexes: number[] = []
  const pointers = new Set<number>()
  const problems: ScanProblem[] = []
  for (const [i, reading] of readings.entries()) {
    const blob = list[asked[i]!]!
    if (reading.outcome === 'unreadable') { problems.push({ code: 'file.unreadable', where: shownPath(blob), message: `object ${blob.id.slice(0, 12)}: ${reading.why}` }); continue }
    if (reading.sizeBytes > cap) problems.push({ code: 'input.limit', where: shownPath(blob), message: `object ${blob.id.slice(0, 12)} is ${reading.sizeBytes} bytes long; only the first ${cap} were read` })
    items.push({ path: shownPath(blob), start: reading.start, end: reading.end })
    indexes.push(asked[i]!)
    const content = lfs.behind(bytes.subarray(reading.start, reading.end), blob.path ?? shownPath(blob))
    if (content === null) pointers.add(asked[i]!)
    if (typeof content !== 'string') continue
    items.push({ path: shownPath(blob), open: content })
    indexes.push(asked[i]!)
  }
  const pending: Pending = { indexes, pointers, next: asked.at(-1)! + 1, problems, bytes: bytes.length, result: pool.share({ items, bytes }), isDone: false }
  // It is awaited in its turn; until then its failure is nobody's.
  pending.result.catch(() => {}).finally(() => { pending.isDone = true; release() })
  return pending
}

/** The path as rules, formats and people see it. */
export function shownPath({ id, path }: ListedBlob): string {
  return path === null ? `.git/objects/${id.slice(0, 2)}/${id.slice(2)}` : displayPath(path as RawPath)
}

const ID_BYTES = 20
const MAX_PATHS = 100_000

/** Names blobs with their paths: what a blob holds depends on what its file is called. Versions of a file share the work. */
class BlobNames {
  readonly #paths = new Map<string | null, Buffer>()
  readonly #name = Buffer.alloc(ID_BYTES)

  /** The same for the same blob and path, and for no others; good until the next is asked for. */
  of({ id, path }: ListedBlob): Buffer {
    let digest = this.#paths.get(path)
    if (digest === undefined) {
      if (this.#paths.size >= MAX_PATHS) this.#paths.clear()
      digest = hash('sha1', Buffer.from(`path ${path ?? '\0'}`, 'latin1'), 'buffer')
      this.#paths.set(path, digest)
    }
    this.#name.write(id, 0, ID_BYTES, 'hex')
    for (let i = 0; i < ID_BYTES; i++) this.#name[i]! ^= digest[i]!
    return this.#name
  }
}
