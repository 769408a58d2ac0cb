import type { FindingRow } from '@muster/core/api'
import { capital } from '../../format/names.ts'
import { objectTitle } from '../../format/secret-names.ts'
import type { Column } from '../../ui/grid/column.ts'
import { SeverityMark } from '../../ui/severity.tsx'
import { Tag } from '../../ui/text.tsx'
import { Expiry, When } from '../../ui/time.tsx'

const dash = <span className="text-ink-3">–</span>

export const findingColumns: readonly Column<FindingRow>[] = [
  { id: 'severity', title: 'Severity', width: '92px', sort: 'severity', fixed: true, cell: (row) => <SeverityMark severity={row.severity} /> },
  { id: 'title', title: 'Finding', width: 'minmax(200px, 2.2fr)', fixed: true, cell: (row) => <span className="flex min-w-0 items-center gap-2"><span className="truncate font-medium" title={row.title}>{row.title}</span>{row.state === 'open' ? null : <Tag>{capital(row.state)}</Tag>}</span> },
  { id: 'object', title: 'On', width: 'minmax(130px, 1.5fr)', cell: (row) => <span className="truncate" title={row.objectName}>{objectTitle(row)}</span> },
  { id: 'evidence', title: 'Evidence', width: 'minmax(140px, 1.8fr)', wide: true, cell: (row) => <span className="truncate text-ink-2" title={row.evidence}>{row.evidence}</span> },
  { id: 'due', title: 'Due', width: '142px', sort: 'due', cell: (row) => (row.due === null ? dash : <Expiry at={row.due} />) },
  { id: 'owner', title: 'Owner', width: 'minmax(80px, 0.5fr)', wide: true, cell: (row) => (row.owner === null ? dash : <span className="truncate">{row.owner}</span>) },
  { id: 'assignee', title: 'Assigned to', width: 'minmax(92px, 0.5fr)', wide: true, cell: (row) => (row.assignee === null ? dash : <span className="truncate">{row.assignee}</span>) },
  { id: 'openedAt', title: 'Open since', width: '108px', sort: 'openedAt', cell: (row) => <When at={row.openedAt} className="text-ink-2" /> },
]
