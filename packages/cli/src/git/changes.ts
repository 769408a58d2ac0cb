import { MusterError } from '@muster/core'
import { messagePaths } from '@muster/detect/inspect'
import type { CommitFacts } from '../secrets/leak.ts'
import type { Git } from './git.ts'

/** A file that a commit, or what is staged, adds or changes; or a message, under the path that stands for it. */
export type Change = {
  readonly path: string
  /** What it holds now, of a message the commit or tag it is of; null where it was deleted. */
  readonly blob: string | null
  /** What it held before, in each parent. */
  readonly before: readonly string[]
  /** Null for what is staged. */
  readonly commit: string | null
}

const ABSENT = /^0+$/
const SUBMODULE = '160000'

/** What would be committed now: the index beside HEAD, or beside nothing before the first commit. */
export async function stagedChanges(git: Git): Promise<readonly Change[]> {
  const base = await git.test(['rev-parse', '--verify', '--quiet', 'HEAD^{commit}']) ? 'HEAD' : await git.line(['hash-object', '-t', 'tree', '--stdin'])
  return parseRaw(await git.run(['diff-index', '--cached', '--raw', '-r', '-z', '--no-renames', base, '--']))
}

/**
 * What the commits of `selection` (arguments of `git log`) change, oldest first, and then what they say. A merge changes what differs from all its parents; paths behind `--` leave
 * out what else a commit changes.
 *
 * @throws MusterError file.unreadable where git does not understand the selection.
 */
export async function commitChanges(git: Git, selection: readonly string[]): Promise<readonly Change[]> {
  const ids = (await git.line(['log', '--no-show-signature', '--date-order', '--format=%H', ...selection])).split('\n').filter((id) => id !== '')
  if (ids.length === 0) return []
  const oldestFirst = ids.toReversed()
  const paths = selection.includes('--') ? selection.slice(selection.indexOf('--')) : []
  const raw = await git.run(['diff-tree', '--stdin', '--root', '-c', '--raw', '-r', '-z', '--no-renames', ...paths], oldestFirst.map((id) => `${id}\n`).join(''))
  return [...parseRaw(raw), ...oldestFirst.map((id) => ({ path: messagePaths.commit, blob: id, before: [], commit: id }))]
}

/** Author, date and message of commits. */
export async function commitFacts(git: Git, ids: ReadonlySet<string>): Promise<ReadonlyMap<string, CommitFacts>> {
  if (ids.size === 0) return new Map()
  const text = (await git.run(['log', '--no-walk=unsorted', '--stdin', '-z', '--no-show-signature', '--format=%H%n%an%n%ae%n%at%n%B'], [...ids].map((id) => `${id}\n`).join(''))).toString('utf8')
  return new Map(text.split('\0').filter((record) => record !== '').map((record) => {
    const [id = '', author = '', email = '', seconds = '0', ...message] = record.split('\n')
    return [id, { id, author, email, date: new Date(Number(seconds) * 1000).toISOString().replace('.000Z', 'Z'), message: message.join('\n').trim() }]
  }))
}

/**
 * `--raw -z` of diff-index and diff-tree: commit ids, and records of one colon, mode and id for each parent, those of the result, status and path.
 */
export function parseRaw(raw: Buffer): Change[] {
  const fields = raw.toString('utf8').split('\0')
  const changes: Change[] = []
  let commit: string | null = null
  for (let i = 0; i < fields.length - 1; i++) {
    const field = fields[i]!.replace(/^\n/, '')
    if (!field.startsWith(':')) {
      if (!/^[0-9a-f]{40,64}$/.test(field)) throw new MusterError('file.unreadable', 'git tells changes in a form that is not known')
      commit = field
      continue
    }
    const parents = /^:+/.exec(field)![0].length
    const words = field.slice(parents).split(' ')
    const path = fields[++i]!
    if (words.length !== 2 * parents + 3) throw new MusterError('file.unreadable', 'git tells changes in a form that is not known')
    const modes = words.slice(0, parents + 1)
    const ids = words.slice(parents + 1, 2 * parents + 2)
    const present = (k: number) => modes[k] !== SUBMODULE && !ABSENT.test(ids[k]!)
    const before = ids.slice(0, parents).filter((_id, k) => present(k))
    const blob = present(parents) ? ids[parents]! : null
    if (blob !== null || before.length > 0) changes.push({ path, blob, before, commit })
  }
  return changes
}
