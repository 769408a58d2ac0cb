import type { Change } from '@muster/core/api'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { CsvColumn } from '../../format/csv.ts'
import { capital, kindNames } from '../../format/names.ts'
import { objectTitle } from '../../format/secret-names.ts'
import type { Column } from '../../ui/grid/column.ts'
import { SeverityGlyph } from '../../ui/severity.tsx'
import { Moment } from '../../ui/time.tsx'
import { EventMark } from './events.tsx'

const dash = <span className="text-ink-3">–</span>

function titleOf(row: Change): string {
  return row.objectName === '' && row.secretType === null ? 'No name' : objectTitle(row)
}

/** The thing that changed, as a link to its page. */
function Thing({ row }: { row: Change }): ReactNode {
  const look = { tabIndex: -1, title: row.objectName, onClick: (event: { stopPropagation: () => void }) => event.stopPropagation(), className: 'truncate font-medium hover:underline' }
  if (row.objectType === 'credential') return <Link to="/inventory/$id" params={{ id: row.objectId }} {...look}>{titleOf(row)}</Link>
  if (row.objectType === 'endpoint') return <Link to="/endpoints" search={{ peek: row.objectId }} {...look}>{row.objectName}</Link>
  return <Link to="/configurations" search={{ peek: row.objectId }} {...look}>{row.objectName}</Link>
}

/** What a finding says, or what happened to the credential. */
function Detail({ row }: { row: Change }): ReactNode {
  if (row.finding === null) return <span className="truncate text-ink-2" title={row.summary}>{row.summary}</span>
  return (
    <span className="flex min-w-0 items-center gap-2" title={`${row.finding.title}: ${row.summary}`}>
      <SeverityGlyph severity={row.finding.severity} />
      <span className="sr-only">{row.finding.severity}</span>
      <span className="truncate">{row.finding.title} <span className="text-ink-3">{row.summary}</span></span>
    </span>
  )
}

export const changeColumns: readonly Column<Change>[] = [
  { id: 'at', title: 'When', width: '120px', fixed: true, cell: (row) => <Moment at={row.at} className="text-ink-2" /> },
  { id: 'event', title: 'What', width: '148px', fixed: true, cell: (row) => <EventMark event={row.event} /> },
  { id: 'object', title: 'On', width: 'minmax(150px, 1.2fr)', fixed: true, cell: (row) => <Thing row={row} /> },
  { id: 'kind', title: 'Kind', width: '112px', wide: true, cell: (row) => <span className="truncate text-ink-2">{row.kind === null ? capital(row.objectType) : kindNames[row.kind][0]}</span> },
  { id: 'detail', title: 'Detail', width: 'minmax(180px, 2.2fr)', cell: (row) => <Detail row={row} /> },
  { id: 'by', title: 'By', width: '136px', wide: true, cell: (row) => (row.by !== null ? <span className="truncate">{row.by}</span> : row.scanId === null ? dash : <Link to="/scans/$id" params={{ id: row.scanId }} tabIndex={-1} onClick={(event) => event.stopPropagation()} className="text-ink-2 hover:text-ink hover:underline">scan</Link>) },
]

export const changeCsv: readonly CsvColumn<Change>[] = [
  { title: 'at', value: (row) => row.at }, { title: 'event', value: (row) => row.event }, { title: 'name', value: (row) => row.objectName }, { title: 'type', value: (row) => row.kind ?? row.objectType },
  { title: 'finding', value: (row) => row.finding?.title ?? null }, { title: 'severity', value: (row) => row.finding?.severity ?? null }, { title: 'detail', value: (row) => row.summary }, { title: 'by', value: (row) => row.by }, { title: 'scan', value: (row) => row.scanId }, { title: 'id', value: (row) => row.objectId },
]
