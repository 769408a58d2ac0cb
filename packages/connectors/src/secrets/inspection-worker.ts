import { parentPort } from 'node:worker_threads'
import { systemClock } from '@muster/core/basis'
import type { PreparedRules } from '@muster/detect/inspect'
import { type InspectionJob, type InspectorSettings, JobInspector } from './inspection-job.ts'
import { toMessage } from './thread-messages.ts'

/** What a thread is told first. The rules come prepared: compiling them takes longer than looking at a thousand files. */
export type ThreadSettings = { readonly settings: InspectorSettings; readonly rules: PreparedRules }

parentPort!.once('message', ({ settings, rules }: ThreadSettings) => {
  const inspector = new JobInspector(settings, rules, systemClock)
  parentPort!.on('message', (job: InspectionJob) => parentPort!.postMessage(toMessage(inspector.run(job))))
})
