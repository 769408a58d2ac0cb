import { setImmediate as nextTurn } from 'node:timers/promises'
import type { FoundSecret } from '@muster/detect'
import type { Observation, ScanProblem } from '@muster/core'
import { z } from 'zod'
import type { Mount } from '../local/mounts.ts'
import { baseName, displayPath, type RawPath } from '../local/raw-path.ts'
import { UnreadPlaces } from '../local/unread-places.ts'
import { walk, type WalkEvent, type WalkPosition } from '../local/walk.ts'
import { parseJson } from './cursor.ts'
import type { FileStamp } from './file-windows.ts'
import type { SourceFinding } from './finding.ts'
import type { ItemResult, JobItem, JobResult } from './inspection-job.ts'
import type { InspectionPool } from './inspection-pool.ts'
import type { PlacedFinding } from './observing.ts'
import type { TargetStep } from './target.ts'

export type TreeScanParts = {
  readonly root: RawPath
  /** A single file instead of a directory. */
  readonly single: boolean
  readonly pool: InspectionPool
  readonly mounts: ReadonlyMap<RawPath, Mount>
  /** Left out because the operator does not want it looked at. */
  readonly isExcluded: (path: RawPath, name: string) => boolean
  /** Left out because it is looked at otherwise. */
  readonly isKnown: (path: RawPath, inTree: string) => boolean
  readonly maxFiles: number
  readonly signal: AbortSignal
  /** The path as people and the inventory see it. */
  readonly shown: (path: RawPath) => string
  /** What a finding in a file means; `where` is its shown path with archive entries. */
  readonly tell: (found: FoundSecret, file: { readonly path: RawPath; readonly where: string; readonly stamp: FileStamp | null }) => { readonly report: SourceFinding; readonly placed: PlacedFinding | null } | null
  /** What is said when all is done. */
  readonly conclusion: (unread: readonly string[], failed: boolean) => readonly Observation[]
}

const positionSchema = z.object({
  directory: z.string().max(5000), name: z.string().max(5000).nullable(), files: z.number().int().nonnegative(), unread: z.array(z.string().max(5000)), failed: z.boolean(),
})

const JOB_FILES = 64
/** Times as many jobs are at hand as threads ask for: one of large files keeps nobody waiting, and until they are done they are but names. */
const LOOKAHEAD = 8
/** A step is given away when it has this many files, findings or bytes. */
const STEP_FILES = 8000
const STEP_FINDINGS = 1000
const STEP_BYTES = 512 * 1024 * 1024

/** Files of a job and what the walk met on the way to them. */
type Leg = { readonly items: JobItem[]; readonly files: RawPath[]; readonly unread: RawPath[]; readonly problems: ScanProblem[]; position: WalkPosition | null }

/** A leg whose files are looked at. */
type Pending = { readonly leg: Leg; readonly result: Promise<JobResult>; done: boolean }

function handedIn(leg: Leg, pool: InspectionPool): Pending {
  const pending = { leg, result: pool.share({ items: leg.items, bytes: null }), done: false }
  // It is awaited in its turn; until then its failure is nobody's.
  pending.result.catch(() => {}).finally(() => { pending.done = true })
  return pending
}

/** Looks at the files below a directory in the order of the walk, several at a time; goes on from the position of any step. */
export class TreeScan {
  readonly #parts: TreeScanParts
  #unread = new UnreadPlaces()
  #failed = false
  #files = 0
  #step = emptyStep()

