import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { describeCron, isTimeZone, nextRun, parseCron } from './cron.ts'

const say = (text: string): string => describeCron(parseCron(text)!)
const next = (text: string, zone: string, now: string): string | undefined => nextRun(parseCron(text)!, zone, new Date(now))?.toISOString()

describe('cron', () => {
  it('is read as a sentence', () => {
    expect(say('15 2 * * *')).toBe('At 02:15 every day')
    expect(say('0 */6 * * 1-5')).toBe('Every 6 hours on Mondays to Fridays')
    expect(say('*/15 * * * *')).toBe('Every 15 minutes')
    expect(say('0 * * * *')).toBe('Every hour on the hour')
    expect(say('30 8,20 1 jan,jul *')).toBe('At 08:30 and 20:30 on day 1 of the month in January and July')
    expect(say('0 0 * * sat,sun')).toBe('At 00:00 on Saturdays and Sundays')
    expect(say('0 0 1 * 1')).toBe('At 00:00 on day 1 of the month and on Mondays')
  })

  it('refuses what it cannot read', () => {
    for (const text of ['', '* * * *', '* * * * * *', '60 * * * *', '* 24 * * *', '* * 0 * *', '* * * 13 *', '* * * * 8', '5-1 * * * *', '*/0 * * * *', '1-2-3 * * * *', '1/2/3 * * * *', 'a * * * *', '@daily']) {
      expect(parseCron(text), text).toBeNull()
    }
    expect(parseCron('0 0 * * 7')?.daysOfWeek).toEqual([0])
  })

  it('finds the next run, strictly after now', () => {
    expect(next('15 2 * * *', 'UTC', '2026-11-22T02:14:59Z')).toBe('2026-11-22T02:15:00.000Z')
    expect(next('15 2 * * *', 'UTC', '2026-11-22T02:15:00Z')).toBe('2026-11-23T02:15:00.000Z')
    expect(next('0 0 29 2 *', 'UTC', '2026-11-22T00:00:00Z')).toBe('2028-02-29T00:00:00.000Z')
    expect(next('0 0 31 2 *', 'UTC', '2026-11-22T00:00:00Z')).toBeUndefined()
  })

  it('reckons in the zone of the schedule, across the change of the clocks', () => {
    expect(next('0 6 * * *', 'Europe/Stockholm', '2026-07-01T12:00:00Z')).toBe('2026-07-02T04:00:00.000Z')
    expect(next('0 6 * * *', 'Europe/Stockholm', '2026-11-22T12:00:00Z')).toBe('2026-11-23T05:00:00.000Z')
    expect(next('0 6 * * *', 'Europe/Stockholm', '2026-10-24T12:00:00Z')).toBe('2026-10-25T05:00:00.000Z')
    expect([isTimeZone('Europe/Stockholm'), isTimeZone('Mars/Olympus')]).toEqual([true, false])
  })

  it('either reads a text or refuses it, and its next run lies in the future', () => {
    const field = fc.constantFrom('*', '*/5', '1', '1-5', '0', '3,7', 'mon', '99', 'x', '*/7')
    fc.assert(
      fc.property(fc.tuple(field, field, field, field, field), (fields) => {
        const cron = parseCron(fields.join(' '))
        if (cron === null) return
        const now = new Date('2026-11-22T12:34:56Z')
        const run = nextRun(cron, 'UTC', now)
        expect(describeCron(cron)).toMatch(/^[A-Z0-9]/)
        if (run !== null) expect(run.getTime()).toBeGreaterThan(now.getTime() - 60_000)
      }),
    )
  })
})
