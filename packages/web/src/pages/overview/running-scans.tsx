import type { ScanRow } from '@muster/core/api'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useEffect, type ReactNode } from 'react'
import { routeQuery } from '../../api/query.ts'
import { countText } from '../../format/names.ts'
import { ProgressBar } from '../../ui/progress.tsx'

function Running({ scan }: { scan: ScanRow }): ReactNode {
  const client = useQueryClient()
  const row = useQuery({ ...routeQuery('getScan', { params: { id: scan.id } }), initialData: scan, refetchInterval: (query) => (query.state.data?.state === 'running' || query.state.data?.state === 'queued' ? 1000 : false) }).data
  const over = row.finishedAt !== null
  useEffect(() => {
    if (over) void client.invalidateQueries({ queryKey: ['getOverview'] })
  }, [over, client])
  const progress = row.progress
  return (
    <Link to="/scans/$id" params={{ id: row.id }} className="block rounded-md bg-sunken px-4 py-3 hover:bg-hover">
      <span className="mb-2 flex items-baseline gap-3">
        <span className="font-medium">Scanning {row.title}</span>
        <span className="mono min-w-0 truncate text-ink-3">{progress?.current}</span>
        <span className="tabular ml-auto shrink-0 text-xs text-ink-2">
          {progress === null ? 'Starting' : `${countText(progress.done)}${progress.total === null ? '' : ` of ${countText(progress.total)}`} ${progress.unit}`} · {countText(row.counts.credentialsNew)} new
        </span>
      </span>
      <ProgressBar done={progress?.done ?? 0} total={progress?.total ?? null} label={`Progress of the scan of ${row.title}`} />
    </Link>
  )
}

/** Scans that run now, second by second. */
export function RunningScans({ scans }: { scans: readonly ScanRow[] }): ReactNode {
  if (scans.length === 0) return null
  return <div role="region" aria-label="Running scans" className="flex flex-col gap-2">{scans.map((scan) => <Running key={scan.id} scan={scan} />)}</div>
}
