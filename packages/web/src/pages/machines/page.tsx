import { machineListQuerySchema, type MachineRow } from '@muster/core/api'
import { useNavigate } from '@tanstack/react-router'
import { Server } from 'lucide-react'
import type { ReactNode } from 'react'
import { labelFilters } from '../../ui/filter/label-filters.ts'
import { ObjectList } from '../../ui/object-list.tsx'
import { machineColumns, machineCsv } from './columns.tsx'

/** Every machine a credential, an endpoint or an identity was seen on. */
export function MachinesPage(): ReactNode {
  const navigate = useNavigate()
  return (
    <ObjectList<MachineRow>
      title="Machines"
      noun="machine"
      route="listMachines"
      schema={machineListQuerySchema}
      columns={machineColumns}
      csv={machineCsv}
      filters={labelFilters}
      searchLabel="Search machines"
      none={{ icon: Server, text: 'Machines appear with the first scan that sees something on them.', scan: false }}
      onOpen={(row) => void navigate({ to: '/machines/$id', params: { id: row.id } })}
    />
  )
}
