import { severityRank } from '@muster/core'
import type { RuleRow } from '@muster/core/api'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { Download } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { routeQuery } from '../../api/query.ts'
import { csvOf } from '../../format/csv.ts'
import { countText, pluralText } from '../../format/names.ts'
import { Button } from '../../ui/button.tsx'
import { cx } from '../../ui/cx.ts'
import { download } from '../../ui/download.ts'
import { SearchInput } from '../../ui/filter/search-input.tsx'
import { SeverityMark } from '../../ui/severity.tsx'
import { Failure, SkeletonRows } from '../../ui/states.tsx'
import { Tag } from '../../ui/text.tsx'
import { RuleText } from './rule-text.tsx'

const columns = [
  { title: 'id', value: (row: RuleRow) => row.id }, { title: 'title', value: (row: RuleRow) => row.title }, { title: 'severity', value: (row: RuleRow) => row.severity },
  { title: 'object', value: (row: RuleRow) => row.object }, { title: 'open', value: (row: RuleRow) => row.openCount }, { title: 'enabled', value: (row: RuleRow) => row.enabled }, { title: 'sources', value: (row: RuleRow) => row.sources.map((source) => source.citation).join('; ') },
]

function Rule({ rule, open, onToggle }: { rule: RuleRow; open: boolean; onToggle: () => void }): ReactNode {
  return (
    <li className="border-b border-line">
      <div className={cx('grid min-h-8 grid-cols-[88px_minmax(0,1fr)_minmax(0,280px)_72px] items-center gap-4 px-page hover:bg-hover max-lg:grid-cols-[88px_minmax(0,1fr)_72px] max-sm:grid-cols-[16px_minmax(0,1fr)_56px] max-sm:gap-2', open && 'bg-hover')}>
        <span className="overflow-hidden"><SeverityMark severity={rule.severity} /></span>
        <button type="button" aria-expanded={open} onClick={onToggle} className="min-w-0 truncate py-1.5 text-left font-medium">{rule.title}{rule.enabled ? null : <Tag className="ml-2">Off</Tag>}</button>
        <span className="mono truncate text-ink-3 max-lg:hidden">{rule.id}</span>
        <span className="text-right">{rule.openCount === 0 ? <span className="text-ink-3">0</span> : <Link to="/findings" search={{ rule: rule.id }} className="font-medium text-accent hover:underline" aria-label={`${rule.openCount} open findings of ${rule.title}`}>{countText(rule.openCount)} open</Link>}</span>
      </div>
      {open ? <div className="max-w-5xl pt-2 pr-6 pb-5 pl-32 max-sm:pl-6"><RuleText rule={rule} /><p className="mt-3 text-xs text-ink-3">Looks at: {rule.object}</p></div> : null}
    </li>
  )
}

/** Every rule of the findings: what it looks for and how often it is open. */
export function FindingRules({ opened }: { opened: string | undefined }): ReactNode {
  const navigate = useNavigate()
  const [q, setQ] = useState('')
  const rules = useQuery(routeQuery('listRules'))
  const words = q.toLowerCase().split(/\s+/).filter(Boolean)
  const shown = (rules.data?.items ?? [])
    .filter((rule) => words.every((word) => `${rule.title} ${rule.id} ${rule.meaning} ${rule.sources.map((source) => source.citation).join(' ')}`.toLowerCase().includes(word)))
    .toSorted((a, b) => severityRank(a.severity) - severityRank(b.severity) || b.openCount - a.openCount)
  if (rules.isPending) return <SkeletonRows rows={14} />
  if (rules.isError) return <Failure error={rules.error} onRetry={() => void rules.refetch()} />
  return (
    <>
      <div className="flex shrink-0 items-center gap-2 border-b border-line px-page py-2">
        <SearchInput label="Search rules" value={q} onChange={setQ} />
        <span className="ml-auto text-xs text-ink-3 max-sm:hidden">{pluralText(shown.length, 'rule')}, {countText(shown.filter((rule) => rule.openCount > 0).length)} with open findings</span>
        <Button onClick={() => download('rules.csv', 'text/csv', csvOf(columns, shown))}><Download aria-hidden />CSV</Button>
      </div>
      <div className="min-h-0 grow overflow-y-auto pb-10" tabIndex={0} role="region" aria-label="Rules of the findings">
        <ul>{shown.map((rule) => <Rule key={rule.id} rule={rule} open={opened === rule.id} onToggle={() => void navigate({ to: '/rules', search: opened === rule.id ? {} : { rule: rule.id }, replace: true })} />)}</ul>
        {shown.length === 0 ? <p className="px-page py-4 text-ink-3">No rule matches.</p> : null}
      </div>
    </>
  )
}
