import { secretStates, type SecretState } from '@muster/core'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { routeQuery } from '../../api/query.ts'
import { secretStateNames } from '../../format/secret-names.ts'
import { QuietTabs } from '../../ui/quiet-tabs.tsx'

/** Secrets of one state at a time, with how many there are; states without any are left out. */
export function StateTabs({ value, onChange }: { value: readonly SecretState[] | undefined; onChange: (states: SecretState[] | undefined) => void }): ReactNode {
  const counts = new Map(useQuery(routeQuery('getOverview')).data?.secrets.map((entry) => [entry.state, entry.count]))
  const shown = secretStates.filter((state) => (counts.get(state) ?? 0) > 0 || value?.includes(state) === true)
  if (shown.length === 0) return null
  return (
    <QuietTabs
      label="State"
      tabs={[
        { key: 'any', label: 'Any state', on: value === undefined, onChoose: () => onChange(undefined) },
        ...shown.map((state) => ({ key: state, label: secretStateNames[state], count: counts.get(state) ?? 0, on: value?.length === 1 && value[0] === state, onChoose: () => onChange([state]) })),
      ]}
    />
  )
}
