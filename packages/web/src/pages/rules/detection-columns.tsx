import type { DetectionRule } from '@muster/core/api'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { countText, pluralText } from '../../format/names.ts'
import type { Column } from '../../ui/grid/column.ts'
import { Tag } from '../../ui/text.tsx'

/** How often a rule found something, as a way to what it found. */
export function Hits({ rule, worded = false }: { rule: DetectionRule; worded?: boolean }): ReactNode {
  if (rule.hits === 0) return <span className="text-ink-3">{worded ? 'Nothing yet' : '0'}</span>
  return (
    <Link to="/inventory" search={{ kind: ['secret'], detectionRule: rule.id }} tabIndex={worded ? 0 : -1} className="font-medium text-accent hover:underline" aria-label={`${pluralText(rule.hits, 'place')} found by ${rule.description}`} onClick={(event) => event.stopPropagation()}>
      {worded ? pluralText(rule.hits, 'place') : countText(rule.hits)}
    </Link>
  )
}

export const detectionColumns: readonly Column<DetectionRule>[] = [
  { id: 'description', title: 'Finds', width: 'minmax(220px, 1.4fr)', sort: 'name', fixed: true, cell: (row) => <span className="flex min-w-0 items-center gap-2"><span className="truncate font-medium">{row.description === '' ? row.id : row.description}</span>{row.origin === 'custom' ? <Tag tone="accent">Own</Tag> : null}</span> },
  { id: 'id', title: 'Rule', width: 'minmax(200px, 1.2fr)', cell: (row) => <span className="mono truncate text-ink-2">{row.id}</span> },
  { id: 'keywords', title: 'Keywords', width: 'minmax(140px, 1fr)', wide: true, cell: (row) => (row.keywords.length === 0 ? <span className="text-ink-3">None: every text is read</span> : <span className="mono truncate text-ink-3" title={row.keywords.join(' ')}>{row.keywords.join(' ')}</span>) },
  { id: 'examples', title: 'Examples', width: '80px', align: 'end', wide: true, cell: (row) => row.examples.matches.length + row.examples.others.length },
  { id: 'hits', title: 'Hits', width: '72px', align: 'end', sort: 'hits', cell: (row) => <Hits rule={row} /> },
]
