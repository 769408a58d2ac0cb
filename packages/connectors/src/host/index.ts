import type { Connector } from '@muster/core'
import { createHostConnector } from './connector.ts'
import type { HostOptions } from './options.ts'
import { networkProber } from './prober.ts'

export { createHostConnector, type HostConnectorParts } from './connector.ts'
export type { EndpointProber, ProbeOutcome, ProbeTarget } from './endpoint-prober.ts'
export { hostOptionsSchema, type HostOptions } from './options.ts'

/** The host connector of this machine. */
export const hostConnector: Connector<HostOptions> = createHostConnector({ prober: networkProber })
