import { machineListQuerySchema, type MachineRow } from '@muster/core/api'
import { useNavigate } from '@tanstack/react-router'
import { FolderGit2 } from 'lucide-react'
import type { ReactNode } from 'react'
import { labelFilters } from '../../ui/filter/label-filters.ts'
import { ObjectList } from '../../ui/object-list.tsx'
import { sourceColumns, sourceCsv } from './columns.tsx'

const fixed = { kind: ['source'] }

/** Every repository, image, code host and cluster that credentials were found in. */
export function SourcesPage(): ReactNode {
  const navigate = useNavigate()
  return (
    <ObjectList<MachineRow>
      title="Sources"
      noun="source"
      route="listMachines"
      schema={machineListQuerySchema}
      fixed={fixed}
      columns={sourceColumns}
      csv={sourceCsv}
      filters={labelFilters}
      searchLabel="Search sources"
      none={{ icon: FolderGit2, text: 'Repositories, images, code hosts and clusters appear once a scan finds a credential in them.', scan: true }}
      onOpen={(row) => void navigate({ to: '/sources/$id', params: { id: row.id } })}
    />
  )
}
