import { describe, expect, it } from 'vitest'
import { leastWidth, visibleColumns, type Column } from './column.ts'
import { isSelected, nothing, select } from './selection.ts'

const column = (id: string, more: Partial<Column<string>> = {}): Column<string> => ({ id, title: id, width: '80px', cell: () => id, ...more })
const columns = [column('name', { fixed: true }), column('kind'), column('extra', { optional: true }), column('issuer', { wide: true })]
const ids = (shown: readonly Column<string>[]): string[] => shown.map((entry) => entry.id)

describe('columns of a grid', () => {
  it('shows the standard ones, without the wide ones on a narrow window', () => {
    expect(ids(visibleColumns(columns, null, false))).toEqual(['name', 'kind', 'issuer'])
    expect(ids(visibleColumns(columns, null, true))).toEqual(['name', 'kind'])
  })
  it('shows what was chosen, and always what cannot be hidden', () => {
    expect(ids(visibleColumns(columns, ['extra', 'unknown'], true))).toEqual(['name', 'extra'])
  })
  it('knows the least width of a track', () => {
    expect([leastWidth({ width: 'minmax(200px, 2.4fr)' }), leastWidth({ width: '84px' }), leastWidth({ width: '1fr' })]).toEqual([200, 84, 0])
  })
})

describe('a selection', () => {
  it('adds and takes away rows, and everything gives way to single rows', () => {
    const two = select(select(nothing, ['a'], true), ['b'], true)
    expect([...two.ids]).toEqual(['a', 'b'])
    expect([...select(two, ['a'], false).ids]).toEqual(['b'])
    const all = { all: true, ids: new Set<string>() }
    expect(isSelected(all, 'x')).toBe(true)
    expect(select(all, ['x'], true)).toEqual({ all: false, ids: new Set(['x']) })
  })
})
