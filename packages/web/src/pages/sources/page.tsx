import { criticalities, environments } from '@muster/core'
import { machineListQuerySchema, type MachineRow } from '@muster/core/api'
import { useNavigate } from '@tanstack/react-router'
import { FolderGit2, SearchX } from 'lucide-react'
import type { ReactNode } from 'react'
import { useKeyset } from '../../api/keyset.ts'
import { useMay } from '../../api/query.ts'
import { useFilter } from '../../app/search.ts'
import { searchOf } from '../../format/search.ts'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { CsvButton } from '../../ui/csv-button.tsx'
import { FilterBar } from '../../ui/filter/bar.tsx'
import { optionsOf, type FilterDefinition } from '../../ui/filter/definition.ts'
import { SearchInput } from '../../ui/filter/search-input.tsx'
import { useColumns } from '../../ui/grid/columns-menu.tsx'
import { Grid } from '../../ui/grid/grid.tsx'
import { ListPage } from '../../ui/list-page.tsx'
import { Empty } from '../../ui/states.tsx'
import { sourceColumns, sourceCsv } from './columns.tsx'

const filters: readonly FilterDefinition[] = [
  { key: 'owner', label: 'Owner', type: 'text', placeholder: 'Team or person' },
  { key: 'criticality', label: 'Criticality', type: 'options', options: optionsOf(criticalities) },
  { key: 'environment', label: 'Environment', type: 'options', options: optionsOf(environments) },
]

/** Every repository, image, code host and cluster that credentials were found in. */
export function SourcesPage(): ReactNode {
  const { search, filter, change } = useFilter(machineListQuerySchema)
  const navigate = useNavigate()
  const may = useMay()
  const query = { ...filter, kind: ['source' as const] }
  const rows = useKeyset<MachineRow>('listMachines', { query })
  const { shown, menu } = useColumns('sources', sourceColumns)
  const text = searchOf(search)
  const open = (row: MachineRow): void => void navigate({ to: '/sources/$id', params: { id: row.id } })
  return (
    <ListPage
      title="Sources"
      rows={rows}
      actions={<CsvButton route="listMachines" input={{ query }} columns={sourceCsv} name="sources" />}
      bar={<><SearchInput label="Search sources" value={search.q ?? ''} onChange={(q) => change({ q })} /><FilterBar definitions={filters} values={search} onChange={change} /><div className="ml-auto">{menu}</div></>}
    >
      <Grid
        key={text}
        label="Sources"
        rows={rows}
        columns={shown}
        onPeek={open}
        onOpen={open}
        autoFocus
        empty={text === '' ? (
          <Empty icon={FolderGit2} title="No sources yet" action={may('scan.run') ? <ButtonLink to="/scans" search={{ new: true }} variant="primary">New scan</ButtonLink> : undefined}>Repositories, images, code hosts and clusters appear once a scan finds a credential in them.</Empty>
        ) : <Empty icon={SearchX} title="No source matches" action={<Button onClick={() => void navigate({ to: '/sources', search: {} })}>Clear the filter</Button>} />}
      />
    </ListPage>
  )
}
