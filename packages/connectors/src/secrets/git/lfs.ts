import { lstatSync } from 'node:fs'
import type { ScanProblem } from '@muster/core'
import { fsPath, joinPath, type RawPath, rawPath } from '../../local/raw-path.ts'

const MAX_POINTER_BYTES = 1024
const MAX_MISSING = 100_000
const START = Buffer.from('version https://')

/** The content of large files that Git LFS keeps beside the objects of git. */
export class LfsObjects {
  readonly #directory: RawPath
  /** Paths of pointers whose content is not here, in latin-1; as many as are kept. */
  readonly missing = new Set<string>()

  /** `commonDirectory` is the repository's own directory. */
  constructor(commonDirectory: RawPath) {
    this.#directory = joinPath(commonDirectory, 'lfs/objects')
  }

  /** Those of a repository whose own directory, not the one of a worktree, is named by a text. */
  static at(commonDirectory: string): LfsObjects {
    return new LfsObjects(rawPath(commonDirectory))
  }

  /** The file with the content that `bytes` point at; null for one that is not here, which is noted under `path`. Undefined for no pointer. */
  behind(bytes: Uint8Array, path: string): RawPath | null | undefined {
    const id = pointedAt(bytes)
    if (id === null) return undefined
    const file = joinPath(this.#directory, `${id.slice(0, 2)}/${id.slice(2, 4)}/${id}`)
    if (isFile(file)) return file
    if (this.missing.size < MAX_MISSING) this.missing.add(path)
    return null
  }

  /** How many files are not here, and how they can be had. */
  problems(): readonly ScanProblem[] {
    const count = this.missing.size
    return count === 0 ? [] : [{ code: 'input.limit', where: '.git', message: `${count} ${count === 1 ? 'file is' : 'files are'} kept by Git LFS and not here: git lfs pull fetches what is checked out, git lfs fetch --all what history had` }]
  }
}

/** The object of a pointer (git-lfs, docs/spec.md, "The Pointer"); null for other content. */
function pointedAt(bytes: Uint8Array): string | null {
  if (bytes.length > MAX_POINTER_BYTES || bytes.length < 100 || START.compare(bytes, 0, START.length) !== 0) return null
  const text = Buffer.from(bytes).toString('latin1')
  if (!/^version https:\/\/(?:git-lfs|hawser)\.github\.com\/spec\/v\d\n/.test(text)) return null
  return /\noid sha256:([0-9a-f]{64})\n(?:[^]*\n)?size \d+\n?$/.exec(text)?.[1] ?? null
}

function isFile(path: RawPath): boolean {
  try {
    return lstatSync(fsPath(path)).isFile()
  } catch {
    return false
  }
}
