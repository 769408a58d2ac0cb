import type { Clock, ScanProblem } from '@muster/core'
import { FileInspector, type FoundSecret, type Inspection, type PreparedRules } from '@muster/detect/inspect'
import type { FileStamp } from './file-windows.ts'
import { FileWindows } from './file-windows.ts'
import type { RawPath } from '../local/raw-path.ts'

/** How files are looked at; the same for every thread of a scan. */
export type InspectorSettings = { readonly formats: boolean; readonly decode: boolean; readonly maxFileBytes: number }

/** A file to open, or a stretch of bytes sent along. `path` is what rules and formats see. */
export type JobItem = { readonly path: string; readonly open: RawPath } | { readonly path: string; readonly start: number; readonly end: number }
export type InspectionJob = { readonly items: readonly JobItem[]; readonly bytes: Uint8Array | null }

/** What an item gave; items with nothing to say are left out. */
export type ItemResult = {
  /** Index in the job. */
  readonly item: number
  readonly found: readonly FoundSecret[]
  readonly problems: readonly ScanProblem[]
  readonly stamp: FileStamp | null
  /** Something in it was not looked at, or it could not be opened at all. */
  readonly unread: boolean
  readonly failed: boolean
}
/** `whole` is false when the time was up before every item was looked at. */
export type JobResult = { readonly results: readonly ItemResult[]; readonly bytesRead: number; readonly whole: boolean }

/** Does jobs one at a time; made once a thread. */
export class JobInspector {
  readonly #inspector: FileInspector
  readonly #windows: FileWindows

  constructor(settings: InspectorSettings, rules: PreparedRules, clock: Clock) {
    this.#inspector = new FileInspector(rules, { clock, formats: settings.formats, decode: settings.decode })
    this.#windows = new FileWindows(settings.maxFileBytes)
  }

  run(job: InspectionJob): JobResult {
    const results: ItemResult[] = []
    let bytesRead = 0
    for (const result of this.each(job, 0)) {
      bytesRead += result.bytesRead
      if (saysSomething(result)) results.push(result)
    }
    return { results, bytesRead, whole: true }
  }

  /** What the items from `from` on give, each looked at when it is asked for. */
  *each(job: InspectionJob, from: number): Generator<ItemResult & { readonly bytesRead: number }, void, void> {
    const all = job.bytes === null ? Buffer.alloc(0) : Buffer.from(job.bytes.buffer, job.bytes.byteOffset, job.bytes.byteLength)
    for (let item = from; item < job.items.length; item++) {
      const file = job.items[item]!
      yield 'open' in file ? this.#opened(item, file) : this.#sent(item, file.path, all.subarray(file.start, file.end))
    }
  }

  #sent(item: number, path: string, bytes: Buffer): ItemResult & { readonly bytesRead: number } {
    const { found, problems } = this.#inspect(bytes, path)
    return { item, found, problems, stamp: null, unread: problems.length > 0, failed: false, bytesRead: bytes.length }
  }

  #opened(item: number, { path, open }: { readonly path: string; readonly open: RawPath }): ItemResult & { readonly bytesRead: number } {
    const reading = this.#windows.read(open, (bytes) => this.#inspect(bytes, path))
    const problems = [...reading.problems.map((problem) => ({ ...problem, where: path })), ...reading.inspections.flatMap((inspection) => inspection.problems)]
    return { item, found: joined(reading.inspections, reading.linesBefore), problems, stamp: reading.stamp, unread: problems.length > 0, failed: reading.failed, bytesRead: reading.bytesRead }
  }

  #inspect(bytes: Buffer, path: string): Inspection {
    try {
      return this.#inspector.inspect({ bytes, path })
    } catch {
      // A reader that throws has a bug; the scan of everything else must not end with it, and its message may quote the file.
      return { found: [], problems: [{ code: 'internal', where: path, message: 'the inspection failed on this file' }] }
    }
  }
}

/** False for an item with nothing to tell, which most are. */
export function saysSomething({ found, problems, unread }: ItemResult): boolean {
  return found.length + problems.length > 0 || unread
}

/** The findings of a file's windows with the file's lines; what lies in an overlap is found twice and kept once. */
function joined(inspections: readonly Inspection[], linesBefore: readonly number[]): readonly FoundSecret[] {
  if (inspections.length <= 1) return inspections[0]?.found ?? []
  const seen = new Set<string>()
  return inspections.flatMap(({ found }, index) => found.flatMap((each) => {
    const before = linesBefore[index]!
    const moved = { ...each, line: each.line + before, endLine: each.endLine + before }
    const key = `${moved.ruleId} ${moved.line} ${moved.endLine} ${moved.endColumn} ${moved.path}`
    return seen.has(key) ? [] : [seen.add(key) && moved]
  })) as readonly FoundSecret[]
}
