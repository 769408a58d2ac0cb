/**
 * The host scan of a tree of ordinary files beside the least that any scanner must do: reading every file (`find | xargs cat`) and
 * searching it for one text (`grep -rl -- '-----BEGIN'`), on the same tree in the same run. Rounds alternate after one that warms
 * the page cache; medians count. The scan also parses what it finds.
 */
import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { createHostConnector, hostOptionsSchema } from '@muster/connectors'
import { systemClock } from '@muster/core'

const ROUNDS = 3
/** On every Debian machine: tens of thousands of small files, text and binary. */
const TREE = '/usr/share'

type Scan = { readonly seconds: number; readonly cpuSeconds: number; readonly files: number; readonly credentials: number }

async function scan(root: string): Promise<Scan> {
  const connector = createHostConnector({
    prober: {
      open: () => {
        throw new Error('no sockets in this bench')
      },
    },
  })
  const context = { clock: systemClock, signal: new AbortController().signal, resumeFrom: null, passphrases: [] }
  const cpu = process.cpuUsage()
  const start = performance.now()
  let files = 0
  let credentials = 0
  for await (const batch of connector.scan(hostOptionsSchema.parse({ roots: [root] }), context)) {
    files = batch.progress.done
    credentials += batch.observations.filter((each) => each.observation === 'sighting' && each.of === 'credential').length
  }
  const { user, system } = process.cpuUsage(cpu)
  return { seconds: (performance.now() - start) / 1000, cpuSeconds: (user + system) / 1e6, files, credentials }
}

/** Wall seconds of a shell command. */
function shell(command: string, root: string): number {
  const start = performance.now()
  execFileSync('sh', ['-c', command, 'sh', root], { stdio: ['ignore', 'ignore', 'ignore'] })
  return (performance.now() - start) / 1000
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!
const rounded = (value: number): number => Number(value.toPrecision(4))

/** Measures the scan of `root` and its references. */
export async function run(root: string = TREE): Promise<Record<string, unknown>> {
  const scans: Scan[] = []
  const cats: number[] = []
  const greps: number[] = []
  for (let round = 0; round <= ROUNDS; round++) {
    const [cat, grep] = [
      shell('find "$1" -type f -print0 | xargs -0 cat > /dev/null || true', root),
      shell('grep -rl -- "-----BEGIN" "$1" || true', root),
    ]
    const scanned = await scan(root)
    if (round === 0) continue
    cats.push(cat)
    greps.push(grep)
    scans.push(scanned)
  }
  const bytes = Number(
    execFileSync('du', ['-sb', '--apparent-size', root], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).split(
      '\t',
    )[0],
  )
  const seconds = median(scans.map((each) => each.seconds))
  const { files, credentials } = scans[0]!
  return {
    bench: 'host',
    tree: root,
    files,
    megabytes: rounded(bytes / 1e6),
    credentials,
    seconds: rounded(seconds),
    cpuSeconds: rounded(median(scans.map((each) => each.cpuSeconds))),
    filesPerSecond: Math.round(files / seconds),
    megabytesPerSecond: rounded(bytes / 1e6 / seconds),
    catSeconds: rounded(median(cats)),
    grepSeconds: rounded(median(greps)),
    ratioToCat: rounded(seconds / median(cats)),
    ratioToGrep: rounded(seconds / median(greps)),
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(JSON.stringify(await run(process.argv[2])))
