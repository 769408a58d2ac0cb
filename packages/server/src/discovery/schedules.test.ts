import { manualClock } from '@muster/core'
import { describe, expect, it } from 'vitest'
import { isDue, nextRun } from './schedules.ts'

const from = new Date('2026-03-28T12:00:00Z')
const next = (cron: string, timeZone = 'UTC', enabled = true) => nextRun({ cron, timeZone, enabled }, from)?.toISOString() ?? null

describe('the next run', () => {
  it('follows the five fields', () => {
    expect(next('30 3 * * *')).toBe('2026-03-29T03:30:00.000Z')
    expect(next('0 12 * * *')).toBe('2026-03-29T12:00:00.000Z')
  })

  it('follows the time zone over the change to summer time', () => {
    expect(next('30 3 * * *', 'Europe/Berlin')).toBe('2026-03-29T01:30:00.000Z')
  })

  it('is none when switched off, and an unreadable expression is refused even then', () => {
    expect(next('0 0 * * *', 'UTC', false)).toBeNull()
    expect(() => next('0 0 * *', 'UTC', false)).toThrow(/five fields/)
  })

  it.each([['61 * * * *', 'UTC'], ['* * * * * *', 'UTC'], ['0 0 * * *', 'Mars/Olympus']])('refuses %s in %s', (cron, timeZone) => {
    expect(() => next(cron, timeZone)).toThrow()
  })
})

it('a schedule is due at its time and stays due until it ran', () => {
  const clock = manualClock('2026-03-29T03:29:59Z')
  const at = new Date('2026-03-29T03:30:00Z')
  expect(isDue(at, clock)).toBe(false)
  clock.advance(1000)
  expect(isDue(at, clock)).toBe(true)
  clock.advance(86_400_000)
  expect(isDue(at, clock)).toBe(true)
  expect(isDue(null, clock)).toBe(false)
})
