import { createHash } from 'node:crypto'
import type { ScanProblem } from '@muster/core'
import { messagePaths } from '@muster/detect/inspect'
import { z } from 'zod'
import { parseJson } from '../cursor.ts'
import type { CommitFacts } from '../finding.ts'
import type { InspectionPool } from '../inspection-pool.ts'
import { commitIn, commitsById } from './attribution.ts'
import { lines } from './blob-list.ts'
import type { BlobHistoryParts } from './blob-history.ts'
import { type HistoryNote, historyKey, historyState } from './history-note.ts'
import { byValueAndPath, type FoundBlob, type ValueAtPath } from './found-blobs.ts'
import { ended, type GitProgram } from './program.ts'

type Message = { readonly id: string; readonly path: string; readonly commit: CommitFacts | null; readonly text: string }

/** Messages are looked at many together, and one by one where something stands in them. */
const BLOCK_BYTES = 64 * 1024
const JOB_BYTES = 2 * 1024 * 1024
const MAX_MESSAGE_BYTES = 1024 * 1024
const MAX_NOTED = 10_000

const noteSchema = z.object({ state: z.string(), ids: z.array(z.string().regex(/^[0-9a-f]{40,64}$/)).max(MAX_NOTED) })

/**
 * What the messages of commits and annotated tags hold, by value; the commit is the one the message is of, or the tagged one. `since`: what an earlier scan knew, when all it knew is
 * still there.
 */
export async function messageValues(parts: Omit<BlobHistoryParts, 'lfs'>, since: HistoryNote | null): Promise<{ readonly values: readonly ValueAtPath[]; readonly problems: readonly ScanProblem[] }> {
  const { git, memory, ruleSet } = parts
  const key = createHash('sha256').update(`messages ${historyKey(parts)}`).digest('hex')
  const state = historyState(parts)
  const { data: noted } = noteSchema.safeParse(parseJson(memory.recall(key) ?? ''))
  const isSame = noted?.state === state
  const chosen: Chosen = isSame ? { ids: noted.ids, without: null } : noted !== undefined && noted.state === since?.state ? { ids: noted.ids, without: since.base!.tips } : { ids: null, without: null }
  const clean = memory.cleanBlobs(ruleSet)
  const found: { readonly message: Message; readonly blob: FoundBlob }[] = []
  const problems: ScanProblem[] = []
  let waiting: Message[] = []
  let bytes = 0
  const look = async (): Promise<void> => {
    const suspects = await suspectsAmong(parts.pool, waiting)
    if (!parts.signal.aborted) for (const message of waiting) if (!suspects.includes(message)) clean.add(cleanId(message))
    const { results } = await inspected(parts.pool, suspects.map((message) => [message]))
    for (const { item, found: inMessage, problems: own } of results) {
      const message = suspects[item]!
      const kept = inMessage.filter(({ suppressedBy, reference }) => suppressedBy === null && reference === null)
      problems.push(...own)
      if (kept.length > 0) found.push({ message, blob: { index: 0, id: message.id, path: message.path, found: kept, doubted: [] } })
    }
    waiting = []
    bytes = 0
  }
  for await (const message of messages(git, parts, chosen)) {
    if (clean.has(cleanId(message))) continue
    waiting.push(message)
    bytes += message.text.length
    if (bytes >= JOB_BYTES) await look()
    if (parts.signal.aborted) break
  }
  await look()
  clean.save()
  if (!isSame && !parts.signal.aborted && found.length <= MAX_NOTED && problems.length === 0) memory.note(key, JSON.stringify({ state, ids: found.flatMap(({ message: { id, path } }) => (path === messagePaths.commit ? [id] : [])) }))
  const places = found.map(({ message: { id, path, commit } }) => ({ id, path, commit }))
  return { values: byValueAndPath(found.map(({ blob }) => blob), places, await reachable(git.toTheEnd ?? git, parts, places)), problems }
}

/** Messages that lie in a block in which anything was found. */
async function suspectsAmong(pool: InspectionPool, all: readonly Message[]): Promise<readonly Message[]> {
  const blocks: Message[][] = []
  let size = BLOCK_BYTES
  for (const message of all) {
    if (size >= BLOCK_BYTES) { blocks.push([]); size = 0 }
    blocks.at(-1)!.push(message)
    size += message.text.length
  }
  const { results } = await inspected(pool, blocks)
  return results.flatMap(({ item }) => blocks[item]!)
}

