import type { Page } from '@muster/core/api'

/** What is known of a keyset-paged list: where each page starts, and the end once it was reached. */
export type KnownPages = {
  /** Route and filter; another list has nothing in common with this one. */
  readonly identity: string
  /** Cursor of page n at n; the first page has none. One more than the pages read so far, until the end is known. */
  readonly cursors: readonly (string | undefined)[]
  /** Rows in all, once the last page was read. */
  readonly total: number | null
  readonly count: Page<unknown>['count']
  /** Rows of a full page as read. */
  readonly lastSize: number
}

/** Nothing read yet. */
export function firstPages(identity: string): KnownPages {
  return { identity, cursors: [undefined], total: null, count: null, lastSize: 0 }
}

/**
 * What is known after page `page` was read (again). A page that now ends elsewhere than before makes everything behind it
 * unknown, so that no row shows twice.
 */
export function advance(known: KnownPages, page: number, read: Page<unknown>): KnownPages {
  const count = read.count ?? known.count
  if (read.nextCursor === null) {
    const before = page === 0 ? 0 : page * pageLength(known, read, page)
    const total = before + read.items.length
    if (known.total === total && known.cursors.length === page + 1 && sameCount(known.count, count)) return known
    return { ...known, cursors: known.cursors.slice(0, page + 1), total, count }
  }
  const expected = known.cursors[page + 1]
  if (expected === read.nextCursor && sameCount(known.count, count)) return known
  if (expected === read.nextCursor) return { ...known, count }
  return { ...known, cursors: [...known.cursors.slice(0, page + 1), read.nextCursor], total: null, count, lastSize: read.items.length }
}

const pageLength = (known: KnownPages, read: Page<unknown>, page: number): number => (page === 0 ? read.items.length : known.lastSize)
const sameCount = (a: Page<unknown>['count'], b: Page<unknown>['count']): boolean => a?.value === b?.value && a?.exact === b?.exact

/** Pages to hold: those in view and one ahead, as far as their start is known; at most eight. */
export function pagesWanted(known: KnownPages, view: { first: number; last: number }, pageSize: number): number[] {
  const end = known.cursors.length - 1
  const from = Math.min(end, Math.max(0, Math.floor(view.first / pageSize)))
  const until = Math.min(end, Math.floor(view.last / pageSize) + 1, from + 7)
  const pages = Array.from({ length: until - from + 1 }, (_, index) => from + index)
  return pages
}
