/**
 * Native scanners that are held beside ours where they are installed: gitleaks (`go install github.com/zricethezav/gitleaks/v8@latest`) and
 * kingfisher (`pip install kingfisher-bin`), looked for on the PATH, in Go's folders for programs and in `~/.local/bin`. Neither asks a provider about anything.
 */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { round } from './loopback.ts'
import { timed } from './whole-process.ts'

/** What a scanner reports of one file. */
export type Reported = { readonly rule: string; readonly secret: string }

/** What a run cost; `finished` is false where it was stopped after {@link LIMIT_SECONDS}. */
export type PeerTime = { readonly seconds: number; readonly cpuSeconds: number; readonly finished: boolean }

type Peer = {
  readonly directory: (directory: string) => readonly string[]
  readonly repository: (repository: string) => readonly string[]
  /** Scans `directory` with everything found written to `report`. */
  readonly reporting: (directory: string, report: string) => readonly string[]
  readonly read: (report: string) => readonly (Reported & { readonly path: string })[]
}

const LIMIT_SECONDS = 300
const KINGFISHER = ['scan', '--no-validate', '--no-update-check', '--jobs', '2']

const peers = {
  gitleaks: {
    directory: (directory) => ['dir', '--no-banner', '--exit-code', '0', directory],
    repository: (repository) => ['git', '--no-banner', '--exit-code', '0', repository],
    reporting: (directory, report) => ['dir', directory, '--no-banner', '--log-level', 'error', '--exit-code', '0', '--max-decode-depth', '3', '--report-format', 'json', '--report-path', report],
    read: (report) => (JSON.parse(report) as { File: string; RuleID: string; Secret: string }[]).map(({ File, RuleID, Secret }) => ({ path: File, rule: RuleID, secret: Secret })),
  },
  kingfisher: {
    directory: (directory) => [...KINGFISHER, '--git-history', 'none', directory],
    repository: (repository) => [...KINGFISHER, '--git-history', 'full', repository],
    reporting: (directory, report) => [...KINGFISHER, '--confidence', 'low', '--git-history', 'none', '--no-dedup', '--format', 'json', '--output', report, directory],
    read: (report) => (JSON.parse(report) as { findings: { rule: { id: string }; finding: { path: string; snippet: string } }[] }).findings.map(({ rule, finding }) => ({ path: finding.path, rule: rule.id, secret: finding.snippet })),
  },
} as const satisfies Record<string, Peer>
export type PeerName = keyof typeof peers
export const peerNames = Object.keys(peers) as readonly PeerName[]

function commandOf(name: PeerName): string | null {
  const folders = [...(process.env['PATH'] ?? '').split(':'), process.env['GOBIN'] ?? '', join(process.env['GOPATH'] ?? join(homedir(), 'go'), 'bin'), join(homedir(), '.local', 'bin')]
  return folders.filter((folder) => folder !== '').map((folder) => join(folder, name)).find((path) => existsSync(path)) ?? null
}

/** What each peer takes for a directory or for a repository with its history; null for those that are not installed. Each runs once before, so that what it keeps on disk is there. */
export function peerTimes(of: 'directory' | 'repository', target: string): Record<PeerName, PeerTime | null> {
  return byName((name) => {
    const command = commandOf(name)
    if (command === null) return null
    const empty = mkdtempSync(join(tmpdir(), 'muster-peers-'))
    timed([command, ...peers[name].directory(empty)])
    rmSync(empty, { recursive: true })
    const { seconds, cpuSeconds } = timed(['timeout', String(LIMIT_SECONDS), command, ...peers[name][of](target)])
    return { seconds: round(seconds, 2), cpuSeconds: round(cpuSeconds, 2), finished: seconds < LIMIT_SECONDS }
  })
}

/** What each peer finds in these files, by path; null for those that are not installed. */
export function peerFindings(files: readonly { readonly path: string; readonly bytes: Uint8Array }[]): Record<PeerName, ReadonlyMap<string, readonly Reported[]> | null> {
  const folder = mkdtempSync(join(tmpdir(), 'muster-quality-'))
  const tree = join(folder, 'files')
  try {
    for (const { path, bytes } of files) {
      mkdirSync(dirname(join(tree, path)), { recursive: true })
      writeFileSync(join(tree, path), bytes)
    }
    return byName((name) => {
      const command = commandOf(name)
      if (command === null) return null
      const report = join(folder, `${name}.json`)
      timed([command, ...peers[name].reporting(tree, report)])
      return Map.groupBy(peers[name].read(readFileSync(report, 'utf8')), ({ path }) => relative(tree, path))
    })
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function byName<Value>(value: (name: PeerName) => Value): Record<PeerName, Value> {
  return Object.fromEntries(peerNames.map((name) => [name, value(name)])) as Record<PeerName, Value>
}
