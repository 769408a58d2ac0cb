export * from './der/index.ts'
export * from './found.ts'
export { mayHoldPem, readPem, toPem, type PemBlock, type PemFault } from './pem.ts'
