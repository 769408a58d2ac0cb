import { findingFilterSchema, findingListQuerySchema, type FindingFilter, type FindingRow, type FindingsByRule } from '@muster/core/api'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { Download, Rows3, SearchX, ShieldCheck, TextQuote } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import type { z } from 'zod'
import { urlOf } from '../../api/client.ts'
import { useKeyset, type KeysetRows } from '../../api/keyset.ts'
import { useMay } from '../../api/query.ts'
import { useFilter } from '../../app/search.ts'
import { pluralText } from '../../format/names.ts'
import { rawSearch, searchOf } from '../../format/search.ts'
import { Button } from '../../ui/button.tsx'
import { Choices } from '../../ui/choices.tsx'
import { FilterBar } from '../../ui/filter/bar.tsx'
import { SearchInput } from '../../ui/filter/search-input.tsx'
import { useColumns } from '../../ui/grid/columns-menu.tsx'
import { Grid } from '../../ui/grid/grid.tsx'
import { bulkSelect, SelectionBar } from '../../ui/grid/selection-bar.tsx'
import { nothing, type Selection } from '../../ui/grid/selection.ts'
import { ListPage } from '../../ui/list-page.tsx'
import { Menu, MenuLink } from '../../ui/menu.tsx'
import { SavedViews } from '../../ui/saved-views.tsx'
import { Empty } from '../../ui/states.tsx'
import { AssessDialog } from '../secret/assess.tsx'
import { findingColumns } from './columns.tsx'
import { AcceptDialog, AssignDialog, useReopen, type FindingSelect } from './decide.tsx'
import { findingFilters } from './filters.ts'
import { GroupedFindings } from './grouped.tsx'
import { FindingPanel } from './panel.tsx'
import { FindingTabs, toldByTabs } from './state-tabs.tsx'

const formats = [['csv', 'CSV'], ['json', 'JSON'], ['ndjson', 'NDJSON'], ['sarif', 'SARIF']] as const
const filterKeys = Object.keys(findingFilterSchema.shape)
type Deciding = { what: 'accept' | 'assign'; select: FindingSelect; title: string } | { what: 'state'; secrets: string[] }

/** The credentials that selected findings about secrets are of; null unless every one is such and at hand. */
function secretsOf(selection: Selection, rows: KeysetRows<FindingRow>): string[] | null {
  if (selection.all || selection.ids.size === 0) return null
  const found: FindingRow[] = []
  for (let index = 0; index < rows.length && found.length < selection.ids.size; index++) {
    const row = rows.at(index)
    if (row !== undefined && selection.ids.has(row.id)) found.push(row)
  }
  return found.length === selection.ids.size && found.every((row) => row.ruleId.startsWith('secret.')) ? [...new Set(found.map((row) => row.objectId))] : null
}

const layouts = [{ value: false, label: 'List', icon: <Rows3 aria-hidden /> }, { value: true, label: 'By rule', icon: <TextQuote aria-hidden /> }] as const

