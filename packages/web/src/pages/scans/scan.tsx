import type { ScanProblem } from '@muster/core'
import type { ScanRow } from '@muster/core/api'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate, useParams } from '@tanstack/react-router'
import { useEffect, type ReactNode } from 'react'
import { call } from '../../api/client.ts'
import { useMore } from '../../api/more.ts'
import { routeQuery, useChange, useMay } from '../../api/query.ts'
import { durationText } from '../../format/dates.ts'
import { countText } from '../../format/names.ts'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { CsvButton } from '../../ui/csv-button.tsx'
import { ConfirmButton } from '../../ui/dialog.tsx'
import { Page, PageBody } from '../../ui/page.tsx'
import { ProgressBar } from '../../ui/progress.tsx'
import { SimpleTable } from '../../ui/simple-table.tsx'
import { Failure, Skeleton, SkeletonRows } from '../../ui/states.tsx'
import { Fact, Facts, Section } from '../../ui/text.tsx'
import { When } from '../../ui/time.tsx'
import { ScanCoverage } from './coverage.tsx'
import { OptionRows } from './option-rows.tsx'
import { isLive, scanKindNames, ScanState } from './state.tsx'

const crumbs = [{ label: 'Scans', to: '/scans' }]

function Progress({ scan }: { scan: ScanRow }): ReactNode {
  const { progress } = scan
  if (!isLive(scan)) return null
  return (
    <div>
      <div className="mb-2 flex items-baseline gap-4">
        <span className="font-medium">{progress === null ? (scan.state === 'queued' ? 'Waiting to start' : 'Getting ready') : `${countText(progress.done)}${progress.total === null ? '' : ` of ${countText(progress.total)}`} ${progress.unit}`}</span>
        <span className="mono min-w-0 truncate text-ink-3">{progress?.current}</span>
        {progress !== null && progress.total !== null && progress.total > 0 ? <span className="ml-auto">{Math.floor((progress.done / progress.total) * 100)}%</span> : null}
      </div>
      <ProgressBar className="h-1.5" done={progress?.done ?? 0} total={progress?.total ?? null} label="Progress of the scan" />
      <span className="sr-only" aria-live="polite">{progress === null || progress.total === null || progress.total === 0 ? '' : `${Math.floor((progress.done / progress.total) * 10) * 10} percent`}</span>
    </div>
  )
}

function Counts({ scan }: { scan: ScanRow }): ReactNode {
  const figures = [['Sightings', scan.counts.sightings], ['New credentials', scan.counts.credentialsNew], ['New places', scan.counts.locationsNew], ['Places gone', scan.counts.locationsGone], ['Could not be read', scan.counts.problems]] as const
  return (
    <dl className="flex flex-wrap gap-x-12 gap-y-4">
      {figures.map(([name, value]) => (
        <div key={name}>
          <dt className="text-xs text-ink-3">{name}</dt>
          <dd className={`text-xl font-semibold tracking-tight ${name === 'Could not be read' && value > 0 ? 'text-high' : ''}`}>{countText(value)}</dd>
        </div>
      ))}
    </dl>
  )
}

function Problems({ id, live }: { id: string; live: boolean }): ReactNode {
  const pages = useMore<ScanProblem>('listScanProblems', { params: { id } }, 100, live ? 3000 : false)
  if (pages.pending) return <Skeleton className="h-10 w-full" />
  if (pages.error !== null) return <Failure error={pages.error} onRetry={pages.retry} />
  if (pages.rows.length === 0) return <p className="text-ink-3">{live ? 'None so far.' : 'Everything it came to could be read.'}</p>
  return (
    <>
      <SimpleTable label="Problems" head={['Where', 'What', 'Code']}>
        {pages.rows.map((problem, index) => (
          <tr key={`${problem.where}${index}`} className="align-top">
            <td className="mono max-w-md break-all">{problem.where}</td>
            <td>{problem.message}</td>
            <td className="mono whitespace-nowrap text-ink-3">{problem.code}</td>
          </tr>
        ))}
      </SimpleTable>
      {pages.more === null ? null : <Button className="mt-3" busy={pages.fetching} onClick={pages.more}>Show more</Button>}
    </>
  )
}

