import type { ConfigurationRow } from '@muster/core/api'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { CsvColumn } from '../../format/csv.ts'
import type { Column } from '../../ui/grid/column.ts'
import { SeverityMark } from '../../ui/severity.tsx'
import { Tag } from '../../ui/text.tsx'
import { When } from '../../ui/time.tsx'
import { asked, formatNames, issuerName, letsIn, placeOfConfiguration } from './words.ts'

const dash = <span className="text-ink-3">–</span>
const says = (row: ConfigurationRow): string => asked(row).map(({ claim, how, values }) => `${claim} ${how} ${values.join(' or ')}`).join(', ') || (row.settings['condition']?.[0] ?? row.settings['permission']?.[0] ?? '')

/** The machine or source a configuration stands on. */
export function HolderLink({ row }: { row: ConfigurationRow }): ReactNode {
  return <Link to={row.machineKind === 'source' ? '/sources/$id' : '/machines/$id'} params={{ id: row.machineId }} tabIndex={-1} className="truncate hover:underline" onClick={(event) => event.stopPropagation()}>{row.machineName}</Link>
}

export const configurationColumns: readonly Column<ConfigurationRow>[] = [
  { id: 'path', title: 'File', width: 'minmax(160px, 1.3fr)', fixed: true, cell: (row) => <span className="mono truncate font-medium">{placeOfConfiguration(row)}</span> },
  { id: 'entry', title: 'Part', width: 'minmax(104px, 1fr)', wide: true, cell: (row) => (row.entry === '' ? dash : <span className="mono truncate text-ink-2">{row.entry}</span>) },
  { id: 'format', title: 'Kind', width: '112px', cell: (row) => <span className="truncate text-ink-2">{formatNames[row.format]}</span> },
  { id: 'into', title: 'Lets in as', width: 'minmax(160px, 1.4fr)', cell: (row) => { const trust = letsIn(row); return trust === null ? dash : <span className="truncate">{trust.into} <span className="text-ink-3">from {issuerName(trust.from)}</span></span> } },
  { id: 'asked', title: 'If', width: 'minmax(124px, 1.2fr)', wide: true, cell: (row) => { const text = says(row); return text === '' ? dash : <span className="mono truncate text-ink-2">{text}</span> } },
  { id: 'worst', title: 'Worst finding', width: '112px', cell: (row) => (row.worstSeverity === null ? dash : <SeverityMark severity={row.worstSeverity} />) },
  { id: 'machine', title: 'On', width: 'minmax(128px, 1fr)', cell: (row) => <HolderLink row={row} /> },
  { id: 'lastSeen', title: 'Last seen', width: '108px', wide: true, cell: (row) => (row.goneAt === null ? <When at={row.lastSeen} className="text-ink-2" /> : <Tag>Gone</Tag>) },
]

export const configurationCsv: readonly CsvColumn<ConfigurationRow>[] = [
  { title: 'path', value: (row) => row.path }, { title: 'line', value: (row) => row.settings['line']?.[0] }, { title: 'part', value: (row) => row.entry }, { title: 'kind', value: (row) => row.format },
  { title: 'issuer', value: (row) => row.settings['issuer']?.[0] }, { title: 'lets in as', value: (row) => letsIn(row)?.into }, { title: 'if', value: says },
  { title: 'worst finding', value: (row) => row.worstSeverity }, { title: 'on', value: (row) => row.machineName }, { title: 'last seen', value: (row) => row.lastSeen }, { title: 'gone', value: (row) => row.goneAt },
]
