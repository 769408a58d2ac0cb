import { configurationFormats } from '@muster/core'
import { configurationListQuerySchema } from '@muster/core/api'
import { Handshake } from 'lucide-react'
import type { ReactNode } from 'react'
import type { FilterDefinition } from '../../ui/filter/definition.ts'
import { ObjectList, presenceFilter } from '../../ui/object-list.tsx'
import { configurationColumns, configurationCsv } from './columns.tsx'
import { ConfigurationPanel } from './panel.tsx'
import { formatNames } from './words.ts'

const filters: readonly FilterDefinition[] = [
  { key: 'format', label: 'Kind', type: 'options', options: configurationFormats.map((value) => ({ value, label: formatNames[value] })) },
  presenceFilter,
  { key: 'machineId', label: 'Machine or source', type: 'text', placeholder: 'Its id' },
]

/** Trust policies, workflows that may prove themselves to others, and services' settings. */
export function ConfigurationsPage(): ReactNode {
  return (
    <ObjectList
      title="Configurations"
      noun="configuration"
      route="listConfigurations"
      schema={configurationListQuerySchema}
      columns={configurationColumns}
      csv={configurationCsv}
      filters={filters}
      searchLabel="Search file, part, issuer, role"
      none={{ icon: Handshake, text: 'Scan a repository for the trust it gives to pipelines, or a host for how its SSH server is set up.', scan: true }}
      panel={(id, onClose) => <ConfigurationPanel id={id} onClose={onClose} />}
    />
  )
}
