import { describe, expect, it } from 'vitest'
import { advance, firstPages, pagesWanted } from './known-pages.ts'

const rows = (n: number): number[] => Array.from({ length: n }, (_, index) => index)
const read = (items: number, nextCursor: string | null, count: { value: number; exact: boolean } | null = null) => ({ items: rows(items), nextCursor, count })

describe('pages of a keyset list', () => {
  it('learns where the next page starts, and the total from the last page', () => {
    let known = advance(firstPages('list'), 0, read(100, 'b', { value: 250, exact: true }))
    expect(known).toMatchObject({ cursors: [undefined, 'b'], total: null, count: { value: 250, exact: true } })
    known = advance(known, 1, read(100, 'c'))
    known = advance(known, 2, read(50, null))
    expect(known).toMatchObject({ cursors: [undefined, 'b', 'c'], total: 250, count: { value: 250, exact: true } })
  })

  it('is the same object when nothing new was read, so that nothing renders again', () => {
    const known = advance(firstPages('list'), 0, read(100, 'b'))
    expect(advance(known, 0, read(100, 'b'))).toBe(known)
    const ended = advance(firstPages('list'), 0, read(3, null))
    expect(advance(ended, 0, read(3, null))).toBe(ended)
  })

  it('forgets what lies behind a page that ends elsewhere now', () => {
    let known = advance(firstPages('list'), 0, read(100, 'b'))
    known = advance(known, 1, read(100, 'c'))
    known = advance(known, 0, read(100, 'b2'))
    expect(known.cursors).toEqual([undefined, 'b2'])
    expect(advance(known, 0, read(40, null))).toMatchObject({ cursors: [undefined], total: 40 })
  })

  it('knows an empty list', () => {
    expect(advance(firstPages('list'), 0, read(0, null))).toMatchObject({ total: 0, cursors: [undefined] })
  })

  it('wants the pages in view and one ahead, never beyond what has a cursor', () => {
    const known = { ...firstPages('list'), cursors: [undefined, 'b', 'c', 'd'] }
    expect(pagesWanted(known, { first: 0, last: 30 }, 100)).toEqual([0, 1])
    expect(pagesWanted(known, { first: 250, last: 310 }, 100)).toEqual([2, 3])
    expect(pagesWanted(known, { first: 99_000, last: 99_030 }, 100)).toEqual([3])
    expect(pagesWanted(firstPages('list'), { first: 500, last: 530 }, 100)).toEqual([0])
  })
})
