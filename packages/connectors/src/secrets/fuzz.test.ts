import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { scanFuzzTargets } from './fuzz.ts'

it.each(scanFuzzTargets)('$name takes its seeds, cut and with bytes changed', async ({ seeds, run }) => {
  expect(seeds().length).toBeGreaterThan(0)
  const bytes = fc.tuple(fc.constantFrom(...seeds()), fc.nat(8000), fc.integer({ min: 0, max: 255 }), fc.boolean()).map(([seed, at, byte, cut]) => {
    const place = at % (seed.length + 1)
    return cut ? seed.subarray(0, place) : Buffer.concat([seed.subarray(0, place), Buffer.from([byte]), seed.subarray(place + 1)])
  })
  await fc.assert(fc.asyncProperty(bytes, run), { numRuns: 50 })
})
