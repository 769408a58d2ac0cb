import type { Clock } from '@muster/core'
import type { PreparedRules } from '@muster/detect/inspect'
import { type InspectorSettings, JobInspector } from './inspection-job.ts'

let last: { readonly rules: PreparedRules; readonly key: string; readonly clock: Clock; readonly inspector: JobInspector } | null = null

/** An inspector of this thread; the last one made is kept. */
export function jobInspector(settings: InspectorSettings, rules: PreparedRules, clock: Clock): JobInspector {
  const key = JSON.stringify(settings)
  if (last?.rules !== rules || last.key !== key || last.clock !== clock) last = { rules, key, clock, inspector: new JobInspector(settings, rules, clock) }
  return last.inspector
}
