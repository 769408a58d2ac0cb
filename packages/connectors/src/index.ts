export * from './network/index.ts'
export * from './tls/index.ts'
export * from './ssh/index.ts'
