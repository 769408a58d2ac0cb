import { DAY_MS } from '@muster/core'
import { changeEvents, type Change, type ChangeEvent, type ChangePage } from '@muster/core/api'
import { useNavigate } from '@tanstack/react-router'
import { History } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { useKeyset } from '../../api/keyset.ts'
import { useFilter } from '../../app/search.ts'
import { countText } from '../../format/names.ts'
import { searchOf } from '../../format/search.ts'
import { Button } from '../../ui/button.tsx'
import { CsvButton } from '../../ui/csv-button.tsx'
import { Choices } from '../../ui/choices.tsx'
import { useFittingColumns } from '../../ui/grid/columns-menu.tsx'
import { Grid } from '../../ui/grid/grid.tsx'
import { ListPage } from '../../ui/list-page.tsx'
import { Empty } from '../../ui/states.tsx'
import { Tag } from '../../ui/text.tsx'
import { useNow } from '../../ui/time.tsx'
import { changeColumns, changeCsv } from './columns.tsx'
import { eventName } from './events.tsx'
import { changesSearchSchema, spanNames, spans } from './search.ts'

/** Beginning of the span, the same for as long as the page is open: a list whose beginning moves has no pages. */
function useSince(days: number): string | undefined {
  const now = useNow()
  const [opened] = useState(now)
  return days === 0 ? undefined : new Date(Math.floor(opened.getTime() / 60_000) * 60_000 - days * DAY_MS).toISOString()
}

/** How many of each event, remembered while other pages of the list are in view. */
function useTotals(first: ChangePage | undefined, identity: string): ChangePage['totals'] {
  const [kept, keep] = useState<{ identity: string; totals: ChangePage['totals'] }>({ identity, totals: null })
  if (first !== undefined && (kept.identity !== identity || kept.totals !== first.totals)) keep({ identity, totals: first.totals })
  return kept.identity === identity ? kept.totals : null
}

/** What happened to credentials and findings lately, by person, scan and rule. */
export function ChangesPage(): ReactNode {
  const { search, filter, change } = useFilter(changesSearchSchema)
  const navigate = useNavigate()
  const shown = useFittingColumns(changeColumns)
  const ofScan = filter.scanId !== undefined
  const since = useSince(ofScan ? 0 : filter.days)
  const query = { ...(since === undefined ? {} : { since }), ...(filter.event === undefined ? {} : { event: filter.event }), ...(ofScan ? { scanId: filter.scanId } : {}) }
  const rows = useKeyset<Change>('listChanges', { query })
  const totals = useTotals(rows.first as ChangePage | undefined, searchOf({ since, scanId: filter.scanId }))
  const counts = new Map(totals?.map(({ event, count }) => [event, count]))
  const events = changeEvents.filter((event) => counts.has(event) || filter.event?.includes(event) === true)
  const toggle = (event: ChangeEvent): void => {
    const chosen = filter.event ?? []
    const next = chosen.includes(event) ? chosen.filter((one) => one !== event) : [...chosen, event]
    change({ event: next.length === 0 ? undefined : next })
  }
  const open = (row: Change): void => {
    if (row.finding !== null) void navigate({ to: '/findings', search: { objectId: row.objectId, peek: row.finding.id, state: ['open', 'accepted', 'closed'] } })
    else if (row.objectType === 'credential') void navigate({ to: '/inventory/$id', params: { id: row.objectId } })
  }
  return (
    <ListPage
      title="Changes"
      rows={rows}
      actions={<CsvButton route="listChanges" input={{ query }} columns={changeCsv} name="changes" />}
      bar={
        <>
          {ofScan ? <Button onClick={() => change({ scanId: undefined })}>Of one scan · show all</Button> : <Choices label="How far back" value={filter.days} onChange={(days) => change({ days })} options={spans.map((days) => ({ value: days, label: spanNames[days] }))} />}
          <div role="group" aria-label="What happened" className="flex flex-wrap gap-1">
            {events.map((event) => <Button key={event} variant="ghost" aria-pressed={filter.event?.includes(event) === true} className="px-2! aria-pressed:bg-selected aria-pressed:text-ink" onClick={() => toggle(event)}>{eventName(event)}<span className="font-normal text-ink-3">{countText(counts.get(event) ?? 0)}</span></Button>)}
          </div>
          {filter.event === undefined ? null : <Button variant="ghost" onClick={() => change({ event: undefined })}>Clear</Button>}
        </>
      }
    >
      <Grid
        key={searchOf(search)}
        label="Changes"
        rows={rows}
        columns={shown}
        onPeek={open}
        onOpen={open}
        autoFocus
        empty={<Empty icon={History} title={ofScan ? 'This scan changed nothing' : 'Nothing changed'} action={ofScan || filter.days === 0 ? undefined : <Button onClick={() => change({ days: filter.days === 1 ? 7 : 0, event: undefined })}>Look further back</Button>}>{ofScan ? 'Everything it saw was known already.' : <>No credential came, moved or went, and no finding opened or closed{filter.days === 0 ? '' : <> in the last <Tag>{spanNames[filter.days]}</Tag></>}.</>}</Empty>}
      />
    </ListPage>
  )
}
