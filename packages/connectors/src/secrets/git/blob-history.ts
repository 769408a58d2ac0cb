import type { ScanProblem } from '@muster/core'
import { formatsByPath } from '@muster/detect/inspect'
import { z } from 'zod'
import { displayPath, type RawPath } from '../../local/raw-path.ts'
import { parseJson } from '../cursor.ts'
import type { InspectionPool } from '../inspection-pool.ts'
import { noMemory, type ScanMemory } from '../memory.ts'
import type { SecretsOptions } from '../options.ts'
import { type BlobPlace, blobsAt, commitsById, isBefore, placesOf, presencesOf } from './attribution.ts'
import { type BlobList, headBlobs, listBlobs, type ListedBlob } from './blob-list.ts'
import { scanBlobs, shownPath } from './blob-scan.ts'
import { byValueAndPath, type FoundBlob, type Presences, type ValueAtPath } from './found-blobs.ts'
import type { LfsObjects } from './lfs.ts'
import { PathRules } from './path-rules.ts'
import type { GitProgram } from './program.ts'
import { type Growth, baseOf, growthSince } from './history-growth.ts'
import { type HistoryNote, historyState, noteHistory, recalledHistory } from './history-note.ts'
import type { Repository } from './repository.ts'

export type BlobHistoryParts = {
  readonly git: GitProgram
  readonly repository: Repository
  readonly pool: InspectionPool
  readonly memory: ScanMemory
  readonly ruleSet: string
  readonly options: SecretsOptions
  readonly lfs: LfsObjects
  readonly signal: AbortSignal
}

export type ToldValue = ValueAtPath

/** What a stretch of the blobs gave; values come when their history has been looked up, at the end or when there are very many. */
export type HistoryStretch = {
  readonly values: readonly ToldValue[]
  readonly problems: readonly ScanProblem[]
  readonly position: string
  readonly blobs: number
  readonly total: number
  readonly current: string
  /** Something of the history is not here or could not be read. */
  readonly unread: boolean
}

const positionSchema = z.object({
  /** What tells whether the list of blobs is still the same. */
  state: z.string().max(64),
  next: z.number().int().nonnegative(),
  /** Blobs before `next` that hold something and were not told yet, by their place in the list; read again after a resume. */
  held: z.array(z.number().int().nonnegative()).max(20_000),
  unread: z.boolean(),
})

/** A stretch is given away after this many blobs or bytes. */
const STRETCH_BLOBS = 5000
const STRETCH_BYTES = 128 * 1024 * 1024
/** Found blobs held back for one look into history; more make it look more than once. */
const MAX_HELD = 8000

/** Copies of found blobs that are judged again; at those beyond, what was found under another path counts. */
const MAX_OTHER_PATHS = 20_000

const MAX_KNOWN_PATHS = 200_000

/** Reads every blob of a repository once, and tells of what they hold by value and path. */
export class BlobHistory {
  readonly #parts: BlobHistoryParts
  readonly #places: (BlobPlace & { readonly presence: ValueAtPath['presence'] })[] = []
  readonly #foundBlobs: { readonly id: string; readonly path: string | null }[] = []
  #held: FoundBlob[] = []
  #unread = false
  #slowPath: string | null = null
  #since: { readonly growth: Growth; readonly places: readonly BlobPlace[]; readonly note: HistoryNote } | null = null

  constructor(parts: BlobHistoryParts) {
    this.#parts = parts
  }

  /** What an earlier scan knew, when only what came since was looked at. */
  get since(): HistoryNote | null {
    return this.#since?.note ?? null
  }

