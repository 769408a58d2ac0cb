import { styleText } from 'node:util'
import type { Severity } from '@muster/core'

/** A column of a table: its heading, how to fill it, and whether it may be cut to fit; `start` is cut there, and only when the others have given way. */
export type Column<Row> = { readonly heading: string; readonly cell: (row: Row) => string; readonly flexible?: boolean | 'start'; readonly paint?: (text: string, row: Row) => string }

/**
 * A table in at most `width` columns: flexible columns give way, from the widest, with `…`. Control characters in cells are
 * made visible, so that no name found on a machine can steer the terminal.
 */
export function renderTable<Row>(columns: readonly Column<Row>[], rows: readonly Row[], width: number): string {
  const cells = rows.map((row) => columns.map((column) => visible(column.cell(row))))
  const widths = columns.map((column, i) => Math.max(column.heading.length, ...cells.map((line) => line[i]!.length)))
  const available = width - 2 * (columns.length - 1)
  for (const kind of [true, 'start'] as const) shrink(widths, columns.map((column) => column.flexible === kind), available)
  const fit = (text: string, space: number, i: number) => (columns[i]!.flexible === 'start' ? fitEnd(text, space) : fitStart(text, space))
  const line = (texts: readonly string[], paint: (text: string, i: number) => string) =>
    texts.map((text, i) => paint(i === texts.length - 1 ? fit(text, widths[i]!, i).trimEnd() : fit(text, widths[i]!, i), i)).join('  ')
  const head = line(columns.map((column) => column.heading), (text) => text)
  const body = cells.map((texts, r) => line(texts, (text, i) => columns[i]!.paint?.(text, rows[r]!) ?? text))
  return `${[head, ...body].map((text) => text.trimEnd()).join('\n')}\n`
}

/** Control characters, line breaks and marks that turn the direction of text as `\xNN`. */
export function visible(text: string): string {
  // eslint-disable-next-line no-control-regex -- finding them is the point
  return text.replaceAll(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, (char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`)
}

// eslint-disable-next-line no-control-regex -- finding them is the point
const STEERING = /\u001b\[(?:1|2|22|31|33|36|39)m|\r?\n|[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g

/** What goes to a terminal as a whole: {@link visible}, with lines, tabs and the colours of {@link paintSeverity} left as they are. */
export function harmless(text: string): string {
  return text.replaceAll(STEERING, (found) => (found.length > 1 || found === '\n' ? found : visible(found)))
}

const severityStyle = { critical: ['bold', 'red'], high: ['red'], medium: ['yellow'], low: ['cyan'], info: ['dim'] } as const satisfies Record<Severity, readonly string[]>

/** `text` in the colour of its severity. */
export function paintSeverity(text: string, severity: Severity): string {
  return styleText([...severityStyle[severity]], text, { validateStream: false })
}

function fitStart(text: string, width: number): string {
  return text.length <= width ? text.padEnd(width) : `${text.slice(0, Math.max(0, width - 1))}…`
}

function fitEnd(text: string, width: number): string {
  return text.length <= width ? text.padEnd(width) : `…${text.slice(text.length - Math.max(0, width - 1))}`
}

function shrink(widths: number[], flexible: readonly boolean[], available: number): void {
  let excess = widths.reduce((sum, width) => sum + width, 0) - available
  while (excess > 0) {
    const widest = widths.reduce((best, width, i) => (flexible[i] === true && width > (best < 0 ? 12 : widths[best]!) ? i : best), -1)
    if (widest < 0) return
    const next = Math.max(12, ...widths.filter((width, i) => flexible[i] === true && i !== widest && width < widths[widest]!))
    const cut = Math.min(excess, Math.max(1, widths[widest]! - next))
    widths[widest]! -= cut
    excess -= cut
  }
}
