import type { DerCursor } from './cursor.ts'
import { tags } from './limits.ts'

const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const

function daysInMonth(year: number, month: number): number {
  if (month !== 2) return DAYS[month - 1] ?? 0
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28
}

/** Two decimal digits at `at`, or −1. */
function twoDigits(bytes: Uint8Array, at: number): number {
  const tens = bytes[at]! - 0x30
  const ones = bytes[at + 1]! - 0x30
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : -1
}

/**
 * A UTCTime or GeneralizedTime as an RFC 3339 instant with milliseconds (`2026-03-15T00:00:00.000Z`, the form
 * `Date.toISOString` gives). UTCTime years 50–99 are 1950–1999 (RFC 5280 §4.1.2.5.1). Forms RFC 5280 forbids but old
 * software wrote (no seconds, an offset, fractions) are understood. @throws MusterError der.invalid
 */
export function readTime(der: DerCursor, limit: number): string {
  const tag = der.read(limit)
  if (tag !== tags.utcTime && tag !== tags.generalizedTime) throw der.invalid('expected a time')
  return timeOf(der, tag === tags.generalizedTime)
}

/** Like {@link readTime}, for the content of the element read last. */
export function timeOf(der: DerCursor, generalized: boolean): string {
  const { bytes, contentStart, contentEnd } = der
  let at = contentStart
  let century: number
  if (generalized) {
    if (contentEnd - at < 5) throw der.invalid('a time is malformed')
    century = twoDigits(bytes, at)
    at += 2
  } else {
    century = bytes[at]! >= 0x35 ? 19 : 20
  }
  if (century < 0 || contentEnd - at !== 13 || bytes[contentEnd - 1] !== 0x5a) return oldForm(der, century, at)
  const shortYear = twoDigits(bytes, at)
  const month = twoDigits(bytes, at + 2)
  const day = twoDigits(bytes, at + 4)
  const year = century * 100 + shortYear
  if (
    shortYear < 0 || month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month) ||
    !inRange(twoDigits(bytes, at + 6), 23) || !inRange(twoDigits(bytes, at + 8), 59) || !inRange(twoDigits(bytes, at + 10), 59)
  ) throw der.invalid('a time is malformed')
  const [c1, c2] = generalized ? [bytes[contentStart]!, bytes[contentStart + 1]!] : century === 19 ? NINETEEN : TWENTY
  return String.fromCharCode(
    c1, c2, bytes[at]!, bytes[at + 1]!, DASH, bytes[at + 2]!, bytes[at + 3]!, DASH, bytes[at + 4]!, bytes[at + 5]!, 0x54,
    bytes[at + 6]!, bytes[at + 7]!, COLON, bytes[at + 8]!, bytes[at + 9]!, COLON, bytes[at + 10]!, bytes[at + 11]!, 0x2e, 0x30, 0x30, 0x30, 0x5a,
  )
}

const DASH = 0x2d
const COLON = 0x3a
const NINETEEN: readonly [number, number] = [0x31, 0x39]
const TWENTY: readonly [number, number] = [0x32, 0x30]

function inRange(value: number, max: number): boolean {
  return value >= 0 && value <= max
}

const OLD = /^(\d\d)(\d\d)(\d\d)(\d\d)(?:(\d\d)(?:(\d\d)(?:[.,]\d{1,9})?)?)?(?:Z|([+-])(\d\d)(\d\d))?$/

/** Seconds missing, fractions, offsets: X.680 §46–47 allows them, RFC 5280 does not. */
function oldForm(der: DerCursor, century: number, at: number): string {
  if (der.contentEnd - at > 32) throw der.invalid('a time is malformed')
  const match = OLD.exec(der.latin1(at, der.contentEnd))
  if (century < 0 || match === null) throw der.invalid('a time is malformed')
  const part = (group: number): number => Number(match[group] ?? 0)
  const [year, month, day, hour, minute, second] = [century * 100 + part(1), part(2), part(3), part(4), part(5), part(6)]
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month) || hour > 23 || minute > 59 || second > 59 || part(8) > 14 || part(9) > 59) {
    throw der.invalid('a time is malformed')
  }
  const instant = new Date(0)
  instant.setUTCFullYear(year, month - 1, day)
  instant.setUTCHours(hour, minute, second)
  const offsetMinutes = (part(8) * 60 + part(9)) * (match[7] === '-' ? -1 : 1)
  const shifted = new Date(instant.getTime() - offsetMinutes * 60_000)
  if (shifted.getUTCFullYear() < 0 || shifted.getUTCFullYear() > 9999) throw der.invalid('a time is malformed')
  return shifted.toISOString()
}
