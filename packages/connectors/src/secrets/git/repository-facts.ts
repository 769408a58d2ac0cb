import { isAbsolute, resolve } from 'node:path'
import { joinPath, type RawPath, realPath } from '../../local/raw-path.ts'
import { Stamps } from '../stamps.ts'

/** Where git keeps a repository: what is this work tree's, and what all its work trees share. */
export type GitDirectories = { readonly own: RawPath; readonly common: RawPath }

/** What a repository looks like from outside, without asking git. */
export type RepositoryFacts = {
  /** Equal for the same objects, refs, reflogs, indexes and settings. Lower-case hex. */
  readonly digest: string
  /** False when files are so young that a change may not show. */
  readonly settled: boolean
  /** Packs and loose objects by where they lie; ids of loose ones in hex. */
  readonly packs: readonly string[]
  readonly loose: readonly string[]
  /** What changes which commits have which parents, and where else objects lie. */
  readonly graph: string
}

/** Alternates of alternates are followed as far as git does. */
const MAX_ALTERNATES = 5

/** The directories of the repository at a path, as `.git` and `commondir` name them; null where there are none. */
export function gitDirectoriesAt(directory: RawPath): GitDirectories | null {
  const stamps = new Stamps(new Date(0))
  const inside = joinPath(directory, '.git')
  const link = /^gitdir: ([^\n]+)/.exec(stamps.content(inside))?.[1]
  const own = realPath(link === undefined ? realPath(inside) === null ? directory : inside : within(directory, link))
  if (own === null) return null
  const shared = stamps.content(joinPath(own, 'commondir')).trim()
  const common = shared === '' ? own : realPath(within(own, shared))
  return common === null ? null : { own, common }
}

/** Looks at everything that decides what a scan of the history finds. Costs a few milliseconds and one look at each loose object's name and each ref. */
export function repositoryFacts({ own, common }: GitDirectories, now: Date): RepositoryFacts {
  const stamps = new Stamps(now)
  for (const directory of new Set([own, common])) {
    for (const name of ['HEAD', 'config', 'config.worktree', 'commondir', 'shallow', 'packed-refs', 'info/grafts', 'reftable/tables.list']) stamps.content(joinPath(directory, name))
    stamps.file(joinPath(directory, 'index'))
    stamps.below(joinPath(directory, 'refs'), 'content')
    stamps.below(joinPath(directory, 'logs'), 'file')
  }
  // Heads, indexes and logs of the other work trees are read with everything else.
  stamps.below(joinPath(common, 'worktrees'), 'file')
  // Content of Git LFS, by its digest.
  stamps.below(joinPath(common, 'lfs/objects'), 'named')
  const packs: string[] = []
  const loose: string[] = []
  objects(joinPath(common, 'objects'), stamps, { packs, loose }, new Set())
  const graph = new Stamps(now)
  for (const name of ['shallow', 'info/grafts', 'objects/info/alternates']) graph.content(joinPath(common, name))
  return { digest: stamps.digest, settled: stamps.settled, packs, loose, graph: graph.digest }
}

function objects(directory: RawPath, stamps: Stamps, into: { readonly packs: string[]; readonly loose: string[] }, seen: Set<string>): void {
  if (seen.has(directory) || seen.size > MAX_ALTERNATES) return
  seen.add(directory)
  for (const name of stamps.names(directory)) {
    if (!/^[0-9a-f]{2}$/.test(name)) continue
    for (const rest of stamps.names(joinPath(directory, name))) into.loose.push(name + rest)
  }
  const packed = joinPath(directory, 'pack')
  for (const name of stamps.names(packed)) {
    if (!/\.(?:pack|idx|promisor)$/.test(name)) continue
    stamps.named(joinPath(packed, name))
    if (name.endsWith('.idx')) into.packs.push(joinPath(packed, name))
  }
  for (const line of stamps.content(joinPath(directory, 'info/alternates')).split('\n')) {
    const other = line === '' || line.startsWith('#') ? null : realPath(within(directory, line))
    if (other !== null) objects(other, stamps, into, seen)
  }
}

function within(directory: RawPath, path: string): RawPath {
  return (isAbsolute(path) ? path : resolve(directory, path)) as RawPath
}