/** One scan: how far, what it found, what it could not read. */
export function ScanPage(): ReactNode {
  const { id } = useParams({ from: '/app/scans/$id' })
  const may = useMay()
  const client = useQueryClient()
  const navigate = useNavigate()
  const query = useQuery({ ...routeQuery('getScan', { params: { id } }), refetchInterval: (state) => (state.state.data !== undefined && isLive(state.state.data) ? 1000 : false) })
  const cancel = useChange({ change: () => call('cancelScan', { params: { id } }), stale: ['getScan', 'listScans', 'getOverview'], done: 'Scan cancelled' })
  const again = useChange({ change: ({ kind, options }: ScanRow) => call('createScan', { body: { kind, options } }), stale: ['listScans', 'getOverview'], onDone: (scan) => void navigate({ to: '/scans/$id', params: { id: scan.id } }) })
  const live = query.data !== undefined && isLive(query.data)
  useEffect(() => {
    // What the scan changed is stale once it ends.
    if (!live) for (const name of ['listCredentials', 'listFindings', 'listMachines', 'listEndpoints', 'getOverview', 'getScanCoverage', 'listScanProblems']) void client.invalidateQueries({ queryKey: [name] })
  }, [live, client])
  if (query.isPending) return <Page title="Scan" crumbs={crumbs}><SkeletonRows rows={8} /></Page>
  if (query.isError) return <Page title="Scan" crumbs={crumbs}><Failure error={query.error} onRetry={() => void query.refetch()} /></Page>
  const scan = query.data
  return (
    <Page
      title={scan.title}
      crumbs={crumbs}
      aside={<ScanState scan={scan} />}
      actions={
        live ? may('scan.run') ? <ConfirmButton label="Cancel scan" title="Cancel this scan?" description="What it has found so far stays. Nothing it did not get to is marked as gone." action="Cancel scan" onConfirm={() => cancel.mutateAsync(undefined)} /> : null
          : <><CsvButton<ScanProblem> route="listScanProblems" input={{ params: { id } }} name="scan-problems" columns={[{ title: 'where', value: (row) => row.where }, { title: 'code', value: (row) => row.code }, { title: 'message', value: (row) => row.message }]} /><ButtonLink to="/changes" search={{ scanId: id }}>What it changed</ButtonLink>{may('scan.run') && scan.origin === 'server' ? <Button busy={again.isPending} onClick={() => again.mutate(scan)}>Scan again</Button> : null}<ButtonLink to="/inventory" search={scan.kind === 'secrets' ? { kind: ['secret'] } : {}}>{scan.kind === 'secrets' ? 'Secrets' : 'Inventory'}</ButtonLink></>
      }
    >
      <PageBody className="flex flex-col gap-9">
        <Progress scan={scan} />
        {scan.message === null ? null : <p role="status" className={`rounded-md px-4 py-3 ${scan.state === 'failed' ? 'bg-critical-wash text-critical' : 'bg-sunken text-ink-2'}`}>{scan.message}</p>}
        <Counts scan={scan} />
        <Facts>
          <Fact name="Kind">{scanKindNames[scan.kind]}{scan.origin === 'import' ? ', run elsewhere and sent here' : ''}</Fact>
          <Fact name="Requested by">{scan.requestedBy}{scan.scheduleId === null ? '' : ' by schedule'}</Fact>
          <Fact name="Started"><When at={scan.startedAt} />{scan.startedAt !== null && scan.finishedAt !== null ? <span className="text-ink-3"> · took {durationText(Date.parse(scan.finishedAt) - Date.parse(scan.startedAt))}</span> : null}</Fact>
          <OptionRows scan={scan} />
        </Facts>
        <Section title="What it looked at" note="absence counts only here"><ScanCoverage id={id} live={live} /></Section>
        <Section title="What it could not read"><Problems id={id} live={live} /></Section>
      </PageBody>
    </Page>
  )
}
