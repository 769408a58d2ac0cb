import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { extractSecrets, formats } from './formats/index.ts'
import { formatSeeds } from './fuzz-seeds.ts'
import { detectFuzzTargets } from './fuzz.ts'

describe('the seeds of fuzzing', () => {
  it.each(formatSeeds().map((seed) => [seed.format, seed] as const))('of %s hold what their format gives away', (_, { path, text }) => {
    expect(extractSecrets(Buffer.from(text), { path }).found.length).toBeGreaterThan(0)
  })

  it('leave no format out', () => {
    const told = new Set(formatSeeds().flatMap(({ path, text }) => {
      const found = extractSecrets(Buffer.from(text), { path }).found.map(({ format }) => format)
      return found
    }))
    expect(formats.map(({ id }) => id).filter((id) => !told.has(id))).toEqual(['keytab', 'key-file'])
  })
})

describe.each(detectFuzzTargets)('$name', ({ seeds, run }) => {
  it('takes its seeds, cut, doubled and with bytes changed', () => {
    const bytes = fc.tuple(fc.constantFrom(...seeds().map((seed) => Buffer.from(seed))), fc.nat(600), fc.integer({ min: 0, max: 255 }), fc.nat(3)).map(([seed, at, byte, kind]) => {
      const place = at % (seed.length + 1)
      if (kind === 0) return seed.subarray(0, place)
      if (kind === 1) return Buffer.concat([seed.subarray(0, place), seed, seed.subarray(place)])
      return Buffer.concat([seed.subarray(0, place), Buffer.from([byte]), seed.subarray(kind === 2 ? place : place + 1)])
    })
    fc.assert(fc.property(bytes, (input) => { run(input) }), { numRuns: 25 })
  })
})
