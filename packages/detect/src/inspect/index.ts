export * from './found-secret.ts'
export { type FindingInTree, isHalf, pairedAcrossFiles, pairedInSource, sessionTokenOf } from './pairs-across-files.ts'
export { FileInspector, type InspectFile, type InspectOptions } from './inspector.ts'
export { type PreparedRules, prepareRules } from './prepared-rules.ts'
