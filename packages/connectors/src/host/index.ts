import type { Connector, MachineSighting } from '@muster/core'
import { createHostConnector } from './connector.ts'
import { machineSighting } from '../local/machine.ts'
import type { HostOptions } from './options.ts'
import { networkProber } from './prober.ts'
import { localSystem } from '../local/system.ts'

export { createHostConnector, type HostConnectorParts } from './connector.ts'
export type { EndpointProber, ProbeOutcome, ProbeTarget } from './endpoint-prober.ts'
export { hostOptionsSchema, type HostOptions } from './options.ts'

/** The host connector of this machine. */
export const hostConnector: Connector<HostOptions> = createHostConnector({ prober: networkProber })

/** What the machine this process runs on is known by, without its SSH host keys. */
export async function thisMachine(signal: AbortSignal): Promise<MachineSighting> {
  return (await machineSighting(localSystem(), [], signal)).sighting
}
