import { createHash, randomBytes } from 'node:crypto'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { rawPath } from '../../local/raw-path.ts'
import { githubToken, plant, scanSecretsIn, seen } from '../scan.testing.ts'
import { type BlobLoad, readBlobs } from './blob-reader.ts'
import { commit, git, newRepository } from './git.testing.ts'
import { ended, type GitEnd, GitProgram } from './program.ts'

let root = ''
let repo = ''
beforeEach(() => {
  ;({ root, repo } = newRepository())
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

const program = () => new GitProgram('git', rawPath(repo), new AbortController().signal)
const digest = (bytes: Uint8Array) => createHash('sha1').update(bytes).digest('hex')
function written(content: Uint8Array): string {
  writeFileSync(join(root, 'content'), content)
  return git(repo, 'hash-object', '-w', join(root, 'content')).trim()
}

it('blobs of any length come whole and in order, and memory is used again only when it was given back', async () => {
  const MIB = 1024 * 1024
  const sizes = [0, 1, 6 * MIB, 5, 7 * MIB, 6 * MIB - 1, 2 * MIB, 3 * MIB, 2 * MIB, 0, ...Array.from({ length: 40 }, (_, i) => i * 4111)]
  const contents = sizes.map((size) => randomBytes(size))
  const ids = contents.map(written)
  const commitId = commit(repo, 'one')
  const asked = [...ids, '0'.repeat(40), commitId, ...ids]
  const held: BlobLoad[] = []
  for await (const load of readBlobs(program(), asked, 6.5 * MIB)) held.push(load)
  expect(new Set(held.map(({ bytes }) => bytes.buffer)).size).toBe(held.length)
  const readings = held.flatMap(({ readings: own, bytes }) => own.map((reading) => (reading.outcome === 'read' ? [reading.id, reading.sizeBytes, digest(bytes.subarray(reading.start, reading.end))] : [reading.id, reading.why])))
  const whole = ids.map((id, i) => [id, sizes[i], digest(contents[i]!.subarray(0, 6.5 * MIB))])
  expect(readings).toEqual([...whole, ['0'.repeat(40), 'the object is missing'], [commitId, 'the object is no blob'], ...whole])
  const buffers = new Set<ArrayBufferLike>()
  let small = 0
  for await (const { bytes, readings: own, release } of readBlobs(program(), asked, MIB)) {
    buffers.add(bytes.buffer)
    small += own.length
    release()
  }
  expect([small, buffers.size]).toEqual([asked.length, 1])
})

it('stopped early it ends git', async () => {
  const ids = Array.from({ length: 30 }, () => written(randomBytes(1024 * 1024)))
  const git = program()
  const ends: Promise<GitEnd>[] = []
  const start = git.startInto.bind(git)
  git.startInto = (...args) => { const child = start(...args); ends.push(ended(child)); return child }
  for await (const { readings } of readBlobs(git, ids, 1e9)) { expect(readings.length).toBe(6); break }
  expect((await Promise.all(ends)).map(({ ok }) => ok)).toEqual([false])
})

it('packed and otherwise encoded files are opened in history as they are in a tree', async () => {
  const [zipped, wide] = [githubToken(), githubToken()]
  plant(repo, { 'a.txt.gz': gzipSync(`${zipped}\n`), 'b.txt': Buffer.from(`\uFEFF${wide}\n`, 'utf16le') })
  commit(repo, 'one')
  const found = (outcome: Awaited<ReturnType<typeof scanSecretsIn>>) => seen(outcome).map((line) => line.split(' ')[1]).sort()
  expect(found(await scanSecretsIn(repo))).toEqual([zipped, wide].sort())
  expect(found(await scanSecretsIn(repo, { history: false }))).toEqual([zipped, wide].sort())
})

it('several threads find what one finds, in the same order', async () => {
  const lines = 'nothing to be seen here\n'.repeat(200_000)
  plant(repo, Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`${i}.txt`, `${i}\n${lines}${githubToken()}\n`])))
  commit(repo, 'one')
  const alone = await scanSecretsIn(repo)
  const shared = await scanSecretsIn(repo, { threads: 2 })
  expect(seen(alone).length).toBe(12)
  expect([shared.observations, shared.problems]).toEqual([alone.observations, []])
})
