import { isMusterError, MusterError, type Secret, type TenantId } from '@muster/core'
import { z } from 'zod'
import { systemActor } from '../platform/actor.ts'
import type { VerificationConfig } from '../platform/config.ts'
import { inTx } from '../platform/db/db.ts'
import type { Connections } from '../connections/index.ts'
import type { JobDefinition } from '../platform/jobs/job.ts'
import { baseUrlOption, readsApi } from './connectors.ts'
import { applyBatch, endScan, passphrasesLost, type ProgressDeps, requireScan, type ScanEnd } from './progress.ts'
import type { LocalIdentifier, Scan, ScanKind } from './scan.ts'
import { scanInThread } from './scan-thread.ts'
import { addProblems, findScan, markRunning } from './store.ts'
import { verificationOptions } from './verification.ts'
import type { OwnToken, WorkerInput } from './worker-protocol.ts'

const scanData = z.object({ tenantId: z.string().max(64).transform((text) => text as TenantId), scanId: z.uuid() })
export type ScanData = z.output<typeof scanData>

export type RunScanDeps = ProgressDeps & {
  /** Passphrases by scan, in memory only. */
  readonly passphrases: Map<string, readonly Secret[]>
  /** Scans that run in this process, to be stopped at once when they are cancelled. */
  readonly running: Map<string, AbortController>
  /** What no scan may touch: the server's own database, by its addresses and by its files. */
  readonly forbidden: { readonly targets: readonly string[]; readonly paths: readonly string[] }
  /** The key of a tenant's fingerprints of secrets. */
  readonly fingerprintKey: (tenantId: TenantId) => Secret
  /** Systems that scans read through their API. */
  readonly connections: Pick<Connections, 'find' | 'open'>
  /** Where a tenant's scans for secrets remember which blobs of a repository hold nothing; no value, and no fingerprint, goes in. */
  readonly scanMemory: (tenantId: TenantId) => string
  /** The rules of a tenant's scans for secrets in the gitleaks format; null for the built-in ones. */
  readonly scanConfig: (tenantId: TenantId) => Promise<string | null>
  /** Whom the operator allowed scans to ask about secrets they find. */
  readonly verification: VerificationConfig
  /** What is known here of an API token by its digest; null for one that was never made here. */
  readonly ownToken: (tenantId: TenantId, digest: string) => Promise<OwnToken | null>
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
  const cancelled = new AbortController()
  deps.running.set(scanId, cancelled)
  try {
    const end = await runToEnd(deps, tenantId, scan, AbortSignal.any([signal, cancelled.signal]))
    if (end === null) return
    await endScan(deps, tenantId, scanId, { ...end, actor: systemActor(tenantId) })
    deps.passphrases.delete(scanId)
  } finally {
    if (deps.running.get(scanId) === cancelled) deps.running.delete(scanId)
  }
}

/** How the scan ended; null when it is to be left as it is: ended by somebody else, or to be resumed. */
async function runToEnd(deps: RunScanDeps, tenantId: TenantId, scan: Scan, signal: AbortSignal): Promise<Omit<ScanEnd, 'actor'> | null> {
  let sequence = scan.nextSequence
  try {
    const outcome = await scanInThread(await workerInput(deps, tenantId, scan), signal, async (batch) => {
      const applied = await applyBatch(deps, tenantId, scan.id, sequence++, batch, { ownReading: true })
      // Not fresh: another run has taken the scan over, and its batches need not be like ours.
      return applied?.fresh === true
    }, (digest) => deps.ownToken(tenantId, digest))
    if (outcome === 'done') return { state: 'complete', message: null }
  } catch (error) {
    if (!signal.aborted) {
      if (isMusterError(error, 'store.unavailable')) throw error
      deps.log.error({ err: error, scanId: scan.id }, 'a scan failed')
      return { state: 'failed', message: isMusterError(error) ? error.message : 'the scanner met a mistake of its own; the log tells more' }
    }
  }
  // Whoever cancels a scan ends it; cancelling its job is left to be acted on here. A stopping server leaves it to be resumed.
  return isMusterError(signal.reason, 'operation.cancelled') ? { state: 'cancelled', message: 'its job was cancelled' } : null
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

/** What the scan's thread gets. @throws MusterError object.not-found when its connection was deleted. */
async function workerInput(deps: RunScanDeps, tenantId: TenantId, scan: Scan): Promise<WorkerInput> {
  const passphrases = (deps.passphrases.get(scan.id) ?? []).map((secret) => secret.reveal())
  const common = { kind: scan.kind, resumeFrom: scan.cursor, passphrases }
  const own = () => ({ fingerprintKey: deps.fingerprintKey(tenantId).reveal(), memoryDirectory: deps.scanMemory(tenantId), verification: verificationOptions(deps.verification, scan.options['verify'], deps.forbidden.targets) })
  if (!readsApi(scan.kind)) return { ...common, options: await runOptions(deps, tenantId, scan), secrets: scan.kind === 'secrets' ? { ...own(), token: null, signsInWith: 'token' } : null }
  const { connection: id, verify: _verify, ...options } = scan.options
  const opened = await deps.connections.open(tenantId, String(id))
  if (opened === null) throw new MusterError('object.not-found', 'the connection of this scan was deleted')
  const { baseUrl, egress, caPem, signsInWith } = opened.connection
  return { ...common, options: { ...options, [baseUrlOption[scan.kind]]: baseUrl, egress, caPem, forbidden: deps.forbidden.targets }, secrets: { ...own(), token: opened.token.reveal(), signsInWith } }
}

async function runOptions(deps: RunScanDeps, tenantId: TenantId, scan: Scan): Promise<Readonly<Record<string, unknown>>> {
  const inFiles = scan.kind === 'host' || scan.kind === 'secrets'
  const [field, ours] = inFiles ? ['exclude', deps.forbidden.paths] as const : ['forbidden', deps.forbidden.targets] as const
  const asked = Array.isArray(scan.options[field]) ? (scan.options[field] as string[]) : []
  const options = { ...scan.options, [field]: [...asked, ...ours] }
  if (scan.kind !== 'secrets') return options
  const { verify: _verify, ...looked } = options as Readonly<Record<string, unknown>>
  return { ...looked, config: await deps.scanConfig(tenantId) }
}

/** A scan's kind in the title people see where they gave none. */
export function defaultTitle(kind: ScanKind, options: Readonly<Record<string, unknown>>): string {
  const places = placesOf(kind, options)
  if (places.length === 0) return kind === 'kubernetes' ? 'Whole cluster' : 'This machine'
  return `${places.slice(0, 3).join(', ')}${places.length > 3 ? ` and ${places.length - 3} more` : ''}`.slice(0, 200)
}

/** The options that say where a scan looks. */
const placeOptions = {
  host: ['roots'], tls: ['targets'], ssh: ['targets'], secrets: ['targets'], github: ['organizations', 'repositories'], gitlab: ['groups', 'projects'], kubernetes: ['namespaces'],
} as const satisfies Record<ScanKind, readonly string[]>

function placesOf(kind: ScanKind, options: Readonly<Record<string, unknown>>): string[] {
  return placeOptions[kind].flatMap((name) => {
    const listed = options[name]
    return Array.isArray(listed) ? listed.map(String) : []
  })
}
