import type { Observation } from '@muster/core'
import { messagePaths, secretDigest } from '@muster/detect/inspect'
import { z } from 'zod'
import { displayPath, fsPath, joinPath, type RawPath } from '../../local/raw-path.ts'
import { parseJson } from '../cursor.ts'
import type { SourceFacts, SourceFinding } from '../finding.ts'
import type { InspectionPool } from '../inspection-pool.ts'
import type { ScanMemory } from '../memory.ts'
import type { PlacedFinding } from '../observing.ts'
import type { SecretsOptions } from '../options.ts'
import type { TargetScan, TargetStep } from '../target.ts'
import { relativePath, TreeScan, type TreeScanParts } from '../tree-scan.ts'
import { BlobHistory, type ToldValue } from './blob-history.ts'
import { codeOwnersOf } from './code-owners.ts'
import { LfsObjects } from './lfs.ts'
import { messageValues } from './messages.ts'
import type { HistoryNote } from './history-note.ts'
import type { GitProgram } from './program.ts'
import type { Repository } from './repository.ts'
import { isSubmodule, readIndex } from './work-tree.ts'

export type RepositoryParts = Pick<TreeScanParts, 'mounts' | 'isExcluded' | 'pool' | 'signal' | 'maxFiles'> & {
  readonly directory: RawPath
  readonly repository: Repository
  readonly git: GitProgram
  readonly pool: InspectionPool
  readonly source: SourceFacts
  /** Scan-local name of the repository. */
  readonly ref: string
  /** What names of secrets taken from the code host are scoped by: its host and the path there, as whoever lists them says it. */
  readonly scope: string
  readonly introduction: readonly Observation[]
  readonly memory: ScanMemory
  readonly ruleSet: string
  readonly rights: string
  readonly options: SecretsOptions
}

const positionSchema = z.discriminatedUnion('phase', [
  z.object({ phase: z.literal('blobs'), at: z.string() }), z.object({ phase: z.literal('tree'), at: z.string().nullable(), unread: z.boolean() }),
])
type Position = z.infer<typeof positionSchema>

/** Every blob of a repository, then the files of its work tree that are not committed. */
export function repositoryTarget(parts: RepositoryParts): TargetScan {
  return { introduction: parts.introduction, state: parts.repository.facts.digest, run: (position) => new RepositoryScan(parts).run(position) }
}

class RepositoryScan {
  readonly #parts: RepositoryParts
  /** Values that were told as being at the head, by path: not told again from the work tree. */
  readonly #told = new Set<string>()
  readonly #lfs: LfsObjects
  #unread: boolean
  #blobsAt = ''
  #since: HistoryNote | null = null
  #owners: ReturnType<typeof codeOwnersOf> | null = null

  constructor(parts: RepositoryParts) {
    this.#parts = parts
    this.#lfs = new LfsObjects(parts.repository.directories.common)
    this.#unread = parts.repository.isShallow || parts.repository.isPartial
  }

