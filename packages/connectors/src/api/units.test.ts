import type { Observation } from '@muster/core'
import { describe, expect, it } from 'vitest'
import { namedCoverage, sourceSighting } from './parts.ts'
import { type Report, scanUnits, type UnitScan } from './units.ts'

const source = sourceSighting('cluster:1', 'prod')
const coverage = (scope: string, complete = true) => namedCoverage('cluster:1', ['ci-variable'], scope, 'user:a', complete)
const report = (...observations: Observation[]): Report => ({ observations, problems: [] })

async function all(scan: Partial<UnitScan> & Pick<UnitScan, 'units'>) {
  const batches = []
  for await (const batch of scanUnits({ opening: report(), scanId: 's', resumeFrom: null, concurrency: 2, signal: new AbortController().signal, requests: () => 0, ...scan })) batches.push(batch)
  return batches
}

describe('units', () => {
  it('come in their order whichever ends first, and no more than so many at a time', async () => {
    let running = 0
    let most = 0
    const pending: (() => void)[] = []
    const units = ['a', 'b', 'c', 'd'].map((key) => ({ key, run: async () => {
      most = Math.max(most, ++running)
      await new Promise<void>((resolve) => { pending.push(resolve); if (pending.length === 2 || key === 'd' || key === 'c') for (const each of pending.splice(0).toReversed()) each() })
      running--
      return report(coverage(key))
    } }))
    const batches = await all({ units })
    expect(batches.map(({ progress }) => progress.current)).toEqual(['', 'a', 'b', 'c', 'd'])
    expect(most).toBe(2)
  })

  it('of great size are cut, and a resume in between does the whole unit again', async () => {
    const large = Array.from({ length: 25_000 }, () => source)
    const units = [{ key: 'a', run: () => Promise.resolve(report(coverage('a'))) }, { key: 'b', run: () => Promise.resolve(report(...large, coverage('b'))) }]
    const batches = await all({ units })
    expect(batches.map(({ observations }) => observations.length)).toEqual([0, 1, 10_000, 10_000, 5001])
    const rest = await all({ units, resumeFrom: batches[3]!.cursor })
    expect(rest.map(({ observations }) => observations.length)).toEqual([0, 10_000, 10_000, 5001])
    expect(await all({ units, resumeFrom: batches[4]!.cursor })).toMatchObject([{ observations: [] }])
  })

  it('start over where the last one is gone, the cursor is of another scan, or is no cursor', async () => {
    const units = [{ key: 'a', run: () => Promise.resolve(report(coverage('a'))) }]
    for (const resumeFrom of ['{"version":1,"scan":"s","after":"gone","complete":true}', '{"version":1,"scan":"t","after":"a","complete":true}', '{', '7']) {
      expect((await all({ units, resumeFrom })).length).toBe(2)
    }
  })

  it('are closed by a statement about all of them only when each was complete', async () => {
    const closing = report(source, coverage(''))
    const good = { key: 'a', run: () => Promise.resolve(report(coverage('a'))) }
    const bad = { key: 'b', run: () => Promise.resolve(report(coverage('b', false))) }
    expect((await all({ units: [good], closing })).at(-1)!.observations).toEqual(closing.observations)
    const batches = await all({ units: [bad, good], closing })
    expect(batches.length).toBe(3)
    expect((await all({ units: [bad, good], closing, resumeFrom: batches[1]!.cursor })).length).toBe(2)
    expect((await all({ units: [good], closing, opening: { observations: [], problems: [{ code: 'access.denied', where: 'x', message: 'y' }] } })).length).toBe(2)
  })
})
