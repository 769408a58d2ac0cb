import { lstatSync, readdirSync } from 'node:fs'
import type { Mount } from './mounts.ts'
import { fsPath, isWithin, joinPath, type RawPath } from './raw-path.ts'

/** A position in a walk: `name` null when all files of `directory` are done, else the last of its files that is. */
export type WalkPosition = { readonly directory: RawPath; readonly name: string | null }

export type WalkEvent =
  | { readonly type: 'file' | 'link'; readonly path: RawPath; readonly directory: RawPath; readonly name: string }
  /** All files of the directory have been given; its subdirectories follow. */
  | { readonly type: 'directory'; readonly path: RawPath }
  /** A place that was left out: `problem` says why, null when it was meant to be. */
  | { readonly type: 'unread'; readonly path: RawPath; readonly problem: WalkProblem | null }

export type WalkProblem = { readonly code: 'file.unreadable' | 'input.limit'; readonly message: string }

export type WalkOptions = {
  /** Places the walk does not enter by itself. */
  readonly mounts: ReadonlyMap<RawPath, Mount>
  /** True for a file or directory the operator does not want looked at. */
  readonly isExcluded: (path: RawPath, name: string) => boolean
  /** Where an interrupted walk of the same root goes on; null from the start. */
  readonly from: WalkPosition | null
}

/** A directory file larger than this has millions of names; listing it would not fit in memory. */
const MAX_DIRECTORY_BYTES = 256 * 1024 * 1024

type Frame = { readonly path: RawPath; readonly directories: readonly string[]; next: number }

/**
 * Every regular file and link below `root`, in an order that only depends on the tree: a directory's own entries by byte
 * order, then its subdirectories likewise. No handle stays open between two events; nothing is followed; devices, sockets and
 * FIFOs are passed over.
 */
export function* walk(root: RawPath, options: WalkOptions): Generator<WalkEvent, void, void> {
  const stack: Frame[] = []
  const first = yield* enter(root, options)
  if (first !== null) stack.push(first)
  for (let frame = stack.at(-1); frame !== undefined; frame = stack.at(-1)) {
    const name = frame.directories[frame.next++]
    if (name === undefined) {
      stack.pop()
      continue
    }
    const path = joinPath(frame.path, name)
    if (options.isExcluded(path, name)) {
      yield { type: 'unread', path, problem: null }
      continue
    }
    const mount = options.mounts.get(path)
    if (mount !== undefined) {
      yield {
        type: 'unread',
        path,
        problem:
          mount.kind === 'pseudo'
            ? null
            : { code: 'file.unreadable', message: `${mount.type} file system, not entered; give it as a root to read it` },
      }
      continue
    }
    const entered = yield* enter(path, options)
    if (entered !== null) stack.push(entered)
  }
}

function* enter(path: RawPath, options: WalkOptions): Generator<WalkEvent, Frame | null, void> {
  const listing = list(path)
  if (listing === null) return null
  if ('problem' in listing) {
    yield { type: 'unread', path, problem: listing.problem }
    return null
  }
  const { from } = options
  const resumedHere = from !== null && from.directory === path
  const above = from !== null && !resumedHere && isWithin(from.directory, path)
  const done = above || (resumedHere && from.name === null)
  if (!done) {
    for (const entry of listing.files) {
      if (resumedHere && from.name !== null && entry.name <= from.name) continue
      const file = joinPath(path, entry.name)
      if (options.isExcluded(file, entry.name)) yield { type: 'unread', path: file, problem: null }
      else yield { type: entry.link ? 'link' : 'file', path: file, directory: path, name: entry.name }
    }
    yield { type: 'directory', path }
  }
  const onTheWay = above ? componentAfter(path, from.directory) : null
  const directories = onTheWay === null ? listing.directories : listing.directories.filter((name) => name >= onTheWay)
  return { path, directories, next: 0 }
}

/** The name that leads from `directory` towards `below`. */
function componentAfter(directory: RawPath, below: RawPath): string {
  const rest = below.slice(directory.endsWith('/') ? directory.length : directory.length + 1)
  const slash = rest.indexOf('/')
  return slash < 0 ? rest : rest.slice(0, slash)
}

type Listing = { readonly files: readonly { name: string; link: boolean }[]; readonly directories: readonly string[] }

/** Null when the directory is gone, which is no problem: what is gone is not there. */
function list(path: RawPath): Listing | { readonly problem: WalkProblem } | null {
  try {
    const stats = lstatSync(fsPath(path))
    if (!stats.isDirectory()) return null
    if (stats.size > MAX_DIRECTORY_BYTES)
      return { problem: { code: 'input.limit', message: `directory of ${stats.size} bytes has too many entries to list` } }
    const files: { name: string; link: boolean }[] = []
    const directories: string[] = []
    for (const entry of readdirSync(fsPath(path), { withFileTypes: true, encoding: 'latin1' })) {
      if (entry.isDirectory()) directories.push(entry.name)
      else if (entry.isFile() || entry.isSymbolicLink()) files.push({ name: entry.name, link: entry.isSymbolicLink() })
    }
    files.sort((a, b) => (a.name < b.name ? -1 : 1))
    directories.sort()
    return { files, directories }
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'ENOENT' || code === 'ENOTDIR') return null
    return { problem: { code: 'file.unreadable', message: whyUnreadable(code) } }
  }
}

/** What the system's error means for the operator. */
export function whyUnreadable(code: string | undefined): string {
  switch (code) {
    case 'EACCES':
    case 'EPERM':
      return 'permission denied; run the scan as root or as the owner to read it'
    case 'ENAMETOOLONG':
      return 'path longer than the system can open'
    case 'EIO':
      return 'the storage reported an error'
    case 'ELOOP':
      return 'too many levels of symbolic links'
    default:
      return `cannot be read (${code ?? 'unknown error'})`
  }
}
