import type { Observation } from '@muster/core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { PlantedTree } from './planted.testing.ts'
import { coverageOf, takeRoll } from './scan.testing.ts'

const tree = new PlantedTree()
/** Enough files for several batches. */
const DIRECTORIES = 40
const FILES = 250

beforeAll(() => {
  tree.openssl(
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-keyout',
    'key',
    '-out',
    'cert',
    '-days',
    '1',
    '-subj',
    '/CN=x',
  )
  const certificate = tree.read('cert')
  for (let i = 0; i < DIRECTORIES; i++) {
    for (let j = 0; j < FILES; j++) tree.write(`d${i}/sub ${i % 3}/f${j}`, j % 50 === 0 ? certificate : `file ${j}\n`)
  }
  tree.write('broken/x.pem', certificate.subarray(0, 200))
})
afterAll(() => tree.remove())

const texts = (observations: readonly Observation[]): string[] =>
  [...new Set(observations.map((each) => JSON.stringify(each)))].sort()

test('a scan killed after any batch and resumed from its cursor reports exactly what an uninterrupted one does', async () => {
  const whole = await takeRoll({ options: { roots: [tree.root] } })
  expect(whole.batches.length).toBeGreaterThan(3)
  expect(whole.credentials.length).toBe(DIRECTORIES * (FILES / 50) + 2)
  for (let cut = 1; cut < whole.batches.length; cut++) {
    const before = await takeRoll({ options: { roots: [tree.root] }, maxBatches: cut })
    const after = await takeRoll({ options: { roots: [tree.root] }, resumeFrom: before.batches.at(-1)!.cursor })
    expect(texts([...before.observations, ...after.observations]), `cut after ${cut}`).toEqual(texts(whole.observations))
    expect(after.observations[0], 'the machine is introduced again').toMatchObject({ of: 'machine' })
    expect(coverageOf(after, tree.root)?.unread).toEqual([tree.path('broken/x.pem')])
    expect(after.batches.at(-1)!.progress.done).toBe(whole.batches.at(-1)!.progress.done)
    // What was done before the cut is not done again.
    expect(before.credentials.length + after.credentials.length).toBe(whole.credentials.length)
  }
}, 120_000)

test('a cursor of other roots starts over', async () => {
  const other = await takeRoll({ options: { roots: [tree.path('d0')] } })
  const fresh = await takeRoll({ options: { roots: [tree.path('d1')] }, resumeFrom: other.batches.at(-1)!.cursor })
  expect(fresh.credentials.length).toBe(FILES / 50)
})

test('an aborted scan ends without claiming coverage', async () => {
  const controller = new AbortController()
  const pending = takeRoll({ options: { roots: [tree.root] }, signal: controller.signal, maxBatches: 1000 })
  setImmediate(() => controller.abort())
  const cut = await pending
  expect(coverageOf(cut, tree.root)).toBeNull()
  expect(cut.credentials.length).toBeLessThan(DIRECTORIES * (FILES / 50))
})
