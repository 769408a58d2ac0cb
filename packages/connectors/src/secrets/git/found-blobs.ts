import { Secret } from '@muster/core'
import { type FoundSecret, secretDigest } from '@muster/detect/inspect'
import type { CommitFacts, Presence } from '../finding.ts'
import { type BlobPlace, isBefore } from './attribution.ts'

/** A blob that holds something under one of its paths, where the list of blobs has it. */
export type FoundBlob = {
  readonly index: number
  readonly id: string
  readonly path: string | null
  readonly found: readonly FoundSecret[]
  /** What only the path speaks against. */
  readonly doubted: readonly FoundSecret[]
}

/** One value at one path of a repository: as it came in, as it is now. */
export type ValueAtPath = {
  /** In latin-1; of a dangling blob where git keeps it. */
  readonly path: string
  /** Of the oldest blob: what a report of the commit shows. */
  readonly first: { readonly found: FoundSecret; readonly blob: string }
  /** Of the blob that is most present: where the value is now. */
  readonly current: { readonly found: FoundSecret; readonly blob: string }
  readonly commit: CommitFacts | null
  readonly presence: Presence
}

/** Keys are `ID PATH`. */
export type Presences = { readonly head: ReadonlySet<string>; readonly branch: ReadonlySet<string> }

const order: Readonly<Record<Presence, number>> = { head: 0, branch: 1, history: 2 }

type Member = { readonly found: FoundSecret; readonly blob: string; readonly commit: CommitFacts | null; readonly presence: Presence }

/** Brings what the versions of a file hold together by value and path; what an allowlist excepts in the commit that brought it in is left out. */
export function byValueAndPath(blobs: readonly FoundBlob[], places: readonly BlobPlace[], presentIn: Presences): readonly ValueAtPath[] {
  const placesById = Map.groupBy(places, ({ id }) => id)
  const groups = new Map<string, { readonly path: string; readonly members: Member[] }>()
  for (const [id, views] of Map.groupBy(blobs, (blob) => blob.id)) {
    for (const place of placesById.get(id) ?? views.map(({ path }) => ({ id, path: path ?? looseObject(id), commit: null }))) {
      for (const [what, each] of foundAt(place.path, views)) {
        const key = `${place.path}\0${what}`
        const group = groups.get(key) ?? { path: place.path, members: [] }
        groups.set(key, group)
        const at = `${id} ${place.path}`
        for (const found of each) group.members.push({ found, blob: id, commit: place.commit, presence: presentIn.head.has(at) ? 'head' : presentIn.branch.has(at) ? 'branch' : 'history' })
      }
    }
  }
  return [...groups.values()].map(({ path, members }) => {
    const first = members.toSorted(older)[0]!
    const current = members.toSorted((a, b) => order[a.presence] - order[b.presence] || older(b, a))[0]!
    return { path, first, current, commit: first.commit, presence: current.presence }
  }).filter(({ first, commit }) => commit === null || !first.found.exceptedCommits.includes(commit.id))
}

/** What a blob holds at a path, by what it is: what was found under the path itself, and under others what nothing excepts here. */
function foundAt(path: string, views: readonly FoundBlob[]): ReadonlyMap<string, readonly FoundSecret[]> {
  const own = views.find((view) => view.path === path)
  const here = Map.groupBy(own?.found ?? [], whatIsFound)
  if (views.length === (own === undefined ? 0 : 1)) return here
  const excepted = new Set(own?.doubted.map(whatIsFound))
  for (const view of views) {
    if (view === own) continue
    for (const [what, found] of Map.groupBy(view.found.filter((each) => !isOfPathAlone(each)), whatIsFound)) if (!here.has(what) && !excepted.has(what)) here.set(what, found)
  }
  return here
}

/** The same for one value wherever it stands in one file, or in one entry of an archive. */
function whatIsFound(found: FoundSecret): string {
  const { path, reference, secret, ruleId } = found
  const entry = path.indexOf('!')
  return `${entry < 0 ? '' : path.slice(entry)} ${isOfPathAlone(found) ? `path ${ruleId}` : reference === null ? secretDigest(secret) : `${reference.kind} ${reference.name} ${ruleId}`}`
}

const NO_VALUE = secretDigest(Secret.fromText(''))

/** Told by a rule about paths: it holds for the path it was found under and no other. */
function isOfPathAlone({ reference, secret }: FoundSecret): boolean {
  return reference === null && secretDigest(secret) === NO_VALUE
}

/** Where git keeps an object that nothing names. */
function looseObject(id: string): string {
  return `.git/objects/${id.slice(0, 2)}/${id.slice(2)}`
}

function older(a: Member, b: Member): number {
  if (a.commit === null || b.commit === null) return Number(a.commit === null) - Number(b.commit === null)
  if (a.commit.id !== b.commit.id) return isBefore(a.commit, b.commit) ? -1 : 1
  return a.found.line - b.found.line
}
