import type { CredentialRow } from '@muster/core/api'
import { Link } from '@tanstack/react-router'
import { secretAccount, secretTypeName } from '../../format/secret-names.ts'
import type { Column } from '../../ui/grid/column.ts'
import { SecretStateMark } from '../../ui/secret-state.tsx'
import { FindingCount } from '../../ui/severity.tsx'
import { Tag } from '../../ui/text.tsx'
import { Expiry, When } from '../../ui/time.tsx'

const dash = <span className="text-ink-3">–</span>

/** The columns of a list of secrets. */
export const secretColumns: readonly Column<CredentialRow>[] = [
  {
    id: 'type', title: 'Type', width: 'minmax(190px, 1.5fr)', sort: 'name', fixed: true,
    cell: (row) => (
      <span className="flex min-w-0 items-center gap-2">
        <Link to="/inventory/$id" params={{ id: row.id }} tabIndex={-1} className="truncate font-medium hover:underline" onClick={(event) => event.stopPropagation()}>{row.secretType === null ? 'Secret' : secretTypeName(row.secretType)}</Link>
        {row.goneAt === null ? null : <Tag>Gone</Tag>}
      </span>
    ),
  },
  { id: 'account', title: 'Account or name', width: 'minmax(160px, 1.5fr)', cell: (row) => { const account = secretAccount(row); return account === '' ? dash : <span className="mono truncate text-ink-2" title={account}>{account}</span> } },
  { id: 'state', title: 'State', width: '120px', cell: (row) => (row.secretState === null ? dash : <SecretStateMark state={row.secretState} />) },
  { id: 'findings', title: 'Findings', width: '84px', sort: 'severity', cell: (row) => <FindingCount worst={row.worstSeverity} count={row.findingCount} /> },
  { id: 'places', title: 'Places', width: '64px', align: 'end', cell: (row) => row.locationCount },
  { id: 'sources', title: 'Sources', width: '68px', align: 'end', cell: (row) => row.machineCount },
  { id: 'owner', title: 'Owner', width: 'minmax(96px, 0.8fr)', cell: (row) => (row.labels.owner === null ? dash : <span className="truncate" title={row.labels.owner}>{row.labels.owner}</span>) },
  { id: 'firstSeen', title: 'First seen', width: '116px', sort: 'firstSeen', cell: (row) => <When at={row.firstSeen} className="text-ink-2" /> },
  { id: 'lastSeen', title: 'Last seen', width: '116px', sort: 'lastSeen', wide: true, cell: (row) => <When at={row.lastSeen} className="text-ink-2" /> },
  { id: 'notAfter', title: 'Expires', width: '132px', sort: 'notAfter', optional: true, cell: (row) => (row.notAfter === null ? dash : <Expiry at={row.notAfter} />) },
]
