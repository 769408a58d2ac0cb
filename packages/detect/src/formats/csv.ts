import { type Cell, Columns } from './columns.ts'
import type { Format } from './input.ts'
import { linesOf } from './pairs.ts'

const MAX_COLUMNS = 200
const MAX_FOUND = 1000

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
    const names = cellsOf(head, 0, separator).map(({ text }) => text)
    // Names are short and unlike each other; a line of data has neither.
    if (new Set(names).size !== names.length || names.some((name) => name.length > 64)) return
    const columns = new Columns(names)
    if (columns.isIdle) return
    let found = 0
    for (const { line, start } of lines) {
      if (line.length > 65_536) continue
      found += columns.add(into, 'csv', cellsOf(line, start, separator))
      if (found >= MAX_FOUND) return
    }
  },
}
