/**
 * Recall and precision on a labelled corpus made for the run from a seed, per kind of credential and per sort of what holds none, and of gitleaks and
 * kingfisher on the same files where they are installed (see secret-peers.ts).
 *
 * `node bench/detect-quality.ts [seed] [--all]`: `--all` prints every kind and sort, not only those that are not perfect.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { compileConfig, defaultRules, FileInspector } from '@muster/detect'
import { corpus, type CorpusFile } from './detect-corpus.ts'
import { round } from './loopback.ts'
import { peerFindings, type PeerName, peerNames, type Reported } from './secret-peers.ts'

type Score = { found: number; all: number }

export type QualityResult = {
  readonly bench: 'detect-quality'
  readonly seed: number
  readonly positives: number
  readonly negatives: number
  readonly recall: number
  readonly precision: number
  /** How many of gitleaks' own rules compile as they are, and those that are refused for their worst case; null where its module is not there. */
  readonly gitleaksRules: { readonly taken: number; readonly refused: readonly string[] } | null
  /** Null for those that are not installed. */
  readonly peers: Record<PeerName, { readonly recall: number; readonly precision: number } | null>
}

const inspector = new FileInspector(defaultRules())

function ours({ bytes, path }: CorpusFile): Reported[] {
  return inspector.inspect({ bytes, path }).found.filter(({ suppressedBy, reference }) => suppressedBy === null && reference === null).map(({ ruleId, secret }) => ({ rule: ruleId, secret: secret.revealText() }))
}

/** Compiles each rule of gitleaks' own configuration, out of the Go module cache. */
function gitleaksRules(): QualityResult['gitleaksRules'] {
  const modules = join(process.env['GOMODCACHE'] ?? join(process.env['GOPATH'] ?? join(homedir(), 'go'), 'pkg', 'mod'), 'github.com', 'zricethezav', 'gitleaks')
  const newest = existsSync(modules) ? readdirSync(modules).filter((name) => name.startsWith('v8@')).sort().at(-1) : undefined
  if (newest === undefined) return null
  const rules = readFileSync(join(modules, newest, 'config', 'gitleaks.toml'), 'utf8').split(/(?=^\[\[rules\]\])/m).slice(1)
  const refused = rules.flatMap((text) => {
    try {
      compileConfig(text)
      return []
    } catch (error) {
      return [error instanceof Error ? error.message.slice(0, 160) : 'unreadable']
    }
  })
  return { taken: rules.length - refused.length, refused }
}

const meets = (secret: string, needle: string) => secret.length > 0 && (secret.includes(needle) || (needle.includes(secret) && secret.length * 2 > needle.length))

/** Forms a scanner may report a value in: as written, or decoded. */
function formsOf(needle: string): string[] {
  const decoded = /^[A-Za-z0-9+/]+={0,2}$/.test(needle) ? [Buffer.from(needle, 'base64').toString()] : []
  const text = (() => { try { return [decodeURIComponent(needle)] } catch { return [] } })()
  return [needle, ...decoded, ...text, needle.replaceAll('&amp;', '&'), needle.replaceAll(/\\(.)/g, '$1')]
}

type Tally = { readonly kinds: Map<string, Score>; readonly places: Map<string, Score>; readonly sorts: Map<string, Score>; readonly blamed: Map<string, number>; truths: number; false: number }

function judge(files: readonly CorpusFile[], reportedIn: (file: CorpusFile) => readonly Reported[]): Tally {
  const tally: Tally = { kinds: new Map(), places: new Map(), sorts: new Map(), blamed: new Map(), truths: 0, false: 0 }
  const count = (scores: Map<string, Score>, name: string, found: number, all: number) => {
    const score = scores.get(name) ?? { found: 0, all: 0 }
    scores.set(name, { found: score.found + found, all: score.all + all })
  }
  for (const file of files) {
    const reported = reportedIn(file)
    for (const { kind, place, needle } of file.labels) {
      const found = Number(reported.some(({ secret }) => formsOf(needle).some((form) => meets(secret, form) || Buffer.from(secret, 'base64').toString().includes(form))))
      tally.truths += found
      count(tally.kinds, kind, found, 1)
      count(tally.places, place, found, 1)
    }
    if (file.sort === null) continue
    const values = new Set(reported.map(({ secret }) => secret))
    tally.false += values.size
    count(tally.sorts, file.sort, values.size, file.items)
    for (const { rule } of reported) tally.blamed.set(`${file.sort} by ${rule}`, (tally.blamed.get(`${file.sort} by ${rule}`) ?? 0) + 1)
  }
  return tally
}

const share = (scores: Map<string, Score>) => [...scores.values()].reduce((sum, { found }) => sum + found, 0) / Math.max(1, [...scores.values()].reduce((sum, { all }) => sum + all, 0))

function print(name: string, tally: Tally, all: boolean): void {
  const lines = (title: string, scores: Map<string, Score>, perfect: (score: Score) => boolean) => {
    const shown = [...scores].filter(([, score]) => all || !perfect(score))
    process.stderr.write(`${name}: ${title} (${scores.size}, ${shown.length} shown)\n${shown.map(([id, { found, all: of }]) => `  ${id}: ${found}/${of}\n`).join('')}`)
  }
  lines('found, by kind', tally.kinds, ({ found, all: of }) => found === of)
  lines('found, by surroundings', tally.places, ({ found, all: of }) => found === of)
  lines('false findings, by what was taken for a credential', tally.sorts, ({ found }) => found === 0)
  process.stderr.write([...tally.blamed].sort((a, b) => b[1] - a[1]).slice(0, all ? 1_000 : 40).map(([what, times]) => `  ${what}: ${times}\n`).join(''))
}

export function run(seed = 1, all = false): QualityResult {
  const files = corpus(seed)
  const mine = judge(files, ours)
  print('muster', mine, all)
  const reported = peerFindings(files)
  const scores = (tally: Tally) => ({ recall: round(share(tally.kinds), 4), precision: round(tally.truths / Math.max(1, tally.truths + tally.false), 4) })
  const peers = Object.fromEntries(peerNames.map((name) => {
    const found = reported[name]
    if (found === null) process.stderr.write(`${name} is not installed: not compared\n`)
    const theirs = found === null ? null : judge(files, ({ path }) => found.get(path) ?? [])
    if (theirs !== null && all) print(name, theirs, all)
    return [name, theirs === null ? null : scores(theirs)]
  })) as QualityResult['peers']
  return {
    bench: 'detect-quality', seed, positives: files.reduce((sum, { labels }) => sum + labels.length, 0), negatives: files.reduce((sum, { sort, items }) => sum + (sort === null ? 0 : items), 0),
    ...scores(mine), gitleaksRules: gitleaksRules(), peers,
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.stdout.write(`${JSON.stringify(run(Number(process.argv[2] ?? 1), process.argv.includes('--all')))}\n`)
