import { parentPort, workerData } from 'node:worker_threads'
import { systemClock } from '@muster/core'
import { tryRules, type TrialInput } from './trial.ts'

parentPort?.postMessage(tryRules(workerData as TrialInput, systemClock))
