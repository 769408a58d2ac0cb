import { describe, expect, it } from 'vitest'
import { durationText, elapsedShare, expiryOf, expiryText, momentOf, relativeTime, spanOf } from './dates.ts'

const now = new Date('2026-11-22T12:00:00Z')
const after = (ms: number): string => new Date(now.getTime() + ms).toISOString()
const DAY = 86_400_000

describe('expiry', () => {
  it('counts the notAfter second itself as valid (RFC 5280 §4.1.2.5)', () => {
    expect(expiryOf(after(1000), now)).toBe('urgent')
    expect(expiryOf(after(0), now)).toBe('urgent')
    expect(expiryOf(after(-1), now)).toBe('expired')
  })

  it('changes level exactly at 7 and 30 days', () => {
    expect([7 * DAY - 1, 7 * DAY].map((ms) => expiryOf(after(ms), now))).toEqual(['urgent', 'soon'])
    expect([30 * DAY - 1, 30 * DAY].map((ms) => expiryOf(after(ms), now))).toEqual(['soon', 'fine'])
  })

  it('is due in the last third of a short life, urgent in the last ninth', () => {
    const of = (left: number) => expiryOf(after(left), now, after(left - 9 * DAY))
    expect([3 * DAY, 3 * DAY - 1000, DAY, DAY - 1000].map(of)).toEqual(['fine', 'soon', 'soon', 'urgent'])
    expect(expiryOf(after(6 * DAY), now, after(-900 * DAY))).toBe('urgent')
  })

  it('says when in words, never rounding up', () => {
    expect(expiryText(after(24 * DAY - 1), now)).toBe('in 23 days')
    expect(expiryText(after(-4 * DAY), now)).toBe('expired 4 days ago')
    expect(expiryText(after(-5 * DAY + 1), now)).toBe('expired 4 days ago')
    expect(expiryText(after(400 * DAY), now)).toBe('in 13 months')
  })
})

describe('spans', () => {
  it('uses the singular for one', () => {
    expect(relativeTime(after(-60_000), now)).toBe('1 minute ago')
    expect(relativeTime(after(3), now)).toBe('just now')
  })
  it('stays in days up to 90, in months up to two years', () => {
    expect([2 * DAY - 1, 2 * DAY, 90 * DAY, 91 * DAY, 730 * DAY].map(spanOf)).toEqual(['47 hours', '2 days', '90 days', '2 months', '1 year'])
  })
  it('shows how long something took', () => {
    expect([0, 999, 1000, 61_000, 3_661_000].map(durationText)).toEqual(['0 ms', '999 ms', '1 s', '1 m 1 s', '1 h 1 m'])
  })
})

describe('elapsed share of a lifetime', () => {
  it('is bounded by 0 and 1 and survives a lifetime of nothing', () => {
    expect(elapsedShare(after(-DAY), after(DAY), now)).toBe(0.5)
    expect(elapsedShare(after(DAY), after(2 * DAY), now)).toBe(0)
    expect(elapsedShare(after(-2 * DAY), after(-DAY), now)).toBe(1)
    expect(elapsedShare(after(0), after(0), now)).toBe(1)
    expect(elapsedShare(null, after(0), now)).toBeNull()
  })
})

describe('a moment of a log', () => {
  const at = (...parts: [number, number, number, number, number]): string => new Date(...parts).toISOString()
  const noon = new Date(2026, 10, 22, 12, 0)

  it('is told by its day as people say it, and its time', () => {
    expect(momentOf(at(2026, 10, 22, 0, 5), noon)).toBe('today 00:05')
    expect(momentOf(at(2026, 10, 21, 23, 59), noon)).toBe('yesterday 23:59')
    expect(momentOf(at(2026, 10, 20, 23, 59), noon)).toBe('20 Nov 23:59')
    expect(momentOf(at(2025, 10, 22, 12, 0), noon)).toBe('22 Nov 2025')
  })
})
