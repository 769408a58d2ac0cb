import { chmodSync, chownSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { dataDirProblem, makeDataDir } from './data-dir.ts'

const made: string[] = []
afterEach(() => { for (const path of made.splice(0)) rmSync(path, { recursive: true }) })
function directory(): string {
  const path = mkdtempSync(join(tmpdir(), 'muster-data-'))
  made.push(path)
  return path
}
const isRoot = process.getuid?.() === 0

describe('a data directory', () => {
  it('is made for its owner alone', async () => {
    const path = join(directory(), 'a', 'b')
    await makeDataDir(path)
    expect(statSync(path).mode & 0o777).toBe(0o700)
    await makeDataDir(path)
  })

  it('is not taken where others may write, and the message says what to do', async () => {
    const path = directory()
    for (const mode of [0o702, 0o1777, ...(isRoot ? [0o770] : [])]) {
      chmodSync(path, mode)
      await expect(makeDataDir(path)).rejects.toMatchObject({ code: 'config.invalid', message: expect.stringMatching(/may be written by (?:everybody|group \d+), .* chmod go-w/) })
    }
    chmodSync(path, 0o755)
    await makeDataDir(path)
  })

  it('is no file', async () => {
    const path = join(directory(), 'file')
    writeFileSync(path, '')
    await expect(makeDataDir(path)).rejects.toMatchObject({ code: 'config.invalid', message: expect.stringContaining('is no directory') })
  })

  it.skipIf(!isRoot)('of another user is not taken by root', async () => {
    const path = directory()
    chownSync(path, 12_345, 12_345)
    await expect(makeDataDir(path)).rejects.toMatchObject({ code: 'config.invalid', message: expect.stringContaining('belongs to another user (12345)') })
  })
})

describe('whose a directory may be', () => {
  const user = { uid: 1000, gid: 1000, account: null }
  const root = { uid: 0, gid: 0, account: 26 }
  const at = (uid: number, gid: number, mode: number) => ({ uid, gid, mode })

  it('one’s own, root’s, and that of the account the database runs as', () => {
    expect([dataDirProblem(at(1000, 1000, 0o755), user, false), dataDirProblem(at(0, 0, 0o755), user, false), dataDirProblem(at(26, 26, 0o700), root, false)]).toEqual([null, null, null])
    expect(dataDirProblem(at(1001, 1000, 0o755), user, false)).toContain('another user (1001)')
    expect(dataDirProblem(at(1001, 1001, 0o755), root, false)).toContain('another user (1001)')
  })

  it('one that a user’s private group may write, not one of another group', () => {
    expect(dataDirProblem(at(1000, 1000, 0o2775), user, false)).toBeNull()
    expect(dataDirProblem(at(1000, 100, 0o775), { ...user, gid: 100 }, false)).toContain('group 100')
    expect(dataDirProblem(at(0, 0, 0o775), root, false)).toContain('group 0')
  })

  it('volumes of containers: a pod’s group, a scratch volume of all, a directory of the host’s user', () => {
    expect(dataDirProblem(at(0, 2000, 0o2775), { ...user, gid: 1000 }, true)).toBeNull()
    expect(dataDirProblem(at(0, 0, 0o777), user, true)).toBeNull()
    expect(dataDirProblem(at(501, 20, 0o755), root, true)).toBeNull()
    expect(dataDirProblem(at(0, 0, 0o777), root, true)).toBeNull()
    // Not given by anybody with rights: another user's, mounted or not.
    expect(dataDirProblem(at(1001, 1001, 0o777), user, true)).toContain('another user')
  })

  it('what root gave to this process’s group alone, as images for arbitrary users do', () => {
    expect(dataDirProblem(at(0, 0, 0o775), { uid: 1_000_690_000, gid: 0, account: null }, false)).toBeNull()
    expect(dataDirProblem(at(0, 4, 0o775), user, false)).toContain('group 4')
    expect(dataDirProblem(at(0, 0, 0o777), { uid: 1_000_690_000, gid: 0, account: null }, false)).toContain('everybody')
  })
})
