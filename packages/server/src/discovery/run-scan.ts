import { isMusterError, type Secret, type TenantId } from '@muster/core'
import { z } from 'zod'
import { inTx } from '../platform/db/db.ts'
import type { JobDefinition } from '../platform/jobs/job.ts'
import { applyBatch, endScan, passphrasesLost, type ProgressDeps, requireScan } from './progress.ts'
import type { LocalIdentifier, Scan, ScanKind } from './scan.ts'
import { scanInThread } from './scan-thread.ts'
import { addProblems, findScan, markRunning } from './store.ts'

const scanData = z.object({ tenantId: z.string().max(64).transform((text) => text as TenantId), scanId: z.uuid() })
export type ScanData = z.output<typeof scanData>

export type RunScanDeps = ProgressDeps & {
  /** Passphrases by scan, in memory only. */
  readonly passphrases: Map<string, readonly Secret[]>
  /** Scans that run in this process, to be stopped at once when they are cancelled. */
  readonly running: Map<string, AbortController>
  /** Addresses no network scan may touch: the server's own database. */
  readonly forbidden: readonly string[]
  /** What this server's machine is known by. */
  readonly localIdentifiers: () => Promise<readonly LocalIdentifier[]>
  readonly log: { error(fields: Record<string, unknown>, message: string): void }
}

/** Runs a scan on this server; taken over with its cursor when the process is killed. */
export function scanJob(deps: RunScanDeps): JobDefinition<ScanData> {
  return {
    queue: 'discovery.scan',
    data: scanData,
    title: () => 'Scan',
    key: ({ scanId }) => scanId,
    retryLimit: 3,
    concurrency: 4,
    run: ({ tenantId, scanId }, { signal }) => runScan(deps, tenantId, scanId, signal),
  }
}

/** An import that sent nothing for so long is taken for abandoned. */
export const IMPORT_PATIENCE_MS = 24 * 3_600_000

async function runScan(deps: RunScanDeps, tenantId: TenantId, scanId: string, signal: AbortSignal): Promise<void> {
  const scan = await begin(deps, tenantId, scanId)
  if (scan === null) return
  let sequence = scan.nextSequence
  const passphrases = deps.passphrases.get(scanId) ?? []
  const input = { kind: scan.kind, options: runOptions(deps, scan), resumeFrom: scan.cursor, passphrases: passphrases.map((secret) => secret.reveal()) }
  const cancelled = new AbortController()
  deps.running.set(scanId, cancelled)
  try {
    await scanInThread(input, AbortSignal.any([signal, cancelled.signal]), async (batch) => (await applyBatch(deps, tenantId, scanId, sequence++, batch)) !== null)
  } catch (error) {
    if (signal.aborted || cancelled.signal.aborted) return
    if (isMusterError(error, 'store.unavailable')) throw error
    deps.log.error({ err: error, scanId }, 'a scan failed')
    await endScan(deps, tenantId, scanId, 'failed', isMusterError(error) ? error.message : 'the scanner met a mistake of its own; the log tells more')
    return
  } finally {
    deps.running.delete(scanId)
    if (!signal.aborted) deps.passphrases.delete(scanId)
  }
  // Cancelled scans were ended by whoever cancelled them; a stopping server leaves the scan to be resumed.
  if (!signal.aborted && !cancelled.signal.aborted) await endScan(deps, tenantId, scanId, 'complete', null)
}

async function begin(deps: RunScanDeps, tenantId: TenantId, scanId: string): Promise<Scan | null> {
  const known = await findScan(deps.db, tenantId, scanId)
  if (known === null || (known.state !== 'queued' && known.state !== 'running')) return null
  const localIdentifiers = known.localIdentifiers.length > 0 ? known.localIdentifiers : await deps.localIdentifiers()
  return inTx(deps.db, async (tx) => {
    const scan = await requireScan(tx, tenantId, scanId)
    if (scan.state !== 'queued' && scan.state !== 'running') return null
    await markRunning(tx, tenantId, scanId, localIdentifiers, deps.clock.now())
    if (scan.withPassphrases && !deps.passphrases.has(scanId)) await addProblems(tx, tenantId, scan, [passphrasesLost])
    return await requireScan(tx, tenantId, scanId)
  })
}

function runOptions(deps: RunScanDeps, scan: Scan): Readonly<Record<string, unknown>> {
  if (scan.kind === 'host') return scan.options
  const own = Array.isArray(scan.options['forbidden']) ? (scan.options['forbidden'] as string[]) : []
  return { ...scan.options, forbidden: [...own, ...deps.forbidden] }
}

/** A scan's kind in the title people see where they gave none. */
export function defaultTitle(kind: ScanKind, options: Readonly<Record<string, unknown>>): string {
  const listed = options[kind === 'host' ? 'roots' : 'targets']
  const places = Array.isArray(listed) ? listed.map(String) : []
  if (places.length === 0) return 'This machine'
  return `${places.slice(0, 3).join(', ')}${places.length > 3 ? ` and ${places.length - 3} more` : ''}`.slice(0, 200)
}
