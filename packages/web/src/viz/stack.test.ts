import { expect, it } from 'vitest'
import { stackOf } from './stack.ts'

it('stacks the worst on top, and counts a missing severity as none', () => {
  const counts = { critical: 1, high: 2, medium: 4, low: 8, info: 16 }
  expect(stackOf([{ day: '2026-11-22', counts }])).toEqual([[1_795_305_600], [31], [30], [28], [24], [16]])
  expect(stackOf([{ day: '2026-11-22', counts: { high: 3 } as typeof counts }])).toEqual([[1_795_305_600], [3], [3], [0], [0], [0]])
  expect(stackOf([])).toEqual([[], [], [], [], [], []])
})