  async *run(position: string): AsyncGenerator<HistoryStretch, void, void> {
    const { git, memory, repository, options, signal } = this.#parts
    const state = historyState(this.#parts)
    const note = recalledHistory(memory, this.#parts)
    if (note?.state === state) {
      const remembered = await this.#remembered(state, note)
      if (!signal.aborted) yield remembered
      return
    }
    const base = options.history && options.refs.length === 0 && options.since === null ? await baseOf(git, repository) : null
    const grown = position !== '' || note === null ? null : await this.#grown(state, note)
    let total = grown?.total ?? 0
    // A resumed scan has not seen all of the found blobs.
    let isWhole = true
    if (signal.aborted) return
    if (grown !== null) yield grown
    else {
      const list = await this.#list()
      total = list.blobs.length
      const parsed = positionSchema.safeParse(parseJson(position))
      const from = parsed.success && parsed.data.state === state ? parsed.data : null
      isWhole = from === null
      yield* this.#read(list, state, from)
    }
    // A problem is told anew each time.
    if (signal.aborted || !isWhole || this.#isUnread) return
    noteHistory(memory, this.#parts, { state, total, blobs: this.#foundBlobs, places: this.#places.map(({ id, path, commit, presence }) => ({ id, path, commit: commit?.id ?? null, presence })), base })
  }

  async #list(): Promise<BlobList> {
    const { git, repository, options } = this.#parts
    if (!options.history) return headBlobs(git, repository)
    const list = await listBlobs(git, { idBytes: repository.idBytes, head: repository.head, refs: options.refs, since: options.since })
    return { ...list, blobs: [...list.blobs, ...await this.#named(list)] }
  }

  /** A blob is listed under one path it had. Rules that go by the path see it under every one that they name, formats under one of each kind that they go by. */
  async #named({ blobs }: BlobList): Promise<readonly ListedBlob[]> {
    const { git, options, pool: { ready } } = this.#parts
    const patterns = ready.given ? ready.rules.rules.flatMap(({ path }) => path ?? []) : []
    const rules = new PathRules(patterns)
    const formatsOf = options.formats ? formatsOfPaths() : () => ''
    if (patterns.length === 0 && !options.formats) return []
    const named = await blobsAt(git, options, (path) => formatsOf(path) !== '' || rules.name(path))
    this.#slowPath = rules.tooSlowOn
    const ids = new Set(named.map(({ id }) => id))
    const listed = new Set<string>()
    const readAs = new Set<string>()
    for (const { id, path } of blobs) {
      if (path === null || !ids.has(id)) continue
      listed.add(`${id} ${path}`)
      readAs.add(`${id} ${formatsOf(path)}`)
    }
    return named.filter(({ id, path }) => {
      if (listed.has(`${id} ${path}`)) return false
      const before = readAs.size
      // Added, it is read in these formats here and need not be under a third path.
      const isNewKind = formatsOf(path) !== '' && readAs.add(`${id} ${formatsOf(path)}`).size > before
      return isNewKind || rules.name(path)
    })
  }

  async *#read({ blobs, missing, broken }: BlobList, state: string, from: z.infer<typeof positionSchema> | null): AsyncGenerator<HistoryStretch, void, void> {
    const { git, pool, memory, ruleSet, options, lfs } = this.#parts
    const clean = memory.cleanBlobs(ruleSet)
    const scan = { git, pool, clean, lfs, maxFileBytes: options.maxFileBytes }
    const total = Math.min(blobs.length, options.maxFiles)
    const opening = openingProblems(this.#parts.repository, missing, broken, blobs.length - total)
    const slow: readonly ScanProblem[] = this.#slowPath === null ? [] : [{ code: 'input.timeout', where: displayPath(this.#slowPath as RawPath), message: 'rules about paths took too long on this one; they see one path of each blob' }]
    this.#unread = from?.unread === true || opening.unread || slow.length > 0
    let stretch = { problems: from === null ? [...opening.problems, ...slow] : [], blobs: 0, bytes: 0 }
    for await (const { found } of scanBlobs(scan, blobs, from?.held ?? [])) this.#held.push(...found)
    let next = from?.next ?? 0
    const give = (values: readonly ToldValue[]): HistoryStretch => {
      const given = { values, problems: stretch.problems, blobs: stretch.blobs, total, current: blobs[next - 1] === undefined ? '' : shownPath(blobs[next - 1]!), unread: this.#unread, position: JSON.stringify({ state, next, held: this.#held.map(({ index }) => index), unread: this.#isUnread }) }
      stretch = { problems: [], blobs: 0, bytes: 0 }
      return given
    }
    const indexes = Array.from({ length: Math.max(0, total - next) }, (_, i) => next + i)
    let isCut = false
    for await (const part of scanBlobs(scan, blobs, indexes)) {
      this.#held.push(...part.found)
      this.#unread ||= part.problems.length > 0
      stretch.problems.push(...part.problems)
      isCut ||= part.next === null
      // What was found until the time was up is told; whoever goes on begins before it.
      if (isCut) continue
      stretch.blobs += part.next! - next
      stretch.bytes += part.bytes
      next = part.next!
      if (this.#held.length >= MAX_HELD) yield give(await this.#tell())
      else if (stretch.blobs >= STRETCH_BLOBS || stretch.bytes >= STRETCH_BYTES) {
        clean.save()
        yield give([])
      }
    }
    clean.save()
    if (git.toTheEnd !== null) yield give(await this.#tell())
  }

  /** Whoever goes on from here does not know which pointers had no content. */
  get #isUnread(): boolean {
    return this.#unread || this.#parts.lfs.missing.size > 0
  }

  /** Looks up the history of what is held, and lets go of it. */
  async #tell(): Promise<readonly ToldValue[]> {
    const { repository } = this.#parts
    const git = this.#parts.git.toTheEnd ?? this.#parts.git
    const held = this.#held
    this.#held = []
    const places = await this.#placesOf(git, held)
    const known = new Set(places.map(({ id }) => id))
    const views = [...held, ...await this.#underOtherPaths(held, places)]
    const telling = new Set(views.filter(({ found }) => found.length > 0).map(({ id }) => id))
    const told = views.filter(({ id }) => telling.has(id))
    const all = [...places, ...held.filter(({ id, path }) => path !== null && !known.has(id)).map(({ id, path }) => ({ id, path: path!, commit: null }))].filter(({ id }) => telling.has(id))
    const presences = await presencesOf(git, repository, all)
    this.#foundBlobs.push(...told.map(({ id, path }) => ({ id, path })))
    for (const place of all) this.#places.push({ ...place, presence: presenceOf(presences, place) })
    return byValueAndPath(told, all, presences)
  }

  /** Where the blobs were, and who brought them there; after a scan that looked at what is new alone, from what was known and what came. */
  async #placesOf(git: GitProgram, held: readonly FoundBlob[]): Promise<readonly BlobPlace[]> {
    const { options } = this.#parts
    if (this.#since === null) return placesOf(git, held, options.refs)
    const { growth, places } = this.#since
    const known = new Set(places.map(({ id }) => id))
    // What was there before and held nothing under its other paths.
    const unknown = new Set(held.flatMap(({ id }) => (known.has(id) || growth.isNew(id) ? [] : [id])))
    const all = new Map([...places, ...await placesOf(git, held.filter(({ id }) => unknown.has(id)), [])].map((place) => [`${place.id} ${place.path}`, place]))
    for (const place of growth.brought) {
      const before = all.get(`${place.id} ${place.path}`)?.commit ?? null
      if (before === null || isBefore(place.commit, before)) all.set(`${place.id} ${place.path}`, place)
    }
    const wanted = new Set(held.map(({ id }) => id))
    return [...all.values()].filter(({ id }) => wanted.has(id))
  }

  /** A blob is read under one of its paths; those that hold something are judged under the others too, since rules, formats and exceptions go by paths. */
  async #underOtherPaths(held: readonly FoundBlob[], places: readonly BlobPlace[]): Promise<readonly FoundBlob[]> {
    const { git, pool, lfs, options } = this.#parts
    const judged = new Set(held.map(({ id, path }) => `${id} ${path}`))
    const others = places.filter(({ id, path }) => !judged.has(`${id} ${path}`)).slice(0, MAX_OTHER_PATHS).map(({ id, path }) => ({ id, path }))
    const found: FoundBlob[] = []
    for await (const part of scanBlobs({ git, pool, lfs, clean: noMemory.cleanBlobs(''), maxFileBytes: options.maxFileBytes }, others, others.map((_, index) => index))) found.push(...part.found)
    return found
  }

  /** What came since an earlier scan, and the blobs it found something in, read again; null when all has to be listed. */
  async #grown(state: string, note: HistoryNote): Promise<HistoryStretch | null> {
    const { git, repository, pool, memory, ruleSet, lfs, options } = this.#parts
    const growth = note.base === null ? null : await growthSince(git, repository, note.base)
    if (growth === null || note.total + growth.blobs.length > options.maxFiles) return null
    const commits = await commitsById(git, note.places.flatMap(({ commit }) => commit ?? []))
    // What no commit named is where the repository has it now.
    const places = note.places.flatMap(({ id, path, commit }) => { const facts = commits.get(commit ?? ''); return facts === undefined ? [] : [{ id, path, commit: facts }] })
    const named = new Set([...places, ...growth.blobs].map(({ id }) => id))
    const before = note.blobs.flatMap((blob) => (places.some(({ id }) => id === blob.id) ? [blob] : named.has(blob.id) ? [] : [{ id: blob.id, path: null }]))
    const list = [...new Map([...growth.blobs, ...before].map((blob) => [`${blob.id} ${blob.path}`, blob])).values()]
    const clean = memory.cleanBlobs(ruleSet)
    const problems: ScanProblem[] = []
    for await (const part of scanBlobs({ git, pool, clean, lfs, maxFileBytes: options.maxFileBytes }, list, list.map((_, index) => index))) {
      this.#held.push(...part.found)
      problems.push(...part.problems)
    }
    clean.save()
    this.#unread = problems.length > 0
    this.#since = { growth, places, note }
    const total = note.total + growth.blobs.filter(({ id }) => growth.isNew(id)).length
    return { values: await this.#tell(), problems, blobs: total, total, current: '', unread: this.#unread, position: JSON.stringify({ state, next: total, held: [], unread: this.#isUnread }) }
  }

  /** The blobs an earlier scan of the same objects found something in, read again; the rest is known to hold nothing. */
  async #remembered(state: string, { total, blobs, places }: HistoryNote): Promise<HistoryStretch> {
    const { git, pool, lfs, options } = this.#parts
    const clean = noMemory.cleanBlobs('')
    const problems: ScanProblem[] = []
    for await (const part of scanBlobs({ git, pool, clean, lfs, maxFileBytes: options.maxFileBytes }, blobs, blobs.map((_, index) => index))) {
      this.#held.push(...part.found)
      problems.push(...part.problems)
    }
    const commits = await commitsById(git, places.flatMap(({ commit }) => commit ?? []))
    const keyed = (presence: string) => new Set(places.filter((place) => place.presence === presence).map(({ id, path }) => `${id} ${path}`))
    const values = byValueAndPath(this.#held, places.map(({ id, path, commit }) => ({ id, path, commit: commit === null ? null : commits.get(commit) ?? null })), { head: keyed('head'), branch: keyed('branch') })
    return { values, problems, blobs: total, total, current: '', unread: problems.length > 0, position: JSON.stringify({ state, next: total, held: [], unread: problems.length > 0 }) }
  }
}

/** Which formats a path in latin-1 chooses; most are asked about again and again. */
function formatsOfPaths(): (path: string) => string {
  const known = new Map<string, string>()
  return (path) => {
    const kept = known.get(path)
    if (kept !== undefined) return kept
    const formats = formatsByPath(displayPath(path as RawPath))
    if (known.size < MAX_KNOWN_PATHS) known.set(path, formats)
    return formats
  }
}

function presenceOf({ head, branch }: Presences, { id, path }: { readonly id: string; readonly path: string }): ValueAtPath['presence'] {
  const key = `${id} ${path}`
  return head.has(key) ? 'head' : branch.has(key) ? 'branch' : 'history'
}

/** What is known from the start not to be read. */
function openingProblems({ isShallow, isPartial }: Repository, missing: number, broken: string | null, beyondLimit: number): { readonly problems: readonly ScanProblem[]; readonly unread: boolean } {
  const told: [ScanProblem['code'], string][] = []
  if (isShallow) told.push(['input.limit', 'a shallow clone: older history is not here; fetch it with git fetch --unshallow to have it read'])
  if (missing > 0) told.push(['file.unreadable', isPartial ? `a partial clone: ${missing} objects are not here and are not fetched` : `${missing} objects that the history names are not here`])
  if (broken !== null) told.push(['file.unreadable', `git could not read all of the history: ${broken}`])
  if (beyondLimit > 0) told.push(['input.limit', `${beyondLimit} blobs beyond the limit were not read; raise maxFiles`])
  return { problems: told.map(([code, message]) => ({ code, where: '.git', message })), unread: told.length > 0 }
}
