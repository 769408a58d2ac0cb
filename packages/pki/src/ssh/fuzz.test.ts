import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isMusterError } from '@muster/core'
import { sshFuzzTargets } from './fuzz.ts'

/** A seed with a few bytes changed, cut or doubled. */
function mutated(seeds: readonly Uint8Array[]): fc.Arbitrary<Uint8Array> {
  const edit = fc.record({ at: fc.nat(10_000), value: fc.nat(255), cut: fc.nat(8) })
  return fc.tuple(fc.constantFrom(...seeds), fc.array(edit, { maxLength: 6 })).map(([seed, edits]) => {
    let bytes = Uint8Array.from(seed)
    for (const { at, value, cut } of edits) {
      const position = at % Math.max(1, bytes.length)
      if (cut === 0) bytes = bytes.slice(0, position)
      else if (cut === 1) bytes = Uint8Array.from([...bytes.subarray(0, position), ...bytes])
      else if (bytes.length > 0) bytes[position] = value
    }
    return bytes
  })
}

describe.each(sshFuzzTargets)('$name', ({ seeds, run }) => {
  const answers = (bytes: Uint8Array): void => {
    try {
      run(bytes)
    } catch (error) {
      if (!isMusterError(error)) throw error
    }
  }

  it('reads its own seeds', () => {
    for (const seed of seeds()) expect(() => run(seed)).not.toThrow()
  })

  it('answers any bytes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), answers), { numRuns: 300 })
  })

  it('answers damaged input', () => {
    fc.assert(fc.property(mutated(seeds()), answers), { numRuns: 400 })
  })
})
