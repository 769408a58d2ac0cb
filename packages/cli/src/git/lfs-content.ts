import { readFileSync, statSync } from 'node:fs'
import type { LfsObjects } from '@muster/connectors/secrets'
import { isMusterError, type ScanProblem } from '@muster/core'
import type { Git } from './git.ts'

const MAX_POINTER_BYTES = 1024

/** Content of large files that Git LFS keeps for the repository `git` is asked in. What reads it is loaded when there is a pointer. */
export class LfsContent {
  readonly #git: Git
  #objects: Promise<LfsObjects> | null = null

  constructor(git: Git) {
    this.#git = git
  }

  /** What `bytes` point at: null where that is longer than `maxBytes`, undefined for no pointer and where the content is not here, which is noted under `path`. */
  async behind(bytes: Buffer, path: string, maxBytes: number): Promise<Buffer | null | undefined> {
    if (bytes.length > MAX_POINTER_BYTES || !bytes.subarray(0, 16).equals(START)) return undefined
    this.#objects ??= this.#open()
    const file = (await this.#objects).behind(bytes, path)
    if (file === undefined || file === null) return undefined
    // One character a byte, as the file system has it.
    const name = Buffer.from(file, 'latin1')
    return statSync(name).size > maxBytes ? null : readFileSync(name)
  }

  /** How many files are not here. */
  async problems(): Promise<readonly ScanProblem[]> {
    return this.#objects === null ? [] : (await this.#objects).problems()
  }

  async #open(): Promise<LfsObjects> {
    const { LfsObjects: Objects } = await import('@muster/connectors/secrets')
    const directory = await this.#git.line(['rev-parse', '--path-format=absolute', '--git-common-dir']).catch((error: unknown) => {
      if (isMusterError(error, 'file.unreadable')) return '/nonexistent'
      throw error
    })
    return Objects.at(directory)
  }
}

const START = Buffer.from('version https://')
