import type { Clock } from '@muster/core'
import { compileConfig, defaultRules, type PreparedRules, prepareRules } from '@muster/detect'
import { type InspectorSettings, JobInspector } from './inspection-job.ts'

let prepared: { readonly config: string | null; readonly rules: PreparedRules } | null = null

/**
 * The rules of a configuration, null for the built-in ones; the last ones prepared are kept, since preparing takes longer than looking at many files.
 * @throws MusterError config.invalid
 */
export function rulesOf(config: string | null): PreparedRules {
  // Whoever chose the rules had their cost tested.
  if (prepared?.config !== config) prepared = { config, rules: prepareRules(config === null ? defaultRules() : compileConfig(config, { defaults: defaultRules, trusted: true })) }
  return prepared!.rules
}

let last: { readonly key: string; readonly clock: Clock; readonly inspector: JobInspector } | null = null

/**
 * An inspector of this thread; the last one made is kept.
 * @throws MusterError config.invalid
 */
export function jobInspector(settings: InspectorSettings, clock: Clock): JobInspector {
  const key = JSON.stringify(settings)
  if (last?.key !== key || last.clock !== clock) last = { key, clock, inspector: new JobInspector(settings, rulesOf(settings.config), clock) }
  return last.inspector
}
