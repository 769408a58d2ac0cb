import type { Page } from '@muster/core/api'
import { X } from 'lucide-react'
import type { ReactNode } from 'react'
import { countText } from '../../format/names.ts'
import { rawSearch, searchOf } from '../../format/search.ts'
import { Button, IconButton } from '../button.tsx'
import { isEmpty, nothing, type Selection } from './selection.ts'

/** What is selected and what can be done with it; floats above the list while something is. */
export function SelectionBar({ selection, count, onSelect, children }: { selection: Selection; count: Page<unknown>['count']; onSelect: (selection: Selection) => void; children: ReactNode }): ReactNode {
  if (isEmpty(selection)) return null
  const total = count === null ? 'all' : `${count.exact ? '' : 'about '}${countText(count.value)}`
  return (
    <div role="region" aria-label="Selection" className="absolute bottom-5 left-1/2 z-20 flex w-max max-w-[calc(100%-16px)] -translate-x-1/2 items-center gap-3 rounded-lg bg-raised py-1.5 pr-1.5 pl-4 whitespace-nowrap shadow-pop max-sm:bottom-2 max-sm:flex-wrap max-sm:justify-center max-sm:gap-x-2 max-sm:gap-y-1 beside-panel">
      <span aria-live="polite" className="font-medium">{selection.all ? `All ${total === 'all' ? '' : total} matching` : `${countText(selection.ids.size)} selected`}</span>
      {selection.all || (count !== null && selection.ids.size >= count.value) ? null : <Button variant="ghost" onClick={() => onSelect({ all: true, ids: new Set() })}>Select {total} matching</Button>}
      <span className="flex gap-1.5 max-sm:order-last">{children}</span>
      <IconButton label="Select nothing" onClick={() => onSelect(nothing)}><X aria-hidden /></IconButton>
    </div>
  )
}

/** The selection as the API's bulk routes take it; filters travel as text, as in a URL. */
export function bulkSelect<Wire>(selection: Selection, filter: Readonly<Record<string, unknown>>): { ids: string[] } | { filter: Wire } {
  return selection.all ? { filter: rawSearch(searchOf(filter)) as Wire } : { ids: [...selection.ids] }
}
