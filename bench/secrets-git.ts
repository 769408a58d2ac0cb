/**
 * Secrets in the history of a repository, by the connector with two threads as the server runs it, git's own CPU time included. Without a network the repository is made: files of the
 * kernel's sources (or of the installed packages) imported by `git fast-import` as commits, every file of a slice changed a few times; credentials are planted in some. It is read twice: as
 * `fast-import` and `git gc` leave it, with most versions whole, and packed anew with `git repack -f`, with versions as deltas of each other, as servers pack what they give to clones. The second
 * run is of the same repository, unchanged, with the memory of the first: the claims are 80 MB of blob text per CPU-second and at most 2 % of the first run.
 *
 * `node bench/secrets-git.ts [megabytes of blob text]` (800)
 */
import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { seededRandom } from '../packages/detect/src/regex/sample.ts'
import { drawExample } from '@muster/detect'
import { round } from './loopback.ts'
import { scanCommand, sourceTree } from './secrets-tree.ts'
import { type PeerName, peerTimes, type PeerTime } from './secret-peers.ts'
import { timed } from './whole-process.ts'

const VERSIONS = 6
const FILES_A_COMMIT = 40
const MAX_FILE_BYTES = 512 * 1024
/** One file in this many gets a credential in one of its versions. */
const PLANTED_EVERY = 400

export type SecretsGitResult = {
  readonly bench: 'secrets-git'
  readonly origin: string
  readonly commits: number
  readonly blobs: number
  readonly megabytes: number
  /** As `fast-import` and `git gc` pack it. */
  readonly imported: Packed
  /** As a clone is packed. */
  readonly packed: Packed
  readonly findings: number
  readonly planted: number
  readonly secondRunSeconds: number
  readonly secondRunCpuSeconds: number
  /** CPU time of the second run over that of the first; the claim: at most 0.02. */
  readonly secondRunShare: number
  /** One commit more with one changed file, then again. */
  readonly afterCommitCpuSeconds: number
  readonly peers: Record<PeerName, PeerTime | null>
}

/** A first run; git's part of its CPU time apart. */
type Packed = {
  readonly packMegabytes: number
  readonly seconds: number
  readonly cpuSeconds: number
  readonly gitCpuSeconds: number
  /** The claim: at least 80. */
  readonly megabytesPerCpuSecond: number
}

