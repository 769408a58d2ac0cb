/**
 * One line of RFC 4180 CSV. A cell that a spreadsheet would take for a formula (`=`, `+`, `-`, `@`, tab or carriage return
 * first) is preceded by an apostrophe: names in certificates come from strangers.
 */
export function csvLine(cells: readonly (string | number | boolean | null)[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`
}

function csvCell(value: string | number | boolean | null): string {
  if (value === null) return ''
  if (typeof value !== 'string') return String(value)
  const safe = /^[\t\r\n ]*[=+\-@]|^[\t\r\n]/.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