  async *run(text: string | null): AsyncGenerator<TargetStep, void, void> {
    const { options, repository, signal } = this.#parts
    const parsed = positionSchema.safeParse(parseJson(text ?? ''))
    const from: Position = parsed.success ? parsed.data : { phase: 'blobs', at: '' }
    const readsBlobs = options.history || repository.workTree === null
    if (from.phase === 'blobs' && readsBlobs) {
      yield* this.#blobs(from.at)
      if (signal.aborted) return
      if (options.history) yield* this.#messages()
      if (signal.aborted) return
      const problems = this.#lfs.problems()
      if (problems.length > 0) yield stepOf({ problems, position: this.#treePosition(null) })
    }
    else if (from.phase === 'tree') this.#unread ||= from.unread
    if (signal.aborted) return
    const narrowed = options.refs.length > 0 || options.since !== null
    const conclusion = narrowed || !readsBlobs ? [] : [this.#coverage.bind(this)]
    if (repository.workTree !== null && !narrowed) yield* this.#workTree(repository.workTree, from.phase === 'tree' ? from.at : null, readsBlobs, conclusion)
    else yield stepOf({ observations: conclusion.map((conclude) => conclude([], false)), position: this.#treePosition(null) })
  }

  async *#blobs(at: string): AsyncGenerator<TargetStep, void, void> {
    const { git, repository, pool, memory, ruleSet, options } = this.#parts
    const owners = await this.#codeOwners()
    const history = new BlobHistory({ git, repository, pool, memory, ruleSet, options, lfs: this.#lfs, signal: this.#parts.signal })
    for await (const stretch of history.run(at)) {
      this.#unread ||= stretch.unread
      const reports = stretch.values.map((value) => this.#report(value))
      const findings = stretch.values.map((value) => this.#placed(value, owners))
      for (const { path, current, presence } of stretch.values) if (presence === 'head') this.#told.add(`${displayPath(path as RawPath)} ${secretDigest(current.found.secret)}`)
      this.#blobsAt = stretch.position
      yield stepOf({ findings, reports, problems: stretch.problems, position: { phase: 'blobs', at: stretch.position }, done: stretch.blobs, progress: { total: stretch.total, unit: 'blobs', current: stretch.current } })
    }
    this.#since = history.since
  }

  #codeOwners(): ReturnType<typeof codeOwnersOf> {
    return this.#owners ??= codeOwnersOf(this.#parts.git)
  }

  async *#messages(): AsyncGenerator<TargetStep, void, void> {
    const { values, problems } = await messageValues(this.#parts, this.#since)
    if (values.length + problems.length === 0) return
    this.#unread ||= problems.length > 0
    yield stepOf({ findings: values.map((value) => this.#placed(value, () => [])), reports: values.map((value) => this.#report(value)), problems, position: this.#parts.signal.aborted ? { phase: 'blobs', at: this.#blobsAt } : this.#treePosition(null) })
  }

  #report({ path, first, commit, presence }: ToldValue): SourceFinding {
    return { found: first.found, source: this.#parts.source, path: pathIn(path, first.found.path), blob: blobOf(path, first.blob), commit, presence }
  }

  #placed({ path, current, commit, presence }: ToldValue, owners: (path: string) => readonly string[]): PlacedFinding {
    const { ref, scope } = this.#parts
    const shown = displayPath(path as RawPath)
    return { found: current.found, scope, place: { kind: 'repository-line', machine: ref, path: pathIn(path, current.found.path), blob: blobOf(path, current.blob), commit, codeOwners: owners(shown), presence } }
  }

  async *#workTree(workTree: RawPath, at: string | null, blobsRead: boolean, conclusion: readonly ((unread: readonly string[], failed: boolean) => Observation)[]): AsyncGenerator<TargetStep, void, void> {
    const { git, repository, source, ref, scope } = this.#parts
    const index = await readIndex(git, fsPath(joinPath(repository.directories.own, 'index')))
    const isModule = isSubmodule(index, workTree)
    const owners = await this.#codeOwners()
    const tree = new TreeScan({
      ...this.#parts, root: workTree, single: false, shown: (path) => displayPath(relativePath(path, workTree)),
      isExcluded: (path, name) => isModule(path) || this.#parts.isExcluded(path, name),
      // Content that is checked out and not beside the objects is read where it lies.
      isKnown: (path, inTree) => blobsRead && index.isCommitted(path, inTree) && !this.#lfs.missing.has(inTree),
      tell: (found, { where }) => {
        if (this.#told.has(`${where} ${secretDigest(found.secret)}`)) return null
        return {
          report: { found, source, path: where, blob: null, commit: null, presence: 'head' },
          placed: { found, scope, place: { kind: 'repository-line', machine: ref, path: where, blob: null, commit: null, codeOwners: owners(where.split('!')[0]!), presence: 'head' } },
        }
      },
      // The repository's own directory was read as objects.
      conclusion: (unread, failed) => conclusion.map((conclude) => conclude(unread.filter((path) => !path.startsWith('.git/')), failed)),
    })
    for await (const step of tree.run(at)) yield { ...step, position: JSON.stringify(this.#treePosition(step.position)) }
  }

  /** Whoever goes on from there does not know which files of Git LFS are missing: then nothing counts as looked at. */
  #treePosition(at: string | null): Position {
    return { phase: 'tree', at, unread: this.#unread || this.#lfs.missing.size > 0 }
  }

  #coverage(unread: readonly string[], failed: boolean): Observation {
    const { ref, rights } = this.#parts
    const missing = [...this.#lfs.missing].map((path) => displayPath(path as RawPath).slice(0, 4096))
    // What history does not tell may still be there: then nothing is known to be gone.
    return { observation: 'coverage', machine: ref, scope: { kind: 'path', path: '', unread: this.#unread || missing.length > MAX_UNREAD ? [''] : [...new Set([...unread, ...missing])], lookedFor: ['secrets'] }, rights, complete: !failed && !this.#unread }
  }
}

/** More places than this, and nothing of the repository counts as looked at. */
const MAX_UNREAD = 500

/** A message is no blob. */
const blobOf = (path: string, id: string): string | null => (path === messagePaths.commit || path === messagePaths.tag ? null : id)

/** A path of the repository with the archive entries a finding lies in. */
function pathIn(path: string, found: string): string {
  const entry = found.indexOf('!')
  return `${displayPath(path as RawPath)}${entry < 0 ? '' : found.slice(entry)}`
}

function stepOf({ position, ...step }: Partial<Omit<TargetStep, 'position'>> & { readonly position: Position }): TargetStep {
  return { findings: [], reports: [], observations: [], problems: [], done: 0, progress: { total: null, unit: 'blobs', current: '' }, ...step, position: JSON.stringify(position) }
}

