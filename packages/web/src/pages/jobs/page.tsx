import type { JobRow } from '@muster/core/api'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { Activity, X } from 'lucide-react'
import type { ReactNode } from 'react'
import { call } from '../../api/client.ts'
import { useKeyset } from '../../api/keyset.ts'
import { useChange, useMay } from '../../api/query.ts'
import { durationText } from '../../format/dates.ts'
import { capital } from '../../format/names.ts'
import { ConfirmButton } from '../../ui/dialog.tsx'
import { FilterBar } from '../../ui/filter/bar.tsx'
import { optionsOf, type FilterDefinition } from '../../ui/filter/definition.ts'
import type { Column } from '../../ui/grid/column.ts'
import { useFittingColumns } from '../../ui/grid/columns-menu.tsx'
import { Grid } from '../../ui/grid/grid.tsx'
import { ListPage } from '../../ui/list-page.tsx'
import { CsvButton } from '../../ui/csv-button.tsx'
import { StateDot } from '../../ui/state-dot.tsx'
import { Empty } from '../../ui/states.tsx'
import { When } from '../../ui/time.tsx'

const states = ['queued', 'active', 'completed', 'failed', 'cancelled'] as const
const tones = { queued: 'idle', active: 'busy', completed: 'good', failed: 'bad', cancelled: 'idle' } as const
const filters: readonly FilterDefinition[] = [{ key: 'state', label: 'State', type: 'options', single: true, options: optionsOf(states) }]

function Cancel({ job }: { job: JobRow }): ReactNode {
  const cancel = useChange({ change: () => call('cancelJob', { params: { id: job.id } }), stale: ['listJobs', 'listScans'], done: 'Job cancelled' })
  return <ConfirmButton label={`Cancel ${job.title}`} title="Cancel this job?" description="What it has done so far stays." action="Cancel job" icon={<X aria-hidden />} onConfirm={() => cancel.mutateAsync(undefined)} />
}

function columnsFor(mayCancel: boolean): readonly Column<JobRow>[] {
  return [
    { id: 'title', title: 'Job', width: 'minmax(200px, 2fr)', fixed: true, cell: (row) => <span className="truncate font-medium">{row.title}</span> },
    { id: 'state', title: 'State', width: '116px', cell: (row) => <StateDot tone={tones[row.state]}>{capital(row.state)}</StateDot> },
    { id: 'queue', title: 'Queue', width: 'minmax(168px, 0.8fr)', wide: true, cell: (row) => <span className="mono truncate text-ink-2">{row.queue}</span> },
    { id: 'created', title: 'Created', width: '120px', cell: (row) => <When at={row.createdAt} className="text-ink-2" /> },
    { id: 'took', title: 'Took', width: '88px', align: 'end', cell: (row) => <span className="text-ink-2">{row.startedAt === null || row.finishedAt === null ? '–' : durationText(Date.parse(row.finishedAt) - Date.parse(row.startedAt))}</span> },
    { id: 'retries', title: 'Retries', width: '72px', align: 'end', cell: (row) => row.retryCount },
    { id: 'error', title: 'Error', width: 'minmax(140px, 1.4fr)', cell: (row) => (row.error === null ? <span className="text-ink-3">–</span> : <span className="truncate text-critical" title={row.error}>{row.error}</span>) },
    ...(mayCancel ? [{ id: 'cancel', title: 'Actions', titleHidden: true, width: '44px', fixed: true, cell: (row: JobRow) => (row.state === 'active' || row.state === 'queued' ? <Cancel job={row} /> : null) }] : []),
  ]
}

/** Work in the background, newest first. */
export function JobsPage(): ReactNode {
  const { state } = useSearch({ from: '/app/jobs' })
  const navigate = useNavigate()
  const may = useMay()
  const query = states.some((known) => known === state) ? { state } : {}
  const shown = useFittingColumns(columnsFor(may('job.cancel')))
  const rows = useKeyset<JobRow>('listJobs', { query }, { refetchMs: 3000 })
  return (
    <ListPage
      title="Jobs"
      rows={rows}
      actions={<CsvButton<JobRow> route="listJobs" input={{ query }} name="jobs" columns={[{ title: 'title', value: (row) => row.title }, { title: 'queue', value: (row) => row.queue }, { title: 'state', value: (row) => row.state }, { title: 'created', value: (row) => row.createdAt }, { title: 'started', value: (row) => row.startedAt }, { title: 'finished', value: (row) => row.finishedAt }, { title: 'retries', value: (row) => row.retryCount }, { title: 'error', value: (row) => row.error }]} />}
      bar={<FilterBar definitions={filters} values={query} onChange={(patch) => void navigate({ to: '/jobs', search: patch['state'] === undefined ? {} : { state: String(patch['state']) } })} />}
    >
      <Grid key={state ?? ''} label="Jobs" rows={rows} columns={shown} autoFocus empty={<Empty icon={Activity} title="No jobs">Scans, evaluations and alerts run as jobs and are listed here.</Empty>} />
    </ListPage>
  )
}
