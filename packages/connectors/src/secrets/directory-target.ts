import type { Observation, ScanProblem } from '@muster/core'
import { z } from 'zod'
import type { AccountBook } from '../local/accounts.ts'
import { fileFacts } from '../local/file-facts.ts'
import { THIS_MACHINE } from '../local/machine.ts'
import type { Mount } from '../local/mounts.ts'
import type { PlaceFacts } from '../local/places.ts'
import { baseName, displayPath, type RawPath } from '../local/raw-path.ts'
import { UnreadPlaces } from '../local/unread-places.ts'
import { walk, type WalkEvent, type WalkPosition } from '../local/walk.ts'
import { parseJson } from './cursor.ts'
import type { SourceFacts, SourceFinding } from './finding.ts'
import type { ItemResult, JobItem, JobResult } from './inspection-job.ts'
import type { InspectionPool } from './inspection-pool.ts'
import type { PlacedFinding } from './observing.ts'
import type { TargetScan, TargetStep } from './target.ts'

export type DirectoryParts = {
  readonly root: RawPath
  /** A single file instead of a directory. */
  readonly single: boolean
  readonly source: SourceFacts
  readonly introduction: readonly Observation[]
  readonly pool: InspectionPool
  readonly mounts: ReadonlyMap<RawPath, Mount>
  readonly isExcluded: (path: RawPath, name: string) => boolean
  readonly judgePlace: (path: RawPath) => PlaceFacts
  readonly book: AccountBook
  readonly rights: string
  readonly maxFiles: number
  readonly signal: AbortSignal
}

const positionSchema = z.object({
  directory: z.string().max(5000), name: z.string().max(5000).nullable(), files: z.number().int().nonnegative(), unread: z.array(z.string().max(5000)), failed: z.boolean(),
})

const JOB_FILES = 64
/** A step is given away when it has this many files, findings or bytes. */
const STEP_FILES = 8000
const STEP_FINDINGS = 1000
const STEP_BYTES = 512 * 1024 * 1024

/** Files of a job and what the walk met on the way to them. */
type Leg = { readonly items: JobItem[]; readonly files: RawPath[]; readonly unread: RawPath[]; readonly problems: ScanProblem[]; position: WalkPosition | null }

/** The files below a directory of this machine, or one file. */
export function directoryTarget(parts: DirectoryParts): TargetScan {
  return { introduction: parts.introduction, run: (position) => new DirectoryWalk(parts).run(position) }
}

class DirectoryWalk {
  readonly #parts: DirectoryParts
  #unread = new UnreadPlaces()
  #failed = false
  #files = 0
  #step = emptyStep()

  constructor(parts: DirectoryParts) {
    this.#parts = parts
  }

  async *run(text: string | null): AsyncGenerator<TargetStep, void, void> {
    const resumed = positionSchema.safeParse(parseJson(text ?? ''))
    let from: WalkPosition | null = null
    if (resumed.success) {
      from = { directory: resumed.data.directory as RawPath, name: resumed.data.name }
      this.#unread = new UnreadPlaces(resumed.data.unread)
      this.#failed = resumed.data.failed
      this.#files = resumed.data.files
    }
    const { pool, signal } = this.#parts
    const pending: { readonly leg: Leg; readonly result: Promise<JobResult> }[] = []
    const legs = this.#legs(from)
    for (let next = legs.next(); ;) {
      while (next.done !== true && pending.length < pool.width) {
        const leg = next.value
        const result = pool.do({ items: leg.items, bytes: null })
        // It is awaited in its turn; until then its failure is nobody's.
        result.catch(() => {})
        pending.push({ leg, result })
        next = legs.next()
      }
      const first = pending.shift()
      if (first === undefined || signal.aborted) break
      this.#take(first.leg, await first.result)
      if (this.#isFull() && (pending.length > 0 || next.done !== true)) yield this.#give(first.leg.position)
    }
    if (signal.aborted) return
    this.#step.observations.push(this.#coverage())
    yield this.#give(null)
  }

  *#legs(from: WalkPosition | null): Generator<Leg, void, void> {
    let leg = emptyLeg()
    let files = this.#files
    for (const event of this.#events(from)) {
      if (event.type === 'file' && files++ >= this.#parts.maxFiles) {
        this.#failed = true
        leg.unread.push(this.#parts.root)
        leg.problems.push({ code: 'input.limit', where: displayPath(event.path).slice(0, 4096), message: `stopped here after ${this.#parts.maxFiles} files; raise maxFiles or exclude places` })
        break
      }
      note(event, leg, this.#parts.root)
      if (leg.items.length >= JOB_FILES) {
        yield leg
        leg = emptyLeg()
      }
    }
    yield leg
  }

  *#events(from: WalkPosition | null): Generator<WalkEvent, void, void> {
    const { root, single, mounts, isExcluded } = this.#parts
    if (single) yield { type: 'file', path: root, directory: root, name: baseName(root) }
    else yield* walk(root, { mounts, isExcluded, from })
  }

  #take(leg: Leg, { results, bytesRead }: JobResult): void {
    this.#files += leg.items.length
    this.#step.files += leg.items.length
    this.#step.bytes += bytesRead
    this.#step.problems.push(...leg.problems)
    for (const place of leg.unread) this.#unread.add(place)
    this.#failed ||= leg.problems.some(({ code }) => code === 'file.unreadable')
    if (leg.files.length > 0) this.#step.current = displayPath(leg.files.at(-1)!)
    for (const result of results) this.#takeItem(leg.files[result.item]!, result)
  }

