import { useState } from 'react'
import type { KeysetRows } from './keyset.ts'

type Source = { readonly isPending: boolean; readonly isFetching: boolean; readonly error: Error | null; readonly refetch: () => unknown }

/** Rows that are all at hand, as a grid takes them. */
export function useStaticRows<Row>(rows: readonly Row[], source: Source): KeysetRows<Row> {
  const [see] = useState(() => () => undefined)
  return { at: (index) => rows[index], length: rows.length, count: source.isPending ? null : { value: rows.length, exact: true }, first: undefined, pending: source.isPending, fetching: source.isFetching, error: source.error, retry: () => void source.refetch(), see }
}
