import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, secondsLeft } from '@muster/core'

const exact = new Intl.DateTimeFormat('en-GB', {
  weekday: 'short', day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit', second: '2-digit', timeZoneName: 'short',
})
const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' })

/** Local date and time to the second with its zone, and the UTC instant as it travels. */
export function exactTime(instant: string): string {
  return `${exact.format(new Date(instant))} · ${instant.replace(/\.\d+Z$/, 'Z')}`
}

/** `22 Nov 2026`, local. */
export function dayOf(instant: string): string {
  return day.format(new Date(instant))
}

const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' })
const shortDay = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' })

/** Local day and time of a log: `today 12:29`, `yesterday 09:12`, `24 Nov 09:12`, and the day alone in other years. */
export function momentOf(instant: string, now: Date): string {
  const at = new Date(instant)
  if (at.getFullYear() !== now.getFullYear()) return day.format(at)
  const daysApart = Math.round((startOfDay(now) - startOfDay(at)) / DAY_MS)
  return `${daysApart === 0 ? 'today' : daysApart === 1 ? 'yesterday' : shortDay.format(at)} ${clock.format(at)}`
}

const startOfDay = (date: Date): number => new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime()

const plural = (count: number, unit: string): string => `${count} ${unit}${count === 1 ? '' : 's'}`

/** A length of time in its largest sensible unit: days up to 90, then months, then years; never rounded up. */
export function spanOf(milliseconds: number): string {
  const length = Math.abs(milliseconds)
  if (length < MINUTE_MS) return plural(Math.floor(length / SECOND_MS), 'second')
  if (length < HOUR_MS) return plural(Math.floor(length / MINUTE_MS), 'minute')
  if (length < 2 * DAY_MS) return plural(Math.floor(length / HOUR_MS), 'hour')
  const days = Math.floor(length / DAY_MS)
  if (days <= 90) return plural(days, 'day')
  if (days < 730) return plural(Math.floor(days / 30.4375), 'month')
  return plural(Math.floor(days / 365.25), 'year')
}

/** `in 23 days`, `4 days ago`, `just now`. */
export function relativeTime(instant: string, now: Date): string {
  const difference = new Date(instant).getTime() - now.getTime()
  if (Math.abs(difference) < 10 * SECOND_MS) return 'just now'
  return difference > 0 ? `in ${spanOf(difference)}` : `${spanOf(difference)} ago`
}

export type Expiry = 'expired' | 'urgent' | 'soon' | 'fine'

/**
 * How close the end is. The notAfter second itself is still valid (RFC 5280 §4.1.2.5). The day limits are those of the
 * default policy; findings follow the policy in force. What lives shorter than that is due in its last third, urgent in its
 * last ninth, as the rules have it.
 */
export function expiryOf(notAfter: string, now: Date, notBefore: string | null = null): Expiry {
  const end = new Date(notAfter)
  const seconds = secondsLeft(end, now)
  if (seconds < 0) return 'expired'
  const days = (seconds * SECOND_MS) / DAY_MS
  const lifetimeDays = notBefore === null ? Infinity : (end.getTime() - new Date(notBefore).getTime()) / DAY_MS
  return days < Math.min(7, lifetimeDays / 9) ? 'urgent' : days < Math.min(30, lifetimeDays / 3) ? 'soon' : 'fine'
}

/** `in 23 days` or `expired 4 days ago`. */
export function expiryText(notAfter: string, now: Date): string {
  const end = new Date(notAfter)
  if (secondsLeft(end, now) < 0) return `expired ${relativeTime(notAfter, now)}`
  return relativeTime(notAfter, now)
}

/** What of the lifetime is over, 0 to 1; null when the beginning is unknown. */
export function elapsedShare(notBefore: string | null, notAfter: string, now: Date): number | null {
  if (notBefore === null) return null
  const from = new Date(notBefore).getTime()
  const until = new Date(notAfter).getTime()
  if (until <= from) return 1
  return Math.min(1, Math.max(0, (now.getTime() - from) / (until - from)))
}

/** `1 m 42 s`; how long something took. */
export function durationText(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / SECOND_MS)
  if (seconds < 1) return `${Math.max(0, Math.round(milliseconds))} ms`
  if (seconds < 60) return `${seconds} s`
  if (seconds < 3600) return `${Math.floor(seconds / 60)} m ${seconds % 60} s`
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} m`
}
