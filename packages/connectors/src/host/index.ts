export { createHostConnector, type HostConnectorParts } from './connector.ts'
export type { EndpointProber, PresentedCredential, ProbeOutcome } from './endpoint-prober.ts'
export { hostOptionsSchema, type HostOptions } from './options.ts'
