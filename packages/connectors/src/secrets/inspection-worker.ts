import { parentPort, workerData } from 'node:worker_threads'
import { systemClock } from '@muster/core/basis'
import type { PreparedRules } from '@muster/detect/inspect'
import { type InspectionJob, type InspectorSettings, JobInspector } from './inspection-job.ts'
import { toMessage } from './thread-messages.ts'

// The rules come prepared: compiling them takes longer than looking at a thousand files.
const { settings, rules } = workerData as { readonly settings: InspectorSettings; readonly rules: PreparedRules }
const inspector = new JobInspector(settings, rules, systemClock)
parentPort!.on('message', (job: InspectionJob) => parentPort!.postMessage(toMessage(inspector.run(job))))
