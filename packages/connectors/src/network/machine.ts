import type { MachineSighting } from '@muster/core'
import { parseIpAddress } from './address.ts'

/** The machine behind an endpoint: known by what it showed, the name the operator used and the address that answered. */
export function machineOf(host: string, address: string | null, shown: MachineSighting['identifiers'] = []): MachineSighting {
  const isName = parseIpAddress(host) === null
  const identifiers: MachineSighting['identifiers'] = isName ? [...shown, { type: 'dns-name', value: host }] : [...shown]
  const known = isName ? address : host
  if (known !== null) identifiers.push({ type: 'address', value: known })
  return { observation: 'sighting', of: 'machine', ref: host, machineKind: 'device', name: host, identifiers, operatingSystem: null }
}
