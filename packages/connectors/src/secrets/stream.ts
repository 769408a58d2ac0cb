import { type Clock, systemClock } from '@muster/core'
import type { ScanProblem } from '@muster/core'
import type { SourceFinding } from './finding.ts'
import type { InspectorSettings } from './inspection-job.ts'
import { jobInspector } from './job-inspector.ts'

/**
 * What a text that is no file holds, such as standard input or a proposed change; `path` is what rules about paths and formats see, `-` for none.
 * @throws MusterError config.invalid
 */
export function inspectStream(bytes: Uint8Array, path = '-', settings: Partial<InspectorSettings> = {}, clock: Clock = systemClock): { readonly findings: readonly SourceFinding[]; readonly problems: readonly ScanProblem[] } {
  const inspector = jobInspector({ config: null, formats: true, decode: true, maxFileBytes: bytes.length, ...settings }, clock)
  const [result] = inspector.run({ items: [{ path, start: 0, end: bytes.length }], bytes }).results
  const source = { kind: 'stream', target: path, name: path } as const
  return { findings: (result?.found ?? []).map((found) => ({ found, source, path: found.path, blob: null, commit: null, presence: null })), problems: result?.problems ?? [] }
}
