import type { CommitFacts } from '../finding.ts'
import type { GitProgram } from './program.ts'
import { ended, type GitEnd } from './program.ts'
import type { Presences } from './found-blobs.ts'
import type { Repository } from './repository.ts'

/** A place a blob had in the history, and the oldest commit that put it there. */
export type BlobPlace = { readonly id: string; readonly path: string; readonly commit: CommitFacts | null }

/** With more commits than this, only the paths that are known are followed; a copy under another name is then not seen. */
const MAX_COMMITS = 50_000
const MAX_PATHS = 2000
const MAX_BROUGHT = 200_000
const MARK = '\u0001'
const FORMAT = `--format=${MARK}%H%x00%an%x00%ae%x00%ct%x00%s%x00`
/** The changes of each commit; of merges what differs from all parents: what a merge alone brought in. */
const LOG = ['log', '--raw', '-z', '--no-abbrev', '--no-renames', '--root', '--no-show-signature', '--no-mailmap', '--diff-merges=combined', FORMAT] as const

/** Every path the blobs had, each with the oldest commit that brought the blob there; blobs that no commit names are left out. Paths in latin-1. */
export async function placesOf(git: GitProgram, blobs: readonly { readonly id: string; readonly path: string | null }[], refs: readonly string[]): Promise<readonly BlobPlace[]> {
  if (blobs.length === 0) return []
  const wanted = new Set(blobs.map(({ id }) => id))
  const starts = startsOf(refs)
  const paths = [...new Set(blobs.flatMap(({ path }) => path ?? []))]
  const narrowed = await countOf(git, starts) > MAX_COMMITS && paths.length <= MAX_PATHS
  const args = [...LOG, ...narrowed ? ['--full-history'] : [], ...starts, '--', ...narrowed ? paths : []]
  const places = new Map<string, BlobPlace & { readonly commit: CommitFacts }>()
  await commits(git, args, '', (commit, entries) => {
    for (const { id, path } of entries) {
      if (!wanted.has(id)) continue
      const key = `${id} ${path}`
      const known = places.get(key)
      if (known === undefined || isBefore(commit, known.commit)) places.set(key, { id, path, commit })
    }
  })
  return [...places.values()]
}

/** Blobs at paths that `isWanted` takes, each pair once, newest commit first; none where the history has more commits than are followed. Paths in latin-1. */
export async function blobsAt(git: GitProgram, { refs, since }: { readonly refs: readonly string[]; readonly since: string | null }, isWanted: (path: string) => boolean): Promise<readonly { readonly id: string; readonly path: string }[]> {
  const starts = [...since === null ? [] : [`--since=${since}`], ...startsOf(refs)]
  if (await countOf(git, starts) > MAX_COMMITS) return []
  const found = new Map<string, { readonly id: string; readonly path: string }>()
  await commits(git, [...LOG, ...starts, '--'], '', (_, entries) => {
    for (const { id, path } of entries) if (isWanted(path) && !/^0+$/.test(id)) found.set(`${id} ${path}`, { id, path })
  })
  return [...found.values()]
}

const startsOf = (refs: readonly string[]): readonly string[] => (refs.length > 0 ? ['--end-of-options', ...refs] : ['--all', '--reflog'])

async function countOf(git: GitProgram, starts: readonly string[]): Promise<number> {
  return Number((await git.text(['rev-list', '--count', `--max-count=${MAX_COMMITS + 1}`, ...starts]))?.trim() ?? '0')
}

/** Whether a commit counts as the older one; of two in one second, by their ids, so that the order they are met in does not matter. */
export function isBefore(commit: CommitFacts, other: CommitFacts): boolean {
  return commit.committedAt < other.committedAt || (commit.committedAt === other.committedAt && commit.id < other.id)
}

/** Every blob that a commit of `starts`, or of the revisions in `input`, brings to a path, newest commit first; null when git could not walk them all, or there are very many. */
export async function broughtIn(git: GitProgram, starts: readonly string[], input: string): Promise<readonly (BlobPlace & { readonly commit: CommitFacts })[] | null> {
  const places: (BlobPlace & { readonly commit: CommitFacts })[] = []
  let isAll = true
  const { ok } = await commits(git, [...LOG, ...starts, '--'], input, (commit, entries) => {
    if (places.length > MAX_BROUGHT) isAll = false
    else for (const { id, path } of entries) places.push({ id, path, commit })
  })
  return ok && isAll ? places : null
}

