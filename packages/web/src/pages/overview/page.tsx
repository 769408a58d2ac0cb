import type { Overview } from '@muster/core/api'
import { useQuery } from '@tanstack/react-query'
import { Radar } from 'lucide-react'
import type { ReactNode } from 'react'
import { routeQuery, useMay } from '../../api/query.ts'
import { ButtonLink } from '../../ui/button.tsx'
import { Page, PageBody } from '../../ui/page.tsx'
import { Empty, Failure, Skeleton } from '../../ui/states.tsx'
import { Section } from '../../ui/text.tsx'
import { When } from '../../ui/time.tsx'
import { ExpiryTimeline } from '../../viz/expiry-timeline.tsx'
import { Changes } from './changes.tsx'
import { Figures } from './figures.tsx'
import { OpenFindings, TopRules } from './posture.tsx'
import { RunningScans } from './running-scans.tsx'

function Waiting(): ReactNode {
  return (
    <PageBody className="flex flex-col gap-10">
      <div role="status" aria-label="Loading" className="flex gap-10">{[0, 1, 2, 3, 4].map((n) => <div key={n} className="flex flex-col gap-2"><Skeleton className="w-20" /><Skeleton className="h-6 w-14" /></div>)}</div>
      <Skeleton className="h-44 w-full" />
      <div className="grid grid-cols-2 gap-12"><Skeleton className="h-40 w-full" /><Skeleton className="h-40 w-full" /></div>
    </PageBody>
  )
}

function Filled({ overview }: { overview: Overview }): ReactNode {
  return (
    <PageBody className="flex flex-col gap-10">
      <RunningScans scans={overview.runningScans} />
      <Figures overview={overview} />
      <Section title="Certificates by month of expiry" note="with the longest validity a public CA may issue (CA/B SC-081v3)">
        <ExpiryTimeline expiry={overview.expiry} steps={overview.validitySteps} expired={overview.expired} />
      </Section>
      <div className="grid grid-cols-[minmax(0,3fr)_minmax(0,2fr)] gap-x-12 gap-y-10 max-xl:grid-cols-1">
        <OpenFindings overview={overview} />
        <TopRules overview={overview} />
      </div>
      <Changes changes={overview.changes} />
    </PageBody>
  )
}

/** What exists and what is wrong, at one look. */
export function OverviewPage(): ReactNode {
  const may = useMay()
  const overview = useQuery({ ...routeQuery('getOverview'), refetchInterval: (query) => ((query.state.data?.runningScans.length ?? 0) > 0 ? 3000 : 30_000) })
  const last = overview.data?.lastScan ?? null
  const nothing = overview.data !== undefined && overview.data.kinds.every((entry) => entry.count === 0)
  return (
    <Page
      title="Overview"
      aside={last?.finishedAt == null ? null : <>last scan <When at={last.finishedAt} /></>}
      actions={may('scan.run') ? <ButtonLink to="/scans" search={{ new: true }}><Radar aria-hidden />New scan</ButtonLink> : null}
    >
      {overview.isPending ? <Waiting /> : overview.isError ? <Failure error={overview.error} onRetry={() => void overview.refetch()} /> : nothing ? (
        <PageBody>
          <RunningScans scans={overview.data.runningScans} />
          <Empty icon={Radar} title={overview.data.runningScans.length > 0 ? 'Taking the first roll' : 'Nothing has been scanned yet'} action={may('scan.run') && overview.data.runningScans.length === 0 ? <ButtonLink variant="primary" to="/scans" search={{ new: true }}>New scan</ButtonLink> : undefined}>
            {overview.data.runningScans.length > 0 ? 'What is found appears here as the scan goes on.' : 'Start with this machine: it takes about a minute and needs no settings.'}
          </Empty>
        </PageBody>
      ) : <Filled overview={overview.data} />}
    </Page>
  )
}
