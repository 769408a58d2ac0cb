export { extractSecrets, maxFormatBytes } from './extract.ts'
export type { ExtractedSecret, ExtractProblem, SecretFacts } from './found.ts'
export { formats } from './formats.ts'
export type { Format } from './input.ts'
