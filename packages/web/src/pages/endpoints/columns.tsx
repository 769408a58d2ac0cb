import { hostPort, tlsVersions } from '@muster/core'
import type { EndpointRow } from '@muster/core/api'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { CsvColumn } from '../../format/csv.ts'
import { cx } from '../../ui/cx.ts'
import type { Column } from '../../ui/grid/column.ts'
import { SeverityMark } from '../../ui/severity.tsx'
import { Tag } from '../../ui/text.tsx'
import { When } from '../../ui/time.tsx'
import { isOldVersion, quantumReadiness } from './profile.ts'

const dash = <span className="text-ink-3">–</span>
const shortVersion = { SSLv3: '3', 'TLSv1.0': '1.0', 'TLSv1.1': '1.1', 'TLSv1.2': '1.2', 'TLSv1.3': '1.3' } as const

/** Each version as a small cell: offered, offered but old, or not offered. */
function VersionStrip({ versions }: { versions: readonly (typeof tlsVersions)[number][] | null }): ReactNode {
  if (versions === null) return dash
  return (
    <span role="img" aria-label={`Offers ${versions.join(', ')}`} className="flex gap-px">
      {tlsVersions.map((version) => {
        const offered = versions.includes(version)
        return <span key={version} aria-hidden className={cx('mono flex h-[18px] w-7 items-center justify-center text-2xs', !offered ? 'text-ink-3 opacity-60' : isOldVersion(version) ? 'bg-critical-wash text-critical' : 'bg-hover text-ink')}>{offered ? shortVersion[version] : '·'}</span>
      })}
    </span>
  )
}

function Quantum({ row }: { row: EndpointRow }): ReactNode {
  const ready = quantumReadiness(row.tls, row.ssh)
  return ready === null ? dash : ready ? <Tag tone="good">Yes</Tag> : <span className="text-ink-3">No</span>
}

export const endpointColumns: readonly Column<EndpointRow>[] = [
  { id: 'address', title: 'Address', width: 'minmax(150px, 1.2fr)', fixed: true, cell: (row) => <span className="mono truncate font-medium">{hostPort(row.host, row.port)}</span> },
  { id: 'name', title: 'Name asked for', width: 'minmax(116px, 1.2fr)', wide: true, cell: (row) => (row.sni === null ? dash : <span className="mono truncate text-ink-2">{row.sni}</span>) },
  { id: 'protocol', title: 'Protocol', width: '104px', cell: (row) => <span className="truncate text-ink-2">{row.protocol === 'unknown' ? 'Unknown' : row.protocol.toUpperCase()}{row.starttls === null ? '' : ` · ${row.starttls}`}</span> },
  { id: 'versions', title: 'TLS versions', width: '150px', cell: (row) => <VersionStrip versions={row.tls?.versions ?? null} /> },
  { id: 'quantum', title: 'PQC', width: '56px', cell: (row) => <Quantum row={row} /> },
  { id: 'worst', title: 'Worst finding', width: '104px', cell: (row) => (row.worstSeverity === null ? dash : <SeverityMark severity={row.worstSeverity} />) },
  { id: 'process', title: 'Process', width: '96px', wide: true, cell: (row) => (row.process === null ? dash : <span className="mono truncate text-ink-2">{row.process.name}</span>) },
  { id: 'machine', title: 'Machine', width: 'minmax(124px, 1.2fr)', cell: (row) => <Link to="/machines/$id" params={{ id: row.machineId }} tabIndex={-1} className="truncate hover:underline" onClick={(event) => event.stopPropagation()}>{row.machineName}</Link> },
  { id: 'lastSeen', title: 'Last seen', width: '108px', wide: true, cell: (row) => (row.goneAt === null ? <When at={row.lastSeen} className="text-ink-2" /> : <Tag>Gone</Tag>) },
]

export const endpointCsv: readonly CsvColumn<EndpointRow>[] = [
  { title: 'host', value: (row) => row.host }, { title: 'port', value: (row) => row.port }, { title: 'sni', value: (row) => row.sni }, { title: 'starttls', value: (row) => row.starttls },
  { title: 'protocol', value: (row) => row.protocol }, { title: 'tls versions', value: (row) => row.tls?.versions?.join(' ') }, { title: 'groups', value: (row) => row.tls?.groups?.join(' ') },
  { title: 'ssh banner', value: (row) => row.ssh?.banner }, { title: 'process', value: (row) => row.process?.name }, { title: 'machine', value: (row) => row.machineName }, { title: 'last seen', value: (row) => row.lastSeen }, { title: 'gone', value: (row) => row.goneAt },
]
