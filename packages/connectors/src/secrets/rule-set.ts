import { createHash } from 'node:crypto'
import type { InspectorSettings } from './inspection-job.ts'
import type { ReadyRules } from './ready-rules.ts'

/** Grows when the engine, the formats or the decoders find other things with the same rules. */
const ENGINE_VERSION = 6

/** What the outcome of looking at bytes depends on beside them: the rules, what is read, the engine. Lower-case hex. */
export function ruleSetDigest({ digest }: ReadyRules, { formats, decode }: Pick<InspectorSettings, 'formats' | 'decode'>): string {
  return createHash('sha256').update(JSON.stringify([ENGINE_VERSION, digest, formats, decode])).digest('hex')
}
