import type { IdentityRow } from '@muster/core/api'
import { capital } from '../../format/names.ts'
import type { Column } from '../../ui/grid/column.ts'
import { When } from '../../ui/time.tsx'

const text = (value: unknown): string => (value === undefined || value === null ? '–' : typeof value === 'object' ? JSON.stringify(value) : String(value))

export const identityColumns: readonly Column<IdentityRow>[] = [
  { id: 'name', title: 'Account', width: 'minmax(140px, 1fr)', fixed: true, cell: (row) => <span className="mono truncate">{row.name}</span> },
  { id: 'kind', title: 'Kind', width: '104px', cell: (row) => <span className="text-ink-2">{capital(row.identityKind)}</span> },
  { id: 'system', title: 'System', width: '88px', cell: (row) => <span className="text-ink-2">{row.system}</span> },
  { id: 'uid', title: 'UID', width: '72px', align: 'end', cell: (row) => text(row.attributes['uid']) },
  { id: 'shell', title: 'Shell', width: 'minmax(140px, 1fr)', cell: (row) => <span className="mono truncate text-ink-2">{text(row.attributes['shell'])}</span> },
  { id: 'home', title: 'Home', width: 'minmax(140px, 1fr)', wide: true, cell: (row) => <span className="mono truncate text-ink-2">{text(row.attributes['home'])}</span> },
  { id: 'credentials', title: 'Credentials that let in', width: '164px', align: 'end', cell: (row) => row.credentialCount },
  { id: 'lastSeen', title: 'Last seen', width: '120px', wide: true, cell: (row) => <When at={row.lastSeen} className="text-ink-2" /> },
]
