import type { CredentialKind } from '@muster/core'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { routeQuery } from '../../api/query.ts'
import { countText, kindNames } from '../../format/names.ts'
import { useChosenInSight } from '../../ui/chosen-in-sight.ts'
import { cx } from '../../ui/cx.ts'

/** One kind at a time, with how many of each exist; kinds that do not exist are left out. */
export function KindTabs({ value, onChange }: { value: readonly CredentialKind[] | undefined; onChange: (kind: CredentialKind[] | undefined) => void }): ReactNode {
  const overview = useQuery(routeQuery('getOverview'))
  const kinds = (overview.data?.kinds ?? []).filter((entry) => entry.count > 0)
  const total = kinds.reduce((sum, entry) => sum + entry.count, 0)
  const row = useChosenInSight<HTMLDivElement>(`${kinds.length} ${value?.join(' ') ?? ''}`)
  const tab = (key: string, label: string, count: number | null, on: boolean, kind: CredentialKind[] | undefined): ReactNode => (
    <button
      key={key}
      type="button"
      aria-pressed={on}
      onClick={() => onChange(kind)}
      className={cx('-mb-px h-9 shrink-0 border-b-2 text-sm whitespace-nowrap', on ? 'border-accent font-medium text-ink' : 'border-transparent text-ink-2 hover:text-ink')}
    >
      {label}
      {count === null ? null : <> <span className="ml-0.5 text-xs font-normal text-ink-3">{countText(count)}</span></>}
    </button>
  )
  return (
    <div ref={row} role="group" aria-label="Kind" className="flex shrink-0 gap-5 overflow-x-auto border-b border-line px-page [scrollbar-width:none]">
      {tab('all', 'All', overview.data === undefined ? null : total, value === undefined, undefined)}
      {kinds.map((entry) => tab(entry.kind, kindNames[entry.kind][1], entry.count, value?.length === 1 && value[0] === entry.kind, [entry.kind]))}
    </div>
  )
}
