import { createHash } from 'node:crypto'
import { defaultRuleTexts } from '@muster/detect'
import type { InspectorSettings } from './inspection-job.ts'

/** Grows when the engine, the formats or the decoders find other things with the same rules. */
const ENGINE_VERSION = 6

/** What the outcome of looking at bytes depends on beside them: the rules, what is read, the engine. Lower-case hex. */
export function ruleSetDigest({ config, formats, decode }: InspectorSettings): string {
  return createHash('sha256').update(JSON.stringify([ENGINE_VERSION, config, formats, decode, defaultRuleTexts])).digest('hex')
}
