import { configurationFormats } from '@muster/core'
import { configurationListQuerySchema, type ConfigurationRow } from '@muster/core/api'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { Handshake, SearchX } from 'lucide-react'
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
import { configurationColumns, configurationCsv } from './columns.tsx'
import { ConfigurationPanel } from './panel.tsx'
import { formatNames } from './words.ts'

const filters: readonly FilterDefinition[] = [
  { key: 'format', label: 'Kind', type: 'options', options: configurationFormats.map((value) => ({ value, label: formatNames[value] })) },
  { key: 'presence', label: 'Presence', type: 'options', single: true, options: [{ value: 'gone', label: 'Gone' }, { value: 'all', label: 'Present and gone' }] },
  { key: 'machineId', label: 'Machine or source', type: 'text', placeholder: 'Its id' },
]

/** Trust policies, workflows that may prove themselves to others, and services' settings. */
export function ConfigurationsPage(): ReactNode {
  const { search, filter, change } = useFilter(configurationListQuerySchema)
  const { peek }: { peek?: string } = useSearch({ strict: false })
  const may = useMay()
  const navigate = useNavigate()
  const rows = useKeyset<ConfigurationRow>('listConfigurations', { query: filter })
  const { shown, menu } = useColumns('configurations', configurationColumns)
  const query = searchOf(search)
  return (
    <ListPage
      title="Configurations"
      rows={rows}
      actions={<CsvButton route="listConfigurations" input={{ query: filter }} columns={configurationCsv} name="configurations" />}
      bar={
        <>
          <SearchInput label="Search file, part, issuer, role" value={search.q ?? ''} onChange={(q) => change({ q, peek: undefined })} />
          <FilterBar definitions={filters} values={search} onChange={(patch) => change({ ...patch, peek: undefined })} />
          <div className="ml-auto">{menu}</div>
        </>
      }
    >
      <Grid
        key={query}
        label="Configurations"
        rows={rows}
        columns={shown}
        peekedId={peek ?? null}
        onPeek={(row) => change({ peek: row.id }, { replace: true })}
        onOpen={(row) => change({ peek: row.id }, { replace: true })}
        autoFocus
        empty={query === '' ? <Empty icon={Handshake} title="No configurations yet" action={may('scan.run') ? <ButtonLink variant="primary" to="/scans" search={{ new: true }}>New scan</ButtonLink> : undefined}>Scan a repository for the trust it gives to pipelines, or a host for how its SSH server is set up.</Empty> : <Empty icon={SearchX} title="No configuration matches" action={<Button onClick={() => void navigate({ to: '/configurations', search: {} })}>Clear the filter</Button>} />}
      />
      <ConfigurationPanel id={peek ?? null} onClose={() => change({ peek: undefined }, { replace: true })} />
    </ListPage>
  )
}
