import type { CredentialRow } from '@muster/core/api'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { secretAccount, secretTypeName } from '../../format/secret-names.ts'
import type { Column } from '../../ui/grid/column.ts'
import { SecretStateMark } from '../../ui/secret-state.tsx'
import { FindingCount } from '../../ui/severity.tsx'
import { Tag } from '../../ui/text.tsx'
import { Expiry, When } from '../../ui/time.tsx'

const dash = <span className="text-ink-3">–</span>

/** One place, and how many more there are. */
function Where({ row }: { row: CredentialRow }): ReactNode {
  if (row.place === null) return dash
  const more = row.locationCount - 1
  const { place } = row.place
  const file = place.lastIndexOf('/') + 1
  return (
    <span className="flex min-w-0 items-baseline gap-1.5" title={`${row.place.machine}: ${place}`}>
      <span className="mono flex min-w-0 text-ink-2">
        <span className="min-w-0 shrink-[9999] truncate">{place.slice(0, file)}</span>
        <span className="truncate">{place.slice(file)}</span>
      </span>
      {more > 0 ? <span className="shrink-0 text-xs text-ink-3">+{more}</span> : null}
    </span>
  )
}

/** The columns of a list of secrets. */
export const secretColumns: readonly Column<CredentialRow>[] = [
  {
    id: 'type', title: 'Type', width: 'minmax(170px, 1.5fr)', sort: 'name', fixed: true,
    cell: (row) => (
      <span className="flex min-w-0 items-center gap-2">
        <Link to="/inventory/$id" params={{ id: row.id }} tabIndex={-1} className="truncate font-medium hover:underline" onClick={(event) => event.stopPropagation()}>{row.secretType === null ? 'Secret' : secretTypeName(row.secretType)}</Link>
        {row.goneAt === null ? null : <Tag>Gone</Tag>}
      </span>
    ),
  },
  { id: 'account', title: 'Account or name', width: 'minmax(120px, 1.2fr)', cell: (row) => { const account = secretAccount(row); return account === '' ? dash : <span className="mono truncate text-ink-2" title={account}>{account}</span> } },
  { id: 'place', title: 'Where', width: 'minmax(136px, 1.7fr)', cell: (row) => <Where row={row} /> },
  { id: 'state', title: 'State', width: '120px', cell: (row) => (row.secretState === null ? dash : <SecretStateMark state={row.secretState} />) },
  { id: 'findings', title: 'Findings', width: '84px', sort: 'severity', cell: (row) => <FindingCount worst={row.worstSeverity} count={row.findingCount} /> },
  { id: 'sources', title: 'Sources', width: '68px', align: 'end', wide: true, cell: (row) => row.machineCount },
  { id: 'owner', title: 'Owner', width: 'minmax(96px, 0.8fr)', cell: (row) => (row.labels.owner === null ? dash : <span className="truncate" title={row.labels.owner}>{row.labels.owner}</span>) },
  { id: 'firstSeen', title: 'First seen', width: '112px', sort: 'firstSeen', wide: true, cell: (row) => <When at={row.firstSeen} className="text-ink-2" /> },
  { id: 'lastSeen', title: 'Last seen', width: '116px', sort: 'lastSeen', optional: true, cell: (row) => <When at={row.lastSeen} className="text-ink-2" /> },
  { id: 'notAfter', title: 'Expires', width: '132px', sort: 'notAfter', optional: true, cell: (row) => (row.notAfter === null ? dash : <Expiry at={row.notAfter} />) },
]
