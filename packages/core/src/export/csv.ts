const RISKY_START = /^[\t\r\n ]*[=+\-@]|^[\t\r\n]/

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
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
