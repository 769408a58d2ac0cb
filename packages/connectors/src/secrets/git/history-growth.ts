import { broughtIn, type BlobPlace } from './attribution.ts'
import { type ListedBlob, lines, repeatedAt } from './blob-list.ts'
import type { Base } from './history-note.ts'
import type { GitProgram } from './program.ts'
import type { Repository } from './repository.ts'

/** What a repository has more than it had. */
export type Growth = {
  /** Blobs at the paths they have now: new ones, and old ones at other paths than before. */
  readonly blobs: readonly ListedBlob[]
  /** Every blob that a new commit brings to a path, newest commit first. */
  readonly brought: readonly (BlobPlace & { readonly commit: NonNullable<BlobPlace['commit']> })[]
  /** True for an object that was not there before. */
  readonly isNew: (id: string) => boolean
}

const MAX_TIPS = 20_000
const MAX_LOOSE = 50_000
const MAX_BLOBS = 20_000

/** What later scans may go by; null where a repository is not whole or has too much of everything. */
export async function baseOf(git: GitProgram, { facts, isPartial, isShallow }: Repository): Promise<Base | null> {
  if (isPartial || isShallow || facts.loose.length > MAX_LOOSE) return null
  const tips = (await git.text(['rev-list', '--no-walk=unsorted', `--max-count=${MAX_TIPS + 1}`, '--all', '--reflog']))?.split('\n').filter((id) => id !== '')
  return tips === undefined || tips.length > MAX_TIPS ? null : { tips, packs: [...facts.packs], loose: [...facts.loose], graph: facts.graph }
}

/**
 * What came to a repository since; null unless all that was there still is and is reached, only loose objects came, and each blob among them is reached too: then everything has to
 * be listed anew to tell what is left.
 */
export async function growthSince(git: GitProgram, repository: Repository, base: Base): Promise<Growth | null> {
  const { facts, isPartial, isShallow, head, idBytes } = repository
  if (isPartial || isShallow || base.graph !== facts.graph || base.packs.join('\n') !== facts.packs.join('\n')) return null
  const before = new Set(base.loose)
  const now = new Set(facts.loose)
  if (!before.isSubsetOf(now)) return null
  const added = now.difference(before)
  // Commits that nothing names any more: their blobs are now dangling.
  const left = await git.text(['rev-list', '--count', '--max-count=1', '--stdin', '--not', '--all', '--reflog'], base.tips.map((id) => `${id}\n`).join(''))
  if (left?.trim() !== '0') return null
  const without = base.tips.map((id) => `^${id}\n`).join('')
  const blobs = new Map<string, ListedBlob>()
  const note = (blob: ListedBlob): void => { blobs.set(`${blob.id} ${blob.path}`, blob) }
  let missing = 0
  const walked = await lines(git, ['rev-list', '--objects', '--filter=object:type=blob', '--filter-provided-objects', '--missing=print', '--all', '--reflog', '--indexed-objects', '--stdin'], (line) => {
    if (line.startsWith('?')) missing++
    else if (line.length > idBytes * 2 + 1) note({ id: line.slice(0, idBytes * 2), path: line.slice(idBytes * 2 + 1) })
  }, without)
  const brought = await broughtIn(git, ['--all', '--reflog', '--stdin'], without)
  if (!walked.ok || missing > 0 || brought === null) return null
  const listed = new Set([...blobs.values()].map(({ id }) => id))
  for (const { id, path } of brought) if (!isGone(id)) note({ id, path })
  for (const [id, paths] of await repeatedAt(git, head)) for (const path of paths) note({ id, path })
  if (blobs.size > MAX_BLOBS) return null
  const types = await git.text(['cat-file', '--batch-check=%(objecttype) %(objectname)'], [...added].map((id) => `${id}\n`).join(''))
  if (types === null) return null
  for (const line of types.split('\n')) if (line.startsWith('blob ') && !listed.has(line.slice(5))) return null
  return { blobs: [...blobs.values()], brought, isNew: (id) => added.has(id) }
}

/** The id that stands for no object, where a file was taken away. */
const isGone = (id: string): boolean => /^0+$/.test(id)
