import { endpointListQuerySchema, type EndpointRow } from '@muster/core/api'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { Fingerprint, SearchX } from 'lucide-react'
import type { ReactNode } from 'react'
import { useKeyset } from '../../api/keyset.ts'
import { useMay } from '../../api/query.ts'
import { useFilter } from '../../app/search.ts'
import { searchOf } from '../../format/search.ts'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { CsvButton } from '../../ui/csv-button.tsx'
import { FilterBar } from '../../ui/filter/bar.tsx'
import type { FilterDefinition } from '../../ui/filter/definition.ts'
import { SearchInput } from '../../ui/filter/search-input.tsx'
import { useColumns } from '../../ui/grid/columns-menu.tsx'
import { Grid } from '../../ui/grid/grid.tsx'
import { ListPage } from '../../ui/list-page.tsx'
import { Empty } from '../../ui/states.tsx'
import { endpointColumns, endpointCsv } from './columns.tsx'
import { EndpointPanel } from './panel.tsx'

const filters: readonly FilterDefinition[] = [
  { key: 'protocol', label: 'Protocol', type: 'options', options: [{ value: 'tls', label: 'TLS' }, { value: 'ssh', label: 'SSH' }, { value: 'unknown', label: 'Unknown' }] },
  { key: 'presence', label: 'Presence', type: 'options', single: true, options: [{ value: 'gone', label: 'Gone' }, { value: 'all', label: 'Present and gone' }] },
  { key: 'machineId', label: 'Machine', type: 'text', placeholder: 'Machine id' },
]

/** Every listening TLS or SSH endpoint. */
export function EndpointsPage(): ReactNode {
  const { search, filter, change } = useFilter(endpointListQuerySchema)
  const { peek }: { peek?: string } = useSearch({ strict: false })
  const may = useMay()
  const navigate = useNavigate()
  const rows = useKeyset<EndpointRow>('listEndpoints', { query: filter })
  const { shown, menu } = useColumns('endpoints', endpointColumns)
  const query = searchOf(search)
  return (
    <ListPage
      title="Endpoints"
      rows={rows}
      actions={<CsvButton route="listEndpoints" input={{ query: filter }} columns={endpointCsv} name="endpoints" />}
      bar={
        <>
          <SearchInput label="Search host, port, name" value={search.q ?? ''} onChange={(q) => change({ q, peek: undefined })} />
          <FilterBar definitions={filters} values={search} onChange={(patch) => change({ ...patch, peek: undefined })} />
          <div className="ml-auto">{menu}</div>
        </>
      }
    >
      <Grid
        key={query}
        label="Endpoints"
        rows={rows}
        columns={shown}
        peekedId={peek ?? null}
        onPeek={(row) => change({ peek: row.id }, { replace: true })}
        onOpen={(row) => change({ peek: row.id }, { replace: true })}
        autoFocus
        empty={query === '' ? <Empty icon={Fingerprint} title="No endpoints yet" action={may('scan.run') ? <ButtonLink variant="primary" to="/scans" search={{ new: true }}>New scan</ButtonLink> : undefined}>Scan addresses for TLS or SSH, or scan a host to see what it listens on.</Empty> : <Empty icon={SearchX} title="No endpoint matches" action={<Button onClick={() => void navigate({ to: '/endpoints', search: {} })}>Clear the filter</Button>} />}
      />
      <EndpointPanel id={peek ?? null} onClose={() => change({ peek: undefined }, { replace: true })} />
    </ListPage>
  )
}
