import { MusterError } from '@muster/core'

/** What `--until` says as RFC 3339, UTC; a day ends with itself. Null where nothing is said. @throws MusterError usage.invalid. */
export function endDate(text: string | undefined): string | null {
  if (text === undefined) return null
  const whole = /^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T23:59:59Z` : text
  const date = new Date(whole)
  if (!/^\d{4}-\d\d-\d\dT/.test(whole) || Number.isNaN(date.getTime())) throw new MusterError('usage.invalid', `--until takes a date such as 2027-01-31, not ${JSON.stringify(text)}`)
  return date.toISOString()
}
