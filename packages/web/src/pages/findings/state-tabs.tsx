import type { FindingFilter } from '@muster/core/api'
import { useQuery, useSuspenseQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { routeQuery, sessionQuery } from '../../api/query.ts'
import { QuietTabs } from '../../ui/quiet-tabs.tsx'

type Search = Pick<FindingFilter, 'state' | 'mine'>

/** Which keys of the filter the tabs tell, so that no chip says them again. */
export function toldByTabs({ state, mine }: Search): string[] {
  return [...(state === undefined || state.length === 1 ? ['state'] : []), ...(mine === true && state === undefined ? ['mine'] : [])]
}

/** What is open, what of it one is to look after, what rests and what is over. */
export function FindingTabs({ search, onChange }: { search: Search; onChange: (search: Search) => void }): ReactNode {
  const isSignedIn = useSuspenseQuery(sessionQuery).data.account !== null
  const open = useQuery(routeQuery('getOverview')).data?.openBySeverity.reduce((sum, { count }) => sum + count, 0)
  const mine = useQuery({ ...routeQuery('listFindings', { query: { mine: 'true', limit: 1 } }), enabled: isSignedIn }).data?.count?.value
  const only = search.state?.length === 1 ? search.state[0] : search.state === undefined ? 'open' : null
  const own = search.mine === true && only === 'open'
  return (
    <QuietTabs
      label="State"
      tabs={[
        { key: 'open', label: 'Open', count: open ?? null, on: only === 'open' && !own, onChoose: () => onChange({ state: undefined, mine: undefined }) },
        ...(!isSignedIn ? [] : [{ key: 'mine', label: 'Mine', hint: 'Assigned to you, or on something that names you as its owner', count: mine ?? null, on: own, onChoose: () => onChange({ state: undefined, mine: true }) }]),
        { key: 'accepted', label: 'Accepted', on: only === 'accepted', onChoose: () => onChange({ state: ['accepted'], mine: undefined }) },
        { key: 'closed', label: 'Closed', on: only === 'closed', onChoose: () => onChange({ state: ['closed'], mine: undefined }) },
      ]}
    />
  )
}
