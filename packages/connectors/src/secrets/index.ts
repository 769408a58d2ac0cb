export { createSecretsConnector, type SecretsConnectorParts } from './connector.ts'
export type { CommitFacts, Presence, SourceFacts, SourceFinding } from './finding.ts'
export { secretsOptionsSchema, type SecretsOptions, type TargetKind } from './options.ts'
export { inspectStream } from './stream.ts'
