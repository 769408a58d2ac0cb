import { lstatSync, readlinkSync } from 'node:fs'
import { posix } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Observation, ScanBatch, ScanProblem } from '@muster/core'
import { UnreadPlaces } from '../local/unread-places.ts'
import { formatCursor, positionOf, type HostCursor } from './cursor.ts'
import { isBelowAny, isExcludedAnywhere } from '../local/exclusion.ts'
import { isCredentialName, type FileScan, type FileScanner } from './file-scanner.ts'
import { THIS_MACHINE } from '../local/machine.ts'
import type { Mount } from '../local/mounts.ts'
import { isOnSuchMount } from '../local/mounts.ts'
import { baseName, displayPath, fsPath, joinPath, parentPath, rawPath, realPath, type RawPath } from '../local/raw-path.ts'
import type { ResolvedRoot } from './roots.ts'
import { walk, whyUnreadable, type WalkEvent, type WalkPosition } from '../local/walk.ts'

export type FileWalkParts = {
  readonly roots: readonly ResolvedRoot[]
  /** Roots the operator named: what is missing there is a mistake, not an answer. */
  readonly rootsNamed: boolean
  readonly mounts: ReadonlyMap<RawPath, Mount>
  readonly isExcluded: (path: RawPath, name: string) => boolean
  readonly scanner: FileScanner
  readonly maxFiles: number
  readonly rights: string
  readonly scanId: string
  readonly signal: AbortSignal
}

/** A batch is given away when it has this many observations or files, or has read this much. */
const BATCH_OBSERVATIONS = 2000
const BATCH_FILES = 4000
const BATCH_BYTES = 256 * 1024 * 1024
/** Files after which the end of a root is worth a batch. */
const WORTH_A_BATCH = 100
/** Work done before other work of the process gets its turn. */
const TURN_FILES = 32
const TURN_BYTES = 2 * 1024 * 1024

/** Walks the roots in order and yields batches; one coverage statement a root, after its last batch. */
export class FileWalk {
  readonly #parts: FileWalkParts
  readonly #present: readonly RawPath[]
  /** Files outside the roots that links led to, so that each is read once. */
  readonly #linked = new Set<RawPath>()
  #observations: Observation[] = []
  #problems: ScanProblem[] = []
  #files = 0
  #batchFiles = 0
  #batchBytes = 0
  #turnFiles = 0
  #turnBytes = 0
  #unread = new UnreadPlaces()
  #failed = false

  constructor(parts: FileWalkParts) {
    this.#parts = parts
    this.#present = parts.roots.flatMap((root) => root.path ?? [])
  }

  /** Files looked at so far, those before the resumed cursor included. */
  get files(): number {
    return this.#files
  }

  async *run(from: HostCursor | null): AsyncGenerator<ScanBatch, void, void> {
    this.#files = from?.files ?? 0
    const first = from?.root ?? 0
    for (let index = first; index < this.#parts.roots.length; index++) {
      const resumed = from !== null && index === first
      this.#unread = new UnreadPlaces(resumed ? from.unread : [])
      this.#failed = resumed && from.failed
      yield* this.#root(index, resumed ? positionOf(from) : null)
    }
  }

