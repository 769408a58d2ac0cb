import { severityRank } from '@muster/core'
import type { FindingFilter, FindingRow, RuleRow } from '@muster/core/api'
import { useQuery } from '@tanstack/react-query'
import { ChevronRight, ShieldCheck } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { useMore } from '../../api/more.ts'
import { routeQuery, useMay } from '../../api/query.ts'
import { countText } from '../../format/names.ts'
import { Button } from '../../ui/button.tsx'
import { cx } from '../../ui/cx.ts'
import { SeverityMark } from '../../ui/severity.tsx'
import { Empty, Failure, Skeleton, SkeletonRows } from '../../ui/states.tsx'
import { Expiry, When } from '../../ui/time.tsx'

function Members({ filter, rule, peekedId, onPeek }: { filter: FindingFilter; rule: string; peekedId: string | null; onPeek: (row: FindingRow) => void }): ReactNode {
  const pages = useMore<FindingRow>('listFindings', { query: { ...filter, rule, sort: 'due' } }, 50)
  if (pages.pending) return <div className="px-12 py-2"><Skeleton className="w-80" /></div>
  if (pages.error !== null) return <Failure error={pages.error} onRetry={pages.retry} />
  return (
    <>
      <ul>
        {pages.rows.map((row) => (
          <li key={row.id}>
            <button type="button" onClick={() => onPeek(row)} className={cx('inset-focus grid h-8 w-full grid-cols-[minmax(0,1.2fr)_minmax(0,2fr)_minmax(0,0.7fr)_148px] items-center gap-4 border-t border-line pr-6 pl-[52px] text-left', peekedId === row.id ? 'bg-selected' : 'hover:bg-hover')}>
              <span className="truncate font-medium">{row.objectName}</span>
              <span className="truncate text-ink-2">{row.evidence}</span>
              <span className="truncate text-ink-2">{row.assignee ?? row.owner ?? <span className="text-ink-3">No owner</span>}</span>
              <span className="text-right text-xs">{row.due === null ? <When at={row.openedAt} className="text-ink-3" /> : <Expiry at={row.due} />}</span>
            </button>
          </li>
        ))}
      </ul>
      {pages.rows.length === 0 ? <p className="border-t border-line py-2 pl-[52px] text-ink-3">None with this filter.</p> : null}
      {pages.more === null ? null : <div className="border-t border-line py-2 pl-[44px]"><Button variant="ghost" busy={pages.fetching} onClick={pages.more}>Show more</Button></div>}
    </>
  )
}

function Group({ rule, filter, plain, peekedId, onPeek, onAccept }: { rule: RuleRow; filter: FindingFilter; plain: boolean; peekedId: string | null; onPeek: (row: FindingRow) => void; onAccept: (rule: RuleRow) => void }): ReactNode {
  const may = useMay()
  const [open, setOpen] = useState(false)
  return (
    <li className="border-b border-line">
      <div className="flex h-10 items-center gap-3 pr-6 hover:bg-hover">
        <button type="button" aria-expanded={open} onClick={() => setOpen(!open)} className="inset-focus flex h-full min-w-0 grow items-center gap-3 pl-6 text-left">
          <ChevronRight className={cx('size-3.5 shrink-0 text-ink-3 transition-transform', open && 'rotate-90')} aria-hidden />
          <span className="w-20 shrink-0"><SeverityMark severity={rule.severity} /></span>
          <span className="truncate font-medium">{rule.title}</span>
          {plain ? <span className="text-ink-3">{countText(rule.openCount)}</span> : null}
        </button>
        {may('finding.decide') && open ? <Button onClick={() => onAccept(rule)}>Accept all…</Button> : null}
      </div>
      {open ? <Members filter={filter} rule={rule.id} peekedId={peekedId} onPeek={onPeek} /> : null}
    </li>
  )
}

/** Findings under the rule they break, worst rule first. */
export function GroupedFindings({ filter, filtered, peekedId, onPeek, onAccept }: { filter: FindingFilter; filtered: boolean; peekedId: string | null; onPeek: (row: FindingRow) => void; onAccept: (rule: RuleRow) => void }): ReactNode {
  const rules = useQuery(routeQuery('listRules'))
  if (rules.isPending) return <SkeletonRows rows={10} />
  if (rules.isError) return <Failure error={rules.error} onRetry={() => void rules.refetch()} />
  const groups = rules.data.items
    .filter((rule) => (filtered || rule.openCount > 0) && (filter.rule === undefined || filter.rule === rule.id) && (filter.severity?.includes(rule.severity) ?? true))
    .toSorted((a, b) => severityRank(a.severity) - severityRank(b.severity) || b.openCount - a.openCount)
  if (groups.length === 0) return <Empty icon={ShieldCheck} title="Nothing is open">Every rule holds for everything that was seen.</Empty>
  return (
    <div className="min-h-0 grow overflow-y-auto" tabIndex={0} role="region" aria-label="Findings by rule">
      <ul>{groups.map((rule) => <Group key={rule.id} rule={rule} filter={filter} plain={!filtered} peekedId={peekedId} onPeek={onPeek} onAccept={onAccept} />)}</ul>
    </div>
  )
}
