import { Secret } from '@muster/core'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mutate, seededRandom } from './fuzz-mutate.ts'
import { fuzzTargets } from './fuzz.ts'
import { recognise } from './recognise.ts'
import { SEED_PASSPHRASE } from './fuzz-seeds.ts'

describe.each(fuzzTargets)('the $name reader', ({ name, seeds, run }) => {
  const valid = seeds().map((seed) => Buffer.from(seed))

  it('accepts its own seeds', () => {
    if (name === 'recognise') {
      for (const seed of valid) expect(recognise(seed, { passphrases: [Secret.fromText(SEED_PASSPHRASE)] }).findings.length).toBeGreaterThan(0)
    }
    for (const seed of valid) expect(() => run(seed)).not.toThrow()
  })

  it('returns or refuses with a MusterError on arbitrary bytes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => { run(bytes) }), { numRuns: 300 })
  })

  it('returns or refuses with a MusterError on mutated valid inputs, in bounded time', () => {
    const started = performance.now()
    fc.assert(fc.property(fc.constantFrom(...valid), fc.integer(), (seed, randomSeed) => {
      run(mutate(seed, seededRandom(randomSeed)))
    }), { numRuns: 400 })
    expect(performance.now() - started).toBeLessThan(25_000)
  })
})
