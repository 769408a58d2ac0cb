import type { Observation, ScanBatch } from '@muster/core'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { partsOf } from './upload.ts'

const machine = (ref: string): Observation => ({ observation: 'sighting', of: 'machine', ref, machineKind: 'device', name: ref, identifiers: [], operatingSystem: null })
const batch = (refs: readonly string[]): ScanBatch => ({
  observations: refs.map(machine), problems: [{ code: 'file.unreadable', where: '/x', message: 'no' }], progress: { done: 1, total: null, unit: 'files', current: '' }, cursor: 'c',
})

it('parts hold every observation once and in order, every problem once, and no more than allowed', () => {
  fc.assert(fc.property(fc.array(fc.string({ maxLength: 300 }), { maxLength: 40 }), fc.integer({ min: 1, max: 3000 }), (refs, maxChars) => {
    const whole = batch(refs)
    const parts = partsOf(whole, maxChars)
    expect(parts.flatMap((part) => part.observations)).toEqual(whole.observations)
    expect(parts.flatMap((part) => part.problems)).toEqual(whole.problems)
    for (const part of parts) expect(part.observations.length === 1 || part.observations.reduce((sum, one) => sum + JSON.stringify(one).length, 0) <= maxChars || part.observations.length === 0).toBe(true)
  }))
})

it('an empty batch is still sent: it carries the progress', () => {
  expect(partsOf(batch([]))).toHaveLength(1)
})
