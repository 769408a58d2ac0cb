// What looks at bytes is loaded when something is to be looked at; `../index.ts` gives it to whoever needs it by itself.
export { createSecretsConnector, type SecretsConnectorParts } from './connector.ts'
export type { CommitFacts, Presence, SourceFacts, SourceFinding } from './finding.ts'
export { secretsOptionsSchema, type SecretsOptions, type TargetKind } from './options.ts'
export { LfsObjects } from './git/lfs.ts'
export { waitingPlaceAround } from './git/waiting-places.ts'
export { readyRules, type ReadyRules } from './ready-rules.ts'
export { fileMemory } from './file-memory.ts'
export { type CleanBlobs, noMemory, type ScanMemory } from './memory.ts'
