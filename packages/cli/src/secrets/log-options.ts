import { MusterError } from '@muster/core'

/** Options of `git log` that choose commits and nothing else. */
const flags: ReadonlySet<string> = new Set(['--all', '--branches', '--tags', '--remotes', '--not', '--merges', '--no-merges', '--first-parent', '--full-history', '--date-order', '--topo-order', '--author-date-order', '--reflog', '-i', '--regexp-ignore-case'])
const withValue: ReadonlySet<string> = new Set(['--branches', '--tags', '--remotes', '--glob', '--exclude', '--since', '--after', '--until', '--before', '--author', '--committer', '--grep', '--max-count', '--skip', '--diff-filter'])

/**
 * The words of `--log-opts`: revisions, ranges, options that choose commits, and paths behind `--`. Quotes hold words together.
 *
 * @throws MusterError usage.invalid for an option that does anything else.
 */
export function logOptions(text: string): readonly string[] {
  const words = [...text.matchAll(/(?:[^\s"']+|"[^"]*"|'[^']*')+/g)].map(([word]) => word.replaceAll(/"([^"]*)"|'([^']*)'/g, (_, double?: string, single?: string) => double ?? single ?? ''))
  const chosen: string[] = []
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!
    if (word === '--') return [...chosen, ...words.slice(i)]
    // What a full report of a commit would show is asked for by scripts and means nothing here.
    if (word === '-p' || word === '--patch' || word === '-U0' || word === '--reverse') continue
    const count = /^(?:-(\d+)|-n(\d+))$/.exec(word)
    const name = word.split('=')[0]!
    if (count !== null) chosen.push(`--max-count=${count[1] ?? count[2]!}`)
    else if (word === '-n') chosen.push(`--max-count=${words[++i] ?? ''}`)
    else if (!word.startsWith('-') || flags.has(word) || (word.includes('=') && withValue.has(name))) chosen.push(word)
    else if (withValue.has(word)) chosen.push(`${word}=${words[++i] ?? ''}`)
    else throw new MusterError('usage.invalid', `--log-opts: ${JSON.stringify(name)} is not supported; it takes revisions, ranges, paths behind --, and ${[...flags, ...withValue].filter((each, k, all) => all.indexOf(each) === k).join(' ')} -n`)
  }
  return chosen
}