function* filesBelow(directory: string): Generator<string> {
  for (const entry of readdirSync(directory, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(directory, entry.name)
    if (entry.isDirectory()) yield* filesBelow(path)
    else if (entry.isFile() && statSync(path).size <= MAX_FILE_BYTES && statSync(path).size > 0) yield path
  }
}

type Made = { readonly commits: number; readonly blobs: number; readonly bytes: number; readonly planted: number }

/** Writes the history into git: each slice of files once, then changed line by line, so that blobs are deltas of each other as in real ones. */
async function build(repository: string, tree: string, wantedBytes: number): Promise<Made> {
  spawnSync('git', ['init', '-q', '-b', 'main', repository])
  const child = spawn('git', ['-C', repository, 'fast-import', '--quiet'], { stdio: ['pipe', 'inherit', 'inherit'] })
  const random = seededRandom(20_240_101)
  const write = async (data: string | Buffer) => { if (!child.stdin.write(data)) await new Promise((resolve) => child.stdin.once('drain', resolve)) }
  let commits = 0
  let blobs = 0
  let bytes = 0
  let planted = 0
  let slice: { readonly name: string; content: Buffer }[] = []
  const commitSlice = async (): Promise<void> => {
    for (let version = 0; version < VERSIONS; version++) {
      await write(`commit refs/heads/main\ncommitter Ann <ann@example.org> ${1_600_000_000 + commits++ * 60} +0000\ndata 1\nx\n`)
      for (const file of slice) {
        if (version > 0) file.content = changed(file.content, random, version)
        let content = file.content
        if (version === 2 && blobs % PLANTED_EVERY < 1) {
          content = Buffer.concat([content, Buffer.from(`\n/* ${drawExample('ghp_«!checksum »', random)} */\n`)])
          planted++
        }
        blobs++
        bytes += content.length
        await write(`M 100644 inline ${file.name}\ndata ${content.length}\n`)
        await write(content)
        await write('\n')
      }
    }
    slice = []
  }
  // From all over the tree, so that no kind of file prevails.
  const paths = [...filesBelow(tree)].map((path) => ({ path, rank: random() })).sort((a, b) => a.rank - b.rank)
  for (const { path } of paths) {
    if (bytes >= wantedBytes) break
    slice.push({ name: path.slice(tree.length + 1).replaceAll(/[^\w./+-]/g, '_'), content: readFileSync(path) })
    if (slice.length === FILES_A_COMMIT) await commitSlice()
  }
  child.stdin.end()
  await new Promise((resolve) => child.once('close', resolve))
  spawnSync('git', ['-C', repository, '-c', 'gc.reflogExpire=now', 'gc', '-q', '--prune=now'])
  return { commits, blobs, bytes, planted }
}

/** The text with a line put in and one left out somewhere. */
function changed(content: Buffer, random: () => number, version: number): Buffer {
  const at = content.indexOf(0x0a, Math.floor(random() * content.length)) + 1
  const next = content.indexOf(0x0a, at) + 1
  return Buffer.concat([content.subarray(0, at), Buffer.from(`\tvalue_${version} = ${Math.floor(random() * 1e9)};\n`), content.subarray(next > at ? next : at)])
}

export async function run(megabytes = 800): Promise<SecretsGitResult> {
  const work = mkdtempSync(join(tmpdir(), 'muster-bench-git-'))
  try {
    const repository = join(work, 'repo')
    const origin = sourceTree()
    const made = await build(repository, origin.directory, megabytes * 1e6)
    const options = { targets: [repository], as: 'repository', threads: 2 }
    const scan = scanCommand(options, join(work, 'memory'))
    const packs = join(repository, '.git/objects/pack')
    const packed = (run: ReturnType<typeof timed>): Packed => ({
      packMegabytes: round(readdirSync(packs).reduce((sum, name) => sum + statSync(join(packs, name)).size, 0) / 1e6), seconds: round(run.seconds, 2), cpuSeconds: round(run.cpuSeconds, 2),
      gitCpuSeconds: round(run.cpuSeconds - (JSON.parse(run.output) as { cpuSeconds: number }).cpuSeconds, 2), megabytesPerCpuSecond: round(made.bytes / 1e6 / run.cpuSeconds),
    })
    const imported = packed(timed(scanCommand(options)))
    spawnSync('git', ['-C', repository, 'repack', '-q', '-a', '-d', '-f'])
    const first = timed(scan)
    const likeClone = packed(first)
    const second = timed(scan)
    spawnSync('git', ['-C', repository, 'read-tree', 'HEAD'])
    spawnSync('bash', ['-c', `cd ${repository} && export GIT_AUTHOR_NAME=A GIT_AUTHOR_EMAIL=a@b GIT_COMMITTER_NAME=A GIT_COMMITTER_EMAIL=a@b; id=$(echo changed | git hash-object -w --stdin); git update-index --add --cacheinfo 100644,$id,new.txt; git update-ref refs/heads/main $(git commit-tree -p HEAD -m more $(git write-tree))`])
    const third = timed(scan)
    const { findings } = JSON.parse(first.output) as { findings: number }
    return {
      bench: 'secrets-git', origin: origin.name, commits: made.commits, blobs: made.blobs, megabytes: round(made.bytes / 1e6), imported, packed: likeClone, findings, planted: made.planted,
      secondRunSeconds: round(second.seconds, 2), secondRunCpuSeconds: round(second.cpuSeconds, 2), secondRunShare: round(second.cpuSeconds / first.cpuSeconds, 3),
      afterCommitCpuSeconds: round(third.cpuSeconds, 2), peers: peerTimes('repository', repository),
    }
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.stdout.write(`${JSON.stringify(await run(Number(process.argv[2] ?? 800)))}\n`)
