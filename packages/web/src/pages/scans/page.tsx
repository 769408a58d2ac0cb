import { scanKinds, type ScanRow, scanStates } from '@muster/core/api'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { Radar } from 'lucide-react'
import type { ReactNode } from 'react'
import { useKeyset } from '../../api/keyset.ts'
import { useMay } from '../../api/query.ts'
import { durationText } from '../../format/dates.ts'
import { countText, pluralText } from '../../format/names.ts'
import { searchOf } from '../../format/search.ts'
import { Button } from '../../ui/button.tsx'
import { CsvButton } from '../../ui/csv-button.tsx'
import { FilterBar } from '../../ui/filter/bar.tsx'
import { optionsOf, type FilterDefinition } from '../../ui/filter/definition.ts'
import type { Column } from '../../ui/grid/column.ts'
import { useFittingColumns } from '../../ui/grid/columns-menu.tsx'
import { Grid } from '../../ui/grid/grid.tsx'
import { Page } from '../../ui/page.tsx'
import { ProgressBar } from '../../ui/progress.tsx'
import { Empty } from '../../ui/states.tsx'
import { TabPanel, Tabs } from '../../ui/tabs.tsx'
import { Tag } from '../../ui/text.tsx'
import { useNow, When } from '../../ui/time.tsx'
import { NewScanDialog } from './new-scan.tsx'
import { Schedules } from './schedules.tsx'
import { isLive, scanKindNames, ScanState } from './state.tsx'

function Took({ row }: { row: ScanRow }): ReactNode {
  const now = useNow()
  if (row.startedAt === null) return <span className="text-ink-3">–</span>
  return <span className="text-ink-2">{durationText((row.finishedAt === null ? now.getTime() : Date.parse(row.finishedAt)) - Date.parse(row.startedAt))}</span>
}

const columns: readonly Column<ScanRow>[] = [
  { id: 'title', title: 'Scan', width: 'minmax(200px, 2fr)', fixed: true, cell: (row) => <span className="flex min-w-0 items-center gap-2"><span className="truncate font-medium">{row.title}</span>{row.origin === 'import' ? <Tag>Imported</Tag> : null}</span> },
  { id: 'kind', title: 'Kind', width: '64px', cell: (row) => <span className="text-ink-2">{scanKindNames[row.kind]}</span> },
  {
    id: 'state', title: 'State', width: 'minmax(150px, 0.8fr)',
    cell: (row) => isLive(row) ? <span className="flex w-full items-center gap-3"><ScanState scan={row} /><ProgressBar className="grow" done={row.progress?.done ?? 0} total={row.progress?.total ?? null} label={`Progress of ${row.title}`} /></span> : <ScanState scan={row} />,
  },
  { id: 'new', title: 'New', width: '72px', align: 'end', cell: (row) => countText(row.counts.credentialsNew) },
  { id: 'gone', title: 'Gone', width: '64px', align: 'end', cell: (row) => countText(row.counts.locationsGone) },
  { id: 'problems', title: 'Unread', width: '72px', align: 'end', cell: (row) => (row.counts.problems === 0 ? <span className="text-ink-3">0</span> : <span className="text-high">{countText(row.counts.problems)}</span>) },
  { id: 'started', title: 'Started', width: '124px', cell: (row) => <When at={row.startedAt ?? row.createdAt} className="text-ink-2" /> },
  { id: 'took', title: 'Took', width: '88px', align: 'end', wide: true, cell: (row) => <Took row={row} /> },
  { id: 'by', title: 'By', width: 'minmax(110px, 0.8fr)', wide: true, cell: (row) => <span className="truncate text-ink-2">{row.requestedBy}</span> },
]

const filters: readonly FilterDefinition[] = [
  { key: 'kind', label: 'Kind', type: 'options', single: true, options: scanKinds.map((value) => ({ value, label: scanKindNames[value] })) },
  { key: 'state', label: 'State', type: 'options', single: true, options: optionsOf(scanStates) },
]

