import type { MachineRow } from '@muster/core/api'
import { Link } from '@tanstack/react-router'
import type { CsvColumn } from '../../format/csv.ts'
import { capital } from '../../format/names.ts'
import type { Column } from '../../ui/grid/column.ts'
import { FindingCount } from '../../ui/severity.tsx'
import { When } from '../../ui/time.tsx'

const dash = <span className="text-ink-3">–</span>
/** The first identifier of a kind; what people recognise a machine by. */
function identifier(row: MachineRow, type: MachineRow['identifiers'][number]['type']): string | null {
  return row.identifiers.find((entry) => entry.type === type)?.value ?? null
}

export const machineColumns: readonly Column<MachineRow>[] = [
  { id: 'name', title: 'Name', width: 'minmax(180px, 2fr)', fixed: true, cell: (row) => <Link to="/machines/$id" params={{ id: row.id }} tabIndex={-1} className="truncate font-medium hover:underline">{row.name}</Link> },
  { id: 'kind', title: 'Kind', width: '84px', cell: (row) => <span className="text-ink-2">{capital(row.machineKind)}</span> },
  { id: 'system', title: 'System', width: 'minmax(120px, 1fr)', wide: true, cell: (row) => (row.operatingSystem === null ? dash : <span className="truncate text-ink-2">{row.operatingSystem}</span>) },
  { id: 'address', title: 'Address', width: 'minmax(104px, 0.8fr)', cell: (row) => <span className="mono truncate text-ink-2">{identifier(row, 'address') ?? '–'}</span> },
  { id: 'findings', title: 'Findings', width: '84px', cell: (row) => <FindingCount worst={row.worstSeverity} count={row.findingCount} /> },
  { id: 'credentials', title: 'Credentials', width: '84px', align: 'end', cell: (row) => row.credentialCount },
  { id: 'endpoints', title: 'Endpoints', width: '80px', align: 'end', cell: (row) => row.endpointCount },
  { id: 'owner', title: 'Owner', width: 'minmax(80px, 0.8fr)', cell: (row) => (row.labels.owner === null ? dash : <span className="truncate">{row.labels.owner}</span>) },
  { id: 'environment', title: 'Environment', width: '100px', wide: true, cell: (row) => (row.labels.environment === null ? dash : <span className="text-ink-2">{capital(row.labels.environment)}</span>) },
  { id: 'lastSeen', title: 'Last seen', width: '108px', wide: true, cell: (row) => <When at={row.lastSeen} className="text-ink-2" /> },
]

export const machineCsv: readonly CsvColumn<MachineRow>[] = [
  { title: 'name', value: (row) => row.name }, { title: 'kind', value: (row) => row.machineKind }, { title: 'system', value: (row) => row.operatingSystem },
  { title: 'address', value: (row) => identifier(row, 'address') }, { title: 'owner', value: (row) => row.labels.owner }, { title: 'criticality', value: (row) => row.labels.criticality },
  { title: 'environment', value: (row) => row.labels.environment }, { title: 'credentials', value: (row) => row.credentialCount }, { title: 'endpoints', value: (row) => row.endpointCount },
  { title: 'findings', value: (row) => row.findingCount }, { title: 'last seen', value: (row) => row.lastSeen },
]
