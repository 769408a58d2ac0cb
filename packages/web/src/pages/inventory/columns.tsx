import type { CredentialRow } from '@muster/core/api'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { capital, keyOfRow, kindNames, shortHex, shortName } from '../../format/names.ts'
import { secretTitle } from '../../format/secret-names.ts'
import type { Column } from '../../ui/grid/column.ts'
import { FindingCount } from '../../ui/severity.tsx'
import { Tag } from '../../ui/text.tsx'
import { Expiry, When } from '../../ui/time.tsx'
import { ValidityStrip } from '../../viz/validity-strip.tsx'

const dash = <span className="text-ink-3">–</span>

/** A machine or source it is on, and how many more there are. */
function Where({ row }: { row: CredentialRow }): ReactNode {
  if (row.place === null) return dash
  const more = row.machineCount - 1
  return (
    <span className="flex min-w-0 items-baseline gap-1.5" title={`${row.place.machine}: ${row.place.place}`}>
      <span className="truncate text-ink-2">{row.place.machine}</span>
      {more > 0 ? <span className="shrink-0 text-xs text-ink-3">+{more}</span> : null}
    </span>
  )
}

/** The columns of every list of credentials. */
export const credentialColumns: readonly Column<CredentialRow>[] = [
  {
    id: 'name', title: 'Name', width: 'minmax(160px, 2.4fr)', sort: 'name', fixed: true,
    cell: (row) => (
      <span className="flex min-w-0 items-center gap-2">
        <Link to="/inventory/$id" params={{ id: row.id }} tabIndex={-1} className="truncate font-medium hover:underline" title={row.name} onClick={(event) => event.stopPropagation()}>{row.kind === 'secret' ? secretTitle(row) : row.name === '' ? 'No name' : row.name}</Link>
        {row.goneAt === null ? null : <Tag>Gone</Tag>}
        {row.trustStoreOnly ? <Tag>Trust store</Tag> : null}
        {row.state === 'active' || row.state === 'deactivated' ? null : <Tag tone="bad">{capital(row.state)}</Tag>}
      </span>
    ),
  },
  { id: 'kind', title: 'Kind', width: 'minmax(112px, 0.7fr)', cell: (row) => <span className="truncate text-ink-2">{kindNames[row.kind][0]}</span> },
  { id: 'findings', title: 'Findings', width: '84px', sort: 'severity', cell: (row) => <FindingCount worst={row.worstSeverity} count={row.findingCount} /> },
  {
    id: 'notAfter', title: 'Expires', width: '222px', sort: 'notAfter',
    cell: (row) => row.notAfter === null ? dash : <span className="flex items-center gap-3"><ValidityStrip notBefore={row.notBefore} notAfter={row.notAfter} /><Expiry at={row.notAfter} from={row.notBefore} /></span>,
  },
  { id: 'key', title: 'Key', width: 'minmax(92px, 0.6fr)', wide: true, cell: (row) => (row.algorithm === null ? dash : <span className="truncate text-ink-2">{keyOfRow(row)}</span>) },
  { id: 'place', title: 'Where', width: 'minmax(128px, 1.2fr)', cell: (row) => <Where row={row} /> },
  { id: 'issuer', title: 'Issuer', width: 'minmax(124px, 1.1fr)', wide: true, cell: (row) => (row.issuer === null ? dash : <span className="truncate text-ink-2" title={row.issuer}>{shortName(row.issuer)}</span>) },
  { id: 'owner', title: 'Owner', width: 'minmax(88px, 0.7fr)', wide: true, cell: (row) => (row.labels.owner === null ? dash : <span className="truncate" title={row.labels.owner}>{row.labels.owner}</span>) },
  { id: 'places', title: 'Places', width: '64px', align: 'end', optional: true, cell: (row) => <span title={`${row.locationCount} places on ${row.machineCount} machines`}>{row.locationCount}</span> },
  { id: 'lastSeen', title: 'Last seen', width: '120px', sort: 'lastSeen', optional: true, cell: (row) => <When at={row.lastSeen} className="text-ink-2" /> },
  { id: 'firstSeen', title: 'First seen', width: '120px', sort: 'firstSeen', optional: true, cell: (row) => <When at={row.firstSeen} className="text-ink-2" /> },
  { id: 'criticality', title: 'Criticality', width: '92px', optional: true, cell: (row) => (row.labels.criticality === null ? dash : capital(row.labels.criticality)) },
  { id: 'environment', title: 'Environment', width: '112px', optional: true, cell: (row) => (row.labels.environment === null ? dash : capital(row.labels.environment)) },
  { id: 'fingerprint', title: 'Fingerprint', width: '164px', optional: true, cell: (row) => <span className="mono text-ink-2" title={row.fingerprint}>{shortHex(row.fingerprint, 12)}</span> },
]
