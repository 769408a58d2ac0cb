import { realpathSync } from 'node:fs'
import { join, normalize } from 'node:path'
import type { SourceFinding } from '@muster/connectors'
import type { FoundSecret } from '@muster/detect/inspect'
import { commitChanges, commitFacts, stagedChanges } from '../git/changes.ts'
import { type Git, gitIn } from '../git/git.ts'
import { LfsContent } from '../git/lfs-content.ts'
import type { CommitFacts } from './leak.ts'
import { scanChanges } from './scan-changes.ts'
import type { Sieve } from './judge.ts'
import type { ChosenRules } from './rule-choice.ts'
import { textInspector } from './text-inspector.ts'
import type { Clock, ScanProblem } from '@muster/core'

/** A finding with the name its file has in reports. */
export type Placed = {
  readonly found: FoundSecret
  readonly file: string
  readonly commit: CommitFacts | null
  readonly gone: boolean
  /** Null outside repositories. */
  readonly repository: string | null
  /** What the inventory knows it by; null where there is none. */
  readonly credential: string | null
  /** What its provider said, where it was asked. */
  readonly verified: string | null
}

/** A finding and where it is for the inventory. */
export type PlacedAt = Placed & { readonly path: string }

/** What looking gave; `complete` false when not everything was looked at. */
export type Collected = { readonly placed: readonly Placed[]; readonly problems: readonly ScanProblem[]; readonly complete: boolean }

const MAX_CONTENT_BYTES = 1024 * 1024 * 1024

/** Standard input. With `isBounded` the signal is heard at once, else when everything was looked at. */
export async function collectStream(bytes: Buffer, { rules, sieve, isBounded, ...how }: Pick<CommitScan, 'rules' | 'sieve' | 'decode' | 'clock' | 'signal'> & { readonly isBounded: boolean }): Promise<Collected> {
  const inspector = await textInspector(rules, { ...how, inThread: isBounded })
  try {
    // A pointer of Git LFS, as git show gives it, means what it points at.
    const lfs = new LfsContent(gitIn('.', how.signal))
    const content = await lfs.behind(bytes, '-', MAX_CONTENT_BYTES)
    const inspection = await inspector.inspect(content ?? bytes, '-')
    if (inspection === null) return { placed: [], problems: [], complete: false }
    const { found } = inspection
    const tooLong: readonly ScanProblem[] = content === null ? [{ code: 'input.limit', where: '-', message: `longer than ${MAX_CONTENT_BYTES} bytes; not looked at` }] : []
    const problems = [...inspection.problems, ...tooLong, ...await lfs.problems()]
    return { placed: found.filter((each) => sieve.lets(each)).map((each) => ({ found: each, file: '', commit: null, gone: false, repository: null, credential: null, verified: null })), problems, complete: problems.length === 0 }
  } finally {
    await inspector.close()
  }
}

export type CommitScan = {
  readonly git: Git
  /** Arguments of `git log`; null for what is staged. */
  readonly selection: readonly string[] | null
  readonly rules: ChosenRules
  readonly decode: boolean
  readonly sieve: Sieve
  readonly maxBytes: number
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly onProgress: (done: number, total: number, path: string) => void
}

/** What chosen commits of a repository, or its index, bring in. */
export async function collectCommits({ git, selection, ...rest }: CommitScan): Promise<Collected> {
  const { introduced, problems, complete } = await scanChanges(selection === null ? await stagedChanges(git) : await commitChanges(git, selection), { git, ...rest })
  const facts = await commitFacts(git, new Set(introduced.flatMap(({ commit }) => (commit === null ? [] : [commit]))))
  return {
    placed: introduced.map(({ found, commit }) => ({ found, file: found.path, commit: commit === null ? null : (facts.get(commit) ?? null), gone: false, repository: null, credential: null, verified: null })),
    problems, complete,
  }
}

/**
 * Findings of the connector as they come: files go by the name of their target as it was given, as gitleaks has it; in repositories and images by their
 * path there, with the target before it where there are `several`.
 */
export function placing(several: boolean): (finding: SourceFinding) => PlacedAt {
  const roots = new Map<string, string>()
  const rootOf = (target: string) => {
    const root = roots.get(target) ?? realpathSync(target)
    roots.set(target, root)
    return root
  }
  return ({ found, source, path, commit, presence }) => ({
    found, path, credential: null, verified: null,
    file: source.kind === 'repository' || source.kind === 'image' ? (several ? `${normalize(source.target)}/${path}` : path) : asGiven(source.target, rootOf(source.target), path),
    commit: commit === null ? null : { id: commit.id, author: commit.authorName, email: commit.authorEmail, date: commit.committedAt.replace('.000Z', 'Z'), message: commit.message },
    gone: presence === 'history' || found.hiddenBy !== null,
    repository: source.kind === 'repository' ? source.target : null,
  })
}

/** Author, author's date and whole message of the commits, as reports of gitleaks have them; what git does not tell stays as it is. */
export async function withWholeCommits(placed: readonly Placed[], signal: AbortSignal): Promise<readonly Placed[]> {
  const whole = new Map<string, CommitFacts>()
  for (const [repository, group] of Map.groupBy(placed, (each) => each.repository)) {
    const ids = new Set(group.flatMap(({ commit }) => (commit === null ? [] : [commit.id])))
    if (repository === null || ids.size === 0 || signal.aborted) continue
    for (const [id, facts] of await commitFacts(gitIn(repository, signal), ids).catch(() => [])) whole.set(id, facts)
  }
  return placed.map((each) => (each.commit === null ? each : { ...each, commit: whole.get(each.commit.id) ?? each.commit }))
}

function asGiven(target: string, root: string, path: string): string {
  if (path === root || path.startsWith(`${root}!`)) return `${normalize(target)}${path.slice(root.length)}`
  const base = root.endsWith('/') ? root : `${root}/`
  return path.startsWith(base) ? join(target, path.slice(base.length)) : path
}
