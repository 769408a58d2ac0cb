import type { Collector } from './found.ts'
import type { Format } from './input.ts'
import { plausibleSecret, secretKindOfName } from './names.ts'
import { linesOf } from './pairs.ts'

const MAX_COLUMNS = 200
const MAX_FOUND = 1000

type Cell = { readonly text: string; readonly start: number; readonly end: number }

/** The fields of one line (RFC 4180), quotes cut off and doubled ones made one; a field that goes on in the next line ends with its own. */
function cellsOf(line: string, offset: number, separator: string): readonly Cell[] {
  const cells: Cell[] = []
  for (let at = 0; at <= line.length && cells.length < MAX_COLUMNS;) {
    const quoted = line[at] === '"'
    const start = quoted ? at + 1 : at
    let end = start
    if (quoted) while (end < line.length && (line[end] !== '"' || line[end + 1] === '"')) end += line[end] === '"' ? 2 : 1
    else end = line.indexOf(separator, at)
    if (end < 0 || end > line.length) end = line.length
    const text = line.slice(start, end)
    cells.push({ text: quoted ? text.replaceAll('""', '"') : text.trim(), start: offset + start, end: offset + end })
    const next = line.indexOf(separator, quoted ? end + 1 : end)
    if (next < 0) break
    at = next + separator.length
  }
  return cells
}

/** Tables with names of columns in their first line, as browsers and password managers export them: what stands in a column that promises a secret. */
export const csvFormat: Format = {
  id: 'csv',
  matches: (input) => (input.extension === 'csv' || input.extension === 'tsv') && input.bytes.length <= 8_000_000,
  extract: (input, into) => {
    const lines = linesOf(input.text)
    const first = lines.next()
    if (first.done === true || first.value.line.length > 8192) return
    const head = first.value.line
    const separator = ['\t', ';', '|'].find((each) => head.split(each).length > head.split(',').length) ?? ','
    const columns = cellsOf(head, 0, separator).map(({ text }) => text)
    const kinds = columns.map(secretKindOfName)
    // Names are short and unlike each other; a line of data has neither.
    if (!kinds.some((kind) => kind !== null) || new Set(columns).size !== columns.length || columns.some((name) => name.length > 64)) return
    const at = (names: RegExp) => columns.findIndex((name) => names.test(name))
    const [user, host] = [at(/^(?:user(?:[_ ]?name)?|login(?:[_ ]?(?:name|user(?:name)?))?|account|e-?mail)$/i), at(/^(?:host(?:name)?|server|url|(?:login_)?uri|site|address|domain)$/i)]
    let found = 0
    for (const { line, start } of lines) {
      if (line.length > 65_536) continue
      const cells = cellsOf(line, start, separator)
      for (const [index, kind] of kinds.entries()) if (kind !== null && addCell(into, { name: columns[index]!, kind, cell: cells[index], user: cells[user]?.text, host: cells[host]?.text }) && ++found >= MAX_FOUND) return
    }
  },
}

type Found = { readonly name: string; readonly kind: string; readonly cell: Cell | undefined; readonly user: string | undefined; readonly host: string | undefined }

/** Columns called token hold words as often as keys: those must look drawn. */
function addCell(into: Collector, { name, kind, cell, user, host }: Found): boolean {
  if (cell === undefined || !plausibleSecret(cell.text, kind)) return false
  if (kind !== 'password' && kind !== 'passphrase' && (cell.text.length < 12 || !/\d/.test(cell.text) || /\s/.test(cell.text))) return false
  into.add('csv', { secretType: kind, value: cell.text, start: cell.start, end: cell.end, facts: { name, user, host: host?.replace(/\/\/[^/@\s]{0,400}@/, '//').replace(/[?#].*$/s, '') } })
  return true
}
