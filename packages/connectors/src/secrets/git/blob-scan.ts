import { hash } from 'node:crypto'
import type { ScanProblem } from '@muster/core'
import { displayPath, type RawPath } from '../../local/raw-path.ts'
import type { InspectionJob, JobItem, JobResult } from '../inspection-job.ts'
import type { InspectionPool } from '../inspection-pool.ts'
import type { CleanBlobs } from '../memory.ts'
import type { ListedBlob } from './blob-list.ts'
import { readBlobs } from './blob-reader.ts'
import type { FoundBlob } from './found-blobs.ts'
import type { GitProgram } from './program.ts'

/** Blobs of the list from `from` on, as they come; every blob before `next` is then done. */
export type BlobStretch = { readonly next: number; readonly found: readonly FoundBlob[]; readonly problems: readonly ScanProblem[]; readonly bytes: number }

export type BlobScanParts = {
  readonly git: GitProgram
  readonly pool: InspectionPool
  readonly clean: CleanBlobs
  readonly maxFileBytes: number
}

const JOB_BYTES = 4 * 1024 * 1024
const MAX_BLOB_BYTES = 256 * 1024 * 1024

type Pending = { readonly indexes: readonly number[]; readonly next: number; readonly problems: readonly ScanProblem[]; readonly bytes: number; readonly result: Promise<JobResult> }

/** Reads and inspects the blobs with these indexes in the list, ascending, but those that are known to hold nothing. */
export async function* scanBlobs({ git, pool, clean, maxFileBytes }: BlobScanParts, list: readonly ListedBlob[], indexes: readonly number[]): AsyncGenerator<BlobStretch, void, void> {
  const unknown = indexes.filter((index) => !clean.has(cleanId(list[index]!)))
  const cap = Math.min(maxFileBytes, MAX_BLOB_BYTES)
  const pending: Pending[] = []
  let job = new JobDraft()
  const hand = (next: number): void => {
    const { indexes: inJob, problems, bytes } = job
    const result = pool.do(job.job())
    result.catch(() => {})
    pending.push({ indexes: inJob, next, problems, bytes, result })
    job = new JobDraft()
  }
  const settle = async ({ indexes: inJob, next, problems, bytes, result }: Pending): Promise<BlobStretch> => {
    const { results } = await result
    const found: FoundBlob[] = []
    const told = new Set<number>()
    const trouble = [...problems]
    for (const { item, found: inBlob, problems: inJobProblems } of results) {
      const index = inJob[item]!
      const kept = inBlob.filter(({ suppressedBy }) => suppressedBy === null)
      const doubted = inBlob.filter(({ suppressedBy }) => suppressedBy?.byPath === true)
      trouble.push(...inJobProblems)
      if (kept.length + doubted.length > 0) found.push({ index, ...list[index]!, found: kept, doubted })
      if (kept.length + doubted.length + inJobProblems.length > 0) told.add(index)
    }
    for (const index of inJob) if (!told.has(index)) clean.add(cleanId(list[index]!))
    return { next, found, problems: trouble, bytes }
  }
  let at = 0
  for await (const reading of readBlobs(git, unknown.map((index) => list[index]!.id), cap)) {
    const index = unknown[at++]!
    const blob = list[index]!
    if (reading.outcome === 'unreadable') job.problems.push({ code: 'file.unreadable', where: shownPath(blob), message: `object ${blob.id.slice(0, 12)}: ${reading.why}` })
    else {
      if (reading.sizeBytes > cap) job.problems.push({ code: 'input.limit', where: shownPath(blob), message: `object ${blob.id.slice(0, 12)} is ${reading.sizeBytes} bytes long; only the first ${cap} were read` })
      job.add(index, shownPath(blob), reading.bytes)
    }
    if (job.bytes < JOB_BYTES) continue
    hand(index + 1)
    while (pending.length >= pool.width) yield await settle(pending.shift()!)
  }
  hand(list.length)
  for (const each of pending) yield await settle(each)
}

/** The path as rules, formats and people see it. */
export function shownPath({ id, path }: ListedBlob): string {
  return path === null ? `.git/objects/${id.slice(0, 2)}/${id.slice(2)}` : displayPath(path as RawPath)
}

/** Names blob and path: what a blob holds depends on what its file is called. */
function cleanId({ id, path }: ListedBlob): Buffer {
  return hash('sha1', Buffer.from(id + (path ?? '\0'), 'latin1'), 'buffer')
}

/** Blobs that go to a thread together. */
class JobDraft {
  readonly items: JobItem[] = []
  readonly indexes: number[] = []
  readonly problems: ScanProblem[] = []
  readonly #blobs: Buffer[] = []
  bytes = 0

  add(index: number, path: string, blob: Buffer): void {
    this.items.push({ path, start: this.bytes, end: this.bytes + blob.length })
    this.indexes.push(index)
    this.#blobs.push(blob)
    this.bytes += blob.length
  }

  job(): InspectionJob {
    // Memory of its own, so that it can go to a thread.
    const all = Buffer.allocUnsafeSlow(this.bytes)
    let at = 0
    for (const blob of this.#blobs) {
      all.set(blob, at)
      at += blob.length
    }
    return { items: this.items, bytes: all }
  }
}
