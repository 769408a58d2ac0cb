import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Key } from '@muster/core'
import { importBlocklist } from '@muster/pki'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { listedIn, loadKeyLists } from './key-lists.ts'

const spki = 'ab'.repeat(32)
const key: Key = {
  kind: 'private-key', fingerprint: spki, spkiSha256: spki, sshFingerprint: null, hardwareBacked: false,
  key: { algorithm: 'ed25519', sizeBits: 256, curve: null, rsaExponent: null, rsaModulus: null },
}
const other = { ...key, spkiSha256: 'cd'.repeat(32) }
const messages: unknown[] = []
const log = { error: (fields: Record<string, unknown>) => { messages.push(fields) } }
let directory: string

beforeAll(async () => { directory = await mkdtemp(join(tmpdir(), 'muster-lists-')) })
afterAll(() => rm(directory, { recursive: true, force: true }))

it('reads text and compact lists, says what it cannot use, and leaves other files alone', async () => {
  await writeFile(join(directory, 'spki-sha256.leaked.txt'), `# keys\n${spki}\n`)
  await writeFile(join(directory, 'own.keys'), importBlocklist(`${spki}\n`, 'spki-sha256').encode())
  await writeFile(join(directory, 'spki-sha256.broken.txt'), 'not hex\n')
  await writeFile(join(directory, 'README'), 'nothing')
  const lists = await loadKeyLists(directory, log)
  expect(lists.map((list) => list.name)).toEqual(['own.keys', 'spki-sha256.leaked.txt'])
  expect(messages).toHaveLength(1)
  expect(listedIn(key, lists)).toEqual([{ reason: 'blocklisted', note: 'own.keys' }, { reason: 'blocklisted', note: 'spki-sha256.leaked.txt' }])
  expect(listedIn(other, lists)).toEqual([])
})

it('no directory means no lists', async () => {
  expect(await loadKeyLists(join(directory, 'missing'), log)).toEqual([])
})
