import type { Page, RouteName } from '@muster/core/api'
import { useInfiniteQuery } from '@tanstack/react-query'
import { call } from './client.ts'

type PagedInput = { params?: Record<string, unknown>; query?: Record<string, unknown> }

/** A short list inside a page that grows by "show more". `more` is null at the end. */
export function useMore<Row>(route: RouteName, input: PagedInput, limit: number, refetchMs: number | false = false): {
  readonly rows: readonly Row[]
  readonly pending: boolean
  readonly fetching: boolean
  readonly error: Error | null
  readonly retry: () => void
  readonly more: (() => void) | null
} {
  const query = useInfiniteQuery({
    queryKey: [route, input, 'more', limit] as const,
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) =>
      (call as (name: RouteName, input: unknown, signal: AbortSignal) => Promise<unknown>)(route, { ...input, query: { ...input.query, cursor: pageParam, limit } }, signal) as Promise<Page<Row>>,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    refetchInterval: refetchMs,
  })
  return {
    rows: query.data?.pages.flatMap((page) => page.items) ?? [],
    pending: query.isPending,
    fetching: query.isFetching,
    error: query.data === undefined ? query.error : null,
    retry: () => void query.refetch(),
    more: query.hasNextPage ? () => void query.fetchNextPage() : null,
  }
}
