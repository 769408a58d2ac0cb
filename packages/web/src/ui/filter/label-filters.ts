import { criticalities, environments } from '@muster/core'
import { optionsOf, type FilterDefinition } from './definition.ts'

/** By the labels people give: who answers for it, how much depends on it, what it is for. */
export const labelFilters: readonly FilterDefinition[] = [
  { key: 'owner', label: 'Owner', type: 'text', placeholder: 'Team or person' },
  { key: 'criticality', label: 'Criticality', type: 'options', options: optionsOf(criticalities) },
  { key: 'environment', label: 'Environment', type: 'options', options: optionsOf(environments) },
]
