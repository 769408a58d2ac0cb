import { expect, it } from 'vitest'
import { harmless, paintSeverity, renderTable, visible } from './table.ts'

const columns = [
  { heading: 'NAME', cell: (row: readonly [string, string]) => row[0], flexible: true },
  { heading: 'WHERE', cell: (row: readonly [string, string]) => row[1] },
]

it('aligns columns and leaves no trailing space', () => {
  expect(renderTable(columns, [['a', '/x'], ['longer', '/y']], 80)).toBe('NAME    WHERE\na       /x\nlonger  /y\n')
})

it('cuts flexible columns to the width of the terminal', () => {
  const text = renderTable(columns, [['n'.repeat(100), '/somewhere']], 40)
  expect(text.split('\n').every((line) => line.length <= 40)).toBe(true)
  expect(text).toContain('…')
})

it('shows control characters instead of sending them to the terminal', () => {
  expect(visible('a\u001b[31mb\nc\u202e')).toBe('a\\x1b[31mb\\x0ac\\x202e')
})

it('lets lines and its own colours through to a terminal, and nothing that hides text or moves the cursor', () => {
  const own = `${paintSeverity('critical', 'critical')}\t${paintSeverity('info', 'info')}\r\nmore\n`
  expect(harmless(own)).toBe(own)
  expect(harmless('a\u001b[8mb\u001b]0;title\u0007\u009b2J\rc\u202e')).toBe('a\\x1b[8mb\\x1b]0;title\\x07\\x9b2J\\x0dc\\x202e')
})
