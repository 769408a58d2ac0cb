import { criticalities, environments } from '@muster/core'
import { machineListQuerySchema, type MachineRow } from '@muster/core/api'
import { useNavigate } from '@tanstack/react-router'
import { SearchX, Server } from 'lucide-react'
import type { ReactNode } from 'react'
import { useKeyset } from '../../api/keyset.ts'
import { useFilter } from '../../app/search.ts'
import { Button } from '../../ui/button.tsx'
import { searchOf } from '../../format/search.ts'
import { CsvButton } from '../../ui/csv-button.tsx'
import { FilterBar } from '../../ui/filter/bar.tsx'
import { optionsOf, type FilterDefinition } from '../../ui/filter/definition.ts'
import { SearchInput } from '../../ui/filter/search-input.tsx'
import { useColumns } from '../../ui/grid/columns-menu.tsx'
import { Grid } from '../../ui/grid/grid.tsx'
import { ListPage } from '../../ui/list-page.tsx'
import { Empty } from '../../ui/states.tsx'
import { machineColumns, machineCsv } from './columns.tsx'

const filters: readonly FilterDefinition[] = [
  { key: 'owner', label: 'Owner', type: 'text', placeholder: 'Team or person' },
  { key: 'criticality', label: 'Criticality', type: 'options', options: optionsOf(criticalities) },
  { key: 'environment', label: 'Environment', type: 'options', options: optionsOf(environments) },
]

/** Every machine a credential, an endpoint or an identity was seen on. */
export function MachinesPage(): ReactNode {
  const { search, filter, change } = useFilter(machineListQuerySchema)
  const navigate = useNavigate()
  const rows = useKeyset<MachineRow>('listMachines', { query: filter })
  const { shown, menu } = useColumns('machines', machineColumns)
  const query = searchOf(search)
  const open = (row: MachineRow): void => void navigate({ to: '/machines/$id', params: { id: row.id } })
  return (
    <ListPage
      title="Machines"
      rows={rows}
      actions={<CsvButton route="listMachines" input={{ query: filter }} columns={machineCsv} name="machines" />}
      bar={<><SearchInput label="Search machines" value={search.q ?? ''} onChange={(q) => change({ q })} /><FilterBar definitions={filters} values={search} onChange={change} /><div className="ml-auto">{menu}</div></>}
    >
      <Grid
        key={query}
        label="Machines"
        rows={rows}
        columns={shown}
        onPeek={open}
        onOpen={open}
        autoFocus
        empty={query === '' ? <Empty icon={Server} title="No machines yet">Machines appear with the first scan that sees something on them.</Empty> : <Empty icon={SearchX} title="No machine matches" action={<Button onClick={() => void navigate({ to: '/machines', search: {} })}>Clear the filter</Button>} />}
      />
    </ListPage>
  )
}
