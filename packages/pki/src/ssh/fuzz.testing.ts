import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { isMusterError } from '@muster/core'
import type { FuzzTarget } from './fuzz.ts'

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

/** Runs the target; a refusal by MusterError is as good as a result. */
function answers(target: FuzzTarget, bytes: Uint8Array): void {
  try {
    target.run(bytes)
  } catch (error) {
    if (!isMusterError(error)) throw error
  }
}

/** The tests every parser passes: its own seeds, any bytes, damaged seeds. */
export function itAnswersEverything(target: FuzzTarget): void {
  it('reads its own seeds', () => {
    for (const seed of target.seeds()) expect(() => target.run(seed)).not.toThrow()
  })

  it('answers any bytes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => answers(target, bytes)), { numRuns: 300 })
  })

  it('answers damaged input', () => {
    fc.assert(fc.property(mutated(target.seeds()), (bytes) => answers(target, bytes)), { numRuns: 400 })
  })
}
