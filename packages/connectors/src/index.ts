export * from './network/index.ts'
export * from './tls/index.ts'
export * from './ssh/index.ts'
export { createHostConnector, hostConnector, hostOptionsSchema, type HostOptions, thisMachine } from './host/index.ts'
