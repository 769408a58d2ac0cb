import { exclusion } from '../local/exclusion.ts'
import { isWithin, joinPath, rawPath, type RawPath } from '../local/raw-path.ts'

/** Files of a repository's own directory that may hold credentials: remotes with logins in their URLs. */
const GIT_FILES = new Set(['config', 'credentials', 'FETCH_HEAD', 'config.worktree'])

/**
 * What a walk of `root` leaves out: what the operator names (absolute, within the root, or by bare name), and of a repository's own
 * directory all but the files that may hold credentials: its objects are read when the repository is named as a target.
 */
export function treeExclusion(root: RawPath, entries: readonly string[]): (path: RawPath, name: string) => boolean {
  const excluded = exclusion(entries.map((entry) => (entry.startsWith('/') || !entry.replace(/\/+$/, '').includes('/') ? entry.replace(/(?<=.)\/+$/, '') : joinPath(root, rawPath(entry.replace(/^(?:\.\/)+/, ''))))))
  return (path, name) => excluded(path, name) || isGitInside(path, root)
}

function isGitInside(path: RawPath, root: RawPath): boolean {
  const at = path.lastIndexOf('/.git/')
  if (at < 0 || !isWithin(path, root) || at < root.length - 1) return false
  return !GIT_FILES.has(path.slice(at + '/.git/'.length))
}

/** What package managers put into a work tree and ignore files leave out: other people's code by the thousand files, with its test keys. */
export const dependencyNames: readonly string[] = ['node_modules', 'bower_components', '.venv', 'site-packages', '__pycache__', '.tox', '.gradle', '.pnpm-store']
