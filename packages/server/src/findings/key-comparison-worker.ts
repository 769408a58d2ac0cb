import { parentPort, workerData } from 'node:worker_threads'
import { batchGcd } from '@muster/pki'
import type { SharedPrimeGroups } from './key-comparison.ts'

const { moduli } = workerData as { moduli: readonly string[] }
const found = await batchGcd(moduli.map((hex) => BigInt(`0x${hex}`)))
const groups: SharedPrimeGroups = [...Map.groupBy(found, ({ factor }) => factor).values()].map((group) => group.map(({ index }) => index))
parentPort?.postMessage(groups)
