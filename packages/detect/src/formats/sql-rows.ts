import { type Cell, Columns } from './columns.ts'
import type { Format } from './input.ts'

const MAX_FOUND = 1000
const MAX_FIELDS = 200

/** Rows that SQL inserts into columns it names: what a column that promises a secret is given as a text. */
export const sqlRowsFormat: Format = {
  id: 'sql-rows',
  matches: (input) => (input.extension === 'sql' || input.extension === 'dump') && input.bytes.length <= 16_000_000,
  extract: (input, into) => {
    const { text } = input
    const insert = /\b(?:insert|replace)\s{1,8}(?:ignore\s{1,8})?into\s{1,8}[\w.`"[\]]{1,128}\s{0,8}\(([^()]{1,4000})\)\s{0,8}values\s{0,8}/gi
    let found = 0
    for (let match = insert.exec(text); match !== null && found < MAX_FOUND; match = insert.exec(text)) {
      const columns = new Columns(match[1]!.split(',').map((name) => name.replaceAll(/[\s`"[\]]/g, '')))
      if (columns.isIdle) continue
      let at = insert.lastIndex
      for (let row = rowAt(text, at); row !== null && found < MAX_FOUND; row = rowAt(text, at)) {
        found += columns.add(into, 'sql-rows', row.cells)
        at = row.end + (/^\s{0,8},\s{0,8}/.exec(text.slice(row.end, row.end + 20))?.[0].length ?? text.length)
      }
    }
  },
}

/** The values between the parentheses at `from`; null where there are none. What is no text is left empty. */
function rowAt(text: string, from: number): { readonly cells: readonly Cell[]; readonly end: number } | null {
  if (text[from] !== '(') return null
  const cells: Cell[] = []
  const value = /\s{0,64}(?:[NE]?'((?:[^'\\]|''|\\.){0,8192})'|[^,()']{0,400}(?:\([^()']{0,200}\))?)\s{0,64}([,)])/y
  for (let at = from + 1; cells.length < MAX_FIELDS;) {
    value.lastIndex = at
    const match = value.exec(text)
    if (match === null) return null
    const written = match[1]
    const start = written === undefined ? at : text.indexOf("'", at) + 1
    cells.push({ text: (written ?? '').replaceAll("''", "'").replaceAll(/\\(.)/g, '$1'), start, end: start + (written?.length ?? 0) })
    at = value.lastIndex
    if (match[2] === ')') return { cells, end: at }
  }
  return null
}
