import type { Page, RouteName } from '@muster/core/api'
import { useQueries } from '@tanstack/react-query'
import { useState } from 'react'
import { searchOf } from '../format/search.ts'
import { call } from './client.ts'
import { advance, firstPages, pagesWanted, type KnownPages } from './known-pages.ts'

/** Rows of a keyset-paged list by index, of which only the pages in view are kept. */
export type KeysetRows<Row> = {
  /** Undefined while its page is on the way. */
  readonly at: (index: number) => Row | undefined
  /** Rows that can be scrolled to now: all known ones and, unless the end is known, one page on the way. */
  readonly length: number
  readonly count: Page<Row>['count']
  /** The first page with all it tells, while it is in memory. */
  readonly first: Page<unknown> | undefined
  readonly pending: boolean
  readonly fetching: boolean
  readonly error: Error | null
  readonly retry: () => void
  /** Tells which rows are in view. */
  readonly see: (first: number, last: number) => void
}

type PagedInput = { params?: Record<string, unknown>; query?: Record<string, unknown> }
const KEPT_MS = 60_000

/**
 * Reads a list page by page as its rows come into view. Pages out of view leave memory after a minute and are read again by
 * the cursor remembered for them, so a list of any length costs what the screen shows.
 */
export function useKeyset<Row>(route: RouteName, input: PagedInput, options: { pageSize?: number; refetchMs?: number | false } = {}): KeysetRows<Row> {
  const pageSize = options.pageSize ?? 100
  const identity = `${route}?${searchOf({ ...input.params, ...input.query })}`
  const [stored, setKnown] = useState<KnownPages>(() => firstPages(identity))
  const known = stored.identity === identity ? stored : firstPages(identity)
  const [view, setView] = useState({ first: 0, last: 0 })
  const [see] = useState(() => (from: number, to: number) => setView((current) => (current.first === from && current.last === to ? current : { first: from, last: to })))
  const wanted = pagesWanted(known, stored.identity === identity ? view : { first: 0, last: 0 }, pageSize)

  const results = useQueries({
    queries: wanted.map((page) => ({
      queryKey: [route, input, known.cursors[page] ?? null, pageSize] as const,
      queryFn: ({ signal }: { signal: AbortSignal }): Promise<Page<Row>> =>
        (call as (name: RouteName, input: unknown, signal: AbortSignal) => Promise<unknown>)(
          route,
          { ...input, query: { ...input.query, cursor: known.cursors[page], limit: pageSize } },
          signal,
        ) as Promise<Page<Row>>,
      gcTime: KEPT_MS,
      staleTime: 30_000,
      refetchInterval: options.refetchMs ?? false,
    })),
  })

  let next = known
  for (const [index, page] of wanted.entries()) {
    const data = results[index]?.data
    if (data !== undefined) next = advance(next, page, data)
  }
  // Derived from what was read: settles at once, for `advance` gives the same object when there is nothing new.
  if (next !== stored) setKnown(next)

  const pages = new Map(wanted.map((page, index) => [page, results[index]?.data]))
  const first = pages.get(0)
  const readable = (known.cursors.length - 1) * pageSize
  const remaining = known.count === null ? pageSize : Math.max(1, known.count.value - readable)
  const failed = results.find((result) => result.error !== null && result.data === undefined)
  return {
    at: (index) => pages.get(Math.floor(index / pageSize))?.items[index % pageSize],
    length: known.total ?? (first === undefined && known.cursors.length === 1 ? 0 : readable + Math.min(pageSize, remaining)),
    count: known.count,
    first,
    pending: known.total === null && known.cursors.length === 1 && first === undefined && failed === undefined,
    fetching: results.some((result) => result.isFetching),
    error: failed?.error ?? null,
    retry: () => results.forEach((result) => void (result.error !== null && result.refetch())),
    see,
  }
}
