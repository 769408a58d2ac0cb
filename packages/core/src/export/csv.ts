/** What a spreadsheet takes for a formula; some take the full-width signs for the plain ones. */
const RISKY_START = /^[\t\r\n ]*[=+\-@\uff1d\uff0b\uff0d\uff20]|^[\t\r\n]/
/** With what spreadsheets part fields: those of some countries at semicolons, where a new field could begin a formula. */
const QUOTED = /[",;\t\r\n]/

/**
 * One CSV line (RFC 4180) with CRLF. Text a spreadsheet would run as a formula gets a leading apostrophe; null and
 * undefined are empty.
 */
export function csvLine(values: readonly (string | number | boolean | null | undefined)[]): string {
  return `${values.map(csvField).join(',')}\r\n`
}

function csvField(value: string | number | boolean | null | undefined): string {
  if (value === null || value === undefined) return ''
  if (typeof value !== 'string') return String(value)
  const safe = RISKY_START.test(value) ? `'${value}` : value
  return QUOTED.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
