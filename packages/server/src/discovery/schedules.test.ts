import { describe, expect, it } from 'vitest'
import { nextRun } from './schedules.ts'

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

  const runs = (cron: string, start: string, count: number) => {
    const times: string[] = []
    for (let at = new Date(start); times.length < count; times.push(at.toISOString())) at = nextRun({ cron, timeZone: 'Europe/Berlin', enabled: true }, at)!
    return times
  }

  it('is once a day where the clock skips its time, and where it strikes it twice', () => {
    expect(runs('30 2 * * *', '2026-03-28T12:00:00Z', 2)).toEqual(['2026-03-29T01:30:00.000Z', '2026-03-30T00:30:00.000Z'])
    expect(runs('30 2 * * *', '2026-10-24T12:00:00Z', 2)).toEqual(['2026-10-25T00:30:00.000Z', '2026-10-26T01:30:00.000Z'])
  })

  it('is every hour of the day that has 25', () => {
    expect(runs('30 * * * *', '2026-10-24T23:00:00Z', 3)).toEqual(['2026-10-24T23:30:00.000Z', '2026-10-25T00:30:00.000Z', '2026-10-25T01:30:00.000Z'])
  })

  it('is none when switched off, and an unreadable expression is refused even then', () => {
    expect(next('0 0 * * *', 'UTC', false)).toBeNull()
    expect(() => next('0 0 * *', 'UTC', false)).toThrow(/five fields/)
  })

  it.each([['61 * * * *', 'UTC'], ['* * * * * *', 'UTC'], ['H * * * *', 'UTC'], ['0 h/4 * * *', 'UTC'], ['0 0 31 2 *', 'UTC'], ['0 0 * * *', 'Mars/Olympus']])('refuses %s in %s', (cron, timeZone) => {
    expect(() => next(cron, timeZone)).toThrow()
  })
})
