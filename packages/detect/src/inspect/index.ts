export * from './found-secret.ts'
export { FileInspector, type InspectFile, type InspectOptions } from './inspector.ts'
