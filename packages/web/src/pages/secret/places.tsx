import type { LocationKind } from '@muster/core'
import type { LocationRow } from '@muster/core/api'
import { Link } from '@tanstack/react-router'
import { Boxes, CloudCog, GitBranch, Package, Server, type LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'
import { useMore } from '../../api/more.ts'
import { pluralText } from '../../format/names.ts'
import { Button } from '../../ui/button.tsx'
import { Failure, Skeleton } from '../../ui/states.tsx'
import { SecretPlace } from './place.tsx'

const icons: Partial<Record<LocationKind, LucideIcon>> = { 'repository-line': GitBranch, 'image-line': Package, 'ci-variable': CloudCog, 'kubernetes-secret': Boxes }

function Group({ rows }: { rows: readonly LocationRow[] }): ReactNode {
  const first = rows[0]!
  const Icon = icons[first.location.kind] ?? Server
  // Only what no machine holds has an icon of its own.
  const to = Icon === Server ? '/machines/$id' : '/sources/$id'
  return (
    <li className="border-b border-line py-2.5">
      <div className="flex items-center gap-2">
        <Icon className="size-3.5 shrink-0 text-ink-3" aria-hidden />
        <Link to={to} params={{ id: first.machineId }} className="min-w-0 truncate font-medium hover:underline">{first.machineName}</Link>
        <span className="shrink-0 text-xs text-ink-3">{pluralText(rows.length, 'place')}</span>
      </div>
      <ul className="ml-[22px]">{rows.map((row) => <SecretPlace key={row.id} row={row} />)}</ul>
    </li>
  )
}

/** Everywhere the value is, by the source or machine that holds it; `brief` shows the first places and the way to all. */
export function SecretPlaces({ id, brief = false }: { id: string; brief?: boolean }): ReactNode {
  const pages = useMore<LocationRow>('listCredentialLocations', { params: { id } }, brief ? 4 : 50)
  if (pages.error !== null) return <Failure error={pages.error} onRetry={pages.retry} />
  if (pages.pending) return <Skeleton className="h-16 w-full" />
  if (pages.rows.length === 0) return <p className="text-ink-3">Not found anywhere any more.</p>
  const groups = [...Map.groupBy(pages.rows, (row) => row.machineId).values()]
  return (
    <>
      <ul className="border-t border-line">{groups.map((rows) => <Group key={rows[0]!.machineId} rows={rows} />)}</ul>
      {pages.more === null ? null : brief ? <Link to="/inventory/$id" params={{ id }} className="mt-2 inline-block text-accent hover:underline">All places</Link> : <Button className="mt-3" busy={pages.fetching} onClick={pages.more}>Show more</Button>}
    </>
  )
}
