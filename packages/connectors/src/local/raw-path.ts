import { readdirSync, realpathSync } from 'node:fs'

/**
 * A path as the file system has it: one character a byte. File names are bytes, not text; decoding them as UTF-8 would make
 * names that are not UTF-8 unreadable and two different names equal.
 */
export type RawPath = string & { readonly __brand: 'RawPath' }

const BEYOND_ASCII = /[\u0080-\uffff]/

/** The raw form of a path given as text. */
export function rawPath(text: string): RawPath {
  return (BEYOND_ASCII.test(text) ? Buffer.from(text, 'utf8').toString('latin1') : text) as RawPath
}

/** What `node:fs` takes for the path: the text itself where that is the same thing, else its bytes. */
export function fsPath(path: RawPath): string | Buffer {
  return BEYOND_ASCII.test(path) ? Buffer.from(path, 'latin1') : path
}

/**
 * The path for people and for the inventory: UTF-8 where the bytes are UTF-8, otherwise every byte above 0x7f as `\xNN`, so
 * that two paths never read the same and the text can be stored.
 */
export function displayPath(path: RawPath): string {
  if (!BEYOND_ASCII.test(path)) return path
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.from(path, 'latin1'))
  } catch {
    return path.replaceAll(/[\x80-\xff]/g, (byte) => `\\x${byte.charCodeAt(0).toString(16)}`)
  }
}

/** `directory`/`name`; a trailing slash of the root directory is not doubled. */
export function joinPath(directory: RawPath, name: string): RawPath {
  return (directory.endsWith('/') ? directory + name : `${directory}/${name}`) as RawPath
}

/** The last component. */
export function baseName(path: RawPath): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

/** Everything before the last component; `/` for what lies there. */
export function parentPath(path: RawPath): RawPath {
  const slash = path.lastIndexOf('/')
  return (slash <= 0 ? '/' : path.slice(0, slash)) as RawPath
}

/** True when `path` is `prefix` or lies below it. */
export function isWithin(path: string, prefix: string): boolean {
  if (!path.startsWith(prefix)) return false
  return path.length === prefix.length || prefix.endsWith('/') || path[prefix.length] === '/'
}

/** The path without links; null when nothing is there or it may not be looked at. */
export function realPath(path: RawPath): RawPath | null {
  try {
    return realpathSync.native(fsPath(path), 'latin1') as RawPath
  } catch {
    return null
  }
}

/** The path without links where that can be told, else as it is. */
export function realPathOrSame(path: RawPath): RawPath {
  return realPath(path) ?? path
}

/** A name pattern with `*` and `?` as a regular expression over raw names. */
export function namePattern(pattern: string): RegExp {
  const source = rawPath(pattern)
    .replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`)
    .replaceAll(/\*+/g, '[^/]*')
    .replaceAll('?', '[^/]')
  return new RegExp(`^${source}$`, 's')
}

/** The existing paths an absolute pattern with `*` and `?` names, in byte order; hidden names only where the pattern says so. */
export function expandPattern(pattern: string): RawPath[] {
  let found: RawPath[] = [rawPath('/')]
  for (const component of pattern.split('/').filter((part) => part !== '')) {
    if (!/[*?]/.test(component)) {
      found = found.map((directory) => joinPath(directory, rawPath(component)))
      continue
    }
    const matcher = namePattern(component)
    const fits = (name: string): boolean => matcher.test(name) && (component.startsWith('.') || !name.startsWith('.'))
    found = found.flatMap((directory) =>
      names(directory)
        .filter(fits)
        .map((name) => joinPath(directory, name)),
    )
  }
  return found.filter((path) => realPath(path) !== null)
}

function names(directory: RawPath): string[] {
  try {
    return readdirSync(fsPath(directory), 'latin1').sort()
  } catch {
    return []
  }
}
