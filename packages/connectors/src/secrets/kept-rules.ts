import { createHash } from 'node:crypto'
import { closeSync, constants, fstatSync, lstatSync, mkdirSync, openSync, readFileSync, renameSync, type Stats, writeFileSync } from 'node:fs'
import { getCompileCacheDir } from 'node:module'
import { join } from 'node:path'
import { deserialize, serialize } from 'node:v8'
import { attempt } from './file-attempt.ts'
import type { ReadyRules } from './ready-rules.ts'

/** More is not kept: rules of that size are somebody's experiment. */
const MAX_BYTES = 32 * 1024 * 1024
const DIGEST_BYTES = 32

/**
 * Rules as they were prepared, in a file beside what V8 compiled of the program. What is not whole, not of this program and these rules, or not of this user alone is as good as none; what cannot be
 * written is not kept.
 */
export type KeptRules = {
  readonly recall: () => ReadyRules | null
  readonly keep: (ready: ReadyRules) => void
}

/** The place for the rules of a configuration: one for the built-in ones, one for those last given. `program`: see `engineStamp`. Null where nothing is to be kept. */
export function keptRules(config: string | null, program: string | null, beside: string | undefined = getCompileCacheDir()): KeptRules | null {
  const user = process.geteuid?.()
  if (beside === undefined || user === undefined || program === null) return null
  const directory = join(beside, 'muster')
  const path = join(directory, config === null ? 'rules' : 'rules-given')
  const about = JSON.stringify(['muster prepared rules', 1, program, process.versions.node, process.versions.v8, process.arch, config])
  const digestOf = (packed: Buffer): Buffer => createHash('sha256').update(`${about}\0`).update(packed).digest()
  const isPrivate = ({ uid, mode }: Stats): boolean => uid === user && (mode & 0o077) === 0
  return {
    recall: () => attempt(() => {
      const file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
      try {
        const stats = fstatSync(file)
        if (!stats.isFile() || !isPrivate(stats) || stats.size > MAX_BYTES) return null
        const bytes = readFileSync(file)
        const packed = bytes.subarray(DIGEST_BYTES)
        // What this program wrote, whole: the digest says so.
        return digestOf(packed).equals(bytes.subarray(0, DIGEST_BYTES)) ? deserialize(packed) as ReadyRules : null
      } finally {
        closeSync(file)
      }
    }) ?? null,
    keep: (ready) => {
      const packed = serialize(ready)
      if (packed.length + DIGEST_BYTES > MAX_BYTES) return
      attempt(() => {
        mkdirSync(directory, { recursive: true, mode: 0o700 })
        const stats = lstatSync(directory)
        if (!stats.isDirectory() || !isPrivate(stats)) return
        const written = `${path}.${process.pid}`
        writeFileSync(written, Buffer.concat([digestOf(packed), packed]), { mode: 0o600, flag: 'wx' })
        renameSync(written, path)
      })
    },
  }
}
