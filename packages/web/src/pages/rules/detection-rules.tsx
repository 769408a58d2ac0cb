import type { DetectionRule } from '@muster/core/api'
import { useQuery } from '@tanstack/react-query'
import { SearchX } from 'lucide-react'
import { useMemo, useState, type ReactNode } from 'react'
import type { z } from 'zod'
import { routeQuery } from '../../api/query.ts'
import { useStaticRows } from '../../api/static-rows.ts'
import { pluralText } from '../../format/names.ts'
import { secretTypeName } from '../../format/secret-names.ts'
import { searchOf } from '../../format/search.ts'
import { Button } from '../../ui/button.tsx'
import { FilterBar } from '../../ui/filter/bar.tsx'
import type { FilterDefinition } from '../../ui/filter/definition.ts'
import { SearchInput } from '../../ui/filter/search-input.tsx'
import type { Sort } from '../../ui/grid/column.ts'
import { useColumns } from '../../ui/grid/columns-menu.tsx'
import { Grid } from '../../ui/grid/grid.tsx'
import { Empty } from '../../ui/states.tsx'
import { detectionColumns } from './detection-columns.tsx'
import { DetectionPanel } from './detection-panel.tsx'
import { providerOf } from './provider.ts'
import type { rulesSearchSchema } from './search.ts'

type Search = Partial<z.output<typeof rulesSearchSchema>>

function filtersOf(rules: readonly DetectionRule[]): readonly FilterDefinition[] {
  const providers = [...new Set(rules.map(providerOf))].toSorted()
  return [
    { key: 'found', label: 'Found something', type: 'flag', meaning: 'Found something' },
    { key: 'provider', label: 'Provider', type: 'options', single: true, options: providers.map((value) => ({ value, label: secretTypeName(value) })) },
    { key: 'origin', label: 'Origin', type: 'options', single: true, options: [{ value: 'built-in', label: 'Built in' }, { value: 'custom', label: 'Own' }] },
  ]
}

function matches(rule: DetectionRule, search: Search, words: readonly string[]): boolean {
  if (search.found === true && rule.hits === 0) return false
  if (search.origin !== undefined && rule.origin !== search.origin) return false
  if (search.provider !== undefined && providerOf(rule) !== search.provider) return false
  const text = `${rule.id} ${rule.description} ${rule.kind} ${rule.keywords.join(' ')} ${rule.tags.join(' ')}`.toLowerCase()
  return words.every((word) => text.includes(word))
}

function orderOf({ key, order }: Sort): (a: DetectionRule, b: DetectionRule) => number {
  const sign = order === 'asc' ? 1 : -1
  const byName = (a: DetectionRule, b: DetectionRule): number => a.description.localeCompare(b.description, 'en') || (a.id < b.id ? -1 : 1)
  return key === 'hits' ? (a, b) => sign * (a.hits - b.hits) || byName(a, b) : (a, b) => sign * byName(a, b)
}

/** Every rule that tells a secret from other text, with its examples and what it found. */
export function DetectionRules({ search, change }: { search: Search; change: (patch: Record<string, unknown>, options?: { replace?: boolean }) => void }): ReactNode {
  const query = useQuery(routeQuery('listDetectionRules'))
  const all = useMemo(() => query.data?.items ?? [], [query.data])
  const definitions = useMemo(() => filtersOf(all), [all])
  const words = (search.q ?? '').toLowerCase().split(/\s+/).filter(Boolean)
  const [sort, setSort] = useState<Sort>({ key: 'name', order: 'asc' })
  const shown = all.filter((rule) => matches(rule, search, words)).toSorted(orderOf(sort))
  const rows = useStaticRows(shown, query)
  const { shown: columns, menu } = useColumns('detection-rules', detectionColumns)
  const { rule: opened, ...filter } = search
  return (
    <>
      <div className="flex shrink-0 flex-wrap items-center gap-2 border-b border-line px-page py-2">
        <SearchInput label="Search type, id, keyword" value={search.q ?? ''} onChange={(q) => change({ q })} />
        <FilterBar definitions={definitions} values={search} onChange={change} />
        <div className="ml-auto flex items-center gap-3">
          <span aria-live="polite" className="text-xs text-ink-3">{query.data === undefined ? '' : pluralText(shown.length, 'rule')}</span>
          {menu}
        </div>
      </div>
      <Grid
        key={searchOf(filter)}
        label="Detection rules"
        rows={rows}
        columns={columns}
        sort={sort}
        onSort={({ key, order }) => setSort({ key, order: key === 'hits' && sort.key !== 'hits' ? 'desc' : order })}
        peekedId={opened ?? null}
        onPeek={(row) => change({ rule: row.id }, { replace: true })}
        onOpen={(row) => change({ rule: row.id }, { replace: true })}
        empty={<Empty icon={SearchX} title="No rule matches" action={<Button onClick={() => change({ q: undefined, provider: undefined, origin: undefined, found: undefined })}>Clear the filter</Button>} />}
      />
      <DetectionPanel id={query.data === undefined ? null : opened ?? null} rule={all.find((rule) => rule.id === opened) ?? null} onClose={() => change({ rule: undefined }, { replace: true })} />
    </>
  )
}
