import { lstatSync } from 'node:fs'
import { fsPath, joinPath, type RawPath } from '../../local/raw-path.ts'
import type { GitProgram } from './program.ts'

/** What the index says of the checked-out files, by path in latin-1. */
export type Index = {
  /** True for a file whose size and time are those git noted: its content is a blob the history scan has read. */
  readonly isCommitted: (path: RawPath, inTree: string) => boolean
  /** Checked-out submodules: repositories of their own. */
  readonly submodules: ReadonlySet<string>
}

/** Reads the index; without one, no file counts as committed. `indexPath` is the file git keeps it in. */
export async function readIndex(git: GitProgram, indexPath: string | Buffer): Promise<Index> {
  const written = stampOf(indexPath)?.mtimeNs ?? 0n
  const text = await git.text(['ls-files', '--stage', '--debug', '-z']) ?? ''
  const noted = new Map<string, string>()
  const submodules = new Set<string>()
  // `MODE ID STAGE\tPATH\0` and then lines of what stat said.
  for (const match of text.matchAll(/(\d{6}) ([0-9a-f]{40,64}) (\d)\t([^\0]+)\0\s*ctime: [\d:]+\n\s*mtime: (\d+):(\d+)\n[^\0]*?size: (\d+)/g)) {
    const [, mode, , stage, path, seconds, nanoseconds, size] = match as unknown as [string, string, string, string, string, string, string, string]
    if (mode === '160000') submodules.add(path)
    else if (stage === '0' && seconds !== '0') noted.set(path, `${size} ${seconds} ${Math.floor(Number(nanoseconds) / 1000)}`)
  }
  return {
    submodules,
    isCommitted: (path, inTree) => {
      const stamp = noted.get(inTree)
      if (stamp === undefined) return false
      const now = stampOf(fsPath(path))
      // A file as young as the index may have changed since git looked at it; git looks again at those, and so does the scan.
      return now !== null && now.mtimeNs < written && stamp === `${now.size} ${now.mtimeNs / 1_000_000_000n} ${(now.mtimeNs % 1_000_000_000n) / 1000n}`
    },
  }
}

function stampOf(path: string | Buffer): { readonly size: bigint; readonly mtimeNs: bigint } | null {
  try {
    return lstatSync(path, { bigint: true })
  } catch {
    return null
  }
}

/** Whether a path of the walk is a submodule's directory. */
export function isSubmodule(index: Index, workTree: RawPath): (path: RawPath) => boolean {
  const paths = new Set([...index.submodules].map((path) => joinPath(workTree, path)))
  return (path) => paths.has(path)
}
