export { connectionOfRunning } from './database.ts'
export { makeDataDir } from './data-dir.ts'
export { type EmbeddedOptions, type EmbeddedPostgres, type EmbeddedState, startEmbedded } from './supervisor.ts'
