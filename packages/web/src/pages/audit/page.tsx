import type { AuditRecord } from '@muster/core/api'
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { Download, ScrollText, ShieldCheck, ShieldX } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { urlOf } from '../../api/client.ts'
import { useKeyset } from '../../api/keyset.ts'
import { routeQuery } from '../../api/query.ts'
import { exactTime } from '../../format/dates.ts'
import { countText, shortHex } from '../../format/names.ts'
import { searchOf } from '../../format/search.ts'
import { Button, buttonClass } from '../../ui/button.tsx'
import { SidePanel } from '../../ui/dialog.tsx'
import { FilterBar } from '../../ui/filter/bar.tsx'
import type { FilterDefinition } from '../../ui/filter/definition.ts'
import type { Column } from '../../ui/grid/column.ts'
import { useFittingColumns } from '../../ui/grid/columns-menu.tsx'
import { Grid } from '../../ui/grid/grid.tsx'
import { ListPage } from '../../ui/list-page.tsx'
import { StateDot } from '../../ui/state-dot.tsx'
import { Empty } from '../../ui/states.tsx'
import { Fact, Facts, Mono } from '../../ui/text.tsx'
import { Moment } from '../../ui/time.tsx'
import { notifyFailure } from '../../ui/toast.tsx'

type Row = AuditRecord & { readonly id: string }
const filters: readonly FilterDefinition[] = [
  { key: 'actor', label: 'Actor', type: 'text', placeholder: 'Name of person or token' },
  { key: 'action', label: 'Action', type: 'text', placeholder: 'For example scan.run' },
  { key: 'objectId', label: 'Object', type: 'text', placeholder: 'Id' },
]
const columns: readonly Column<Row>[] = [
  { id: 'seq', title: 'No.', width: '64px', align: 'end', fixed: true, cell: (row) => <span className="text-ink-3">{row.seq}</span> },
  { id: 'at', title: 'When', width: '120px', cell: (row) => <Moment at={row.at} className="text-ink-2" /> },
  { id: 'actor', title: 'Actor', width: 'minmax(120px, 1fr)', cell: (row) => <span className="truncate font-medium">{row.actor}</span> },
  { id: 'action', title: 'Action', width: 'minmax(180px, 1fr)', cell: (row) => <span className="mono truncate">{row.action}</span> },
  { id: 'object', title: 'Object', width: 'minmax(120px, 1.3fr)', cell: (row) => <span className="truncate text-ink-2">{row.objectType} <span className="mono text-ink-3">{row.objectId}</span></span> },
  { id: 'outcome', title: 'Outcome', width: '104px', cell: (row) => <StateDot tone={row.outcome === 'success' ? 'good' : 'bad'}>{row.outcome === 'success' ? 'Success' : 'Failure'}</StateDot> },
  { id: 'detail', title: 'Detail', width: 'minmax(140px, 1.6fr)', wide: true, cell: (row) => <span className="mono truncate text-ink-3">{JSON.stringify(row.detail)}</span> },
  { id: 'hash', title: 'Hash', width: '136px', wide: true, cell: (row) => <span className="mono text-ink-3">{shortHex(row.hash, 10)}</span> },
]

function Verification(): ReactNode {
  const verification = useQuery({ ...routeQuery('verifyAudit'), enabled: false, gcTime: 0 })
  const verify = async (): Promise<void> => {
    const result = await verification.refetch()
    if (result.error !== null) notifyFailure(result.error)
  }
  const result = verification.data
  return (
    <>
      <span role="status" className="text-xs">
        {result === undefined ? null : result.intact ? (
          <span className="flex items-center gap-1.5 text-good"><ShieldCheck className="size-3.5" aria-hidden />Intact, {countText(result.records)} records{result.headHash === null ? '' : <span className="mono">{shortHex(result.headHash)}</span>}</span>
        ) : (
          <span className="flex items-center gap-1.5 font-medium text-critical"><ShieldX className="size-3.5" aria-hidden />Broken at record {result.brokenAtSeq}</span>
        )}
      </span>
      <Button busy={verification.isFetching} onClick={() => void verify()}>Verify chain</Button>
    </>
  )
}

function Record({ row }: { row: Row }): ReactNode {
  return (
    <div className="flex flex-col gap-6 px-5 py-5">
      <Facts>
        <Fact name="When">{exactTime(row.at)}</Fact>
        <Fact name="Actor">{row.actor} <span className="text-ink-3">({row.actorKind === 'api-token' ? 'API token' : row.actorKind})</span></Fact>
        <Fact name="Action"><Mono>{row.action}</Mono></Fact>
        <Fact name="Object">{row.objectType} <Mono copy="object id">{row.objectId}</Mono></Fact>
        <Fact name="Outcome">{row.outcome}</Fact>
        <Fact name="Hash"><Mono copy="hash">{row.hash}</Mono></Fact>
      </Facts>
      <pre tabIndex={0} aria-label="Detail" className="overflow-auto rounded-md bg-sunken p-3">{JSON.stringify(row.detail, null, 2)}</pre>
    </div>
  )
}

/** Every change and sign-in, in a chain of hashes. */
export function AuditPage(): ReactNode {
  const search: Record<string, unknown> = useSearch({ from: '/app/audit' })
  const navigate = useNavigate()
  const [opened, setOpened] = useState<Row | null>(null)
  const shown = useFittingColumns(columns)
  const records = useKeyset<AuditRecord>('listAudit', { query: search }, { pageSize: 200 })
  const at = (index: number): Row | undefined => {
    const record = records.at(index)
    return record === undefined ? undefined : { ...record, id: String(record.seq) }
  }
  return (
    <ListPage
      title="Audit log"
      rows={records}
      actions={<><Verification /><a className={buttonClass()} href={urlOf('exportAudit')} download=""><Download aria-hidden />NDJSON</a></>}
      bar={<FilterBar definitions={filters} values={search} onChange={(patch) => void navigate({ to: '/audit', search: Object.fromEntries(Object.entries({ ...search, ...patch }).filter(([, value]) => value !== undefined)) })} />}
    >
      <Grid key={searchOf(search)} label="Audit records" rows={{ ...records, at }} columns={shown} autoFocus peekedId={opened?.id ?? null} onPeek={setOpened} onOpen={setOpened} empty={<Empty icon={ScrollText} title="No record matches" />} />
      <SidePanel open={opened !== null} onClose={() => setOpened(null)} title={opened === null ? 'Record' : `Record ${opened.seq}`}>{opened === null ? null : <Record row={opened} />}</SidePanel>
    </ListPage>
  )
}
