import { createHash } from 'node:crypto'
import { z } from 'zod'
import { parseJson } from '../cursor.ts'
import type { ScanMemory } from '../memory.ts'
import type { SecretsOptions } from '../options.ts'
import type { Repository } from './repository.ts'

const idSchema = z.string().regex(/^[0-9a-f]{40,64}$/)
const noteSchema = z.object({
  state: z.string(),
  total: z.number().int().nonnegative(),
  blobs: z.array(z.object({ id: idSchema, path: z.string().nullable() })).max(100_000),
  places: z.array(z.object({ id: idSchema, path: z.string(), commit: idSchema.nullable(), presence: z.enum(['head', 'branch', 'history']) })).max(500_000),
  base: z.object({ tips: z.array(idSchema), packs: z.array(z.string()), loose: z.array(z.string()), graph: z.string() }).nullable(),
})

/** Where a scan of the history found something, and what the repository was like: as `state` says, and in parts that tell what was added since. */
export type HistoryNote = z.infer<typeof noteSchema>
/** What was there when a scan of the history began. Tips are the commits that refs and reflogs named. */
export type Base = NonNullable<HistoryNote['base']>

type Wishes = { readonly repository: Repository; readonly ruleSet: string; readonly options: SecretsOptions }

/** The note of the last scan of this history with the same rules and wishes; null when there is none. */
export function recalledHistory(memory: ScanMemory, wishes: Wishes): HistoryNote | null {
  const note = noteSchema.safeParse(parseJson(memory.recall(historyKey(wishes)) ?? ''))
  return note.success ? note.data : null
}

export function noteHistory(memory: ScanMemory, wishes: Wishes, note: HistoryNote): void {
  memory.note(historyKey(wishes), JSON.stringify(note))
}

/** What notes about a repository's history are kept under. Lower-case hex. */
export function historyKey({ repository: { directories }, ruleSet, options }: Wishes): string {
  return digestOf(['history', directories.common, directories.own, ruleSet, ...wished(options)])
}

/** The same for the same objects, read with the same rules and wishes. Lower-case hex. */
export function historyState({ repository, ruleSet, options }: Wishes): string {
  return digestOf([repository.facts.digest, ruleSet, ...wished(options)])
}

const wished = ({ refs, since, history, maxFileBytes, maxFiles }: SecretsOptions): readonly unknown[] => [refs, since, history, maxFileBytes, maxFiles]

function digestOf(parts: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex')
}
