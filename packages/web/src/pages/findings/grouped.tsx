import type { FindingFilter, FindingRow, FindingsByRule } from '@muster/core/api'
import { useQuery } from '@tanstack/react-query'
import { ChevronRight, ShieldCheck } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { useMore } from '../../api/more.ts'
import { routeQuery, useMay } from '../../api/query.ts'
import { countText } from '../../format/names.ts'
import { objectTitle } from '../../format/secret-names.ts'
import { rawSearch, searchOf } from '../../format/search.ts'
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
            <button type="button" onClick={() => onPeek(row)} className={cx('inset-focus grid h-8 w-full grid-cols-[minmax(0,1.2fr)_minmax(0,2fr)_minmax(0,0.7fr)_148px] items-center gap-4 border-t border-line pr-6 pl-[52px] text-left max-sm:grid-cols-[minmax(0,1fr)_auto] max-sm:pr-4', peekedId === row.id ? 'bg-selected' : 'hover:bg-hover')}>
              <span className="truncate font-medium">{objectTitle(row)}</span>
              <span className="truncate text-ink-2 max-sm:hidden">{row.evidence}</span>
              <span className="truncate text-ink-2 max-sm:hidden">{row.assignee ?? row.owner ?? <span className="text-ink-3">No owner</span>}</span>
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

type RuleCount = FindingsByRule['items'][number]

function Group({ rule, filter, peekedId, onPeek, onAccept }: { rule: RuleCount; filter: FindingFilter; peekedId: string | null; onPeek: (row: FindingRow) => void; onAccept: (rule: RuleCount) => void }): ReactNode {
  const may = useMay()
  const [open, setOpen] = useState(false)
  return (
    <li className="border-b border-line">
      <div className="flex h-9 items-center gap-3 pr-6 hover:bg-hover">
        <button type="button" aria-expanded={open} onClick={() => setOpen(!open)} className="inset-focus flex h-full min-w-0 grow items-center gap-3 pl-6 text-left">
          <ChevronRight className={cx('size-3.5 shrink-0 text-ink-3 transition-transform', open && 'rotate-90')} aria-hidden />
          <span className="w-20 shrink-0"><SeverityMark severity={rule.severity} /></span>
          <span className="truncate font-medium">{rule.title}</span>
          <span className="text-ink-3">{countText(rule.count)}</span>
        </button>
        {may('finding.decide') && open && (filter.state ?? ['open']).includes('open') ? <Button onClick={() => onAccept(rule)}>Accept all…</Button> : null}
      </div>
      {open ? <Members filter={filter} rule={rule.ruleId} peekedId={peekedId} onPeek={onPeek} /> : null}
    </li>
  )
}

/** Findings under the rule they break, worst rule first. */
export function GroupedFindings({ filter, peekedId, onPeek, onAccept }: { filter: FindingFilter; peekedId: string | null; onPeek: (row: FindingRow) => void; onAccept: (rule: RuleCount) => void }): ReactNode {
  const rules = useQuery(routeQuery('countFindingsByRule', { query: rawSearch(searchOf(filter)) }))
  if (rules.isPending) return <SkeletonRows rows={10} />
  if (rules.isError) return <Failure error={rules.error} onRetry={() => void rules.refetch()} />
  if (rules.data.items.length === 0) return <Empty icon={ShieldCheck} title="Nothing here">No rule fails for anything this filter matches.</Empty>
  return (
    <div className="min-h-0 grow overflow-y-auto" tabIndex={0} role="region" aria-label="Findings by rule">
      <ul>{rules.data.items.map((rule) => <Group key={rule.ruleId} rule={rule} filter={filter} peekedId={peekedId} onPeek={onPeek} onAccept={onAccept} />)}</ul>
    </div>
  )
}
