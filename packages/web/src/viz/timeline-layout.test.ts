import { describe, expect, it } from 'vitest'
import { axisTop, barsOf, positionOf, regimesOf, stepBeyond } from './timeline-layout.ts'

const months = Array.from({ length: 24 }, (_, n) => new Date(Date.UTC(2026, 10 + n, 1)).toISOString().slice(0, 7))
const steps = [
  { from: '2029-03-15T00:00:00Z', maxDays: 47 },
  { from: '2026-03-15T00:00:00Z', maxDays: 200 },
  { from: '2027-03-15T00:00:00Z', maxDays: 100 },
]

describe('the expiry timeline', () => {
  it('ends its axis at a round number that nothing exceeds', () => {
    expect([0, 1, 2, 3, 9, 10, 11, 420, 999_999].map(axisTop)).toEqual([1, 1, 2, 5, 10, 10, 20, 500, 1_000_000])
  })

  it('draws bars of equal width in proportion', () => {
    const { bars, top } = barsOf([{ month: '2026-11', count: 5 }, { month: '2026-12', count: 0 }])
    expect(top).toBe(5)
    expect(bars).toEqual([{ month: '2026-11', count: 5, x: 0, width: 0.5, height: 1 }, { month: '2026-12', count: 0, x: 0.5, width: 0.5, height: 0 }])
    expect(barsOf([])).toEqual({ bars: [], top: 1 })
  })

  it('places instants by month, whatever its length', () => {
    expect(positionOf('2026-11-01T00:00:00Z', months)).toBe(0)
    expect(positionOf('2028-11-01T00:00:00Z', months)).toBe(1)
    expect(positionOf('2027-02-15T00:00:00Z', months)).toBeCloseTo(3.5 / 24, 10)
  })

  it('cuts the validity limits to the months shown (SC-081v3: 200, 100, 47 days)', () => {
    const regimes = regimesOf(steps, months)
    expect(regimes.map((regime) => [regime.maxDays, regime.from])).toEqual([[200, null], [100, '2027-03-15T00:00:00Z']])
    expect(regimes[0]!.x + regimes[0]!.width).toBeCloseTo(regimes[1]!.x, 10)
    expect(regimes[1]!.x + regimes[1]!.width).toBe(1)
    expect(stepBeyond(steps, months)).toEqual({ from: '2029-03-15T00:00:00Z', maxDays: 47 })
  })

  it('shows nothing before the first step is in force', () => {
    expect(regimesOf([{ from: '2040-01-01T00:00:00Z', maxDays: 10 }], months)).toEqual([])
    expect(stepBeyond([], months)).toBeNull()
  })
})
