import type { Clock } from '@muster/core'
import type { PreparedRules } from '@muster/detect/inspect'
import { engineStamp } from './engine-stamp.ts'
import { keptRules } from './kept-rules.ts'

/** Rules to look with. */
export type ReadyRules = {
  readonly rules: PreparedRules
  /** They are somebody's own and may take as long as they like. */
  readonly given: boolean
  /** The same for the same texts of rules. Lower-case hex. */
  readonly digest: string
}

let last: { readonly config: string | null; readonly ready: ReadyRules } | null = null

/**
 * The rules of a configuration, null for the built-in ones: the last that were asked for, or as an earlier process prepared them, or prepared now.
 * @throws MusterError config.invalid
 */
export async function readyRules(config: string | null, clock: Clock): Promise<ReadyRules> {
  if (last?.config === config) return last.ready
  const kept = keptRules(config, engineStamp(clock.now()))
  let ready = kept?.recall() ?? null
  if (ready === null) {
    // The texts of the rules, and what reads them, are not loaded to look with rules that are ready.
    ready = (await import('./compiled-rules.ts')).compiledRules(config)
    kept?.keep(ready)
  }
  last = { config, ready }
  return ready
}
