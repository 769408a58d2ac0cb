/**
 * Secrets in a whole source tree, by the connector as a scan runs it (walk, two threads, rules, formats, decoders, observations; start-up included), beside
 * ripgrep counting the rules' keywords in the same files with two threads. The tree is the Linux kernel's as Debian packs it (`linux-source-6.1`), unpacked once; without it the largest
 * at hand, the installed packages. Rounds alternate, so that both meet the same load; the claim is about wall time, CPU time is printed beside it.
 *
 * `node bench/secrets-tree.ts [directory]`
 */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { round } from './loopback.ts'
import { type PeerName, peerTimes, type PeerTime } from './secret-peers.ts'
import { type Timed, timed } from './whole-process.ts'

const ROUNDS = 3
const KERNEL = '/usr/src/linux-source-6.1.tar.xz'
const here = fileURLToPath(new URL('.', import.meta.url))

export type SecretsTreeResult = {
  readonly bench: 'secrets-tree'
  readonly tree: string
  readonly files: number
  readonly megabytes: number
  readonly keywords: number
  readonly seconds: number
  readonly cpuSeconds: number
  readonly ripgrepSeconds: number
  readonly ripgrepCpuSeconds: number
  /** Wall time over ripgrep's, median of the rounds. The claim: at most 1.5. */
  readonly ratio: number
  readonly cpuRatio: number
  readonly peers: Record<PeerName, PeerTime | null>
}

/** The kernel's sources, unpacked beside other benches' data the first time. */
export function sourceTree(): { readonly directory: string; readonly name: string } {
  const unpacked = join(tmpdir(), 'muster-bench-linux-6.1')
  if (!existsSync(unpacked) && existsSync(KERNEL)) {
    process.stderr.write('unpacking the kernel sources\n')
    mkdirSync(`${unpacked}.part`, { recursive: true })
    execFileSync('tar', ['-C', `${unpacked}.part`, '--strip-components=1', '-xJf', KERNEL])
    execFileSync('mv', [`${unpacked}.part`, unpacked])
  }
  return existsSync(unpacked) ? { directory: unpacked, name: 'linux-source-6.1' } : { directory: join(here, '..', 'node_modules'), name: 'node_modules' }
}

/** A scan in a process of its own with Node's compile cache, as the command line starts it; the cache is warm. */
export function scanCommand(options: object, memory?: string): readonly string[] {
  const command = ['env', `NODE_COMPILE_CACHE=${join(tmpdir(), 'muster-bench-compiled')}`, process.execPath, join(here, 'secrets-scan.ts')]
  timed([...command, JSON.stringify({ targets: [join(here, 'secrets-scan.ts')] })])
  return [...command, JSON.stringify(options), ...memory === undefined ? [] : [memory]]
}

const middle = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!

export async function run(directory?: string): Promise<SecretsTreeResult> {
  const { defaultRules } = await import('@muster/detect')
  const tree = directory === undefined ? sourceTree() : { directory, name: directory }
  const keywords = [...new Set(defaultRules().rules.flatMap((rule) => rule.keywords))]
  const work = mkdtempSync(join(tmpdir(), 'muster-bench-'))
  const patterns = join(work, 'keywords')
  writeFileSync(patterns, keywords.join('\n'))
  const scan = scanCommand({ targets: [tree.directory], as: 'directory', threads: 2 })
  const ripgrep = ['rg', '-F', '-i', '-c', '-j2', '-uu', '-f', patterns, tree.directory]
  timed(['bash', '-c', `find ${tree.directory} -type f -print0 | xargs -0 cat > /dev/null`])
  const ours: Timed[] = []
  const theirs: Timed[] = []
  for (let i = 0; i < ROUNDS; i++) {
    theirs.push(timed(ripgrep))
    ours.push(timed(scan))
  }
  const { files } = JSON.parse(ours[0]!.output) as { files: number }
  const bytes = Number(execFileSync('bash', ['-c', `find ${tree.directory} -type f -printf '%s\\n' | awk '{ sum += $1 } END { print sum }'`], { encoding: 'utf8' }))
  rmSync(work, { recursive: true })
  return {
    bench: 'secrets-tree', tree: tree.name, files, megabytes: round(bytes / 1e6), keywords: keywords.length,
    seconds: round(middle(ours.map(({ seconds }) => seconds)), 2), cpuSeconds: round(middle(ours.map(({ cpuSeconds }) => cpuSeconds)), 2),
    ripgrepSeconds: round(middle(theirs.map(({ seconds }) => seconds)), 2), ripgrepCpuSeconds: round(middle(theirs.map(({ cpuSeconds }) => cpuSeconds)), 2),
    ratio: round(middle(ours.map(({ seconds }, i) => seconds / theirs[i]!.seconds)), 2), cpuRatio: round(middle(ours.map(({ cpuSeconds }, i) => cpuSeconds / theirs[i]!.cpuSeconds)), 2),
    peers: peerTimes('directory', tree.directory),
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.stdout.write(`${JSON.stringify(await run(process.argv[2]))}\n`)
