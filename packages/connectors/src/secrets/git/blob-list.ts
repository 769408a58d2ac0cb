import { ended, type GitEnd, type GitProgram } from './program.ts'
import { ObjectIdSet } from './object-ids.ts'
import type { Repository } from './repository.ts'

/** A blob and a path it has or had, as bytes in latin-1; `path` null when no tree that can be reached names it. */
export type ListedBlob = { readonly id: string; readonly path: string | null }

export type BlobList = {
  readonly blobs: readonly ListedBlob[]
  /** Blobs the history names that are not here: promised by a partial clone, or lost. */
  readonly missing: number
  /** What git said when it could not walk all of history, or list all objects; null when it could. */
  readonly broken: string | null
}

export type BlobListOptions = { readonly idBytes: 20 | 32; readonly head: string | null; readonly refs: readonly string[]; readonly since: string | null }

/**
 * Every blob of the repository, once: those of all refs, reflogs and the index in the order of history, newest first, then those that nothing
 * reaches, by id. A blob that the tree of HEAD has at several paths is listed under each. With `refs` or `since` only what these reach, once.
 */
export async function listBlobs(git: GitProgram, { idBytes, head, refs, since }: BlobListOptions): Promise<BlobList> {
  const blobs: ListedBlob[] = []
  const known = new ObjectIdSet(idBytes, 65_536)
  const id = Buffer.alloc(idBytes)
  const bytesOf = (text: string): Buffer => { id.write(text, 0, idBytes, 'hex'); return id }
  const copies = refs.length > 0 || since !== null ? new Map<string, ReadonlySet<string>>() : await repeatedAt(git, head)
  let missing = 0
  const starts = refs.length > 0 ? [...refs] : ['--all', '--reflog', '--indexed-objects']
  const before = since === null ? [] : await commitsBefore(git, starts, since)
  const walked = await lines(git, ['rev-list', '--objects', '--filter=object:type=blob', '--filter-provided-objects', '--missing=print', ...refs.length > 0 ? ['--end-of-options', ...refs] : starts, ...before], (line) => {
    if (line.startsWith('?')) { missing++; return }
    const named = line.slice(0, idBytes * 2)
    const path = line.slice(idBytes * 2 + 1)
    if (path === '' || !known.add(bytesOf(named))) return
    blobs.push({ id: named, path })
    for (const other of copies.get(named) ?? []) if (other !== path) blobs.push({ id: named, path: other })
  })
  if (refs.length > 0 || since !== null) return { blobs, missing, broken: walked.ok ? null : walked.complaint }
  const dangling: string[] = []
  const listed = await lines(git, ['cat-file', '--batch-all-objects', '--unordered', '--batch-check=%(objecttype) %(objectname)'], (line) => {
    if (line.startsWith('blob ') && !known.has(bytesOf(line.slice(5)))) dangling.push(line.slice(5))
  })
  blobs.push(...dangling.sort().map((id) => ({ id, path: null })))
  return { blobs, missing, broken: !walked.ok ? walked.complaint : listed.ok ? null : listed.complaint }
}

/** The blobs of the tree of HEAD alone. */
export async function headBlobs(git: GitProgram, { head }: Pick<Repository, 'head'>): Promise<BlobList> {
  const blobs: ListedBlob[] = []
  const text = head === null ? '' : await git.text(['ls-tree', '-r', '-z', head])
  for (const line of (text ?? '').split('\0')) {
    const entry = /^\d+ blob ([0-9a-f]{40,64})\t([^]+)$/.exec(line)
    if (entry !== null) blobs.push({ id: entry[1]!, path: entry[2]! })
  }
  return { blobs, missing: 0, broken: text === null ? 'the tree of HEAD' : null }
}

/** The paths of each blob that the tree of a commit has more than once; none without a commit. */
export async function repeatedAt(git: GitProgram, head: string | null): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const { blobs } = await headBlobs(git, { head })
  return new Map([...Map.groupBy(blobs, ({ id }) => id)].flatMap(([id, all]) => (all.length < 2 ? [] : [[id, new Set(all.map(({ path }) => path!))] as const])))
}

/** What the history since an instant is cut off from, as arguments of rev-list. */
async function commitsBefore(git: GitProgram, starts: readonly string[], since: string): Promise<string[]> {
  const boundary: string[] = []
  const commits = starts.filter((start) => start !== '--indexed-objects')
  await lines(git, ['rev-list', '--boundary', `--since=${since}`, ...commits], (line) => { if (line.startsWith('-')) boundary.push(`^${line.slice(1)}`) })
  return boundary.slice(0, 5000)
}

/** Calls `take` for each line of a command's output, as latin-1. */
export async function lines(git: GitProgram, args: readonly string[], take: (line: string) => void, input = ''): Promise<GitEnd> {
  const child = git.start(args)
  const end = ended(child)
  child.stdin.on('error', () => {})
  child.stdin.end(input, 'latin1')
  let rest = ''
  try {
    for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
      const text = rest + chunk.toString('latin1')
      let from = 0
      for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', from)) {
        take(text.slice(from, at))
        from = at + 1
      }
      rest = text.slice(from)
    }
  } catch (error) {
    await end
    return { ok: false, complaint: error instanceof Error ? error.name : 'stopped' }
  }
  if (rest !== '') take(rest)
  return end
}
