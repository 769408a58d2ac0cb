import { endpointListQuerySchema } from '@muster/core/api'
import { Fingerprint } from 'lucide-react'
import type { ReactNode } from 'react'
import type { FilterDefinition } from '../../ui/filter/definition.ts'
import { ObjectList, presenceFilter } from '../../ui/object-list.tsx'
import { endpointColumns, endpointCsv } from './columns.tsx'
import { EndpointPanel } from './panel.tsx'

const filters: readonly FilterDefinition[] = [
  { key: 'protocol', label: 'Protocol', type: 'options', options: [{ value: 'tls', label: 'TLS' }, { value: 'ssh', label: 'SSH' }, { value: 'unknown', label: 'Unknown' }] },
  presenceFilter,
  { key: 'machineId', label: 'Machine', type: 'text', placeholder: 'Machine id' },
]

/** Every listening TLS or SSH endpoint. */
export function EndpointsPage(): ReactNode {
  return (
    <ObjectList
      title="Endpoints"
      noun="endpoint"
      route="listEndpoints"
      schema={endpointListQuerySchema}
      columns={endpointColumns}
      csv={endpointCsv}
      filters={filters}
      searchLabel="Search host, port, name"
      none={{ icon: Fingerprint, text: 'Scan addresses for TLS or SSH, or scan a host to see what it listens on.', scan: true }}
      panel={(id, onClose) => <EndpointPanel id={id} onClose={onClose} />}
    />
  )
}
