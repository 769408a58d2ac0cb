export * from './found-secret.ts'
export { type FindingInTree, pairedAcrossFiles } from './pairs-across-files.ts'
export { FileInspector, type InspectFile, type InspectOptions } from './inspector.ts'
export { type PreparedRules, prepareRules } from './prepared-rules.ts'
