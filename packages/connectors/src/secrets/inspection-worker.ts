import { parentPort, workerData } from 'node:worker_threads'
import { systemClock } from '@muster/core'
import { type InspectionJob, type InspectorSettings, JobInspector } from './inspection-job.ts'
import { toMessage } from './thread-messages.ts'

const inspector = new JobInspector(workerData as InspectorSettings, systemClock)
parentPort!.on('message', (job: InspectionJob) => parentPort!.postMessage(toMessage(inspector.run(job))))
