import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { stripVTControlCharacters } from 'node:util'

const STAMP = '.sources.sha256'
const SKIPPED = new Set(['dist', '.tmp', 'node_modules', 'coverage', 'dev'])

export type WebBuild = {
  /** The web package: `src`, `index.html`, `vite.config.ts`; the result goes to its `dist`. */
  readonly packageDirectory: string
  /** Other directories the application is made from. */
  readonly alsoFrom: readonly string[]
  /** Tells a person what is going on. */
  readonly say: (text: string) => void
  /** Builds `packageDirectory` into the directory; replaced in tests. Default: Vite in a process of its own. */
  readonly build?: (packageDirectory: string, outDirectory: string) => Promise<void>
}

/**
 * The directory of the built application, built first when it is missing or older than its sources (by a hash of them).
 * Two servers that build at once do not disturb each other: each builds aside and puts its result in place at the end.
 */
export async function ensureWebBuilt({ packageDirectory, alsoFrom, say, build = buildWithVite }: WebBuild): Promise<string> {
  const dist = join(packageDirectory, 'dist')
  const wanted = await hashOfSources([packageDirectory, ...alsoFrom])
  const built = await readFile(join(dist, STAMP), 'utf8').catch(() => null)
  if (built === wanted && existsSync(join(dist, 'index.html'))) return dist
  say(built === null ? 'building the web application, once' : 'building the web application: its sources have changed')
  const scratch = join(packageDirectory, '.tmp', `build-${process.pid}`)
  await build(packageDirectory, scratch)
  await writeFile(join(scratch, STAMP), wanted)
  await putInPlace(scratch, dist)
  return dist
}

async function putInPlace(from: string, to: string): Promise<void> {
  const old = `${from}-old`
  await rename(to, old).catch(() => undefined)
  await rename(from, to)
  await rm(old, { recursive: true, force: true })
}

/** SHA-256 over the paths and contents of all source files, lower-case hex. */
async function hashOfSources(directories: readonly string[]): Promise<string> {
  const hash = createHash('sha256')
  for (const directory of directories) {
    const entries = await readdir(directory, { recursive: true, withFileTypes: true })
    const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
    for (const file of files.sort()) {
      const path = relative(directory, file)
      if (path.split(/[/\\]/).some((part) => SKIPPED.has(part)) || /\.test\.\w+$/.test(path)) continue
      hash.update(`${path}\0`).update(await readFile(file))
    }
  }
  return hash.digest('hex')
}

function buildWithVite(packageDirectory: string, outDirectory: string): Promise<void> {
  const entry = fileURLToPath(new URL('web-build-process.ts', import.meta.url))
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [entry, packageDirectory, outDirectory], { stdio: ['ignore', 'ignore', 'pipe'] })
    let complaint = ''
    child.stderr.on('data', (chunk: Buffer) => { complaint = (complaint + chunk.toString()).slice(-4000) })
    child.once('error', reject)
    child.once('close', (code) => (code === 0 ? resolve() : reject(new Error(`the web application does not build:\n${stripVTControlCharacters(complaint)}`))))
  })
}
