import { isWithin, namePattern, rawPath, realPath, type RawPath } from './raw-path.ts'

/** Judges by absolute paths (that place and everything below) and by bare names (wherever they occur); `*` stands within a name. */
export function exclusion(entries: readonly string[]): (path: RawPath, name: string) => boolean {
  const absolute = entries.filter((entry) => entry.startsWith('/')).map((entry) => rawPath(entry.replace(/(?<=.)\/+$/, '')))
  // An exclusion by a path with links in it means where they lead.
  const prefixes = new Set(absolute.filter((path) => !path.includes('*')).flatMap((path) => [path, realPath(path) ?? path]))
  const pathPatterns = absolute.filter((path) => path.includes('*')).map(namePattern)
  const bare = entries.filter((entry) => !entry.startsWith('/'))
  const names = new Set(bare.filter((entry) => !entry.includes('*')).map(rawPath))
  const patterns = bare.filter((entry) => entry.includes('*')).map(namePattern)
  return (path, name) => {
    if (names.has(name as RawPath) || prefixes.has(path)) return true
    return patterns.some((pattern) => pattern.test(name)) || pathPatterns.some((pattern) => pattern.test(path))
  }
}

/** True when the path or one of its parents is excluded; for files reached by a link instead of from above. */
export function isExcludedAnywhere(path: RawPath, isExcluded: (path: RawPath, name: string) => boolean): boolean {
  let from = 0
  while (from >= 0) {
    const next = path.indexOf('/', from + 1)
    const prefix = (next < 0 ? path : path.slice(0, next)) as RawPath
    if (isExcluded(prefix, prefix.slice(prefix.lastIndexOf('/') + 1))) return true
    from = next
  }
  return false
}

/** True when one of `roots` holds the path. */
export function isBelowAny(path: RawPath, roots: readonly RawPath[]): boolean {
  return roots.some((root) => isWithin(path, root))
}
