import { type Dirent, readdirSync, statSync } from 'node:fs'
import { isAbsolute, resolve } from 'node:path'
import { displayPath, fsPath, joinPath, parentPath, rawPath, type RawPath, realPath } from '../../local/raw-path.ts'
import { regularText } from '../stamps.ts'
import { isRepository } from './repository.ts'
import { type GitDirectories, gitDirectoriesAt } from './repository-facts.ts'

/** Files of a repository's own directory that git opens whatever it is asked. */
const opened = /^(?:HEAD|[A-Z_]+_HEAD|config|config\.worktree|commondir|gitdir|index|sharedindex\..*|packed-refs|shallow)$/
/** Directories in it of which git opens any file. */
const listed = ['refs', 'logs', 'info', 'reftable', 'worktrees'] as const
const MAX_DEPTH = 32
/** Alternates of alternates are followed as far as git does. */
const MAX_ALTERNATES = 6
/** No repository has more refs, logs and objects outside packs; a link to somewhere else may lead to as many as there are. */
const MAX_ENTRIES = 5_000_000

/** Ends the look at the first place. */
class WaitingPlace extends Error {}

/**
 * Why git must not be started in a repository: the first pipe or device where it would read a file, which may never end, in its directories and those its alternates name; null when
 * there is none. Looks at names and types alone.
 */
export function waitingPlace({ own, common }: GitDirectories): string | null {
  const look = new Look()
  try {
    for (const directory of new Set([own, common])) {
      look.files(directory, (name) => opened.test(name))
      for (const name of listed) look.below(joinPath(directory, name))
    }
    look.objects(joinPath(common, 'objects'))
    return null
  } catch (error) {
    if (error instanceof WaitingPlace) return error.message
    throw error
  }
}

/** The same of the repository that a path is in; null where it is in none. */
export function waitingPlaceAround(path: string): string | null {
  for (let at = realPath(rawPath(resolve(path))); at !== null; at = at === '/' ? null : parentPath(at)) {
    if (!isRepository(at)) continue
    const directories = gitDirectoriesAt(at)
    return directories === null ? null : waitingPlace(directories)
  }
  return null
}

class Look {
  #entries = 0
  readonly #stores = new Set<RawPath>()

  files(directory: RawPath, isOpened: (name: string) => boolean): void {
    for (const entry of this.#names(directory)) if (isOpened(entry.name)) this.#kindOf(directory, entry)
  }

  /** Everything below a directory, through links too, as git lists refs. */
  below(directory: RawPath, depth = 0): void {
    for (const entry of this.#names(directory)) {
      if (this.#kindOf(directory, entry) !== 'directory') continue
      if (depth > MAX_DEPTH) throw new WaitingPlace(`${displayPath(directory)} leads deeper than any repository does`)
      this.below(joinPath(directory, entry.name), depth + 1)
    }
  }

  /** Loose objects, packs, and what is said of them, here and where else objects are said to lie. */
  objects(directory: RawPath): void {
    const store = realPath(directory)
    if (store === null || this.#stores.has(store) || this.#stores.size >= MAX_ALTERNATES) return
    this.#stores.add(store)
    for (const entry of this.#names(store)) if (/^[0-9a-f]{2}$/.test(entry.name)) this.files(joinPath(store, entry.name), () => true)
    this.below(joinPath(store, 'pack'))
    this.below(joinPath(store, 'info'))
    for (const line of (regularText(joinPath(store, 'info/alternates')) ?? '').split('\n')) {
      if (line !== '' && !line.startsWith('#')) this.objects((isAbsolute(line) ? line : resolve(store, line)) as RawPath)
    }
  }

  #names(directory: RawPath): readonly Dirent[] {
    let entries: readonly Dirent[]
    try {
      entries = readdirSync(fsPath(directory), { encoding: 'latin1', withFileTypes: true }) as unknown as readonly Dirent[]
    } catch {
      return []
    }
    this.#entries += entries.length
    if (this.#entries > MAX_ENTRIES) throw new WaitingPlace(`more than ${MAX_ENTRIES} files where git keeps refs, logs and objects`)
    return entries
  }

  #kindOf(directory: RawPath, entry: Dirent): 'file' | 'directory' | 'nothing' {
    if (entry.isFile()) return 'file'
    if (entry.isDirectory()) return 'directory'
    const path = joinPath(directory, entry.name)
    let stats
    try {
      // A link by what it leads to; some file systems do not tell kinds with names.
      stats = statSync(fsPath(path))
    } catch {
      return 'nothing'
    }
    if (stats.isFIFO() || stats.isCharacterDevice() || stats.isBlockDevice()) throw new WaitingPlace(`${displayPath(path)} is a ${stats.isFIFO() ? 'pipe' : 'device'} where git expects a file`)
    return stats.isDirectory() ? 'directory' : stats.isFile() ? 'file' : 'nothing'
  }
}