  #takeItem(path: RawPath, { found, problems, stamp, unread, failed }: ItemResult): void {
    const { source, book, judgePlace } = this.#parts
    const where = displayPath(path)
    const inFile = displayPath(relativePath(path, this.#parts.root))
    for (const problem of problems) this.#step.problems.push({ ...problem, where: absolute(problem.where, inFile, where).slice(0, 4096) })
    if (unread) this.#unread.add(path)
    this.#failed ||= failed
    for (const each of found) {
      const full = absolute(each.path, inFile, where)
      this.#step.reports.push({ found: each, source, path: full, blob: null, commit: null, presence: null })
      if (stamp !== null) this.#step.findings.push({ found: each, scope: source.name, place: { kind: 'file-line', machine: THIS_MACHINE, path: full, file: fileFacts(stamp, book), inWebRoot: judgePlace(path).inWebRoot } })
    }
  }

  #isFull(): boolean {
    const { files, reports, problems, bytes } = this.#step
    return files >= STEP_FILES || reports.length + problems.length >= STEP_FINDINGS || bytes >= STEP_BYTES
  }

  #coverage(): Observation {
    const unread = this.#unread.list().map((place) => displayPath(place).slice(0, 4096))
    return { observation: 'coverage', machine: THIS_MACHINE, scope: { kind: 'path', path: displayPath(this.#parts.root).slice(0, 4096), unread, lookedFor: ['secrets'] }, rights: this.#parts.rights, complete: !this.#failed }
  }

  #give(position: WalkPosition | null): TargetStep {
    const { findings, reports, observations, problems, files, current } = this.#step
    this.#step = emptyStep()
    const place = JSON.stringify({ directory: position?.directory ?? '', name: position?.name ?? null, files: this.#files, unread: position === null ? [] : this.#unread.list(), failed: this.#failed })
    return { findings, reports, observations, problems, position: place, done: files, progress: { total: null, unit: 'files', current: current.slice(0, 4096) } }
  }
}

function emptyLeg(): Leg {
  return { items: [], files: [], unread: [], problems: [], position: null }
}

function emptyStep() {
  return { findings: [] as PlacedFinding[], reports: [] as SourceFinding[], observations: [] as Observation[], problems: [] as ScanProblem[], files: 0, bytes: 0, current: '' }
}

function note(event: WalkEvent, leg: Leg, root: RawPath): void {
  switch (event.type) {
    case 'file':
      leg.items.push({ path: displayPath(relativePath(event.path, root)), open: event.path })
      leg.files.push(event.path)
      leg.position = { directory: event.directory, name: event.name }
      break
    // A link's file is read where it lies, if that is below the target.
    case 'link': leg.position = { directory: event.directory, name: event.name }; break
    case 'directory': leg.position = { directory: event.path, name: null }; break
    case 'unread':
      leg.unread.push(event.path)
      if (event.problem !== null) leg.problems.push({ ...event.problem, where: displayPath(event.path).slice(0, 4096) })
  }
}

/** The path within the target: what rules about paths see, so that they do not depend on where the target lies. */
function relativePath(path: RawPath, root: RawPath): RawPath {
  return (path === root ? baseName(path) : path.slice(root.endsWith('/') ? root.length : root.length + 1)) as RawPath
}

/** A path that begins with the file's path in the target, with the file's own in its place; archive entries follow. */
function absolute(path: string, inFile: string, where: string): string {
  return path.startsWith(inFile) ? where + path.slice(inFile.length) : `${where}!${path}`
}
