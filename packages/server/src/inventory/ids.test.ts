import { manualClock } from '@muster/core'
import { expect, it } from 'vitest'
import { orderedIds } from './ids.ts'

it('ids of one batch are version 7, distinct and in order, past the random pool and every byte of the counter', () => {
  const next = orderedIds(manualClock('2026-11-01T00:00:00Z'))
  const ids = Array.from({ length: 70_000 }, next)
  expect(ids.every((id) => /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(id))).toBe(true)
  expect(new Set(ids).size).toBe(ids.length)
  expect([...ids].sort()).toEqual(ids)
})
