/** One column of a table that leaves as CSV. */
export type CsvColumn<Row> = { readonly title: string; readonly value: (row: Row) => string | number | boolean | null | undefined }

function cell(value: string | number | boolean | null | undefined): string {
  if (value === null || value === undefined) return ''
  let text = String(value)
  // A spreadsheet must not run a name somebody else chose (OWASP: CSV injection); numbers keep their sign.
  if (typeof value === 'string' && /^[=+\-@\t\r]/.test(text)) text = `'${text}`
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** RFC 4180 text with a header line and CRLF line ends. */
export function csvOf<Row>(columns: readonly CsvColumn<Row>[], rows: readonly Row[]): string {
  const lines = [columns.map((column) => cell(column.title)), ...rows.map((row) => columns.map((column) => cell(column.value(row))))]
  return lines.map((line) => `${line.join(',')}\r\n`).join('')
}
