import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { SidePanel } from './dialog.tsx'
import { Failure, SkeletonRows } from './states.tsx'

/** One object beside its list: on its way, as it is, or why it cannot be shown. Open while there is an id. */
export function ObjectPanel<Shown>({ id, onClose, query, title, children }: {
  id: string | null
  onClose: () => void
  query: UseQueryResult<Shown>
  /** By the object, which is undefined until it is there. */
  title: (shown: Shown | undefined) => string
  children: (shown: Shown) => ReactNode
}): ReactNode {
  return (
    <SidePanel open={id !== null} onClose={onClose} title={title(query.data)}>
      {query.data !== undefined ? children(query.data) : query.isError ? <Failure error={query.error} onRetry={() => void query.refetch()} /> : <SkeletonRows rows={8} />}
    </SidePanel>
  )
}