  async *#root(index: number, from: WalkPosition | null): AsyncGenerator<ScanBatch, void, void> {
    const { named, path } = this.#parts.roots[index]!
    let absent = false
    if (path === null) {
      absent = this.#missing(named)
    } else if (lstatKind(path) === 'file') {
      this.#take(this.#parts.scanner.scan(path), path)
    } else {
      let position = from
      for (const event of walk(path, { mounts: this.#parts.mounts, isExcluded: this.#parts.isExcluded, from })) {
        if (this.#parts.signal.aborted) return
        if (this.#files >= this.#parts.maxFiles && (event.type === 'file' || event.type === 'link')) {
          this.#stopAtLimit(path, displayPath(event.path))
          break
        }
        position = this.#visit(event) ?? position
        await this.#breathe()
        if (this.#isFull()) yield this.#batch(index, position, displayPath(event.path))
      }
    }
    const where = path === null ? named : displayPath(path)
    if (path !== null || absent) this.#observations.push(this.#coverage(where))
    // Many default roots are missing or tiny: they share a batch.
    if (this.#batchFiles >= WORTH_A_BATCH || this.#isFull() || index === this.#parts.roots.length - 1)
      yield this.#batch(index + 1, null, where)
  }

  /** Looks at what the walk came to, and returns the position that is then done. */
  #visit(event: WalkEvent): WalkPosition | null {
    switch (event.type) {
      case 'file':
        this.#take(this.#parts.scanner.scan(event.path), event.path)
        return { directory: event.directory, name: event.name }
      case 'link':
        this.#followLink(event.path)
        return { directory: event.directory, name: event.name }
      case 'directory':
        return { directory: event.path, name: null }
      case 'unread':
        this.#unread.add(event.path)
        if (event.problem === null) return null
        this.#failed ||= event.problem.code === 'file.unreadable'
        this.#problems.push({ ...event.problem, where: displayPath(event.path).slice(0, 4096) })
        return null
    }
  }

  /** A link's file is read where it really lies, once, and only if the walk does not come there by itself. */
  #followLink(link: RawPath): void {
    this.#files++
    this.#batchFiles++
    this.#turnFiles++
    const target = realPath(link) ?? danglingTarget(link)
    if (target === null || isBelowAny(target, this.#present)) return
    if (isExcludedAnywhere(target, this.#parts.isExcluded) || isOnSuchMount(this.#parts.mounts, target)) return
    if (this.#linked.has(target) || lstatKind(target) === 'other') return
    this.#linked.add(target)
    const scan = this.#parts.scanner.scan(target)
    this.#observations.push(...scan.observations)
    this.#problems.push(...scan.problems)
    this.#batchBytes += scan.bytesRead
    this.#turnBytes += scan.bytesRead
    // Links to programs and units abound; only what may hold a credential is worth a statement of its own.
    if (scan.observations.length === 0 && !scan.unread && !isCredentialName(baseName(target))) return
    const path = displayPath(target).slice(0, 4096)
    const unread = scan.unread ? [path] : []
    const scope = { kind: 'path' as const, path, unread, lookedFor: ['keys' as const] }
    this.#observations.push({
      observation: 'coverage',
      machine: THIS_MACHINE,
      scope,
      rights: this.#parts.rights,
      complete: !scan.failed,
    })
  }

  #take(scan: FileScan, path: RawPath): void {
    this.#files++
    this.#batchFiles++
    this.#turnFiles++
    this.#batchBytes += scan.bytesRead
    this.#turnBytes += scan.bytesRead
    this.#observations.push(...scan.observations)
    this.#problems.push(...scan.problems)
    if (scan.unread) this.#unread.add(path)
    this.#failed ||= scan.failed
  }

  /** True when a default place is known not to exist, which is an answer; a place the operator named should be there. */
  #missing(named: string): boolean {
    const gone = lstatKind(rawPath(named)) === 'missing'
    if (gone && !this.#parts.rootsNamed) return true
    const message = gone ? 'there is no such file or directory' : whyUnreadable('EACCES')
    this.#problems.push({ code: 'file.unreadable', where: named.slice(0, 4096), message })
    return false
  }

  #stopAtLimit(root: RawPath, where: string): void {
    this.#failed = true
    this.#unread.add(root)
    this.#problems.push({
      code: 'input.limit',
      where: where.slice(0, 4096),
      message: `stopped here after ${this.#parts.maxFiles} files; raise maxFiles or exclude places`,
    })
  }

  #coverage(path: string): Observation {
    const unread = this.#unread.list().map((place) => displayPath(place).slice(0, 4096))
    return {
      observation: 'coverage',
      machine: THIS_MACHINE,
      scope: { kind: 'path', path, unread, lookedFor: ['keys'] },
      rights: this.#parts.rights,
      complete: !this.#failed,
    }
  }

  #isFull(): boolean {
    return (
      this.#observations.length + this.#problems.length >= BATCH_OBSERVATIONS ||
      this.#batchFiles >= BATCH_FILES ||
      this.#batchBytes >= BATCH_BYTES
    )
  }

  async #breathe(): Promise<void> {
    if (this.#turnFiles < TURN_FILES && this.#turnBytes < TURN_BYTES) return
    this.#turnFiles = 0
    this.#turnBytes = 0
    await nextTurn()
  }

  #batch(root: number, position: WalkPosition | null, current: string): ScanBatch {
    const cursor = formatCursor({
      scan: this.#parts.scanId,
      phase: 'files',
      root,
      directory: position?.directory ?? null,
      name: position?.name ?? null,
      files: this.#files,
      unread: position === null ? [] : this.#unread.list(),
      failed: position !== null && this.#failed,
    })
    const batch: ScanBatch = {
      observations: this.#observations,
      problems: this.#problems,
      cursor,
      progress: { done: this.#files, total: null, unit: 'files', current: current.slice(0, 4096) },
    }
    this.#observations = []
    this.#problems = []
    this.#batchFiles = 0
    this.#batchBytes = 0
    return batch
  }
}

/** Where a link leads whose file is gone, so that its absence is told; null when that leads nowhere plain. */
function danglingTarget(link: RawPath): RawPath | null {
  try {
    const target = readlinkSync(fsPath(link), 'latin1')
    const path = posix.normalize(target.startsWith('/') ? target : joinPath(parentPath(link), target)) as RawPath
    return lstatKind(path) === 'missing' && realPath(parentPath(path)) === parentPath(path) ? path : null
  } catch {
    return null
  }
}

function lstatKind(path: RawPath): 'file' | 'other' | 'missing' | 'unreadable' {
  try {
    return lstatSync(fsPath(path)).isFile() ? 'file' : 'other'
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'missing' : 'unreadable'
  }
}
