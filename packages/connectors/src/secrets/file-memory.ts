import { appendFileSync, chmodSync, closeSync, mkdirSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { attempt } from './file-attempt.ts'
import { ObjectIdSet } from './git/object-ids.ts'
import type { CleanBlobs, ScanMemory } from './memory.ts'

const ID_BYTES = 20
/** A cache that has grown larger starts anew. */
const MAX_BYTES = 512 * 1024 * 1024

/**
 * A memory in files below `directory`, readable by this user alone. A cache that cannot be read or written is as good as none: the scan then reads everything.
 */
export function fileMemory(directory: string): ScanMemory {
  const open = (): void => void attempt(() => mkdirSync(directory, { recursive: true, mode: 0o700 }))
  return {
    cleanBlobs: (ruleSet) => cleanBlobsIn(join(directory, `blobs-${ruleSet.slice(0, 32)}`), open),
    recall: (key) => attempt(() => readFileSync(join(directory, `note-${key}`), 'utf8')),
    note: (key, text) => {
      open()
      attempt(() => {
        const path = join(directory, `note-${key}`)
        writeFileSync(`${path}.${process.pid}`, text, { mode: 0o600 })
        renameSync(`${path}.${process.pid}`, path)
      })
    },
  }
}

function cleanBlobsIn(path: string, open: () => void): CleanBlobs {
  const stored = attempt(() => readFileSync(path)) ?? Buffer.alloc(0)
  const whole = stored.length > MAX_BYTES ? 0 : stored.length - stored.length % ID_BYTES
  const known = new ObjectIdSet(ID_BYTES, whole === 0 ? 1024 : stored.subarray(0, whole))
  let saved = known.size
  if (stored.length > MAX_BYTES || stored.length % ID_BYTES !== 0) attempt(() => writeFileSync(path, known.bytes, { mode: 0o600 }))
  return {
    has: (id) => known.has(id),
    add: (id) => { known.add(id) },
    save: () => {
      if (known.size === saved) return
      open()
      const added = known.bytes.subarray(saved * ID_BYTES)
      const done = attempt(() => {
        closeSync(openSync(path, 'a', 0o600))
        chmodSync(path, 0o600)
        appendFileSync(path, added)
        return true
      })
      if (done === true) saved = known.size
    },
  }
}
