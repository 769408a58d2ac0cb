import type { Clock, ScanProblem } from '@muster/core'
import { type FoundSecret, secretDigest } from '@muster/detect/inspect'
import type { Change } from '../git/changes.ts'
import type { Git } from '../git/git.ts'
import { LfsContent } from '../git/lfs-content.ts'
import type { Sieve } from './judge.ts'
import { lengthOf } from './redaction.ts'
import { type TextInspector, textInspector, type TextRules } from './text-inspector.ts'

export type ChangeScan = {
  readonly git: Git
  readonly rules: TextRules
  readonly clock: Clock
  /** Longer blobs are left out, and told as problems. */
  readonly maxBytes: number
  /** Aborted when the time is up. */
  readonly signal: AbortSignal
  readonly sieve: Pick<Sieve, 'lets'>
  readonly decode: boolean
  readonly onProgress: (done: number, total: number, path: string) => void
}

/** A value that a change brings in: it stands in none of the files as they were before. */
export type Introduced = { readonly found: FoundSecret; readonly path: string; readonly commit: string | null }

/** `complete` is false when the time was up before everything was looked at, or a file was not finished. */
export type ChangeScanResult = { readonly introduced: readonly Introduced[]; readonly problems: readonly ScanProblem[]; readonly complete: boolean }

/**
 * Looks at whole files, given oldest change first, so that values over several lines and in archives are found, and takes off what stood in the files before the first of
 * `changes`: an edit beside an old secret, or a move of one, introduces nothing. A value is told once for each file, with the first commit.
 */
export async function scanChanges(changes: readonly Change[], scan: ChangeScan): Promise<ChangeScanResult> {
  const inspector = await textInspector(scan.rules, { ...scan, inThread: false })
  try {
    return await introducedBy(changes, inspector, scan)
  } finally {
    await inspector.close()
  }
}

async function introducedBy(changes: readonly Change[], inspector: TextInspector, scan: ChangeScan): Promise<ChangeScanResult> {
  const blobs = new Map<string, Change[]>()
  for (const change of changes) if (change.blob !== null) blobs.set(change.blob, [...blobs.get(change.blob) ?? [], change])
  const problems: ScanProblem[] = []
  const candidates: Introduced[] = []
  const digests = new Map<Introduced, string>()
  const lfs = new LfsContent(scan.git)
  let done = 0
  let complete = true
  for await (const { id, bytes } of textsOf(scan, lfs, blobs.keys(), (blob) => blobs.get(blob)![0]!.path)) {
    if (scan.signal.aborted) return { introduced: [], problems, complete: false }
    for (const { path, commit } of firstOfPaths(blobs.get(id)!)) {
      scan.onProgress(done, blobs.size, path)
      if (bytes === null) {
        problems.push({ code: 'input.limit', where: path, message: `longer than ${scan.maxBytes} bytes; not looked at` })
        continue
      }
      const inspection = await inspector.inspect(bytes, path)
      if (inspection === null) return { introduced: [], problems, complete: false }
      problems.push(...inspection.problems)
      complete &&= inspection.problems.every(({ code }) => code !== 'input.timeout')
      for (const each of inspection.found) if (scan.sieve.lets(each)) candidates.push({ found: each, path, commit })
    }
    done++
  }
  problems.push(...await lfs.problems())
  if (candidates.length === 0) return { introduced: [], problems, complete }
  for (const candidate of candidates) digests.set(candidate, digestOf(candidate.found))
  const old = await oldDigests(changes, inspector, scan)
  if (old === null) return { introduced: [], problems, complete: false }
  const told = new Set<string>()
  const order = new Map(changes.map(({ commit }, i) => [commit, i]))
  const introduced = candidates.toSorted((a, b) => order.get(a.commit)! - order.get(b.commit)!).filter((candidate) => {
    const digest = digests.get(candidate)!
    const key = `${digest}\0${candidate.found.path}`
    if (old.has(digest) || told.has(key)) return false
    told.add(key)
    return true
  })
  return { introduced, problems, complete }
}

/** Texts of the repository, each that points at content of Git LFS followed by that, under the same id. */
async function* textsOf({ git, maxBytes }: Pick<ChangeScan, 'git' | 'maxBytes'>, lfs: LfsContent, ids: Iterable<string>, pathOf: (id: string) => string): ReturnType<Git['texts']> {
  for await (const text of git.texts(ids, maxBytes)) {
    yield text
    const content = text.bytes === null ? undefined : await lfs.behind(text.bytes, pathOf(text.id), maxBytes)
    if (content !== undefined) yield { id: text.id, bytes: content }
  }
}

/** What stands for a value: the digest of it, or of the path for a rule about paths alone. */
function digestOf({ ruleId, secret, path }: FoundSecret): string {
  return lengthOf(secret) === 0 ? `${ruleId}\0${path}` : secretDigest(secret)
}

/** One change for each path that has the blob: the first. */
function firstOfPaths(changes: readonly Change[]): readonly Change[] {
  return [...new Map(changes.toReversed().map((change) => [change.path, change])).values()]
}

/** Values of the files as they were before any of the changes; null when the time was up. */
async function oldDigests(changes: readonly Change[], inspector: TextInspector, scan: ChangeScan): Promise<ReadonlySet<string> | null> {
  const before = new Map<string, string>()
  const brought = new Set<string>()
  for (const change of changes) {
    for (const id of change.before) if (!brought.has(id)) before.set(id, change.path)
    if (change.blob !== null) brought.add(change.blob)
  }
  const digests = new Set<string>()
  for await (const { id, bytes } of textsOf(scan, new LfsContent(scan.git), before.keys(), (id) => before.get(id)!)) {
    if (bytes === null) continue
    const inspection = await inspector.inspect(bytes, before.get(id)!)
    if (inspection === null) return null
    for (const found of inspection.found) digests.add(digestOf(found))
  }
  return digests
}