  constructor(parts: TreeScanParts) {
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
    const pending: Pending[] = []
    let at = from
    const legs = this.#legs(from)
    for (let next = legs.next(); ;) {
      while (next.done !== true && pending.length < pool.sharedWidth * LOOKAHEAD) {
        pending.push(handedIn(next.value, pool))
        next = legs.next()
      }
      const [first] = pending
      if (first === undefined || signal.aborted) break
      if (!first.done && pool.doHere()) {
        // Threads are heard between two jobs.
        await nextTurn()
        continue
      }
      pending.shift()
      const result = await first.result
      // The time is up: whoever goes on begins before it.
      if (!result.whole) { pending.unshift(first); break }
      this.#take(first.leg, result)
      at = first.leg.position ?? at
      if (this.#isFull() && (pending.length > 0 || next.done !== true)) yield this.#give(at)
    }
    if (signal.aborted) {
      yield await this.#cutShort(pending, at)
      return
    }
    this.#step.observations.push(...this.#parts.conclusion(this.#unread.list().map((place) => this.#parts.shown(place).slice(0, 4096)), this.#failed))
    yield this.#give(null)
  }

  /** Tells what was found until the time was up, also in legs that are not done; the position stays before those. */
  async #cutShort(pending: readonly Pending[], at: WalkPosition | null): Promise<TargetStep> {
    const files = this.#files
    for (const { leg, result } of pending) this.#take(leg, await result)
    this.#files = files
    return at === null ? { ...this.#give(at), position: '' } : this.#give(at)
  }

  *#legs(from: WalkPosition | null): Generator<Leg, void, void> {
    let leg = emptyLeg()
    let files = this.#files
    for (const event of this.#events(from)) {
      if (event.type === 'file' && files++ >= this.#parts.maxFiles) {
        this.#failed = true
        leg.unread.push(this.#parts.root)
        leg.problems.push({ code: 'input.limit', where: this.#parts.shown(event.path).slice(0, 4096), message: `stopped here after ${this.#parts.maxFiles} files; raise maxFiles or exclude places` })
        break
      }
      this.#note(event, leg)
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

  #note(event: WalkEvent, leg: Leg): void {
    switch (event.type) {
      case 'file': {
        leg.position = { directory: event.directory, name: event.name }
        const inTree = relativePath(event.path, this.#parts.root)
        if (this.#parts.isKnown(event.path, inTree)) break
        leg.items.push({ path: displayPath(inTree), open: event.path })
        leg.files.push(event.path)
        break
      }
      // A link's file is read where it lies, if that is below the target.
      case 'link': leg.position = { directory: event.directory, name: event.name }; break
      case 'directory': leg.position = { directory: event.path, name: null }; break
      case 'unread':
        leg.unread.push(event.path)
        if (event.problem !== null) leg.problems.push({ ...event.problem, where: this.#parts.shown(event.path).slice(0, 4096) })
    }
  }

  #take(leg: Leg, { results, bytesRead }: JobResult): void {
    this.#files += leg.items.length
    this.#step.files += leg.items.length
    this.#step.bytes += bytesRead
    this.#step.problems.push(...leg.problems)
    for (const place of leg.unread) this.#unread.add(place)
    this.#failed ||= leg.problems.some(({ code }) => code === 'file.unreadable')
    if (leg.files.length > 0) this.#step.current = this.#parts.shown(leg.files.at(-1)!)
    for (const result of results) this.#takeItem(leg.files[result.item]!, result)
  }

  #takeItem(path: RawPath, { found, problems, stamp, unread, failed }: ItemResult): void {
    const where = this.#parts.shown(path)
    const inFile = displayPath(relativePath(path, this.#parts.root))
    for (const problem of problems) this.#step.problems.push({ ...problem, where: placed(problem.where, inFile, where).slice(0, 4096) })
    if (unread) this.#unread.add(path)
    this.#failed ||= failed
    for (const each of found) {
      const told = this.#parts.tell(each, { path, where: placed(each.path, inFile, where), stamp })
      if (told === null) continue
      this.#step.reports.push(told.report)
      if (told.placed !== null) this.#step.findings.push(told.placed)
    }
  }

  #isFull(): boolean {
    const { files, reports, problems, bytes } = this.#step
    return files >= STEP_FILES || reports.length + problems.length >= STEP_FINDINGS || bytes >= STEP_BYTES
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

/** The path within the target: what rules about paths see, so that they do not depend on where the target lies. */
export function relativePath(path: RawPath, root: RawPath): RawPath {
  return (path === root ? baseName(path) : path.slice(root.endsWith('/') ? root.length : root.length + 1)) as RawPath
}

/** A path that begins with the file's path in the target, with the file's own in its place; archive entries follow. */
function placed(path: string, inFile: string, where: string): string {
  return path.startsWith(inFile) ? where + path.slice(inFile.length) : `${where}!${path}`
}
