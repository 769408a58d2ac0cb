import { chmod, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { manualClock, Secret } from '@muster/core'
import { testDatabase } from '@muster/testkit/database'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { installationMigrations, loadInstallationKey, requireMatchingKey } from './installation-key.ts'
import { createSealer } from './seal.ts'

let dataDir: string
beforeEach(async () => { dataDir = join(await mkdtemp(join(tmpdir(), 'muster-key-')), 'data') })
afterEach(() => rm(join(dataDir, '..'), { recursive: true, force: true }))

describe('the installation key', () => {
  it('is made once, 32 bytes that only its owner reads, and found again', async () => {
    const [first, second] = await Promise.all([loadInstallationKey(dataDir), loadInstallationKey(dataDir)])
    expect(first.reveal()).toHaveLength(32)
    expect(second.reveal()).toEqual(first.reveal())
    expect((await stat(join(dataDir, 'installation-key'))).mode & 0o777).toBe(0o600)
    expect((await stat(dataDir)).mode & 0o777).toBe(0o700)
    expect(await readdir(dataDir)).toEqual(['installation-key'])
  })

  it('is not used when others may read it', async () => {
    await loadInstallationKey(dataDir)
    await chmod(join(dataDir, 'installation-key'), 0o640)
    await expect(loadInstallationKey(dataDir)).rejects.toMatchObject({ code: 'config.invalid', message: expect.stringContaining('chmod 600') })
  })

  it.each([0, 31, 33])('is not a file of %i bytes', async (length) => {
    await loadInstallationKey(dataDir)
    await writeFile(join(dataDir, 'installation-key'), new Uint8Array(length))
    await expect(loadInstallationKey(dataDir)).rejects.toMatchObject({ code: 'config.invalid' })
  })
})

describe('requireMatchingKey', () => {
  it('ties the store to the first key it sees and refuses another', async () => {
    const store = await testDatabase({ migrations: installationMigrations })
    try {
      const [mine, other] = [1, 2].map((fill) => createSealer(new Secret(new Uint8Array(32).fill(fill))))
      const clock = manualClock('2026-03-01T00:00:00Z')
      await requireMatchingKey(store.db, mine!, clock, dataDir)
      await requireMatchingKey(store.db, mine!, clock, dataDir)
      await expect(requireMatchingKey(store.db, other!, clock, dataDir)).rejects.toMatchObject({ code: 'config.invalid' })
    } finally {
      await store.close()
    }
  })
})
