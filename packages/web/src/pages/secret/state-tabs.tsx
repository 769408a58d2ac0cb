import { secretStates, type SecretState } from '@muster/core'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { routeQuery } from '../../api/query.ts'
import { countText } from '../../format/names.ts'
import { secretStateNames } from '../../format/secret-names.ts'
import { cx } from '../../ui/cx.ts'

/** Secrets of one state at a time, with how many there are; states without any are left out. */
export function StateTabs({ value, onChange }: { value: readonly SecretState[] | undefined; onChange: (states: SecretState[] | undefined) => void }): ReactNode {
  const counts = new Map(useQuery(routeQuery('getOverview')).data?.secrets.map((entry) => [entry.state, entry.count]))
  const tab = (key: string, label: string, count: number | null, on: boolean, states: SecretState[] | undefined): ReactNode => (
    <button key={key} type="button" aria-pressed={on} onClick={() => onChange(states)} className={cx('h-6 shrink-0 rounded-md px-2 text-xs whitespace-nowrap', on ? 'bg-selected font-medium text-ink' : 'text-ink-2 hover:bg-hover hover:text-ink')}>
      {label}
      {count === null ? null : <span className="ml-1.5 font-normal text-ink-3">{countText(count)}</span>}
    </button>
  )
  const shown = secretStates.filter((state) => (counts.get(state) ?? 0) > 0 || value?.includes(state) === true)
  if (shown.length === 0) return null
  return (
    <div role="group" aria-label="State" className="flex h-9 shrink-0 items-center gap-1 overflow-x-auto border-b border-line px-4 [scrollbar-width:none]">
      {tab('any', 'Any state', null, value === undefined, undefined)}
      {shown.map((state) => tab(state, secretStateNames[state], counts.get(state) ?? 0, value?.length === 1 && value[0] === state, [state]))}
    </div>
  )
}