/** What is wrong: filter, look, accept with a reason, assign, export. */
export function FindingsPage(): ReactNode {
  const { search, filter, change } = useFilter(findingListQuerySchema)
  const { peek, group }: { peek?: string; group?: string } = useSearch({ strict: false })
  const navigate = useNavigate()
  const may = useMay()
  const grouped = group === 'rule'
  const [selection, setSelection] = useState<Selection>(nothing)
  const [deciding, setDeciding] = useState<Deciding | null>(null)
  const rows = useKeyset<FindingRow>('listFindings', { query: filter })
  const { shown, menu } = useColumns('findings', findingColumns)
  const reopen = useReopen(() => setSelection(nothing))
  const only = Object.fromEntries(Object.entries(filter).filter(([key]) => filterKeys.includes(key))) as FindingFilter
  const query = searchOf(search)
  const changeFilter = (patch: Record<string, unknown>): void => { setSelection(nothing); change({ ...patch, peek: undefined }) }
  const onPeek = (row: FindingRow): void => change({ peek: row.id }, { replace: true })
  const chosen = (): FindingSelect => bulkSelect<z.input<typeof findingFilterSchema>>(selection, only)
  const many = selection.all ? 'everything that matches' : pluralText(selection.ids.size, 'finding')
  const close = (): void => setDeciding(null)
  const secrets = secretsOf(selection, rows)
  const acceptRule = (rule: FindingsByRule['items'][number]): void => setDeciding({ what: 'accept', title: `Accept all: ${rule.title}`, select: { filter: rawSearch(searchOf({ ...only, rule: rule.ruleId })) as z.input<typeof findingFilterSchema> } })
  const decided = (): void => { close(); setSelection(nothing) }
  return (
    <ListPage
      title="Findings"
      rows={rows}
      actions={may('inventory.export') ? <Menu trigger={<Button><Download aria-hidden />Export</Button>}>{formats.map(([format, label]) => <MenuLink key={format} download href={urlOf('exportFindings', { query: { ...only, format } })}>{label}</MenuLink>)}</Menu> : null}
      tabs={<FindingTabs search={search} onChange={changeFilter} />}
      bar={
        <>
          <SearchInput label="Search findings" value={search.q ?? ''} onChange={(q) => changeFilter({ q })} />
          <FilterBar definitions={findingFilters} values={search} onChange={changeFilter} told={toldByTabs(search)} />
          <div className="ml-auto flex items-center gap-1">
            <SavedViews page="findings" query={query} onApply={(saved) => void navigate({ to: '/findings', search: rawSearch(saved) })} />
            {grouped ? null : menu}
            <Choices<boolean> label="Layout" value={grouped} options={layouts} onChange={(on) => change({ group: on ? 'rule' : undefined, peek: undefined })} />
          </div>
        </>
      }
    >
      {grouped ? <GroupedFindings filter={only} peekedId={peek ?? null} onPeek={onPeek} onAccept={acceptRule} /> : (
        <Grid
          key={query}
          label="Findings"
          rows={rows}
          columns={shown}
          sort={{ key: filter.sort, order: filter.sort === 'openedAt' ? 'desc' : 'asc' }}
          onSort={({ key }) => changeFilter({ sort: key })}
          {...(may('finding.decide') ? { selection, onSelect: setSelection } : {})}
          peekedId={peek ?? null}
          onPeek={onPeek}
          onOpen={onPeek}
          autoFocus
          empty={query === '' ? <Empty icon={ShieldCheck} title="Nothing is open">Every rule holds for everything that was seen. Accepted and closed findings stay under their filter.</Empty> : <Empty icon={SearchX} title="No finding matches" action={<Button onClick={() => void navigate({ to: '/findings', search: {} })}>Clear the filter</Button>} />}
        />
      )}
      <SelectionBar selection={selection} count={rows.count} onSelect={setSelection}>
        {filter.state?.includes('accepted') === true ? <Button busy={reopen.isPending} onClick={() => reopen.mutate(chosen())}>Open again</Button> : null}
        {secrets === null ? null : <Button onClick={() => setDeciding({ what: 'state', secrets })}>Set state…</Button>}
        <Button onClick={() => setDeciding({ what: 'assign', select: chosen(), title: `Assign ${many}` })}>Assign…</Button>
        <Button variant="primary" onClick={() => setDeciding({ what: 'accept', select: chosen(), title: `Accept ${many}` })}>Accept…</Button>
      </SelectionBar>
      <FindingPanel id={peek ?? null} onClose={() => change({ peek: undefined }, { replace: true })} />
      {deciding?.what === 'accept' ? <AcceptDialog {...deciding} onClose={close} onDone={decided} /> : null}
      {deciding?.what === 'state' ? <AssessDialog title={`Set the state of ${pluralText(deciding.secrets.length, 'secret')}`} initial="confirmed" select={{ ids: deciding.secrets }} onClose={close} onDone={decided} /> : null}
      {deciding?.what === 'assign' ? <AssignDialog {...deciding} onClose={close} onDone={decided} /> : null}
    </ListPage>
  )
}
