export * from './network/index.ts'
export * from './tls/index.ts'
export * from './ssh/index.ts'
export { createHostConnector, hostConnector, hostOptionsSchema, type HostOptions } from './host/index.ts'