type Entry = { readonly id: string; readonly path: string }

async function commits(git: GitProgram, args: readonly string[], input: string, take: (commit: CommitFacts, entries: readonly Entry[]) => void): Promise<GitEnd> {
  const child = git.start(args.map((arg) => Buffer.from(arg, 'latin1').toString('utf8')))
  const end = ended(child)
  child.stdin.on('error', () => {})
  child.stdin.end(input, 'latin1')
  let rest = ''
  try {
    for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
      const parts = (rest + chunk.toString('latin1')).split(MARK)
      rest = parts.pop() ?? ''
      for (const part of parts) takeCommit(part, take)
    }
  } catch {
    // What was read so far is told.
  }
  takeCommit(rest, take)
  return end
}

function takeCommit(text: string, take: (commit: CommitFacts, entries: readonly Entry[]) => void): void {
  const fields = text.split('\0')
  const commit = commitIn(fields)
  if (commit === null) return
  const entries: Entry[] = []
  for (let i = 5; i + 1 < fields.length; i++) {
    const head = fields[i]!.replace(/^\n+/, '')
    if (!head.startsWith(':')) continue
    // `:MODE MODE ID ID STATUS`, of merges one mode and id more for each parent, led by as many colons; the result's id is the last.
    const result = head.split(' ').at(-2) ?? ''
    entries.push({ id: result, path: fields[i + 1]! })
    i++
  }
  if (entries.length > 0) take(commit, entries)
}

/** The facts of a commit in the order of the fields; null where the first is no id. */
export function commitIn([id = '', authorName = '', authorEmail = '', seconds = '', message = '']: readonly string[]): CommitFacts | null {
  if (!/^[0-9a-f]{40,64}$/.test(id)) return null
  return { id, authorName: clean(authorName), authorEmail: clean(authorEmail), committedAt: instant(seconds), message: clean(message) }
}

function clean(text: string): string {
  // oxlint-disable-next-line no-control-regex
  return Buffer.from(text, 'latin1').toString('utf8').replaceAll(/[\u0000-\u001f\u007f]/g, ' ').trim().slice(0, 256).toWellFormed()
}

function instant(seconds: string): string {
  const value = Math.min(Math.max(Number(seconds) || 0, 0), 253_402_300_799)
  return new Date(value * 1000).toISOString()
}

const MAX_REF_QUESTIONS = 200_000

/** The commits with these ids. */
export async function commitsById(git: GitProgram, ids: readonly string[]): Promise<ReadonlyMap<string, CommitFacts>> {
  const text = ids.length === 0 ? '' : await git.text(['log', '--no-walk=unsorted', '--stdin', '-s', '--no-mailmap', FORMAT], [...new Set(ids)].map((id) => `${id}\n`).join('')) ?? ''
  return new Map(text.split(MARK).flatMap((part) => {
    const commit = commitIn(part.split('\0'))
    return commit === null ? [] : [[commit.id, commit] as const]
  }))
}

/** Which of the places are in the tree of HEAD, and which in that of another ref. Keys are `ID PATH`. */
export async function presencesOf(git: GitProgram, repository: Repository, places: readonly { readonly id: string; readonly path: string }[]): Promise<Presences> {
  const asked = places.filter(({ path }) => !path.includes('\n'))
  const tips = [...new Set(repository.refs.map(({ id }) => id))].filter((id) => id !== repository.head)
  const head = repository.head === null ? new Set<string>() : await presentIn(git, repository.head, asked)
  const branch = new Set<string>()
  let left = MAX_REF_QUESTIONS
  for (const tip of tips) {
    if (left < asked.length) break
    left -= asked.length
    for (const key of await presentIn(git, tip, asked)) branch.add(key)
  }
  return { head, branch }
}

async function presentIn(git: GitProgram, commit: string, places: readonly { readonly id: string; readonly path: string }[]): Promise<Set<string>> {
  const paths = [...new Set(places.map(({ path }) => path))]
  const answer = await git.text(['cat-file', '--batch-check=%(objectname)'], paths.map((path) => `${commit}:${path}\n`).join(''))
  const ids = (answer ?? '').split('\n')
  const idByPath = new Map(paths.map((path, index) => [path, ids[index] ?? '']))
  return new Set(places.filter(({ id, path }) => idByPath.get(path) === id).map(({ id, path }) => `${id} ${path}`))
}
