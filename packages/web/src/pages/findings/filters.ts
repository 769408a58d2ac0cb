import { criticalities, findingObjectTypes, severities } from '@muster/core'
import { optionsOf, type FilterDefinition } from '../../ui/filter/definition.ts'

/** Every filter of the findings except the free text. */
export const findingFilters: readonly FilterDefinition[] = [
  { key: 'state', label: 'State', type: 'options', options: [{ value: 'open', label: 'Open' }, { value: 'accepted', label: 'Accepted' }, { value: 'closed', label: 'Closed' }] },
  { key: 'severity', label: 'Severity', type: 'options', options: optionsOf(severities) },
  { key: 'rule', label: 'Rule', type: 'text', placeholder: 'Rule id, e.g. x509.expired' },
  { key: 'owner', label: 'Owner', type: 'text', placeholder: 'Team or person' },
  { key: 'assignee', label: 'Assigned to', type: 'text', placeholder: 'Person' },
  { key: 'mine', label: 'Mine', type: 'flag', meaning: 'Assigned to me, or mine by its owner' },
  { key: 'objectType', label: 'About', type: 'options', options: optionsOf(findingObjectTypes) },
  { key: 'criticality', label: 'Criticality', type: 'options', options: optionsOf(criticalities) },
  { key: 'machineId', label: 'Machine or source', type: 'text', placeholder: 'Its id' },
  { key: 'objectId', label: 'Object', type: 'text', placeholder: 'Id of a credential or endpoint' },
]