function ScanList(): ReactNode {
  const navigate = useNavigate()
  const may = useMay()
  const shown = useFittingColumns(columns)
  const search = useSearch({ from: '/app/scans' })
  const filter = { ...(search.kind === undefined ? {} : { kind: search.kind }), ...(search.state === undefined ? {} : { state: search.state }) }
  const rows = useKeyset<ScanRow>('listScans', { query: filter }, { refetchMs: 2000 })
  const filtered = Object.keys(filter).length > 0
  const change = (patch: Record<string, unknown>): void => void navigate({ to: '/scans', search: { ...filter, ...patch } })
  const open = (row: ScanRow): void => void navigate({ to: '/scans/$id', params: { id: row.id } })
  return (
    <>
      <div className="flex shrink-0 flex-wrap items-center gap-2 border-b border-line px-page py-2">
        <FilterBar definitions={filters} values={filter} onChange={change} />
        <span className="ml-auto text-xs text-ink-3" aria-live="polite">{rows.count === null ? '' : pluralText(rows.count.value, 'scan')}</span>
      </div>
      <Grid
        key={searchOf(filter)}
        label="Scans"
        rows={rows}
        columns={shown}
        onPeek={open}
        onOpen={open}
        autoFocus
        empty={filtered ? <Empty icon={Radar} title="No scan matches" action={<Button onClick={() => void navigate({ to: '/scans', search: {} })}>Clear the filter</Button>} /> : <Empty icon={Radar} title="No scans yet" action={may('scan.run') ? <Button variant="primary" onClick={() => void navigate({ to: '/scans', search: { new: true } })}>New scan</Button> : undefined}>A scan of this machine takes about a minute and needs no settings.</Empty>}
      />
    </>
  )
}

/** Scans that ran, run and will run. */
export function ScansPage(): ReactNode {
  const search = useSearch({ from: '/app/scans' })
  const navigate = useNavigate()
  const may = useMay()
  const tab = search.tab ?? 'scans'
  return (
    <Page
      title="Scans"
      scroll={false}
      actions={
        <>
          {tab === 'scans' ? <CsvButton<ScanRow> route="listScans" input={{}} name="scans" columns={[{ title: 'title', value: (row) => row.title }, { title: 'kind', value: (row) => row.kind }, { title: 'state', value: (row) => row.state }, { title: 'started', value: (row) => row.startedAt }, { title: 'finished', value: (row) => row.finishedAt }, { title: 'sightings', value: (row) => row.counts.sightings }, { title: 'new credentials', value: (row) => row.counts.credentialsNew }, { title: 'locations gone', value: (row) => row.counts.locationsGone }, { title: 'problems', value: (row) => row.counts.problems }, { title: 'requested by', value: (row) => row.requestedBy }, { title: 'message', value: (row) => row.message }]} /> : null}
          {may('scan.run') ? <Button variant="primary" onClick={() => void navigate({ to: '/scans', search: { ...search, new: true } })}><Radar aria-hidden />New scan</Button> : null}
        </>
      }
    >
      <div className="flex min-h-0 grow flex-col [&>div>[role=tablist]]:px-page">
        <Tabs label="Scans" value={tab} onChange={(next) => void navigate({ to: '/scans', search: next === 'schedules' ? { tab: 'schedules' } : {} })} tabs={[{ value: 'scans', label: 'Scans' }, { value: 'schedules', label: 'Schedules' }]}>
          <TabPanel value={tab} className="flex min-h-0 grow flex-col outline-none">{tab === 'scans' ? <ScanList /> : <Schedules />}</TabPanel>
        </Tabs>
      </div>
      {search.new === true && may('scan.run') ? <NewScanDialog connection={search.connection === undefined || search.kind === undefined ? null : { id: search.connection, kind: search.kind }} onClose={() => void navigate({ to: '/scans', search: tab === 'schedules' ? { tab: 'schedules' } : {}, replace: true })} /> : null}
    </Page>
  )
}
