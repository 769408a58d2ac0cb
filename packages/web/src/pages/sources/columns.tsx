import type { MachineRow } from '@muster/core/api'
import { Link } from '@tanstack/react-router'
import { Boxes, CloudCog, GitBranch, Package, type LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'
import type { CsvColumn } from '../../format/csv.ts'
import { capital } from '../../format/names.ts'
import { sourceKind, type SourceKind } from '../../format/secret-names.ts'
import type { Column } from '../../ui/grid/column.ts'
import { FindingCount } from '../../ui/severity.tsx'
import { When } from '../../ui/time.tsx'

const dash = <span className="text-ink-3">–</span>
const icons: Readonly<Record<SourceKind, LucideIcon>> = { repository: GitBranch, image: Package, cluster: Boxes, 'code host': CloudCog }

function SourceIcon({ row }: { row: MachineRow }): ReactNode {
  const Icon = icons[sourceKind(row) ?? 'repository']
  return <Icon className="size-3.5 shrink-0 text-ink-3" aria-hidden />
}

/** What the source is, in a word. */
export function sourceKindName(row: MachineRow): string {
  return capital(sourceKind(row) ?? row.machineKind)
}

export const sourceColumns: readonly Column<MachineRow>[] = [
  { id: 'name', title: 'Name', width: 'minmax(220px, 2.4fr)', fixed: true, cell: (row) => <span className="flex min-w-0 items-center gap-2"><SourceIcon row={row} /><Link to="/sources/$id" params={{ id: row.id }} tabIndex={-1} className="truncate font-medium hover:underline" title={row.name}>{row.name}</Link></span> },
  { id: 'kind', title: 'Kind', width: '104px', cell: (row) => <span className="text-ink-2">{sourceKindName(row)}</span> },
  { id: 'findings', title: 'Findings', width: '84px', cell: (row) => <FindingCount worst={row.worstSeverity} count={row.findingCount} /> },
  { id: 'credentials', title: 'Credentials', width: '92px', align: 'end', cell: (row) => row.credentialCount },
  { id: 'owner', title: 'Owner', width: 'minmax(96px, 0.8fr)', cell: (row) => (row.labels.owner === null ? dash : <span className="truncate" title={row.labels.owner}>{row.labels.owner}</span>) },
  { id: 'environment', title: 'Environment', width: '112px', wide: true, cell: (row) => (row.labels.environment === null ? dash : <span className="text-ink-2">{capital(row.labels.environment)}</span>) },
  { id: 'lastSeen', title: 'Last scanned', width: '120px', cell: (row) => <When at={row.lastSeen} className="text-ink-2" /> },
  { id: 'firstSeen', title: 'First seen', width: '120px', wide: true, cell: (row) => <When at={row.firstSeen} className="text-ink-2" /> },
]

export const sourceCsv: readonly CsvColumn<MachineRow>[] = [
  { title: 'name', value: (row) => row.name }, { title: 'kind', value: sourceKindName }, { title: 'id', value: (row) => row.identifiers.find((entry) => entry.type === 'source-id')?.value ?? null },
  { title: 'owner', value: (row) => row.labels.owner }, { title: 'criticality', value: (row) => row.labels.criticality }, { title: 'environment', value: (row) => row.labels.environment },
  { title: 'credentials', value: (row) => row.credentialCount }, { title: 'findings', value: (row) => row.findingCount }, { title: 'worst finding', value: (row) => row.worstSeverity }, { title: 'last scanned', value: (row) => row.lastSeen },
]
