import { createHash } from 'node:crypto'
import { Worker } from 'node:worker_threads'
import { DEFAULT_TENANT, MusterError, type TenantId } from '@muster/core'
import { z } from 'zod'
import { inTx, type Tx } from '../platform/db/db.ts'
import type { JobDefinition } from '../platform/jobs/job.ts'
import type { EvaluationDeps } from './evaluation.ts'
import { comparedKeys, replaceSharedPrimes } from './key-weakness-store.ts'

const PAGE = 5000

const comparisonData = z.object({
  tenantId: z.string().max(64).transform((text) => text as TenantId),
  /** Beyond so many keys the comparison is left to the night; null for no such limit. */
  maxKeys: z.number().int().nullable().default(null),
})
export type ComparisonData = z.output<typeof comparisonData>

/** A comparison of so many keys takes seconds: it can follow every scan. */
export const KEYS_AFTER_A_SCAN = 5000

/** What the worker answers: positions of moduli that share a prime, in groups that share the same one. */
export type SharedPrimeGroups = readonly (readonly number[])[]

/**
 * Compares every RSA key of the inventory with every other one (batch GCD) when keys came or went since the last time:
 * every night, and after scans while there are few. In a worker thread, so that the server stays responsive.
 */
export function compareKeysJob(deps: EvaluationDeps, requestEvaluation: (tx: Tx, tenantId: TenantId) => Promise<void>): JobDefinition<ComparisonData> {
  return {
    queue: 'findings.compare-keys',
    data: comparisonData,
    title: () => 'Compare all RSA keys for shared primes',
    key: ({ tenantId }) => tenantId,
    retryLimit: 2,
    cron: { expression: '40 1 * * *', data: { tenantId: DEFAULT_TENANT, maxKeys: null } },
    run: async ({ tenantId, maxKeys }, { signal }) => { await compareKeys(deps, requestEvaluation, tenantId, signal, maxKeys ?? Number.POSITIVE_INFINITY) },
  }
}

/** Runs the comparison; returns how many keys share a prime, or null when the keys are those of the last one or more than `maxKeys`. */
export async function compareKeys(
  deps: EvaluationDeps,
  requestEvaluation: (tx: Tx, tenantId: TenantId) => Promise<void>,
  tenantId: TenantId,
  signal: AbortSignal,
  maxKeys = Number.POSITIVE_INFINITY,
): Promise<number | null> {
  const spkis: string[] = []
  const moduli: string[] = []
  for await (const page of deps.inventory.rsaModuli(deps.db, tenantId, PAGE)) {
    for (const { spkiSha256, modulus } of page) {
      spkis.push(spkiSha256)
      moduli.push(modulus)
    }
    if (moduli.length > maxKeys) return null
  }
  const digest = createHash('sha256').update(spkis.toSorted().join()).digest('hex')
  if (digest === (await comparedKeys(deps.db, tenantId))) return null
  const groups = moduli.length < 2 ? [] : await inWorker(moduli, signal)
  const weak = groups.flatMap((group) => group.map((index) => ({ spki: spkis[index]!, note: noteFor(group.length - 1) })))
  await inTx(deps.db, async (tx) => {
    const changed = await replaceSharedPrimes(tx, tenantId, weak, { count: moduli.length, digest }, deps.clock.now())
    if (changed.length === 0) return
    await deps.inventory.enqueueBySpki(tx, tenantId, changed)
    await requestEvaluation(tx, tenantId)
  })
  return weak.length
}

function noteFor(others: number): string {
  return `shares a prime with ${others} other ${others === 1 ? 'key' : 'keys'} of the inventory`
}

function inWorker(moduli: readonly string[], signal: AbortSignal): Promise<SharedPrimeGroups> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./key-comparison-worker.ts', import.meta.url), { workerData: { moduli } })
    const abort = () => {
      void worker.terminate()
      reject(new MusterError('operation.cancelled', 'the comparison of keys was cancelled'))
    }
    signal.addEventListener('abort', abort, { once: true })
    if (signal.aborted) abort()
    worker.once('message', (groups: SharedPrimeGroups) => resolve(groups))
    worker.once('error', reject)
    worker.once('exit', (code) => {
      signal.removeEventListener('abort', abort)
      if (code !== 0) reject(new Error(`the comparison's worker ended with code ${code}`))
    })
  })
}
