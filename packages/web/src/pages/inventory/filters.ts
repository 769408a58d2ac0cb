import { credentialKinds, criticalities, environments, keyAlgorithms, locationKinds, secretStates, severities } from '@muster/core'
import { kindNames, keyName, locationKindNames } from '../../format/names.ts'
import { secretStateNames } from '../../format/secret-names.ts'
import { optionsOf, type FilterDefinition } from '../../ui/filter/definition.ts'

/** Every filter of the inventory except the free text, which has its own field. */
export const inventoryFilters: readonly FilterDefinition[] = [
  { key: 'kind', label: 'Kind', type: 'options', options: credentialKinds.map((value) => ({ value, label: kindNames[value][0] })) },
  { key: 'severity', label: 'Worst finding', type: 'options', options: optionsOf(severities) },
  { key: 'secretState', label: 'Secret state', type: 'options', options: secretStates.map((value) => ({ value, label: secretStateNames[value] })) },
  { key: 'secretType', label: 'Secret type', type: 'text', placeholder: 'e.g. npm-token, jwt' },
  { key: 'expiresBefore', label: 'Expires before', type: 'date' },
  { key: 'expiresFrom', label: 'Expires from', type: 'date' },
  { key: 'owner', label: 'Owner', type: 'text', placeholder: 'Team or person' },
  { key: 'unowned', label: 'Without owner', type: 'flag', meaning: 'Without owner' },
  { key: 'criticality', label: 'Criticality', type: 'options', options: optionsOf(criticalities) },
  { key: 'environment', label: 'Environment', type: 'options', options: optionsOf(environments) },
  { key: 'algorithm', label: 'Key algorithm', type: 'options', options: keyAlgorithms.map((value) => ({ value, label: keyName(value, null, null) })) },
  { key: 'maxKeySizeBits', label: 'Key size at most', type: 'number', placeholder: 'Bits, e.g. 2047' },
  { key: 'issuer', label: 'Issuer', type: 'text', placeholder: 'Part of the name' },
  { key: 'rule', label: 'Rule', type: 'text', placeholder: 'Rule id, e.g. x509.expired' },
  { key: 'detectionRule', label: 'Detection rule', type: 'text', placeholder: 'Rule id, e.g. slack-webhook' },
  { key: 'locationKind', label: 'Found in', type: 'options', options: locationKinds.map((value) => ({ value, label: locationKindNames[value] })) },
  { key: 'machineId', label: 'Machine or source', type: 'text', placeholder: 'Its id' },
  { key: 'presence', label: 'Presence', type: 'options', single: true, options: [{ value: 'gone', label: 'Gone' }, { value: 'all', label: 'Present and gone' }] },
  { key: 'trustStore', label: 'Trust store roots', type: 'flag', meaning: 'With trust store roots' },
]
