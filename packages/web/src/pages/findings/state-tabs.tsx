import type { FindingFilter } from '@muster/core/api'
import { useQuery, useSuspenseQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { routeQuery, sessionQuery } from '../../api/query.ts'
import { QuietTabs } from '../../ui/quiet-tabs.tsx'

type Search = Pick<FindingFilter, 'state' | 'assignee'>

/** Which keys of the filter the tabs tell, so that no chip says them again. */
export function toldByTabs({ state, assignee }: Search, me: string | null): string[] {
  return [...(state === undefined || state.length === 1 ? ['state'] : []), ...(assignee !== undefined && assignee === me && state === undefined ? ['assignee'] : [])]
}

/** What is open, what of it is one's own, what rests and what is over. */
export function FindingTabs({ search, onChange }: { search: Search; onChange: (search: Search) => void }): ReactNode {
  const me = useSuspenseQuery(sessionQuery).data.account?.name ?? null
  const open = useQuery(routeQuery('getOverview')).data?.openBySeverity.reduce((sum, { count }) => sum + count, 0)
  const mine = useQuery({ ...routeQuery('listFindings', { query: { assignee: me ?? '', limit: 1 } }), enabled: me !== null }).data?.count?.value
  const only = search.state?.length === 1 ? search.state[0] : search.state === undefined ? 'open' : null
  const own = me !== null && search.assignee === me && only === 'open'
  return (
    <QuietTabs
      label="State"
      tabs={[
        { key: 'open', label: 'Open', count: open ?? null, on: only === 'open' && !own, onChoose: () => onChange({ state: undefined, assignee: own ? undefined : search.assignee }) },
        ...(me === null ? [] : [{ key: 'mine', label: 'Assigned to me', count: mine ?? null, on: own, onChoose: () => onChange({ state: undefined, assignee: me }) }]),
        { key: 'accepted', label: 'Accepted', on: only === 'accepted', onChoose: () => onChange({ state: ['accepted'], assignee: own ? undefined : search.assignee }) },
        { key: 'closed', label: 'Closed', on: only === 'closed', onChoose: () => onChange({ state: ['closed'], assignee: own ? undefined : search.assignee }) },
      ]}
    />
  )
}
