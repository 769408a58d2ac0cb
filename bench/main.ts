/**
 * `npm run bench [NAME…]`: runs the benchmarks one after another. Each compares with a named reference in the same run and
 * ends with one JSON line; all lines are also appended to bench/results/results.ndjson with the date and the machine.
 */
import { appendFileSync, mkdirSync } from 'node:fs'
import { cpus } from 'node:os'
import { join } from 'node:path'

type Bench = () => Promise<unknown> | unknown

/** What each measures, by name; ordered from quick to slow. */
const benches: Readonly<Record<string, () => Promise<Bench>>> = {
  parse: async () => (await import('./parse.ts')).run,
  host: async () => (await import('./host.ts')).run,
  ssh: async () => (await import('./ssh.ts')).run,
  tls: async () => (await import('./tls.ts')).run,
  enumerate: async () => (await import('./enumerate.ts')).run,
  sweep: async () => (await import('./sweep.ts')).run,
  detect: async () => (await import('./detect.ts')).run,
  'detect-quality': async () => (await import('./detect-quality.ts')).run,
  'secrets-tree': async () => (await import('./secrets-tree.ts')).run,
  'secrets-git': async () => (await import('./secrets-git.ts')).run,
  gcd: async () => (await import('./gcd.ts')).run,
  reconcile: async () => (await import('./reconcile.ts')).run,
  inventory: async () => (await import('./inventory.ts')).run,
}

const wanted = process.argv.slice(2)
const unknown = wanted.filter((name) => !(name in benches))
if (unknown.length > 0) {
  process.stderr.write(`there is no benchmark ${unknown.join(', ')}; there are ${Object.keys(benches).join(', ')}\n`)
  process.exit(2)
}

const folder = join(import.meta.dirname, 'results')
mkdirSync(folder, { recursive: true })
let failed = 0
for (const [name, load] of Object.entries(benches)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue
  process.stderr.write(`\n— ${name}\n`)
  try {
    const run = await load()
    const line = JSON.stringify({ bench: name, at: new Date().toISOString(), cpu: cpus()[0]?.model ?? 'unknown', cores: cpus().length, node: process.version, result: await run() })
    process.stdout.write(`${line}\n`)
    appendFileSync(join(folder, 'results.ndjson'), `${line}\n`)
  } catch (error) {
    failed++
    process.stderr.write(`${name} failed: ${error instanceof Error ? error.message : String(error)}\n`)
  }
}
process.exit(failed === 0 ? 0 : 1)
