import type { RouteName } from '@muster/core/api'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { SearchX, type LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'
import type { z } from 'zod'
import { useKeyset } from '../api/keyset.ts'
import { useMay } from '../api/query.ts'
import { useFilter } from '../app/search.ts'
import type { CsvColumn } from '../format/csv.ts'
import { searchOf } from '../format/search.ts'
import { Button, ButtonLink } from './button.tsx'
import { CsvButton } from './csv-button.tsx'
import { FilterBar } from './filter/bar.tsx'
import type { FilterDefinition } from './filter/definition.ts'
import { SearchInput } from './filter/search-input.tsx'
import type { Column } from './grid/column.ts'
import { useColumns } from './grid/columns-menu.tsx'
import { Grid } from './grid/grid.tsx'
import { ListPage } from './list-page.tsx'
import { Empty } from './states.tsx'

/** Filters that lists of objects share. */
export const presenceFilter: FilterDefinition = { key: 'presence', label: 'Presence', type: 'options', single: true, options: [{ value: 'gone', label: 'Gone' }, { value: 'all', label: 'Present and gone' }] }

export type ObjectListProps<Row extends { readonly id: string }> = {
  readonly title: string
  /** One of them, in lower case. */
  readonly noun: string
  readonly route: RouteName
  /** The route's query, by which the URL is read. */
  readonly schema: z.ZodObject
  /** What is asked for besides the filter. */
  readonly fixed?: Readonly<Record<string, unknown>>
  readonly columns: readonly Column<Row>[]
  readonly csv: readonly CsvColumn<Row>[]
  readonly filters: readonly FilterDefinition[]
  readonly searchLabel: string
  /** What is said while there are none at all. */
  readonly none: { readonly icon: LucideIcon; readonly text: string; /** Whether a scan would find some. */ readonly scan: boolean }
  /** Opens a row elsewhere; without it rows are shown in the `panel` beside the list. */
  readonly onOpen?: (row: Row) => void
  readonly panel?: (id: string | null, close: () => void) => ReactNode
}

/** A page of all objects of one kind: search, filters, columns of one's choice, CSV, and each row in a panel or on a page of its own. */
export function ObjectList<Row extends { readonly id: string }>({ title, noun, route, schema, fixed, columns, csv, filters, searchLabel, none, onOpen, panel }: ObjectListProps<Row>): ReactNode {
  const { search, filter, change } = useFilter(schema)
  const { peek }: { peek?: string } = useSearch({ strict: false })
  const may = useMay()
  const navigate = useNavigate()
  const query = { ...filter, ...fixed }
  const rows = useKeyset<Row>(route, { query })
  const name = title.toLowerCase()
  const { shown, menu } = useColumns(name, columns)
  const text = searchOf(search)
  const refine = (patch: Record<string, unknown>): void => change({ ...patch, peek: undefined })
  const open = onOpen ?? ((row: Row): void => change({ peek: row.id }, { replace: true }))
  const typed = (search as { q?: string }).q ?? ''
  return (
    <ListPage
      title={title}
      rows={rows}
      actions={<CsvButton route={route} input={{ query }} columns={csv} name={name} />}
      bar={<><SearchInput label={searchLabel} value={typed} onChange={(q) => refine({ q })} /><FilterBar definitions={filters} values={search} onChange={refine} /><div className="ml-auto">{menu}</div></>}
    >
      <Grid
        key={text}
        label={title}
        rows={rows}
        columns={shown}
        {...(panel === undefined ? {} : { peekedId: peek ?? null })}
        onPeek={open}
        onOpen={open}
        autoFocus
        empty={text === '' ? (
          <Empty icon={none.icon} title={`No ${name} yet`} action={none.scan && may('scan.run') ? <ButtonLink variant="primary" to="/scans" search={{ new: true }}>New scan</ButtonLink> : undefined}>{none.text}</Empty>
        ) : <Empty icon={SearchX} title={`No ${noun} matches`} action={<Button onClick={() => void navigate({ to: '.', search: {} })}>Clear the filter</Button>} />}
      />
      {panel?.(peek ?? null, () => change({ peek: undefined }, { replace: true }))}
    </ListPage>
  )
}