function inspected(pool: InspectionPool, blocks: readonly (readonly Message[])[]): ReturnType<InspectionPool['do']> {
  let at = 0
  const texts = blocks.map((block) => Buffer.from(block.map(({ text }) => text).join('\n\n\n'), 'latin1'))
  const items = texts.map((text, index) => ({ path: blocks[index]![0]!.path, start: at, end: (at += text.length) }))
  const bytes = new Uint8Array(at)
  for (const [index, text] of texts.entries()) bytes.set(text, items[index]!.start)
  return pool.do({ items, bytes })
}

/** Which commits' messages: those with these ids, and of all others those that nothing in `without` reaches; all when there are no ids. */
type Chosen = { readonly ids: readonly string[] | null; readonly without: readonly string[] | null }

async function* messages(git: GitProgram, { options, repository }: Pick<BlobHistoryParts, 'options' | 'repository'>, { ids, without }: Chosen): AsyncGenerator<Message, void, void> {
  const walks: { readonly args: readonly string[]; readonly input: readonly string[] }[] = []
  if (ids !== null && ids.length > 0) walks.push({ args: ['--no-walk=unsorted', '--stdin'], input: ids })
  if (without !== null) walks.push({ args: ['--all', '--reflog', '--stdin'], input: without.map((id) => `^${id}`) })
  if (ids === null) walks.push({ args: [...options.since === null ? [] : [`--since=${options.since}`], ...options.refs.length > 0 ? ['--end-of-options', ...options.refs] : ['--all', '--reflog']], input: [] })
  for (const { args, input } of walks) {
    for await (const [fields, text] of records(git, ['log', '-z', '-s', '--no-mailmap', '--no-show-signature', '--format=%H%x00%an%x00%ae%x00%ct%x00%s%x00%B', ...args], 6, input.map((line) => `${line}\n`).join(''))) {
      const commit = commitIn(fields)
      if (commit !== null) yield { id: commit.id, path: messagePaths.commit, commit, text }
    }
  }
  if (options.refs.length > 0 || options.since !== null || !repository.refs.some(({ name }) => name.startsWith('refs/tags/'))) return
  const tags: { readonly id: string; readonly of: string; readonly text: string }[] = []
  for await (const [[id = '', type, of = ''], text] of records(git, ['for-each-ref', '--format=%(objectname)%00%(objecttype)%00%(*objectname)%00%(contents)%00', 'refs/tags'], 4, '')) if (type === 'tag') tags.push({ id: id.trim(), of, text })
  const commits = await commitsById(git, tags.flatMap(({ of }) => (/^[0-9a-f]{40,64}$/.test(of) ? [of] : [])))
  for (const { id, of, text } of tags) yield { id, path: messagePaths.tag, commit: commits.get(of) ?? null, text }
}

/** Output of NUL-separated fields, `count` to a record, the last of them a text. */
async function* records(git: GitProgram, args: readonly string[], count: number, input: string): AsyncGenerator<readonly [readonly string[], string], void, void> {
  const child = git.start(args)
  const end = ended(child)
  child.stdin.on('error', () => {})
  child.stdin.end(input, 'latin1')
  let rest = ''
  let fields: string[] = []
  try {
    for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
      const parts = (rest + chunk.toString('latin1')).split('\0')
      rest = parts.pop() ?? ''
      for (const part of parts) {
        fields.push(part)
        if (fields.length < count) continue
        yield [fields, part.slice(0, MAX_MESSAGE_BYTES)]
        fields = []
      }
    }
  } catch {
    // What was read so far is looked at.
  }
  if (fields.length === count - 1) yield [[...fields, rest], rest.slice(0, MAX_MESSAGE_BYTES)]
  await end
}

/** Which of the messages the head reaches, and which any ref does. */
async function reachable(git: GitProgram, { repository }: Pick<BlobHistoryParts, 'repository'>, places: readonly { readonly id: string; readonly path: string; readonly commit: CommitFacts | null }[]) {
  const from = async (starts: readonly string[]): Promise<Set<string>> => {
    const wanted = new Set(places.flatMap(({ commit }) => commit?.id ?? []))
    const reached = new Set<string>()
    if (wanted.size > 0) await lines(git, ['rev-list', ...starts], (line) => { if (wanted.has(line)) reached.add(line) })
    return new Set(places.flatMap(({ id, path, commit }) => (commit !== null && reached.has(commit.id) ? [`${id} ${path}`] : [])))
  }
  return { head: repository.head === null ? new Set<string>() : await from([repository.head]), branch: await from(['--all']) }
}

function cleanId({ id, path }: Message): Buffer {
  return createHash('sha1').update(`${id} ${path}`, 'latin1').digest()
}
