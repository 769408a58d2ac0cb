import { MusterError, Secret, type TenantId, uuidV7 } from '@muster/core'
import { summarised } from '../audit/index.ts'
import { type Actor, type Authorized } from '../platform/actor.ts'
import { inTx, type Tx } from '../platform/db/db.ts'
import type { JobDefinition, Jobs } from '../platform/jobs/job.ts'
import { readsApi } from './connectors.ts'
import { checkedOptions } from './option-checks.ts'
import { endScan, type ProgressDeps, requireScan } from './progress.ts'
import { defaultTitle, type RunScanDeps, type ScanData } from './run-scan.ts'
import type { LocalIdentifier, Scan, ScanKind } from './scan.ts'
import { insertScan, markEnded, markRunning } from './store.ts'

export type RequestDeps = ProgressDeps & Pick<RunScanDeps, 'connections' | 'verification'> & {
  readonly jobs: () => Jobs
  readonly scanJob: JobDefinition<ScanData>
  readonly passphrases: Map<string, readonly Secret[]>
  readonly running: Map<string, AbortController>
}

/** What somebody wants scanned. */
export type ScanRequest = {
  readonly kind: ScanKind
  /** What people call it; the places it looks at where it has no name. */
  readonly title?: string
  readonly options: Readonly<Record<string, unknown>>
  readonly passphrases: readonly string[]
  readonly scheduleId?: string
}

/** @throws MusterError request.invalid when the scan needs a connection of its kind and there is none. */
export async function requireConnection(deps: Pick<RequestDeps, 'connections'>, tx: Tx, tenantId: TenantId, kind: ScanKind, options: Readonly<Record<string, unknown>>): Promise<void> {
  if (!readsApi(kind)) return
  const connection = await deps.connections.find(tx, tenantId, String(options['connection']))
  if (connection?.kind === kind) return
  const message = `there is no such connection to ${kind}`
  throw new MusterError('request.invalid', `options.connection: ${message}`, { errors: [{ path: 'options.connection', message }] })
}

/** Starts a scan for somebody who asks for it; passphrases stay in this process's memory. */
export async function requestScan(deps: RequestDeps, may: Authorized, request: ScanRequest): Promise<Scan> {
  const id = uuidV7(deps.clock)
  // Before the job can run; without the scan they are nobody's.
  if (request.passphrases.length > 0) deps.passphrases.set(id, request.passphrases.map((text) => Secret.fromText(text)))
  try {
    return await inTx(deps.db, (tx) => startScan(deps, tx, may.tenantId, may.actor, request, id))
  } catch (error) {
    deps.passphrases.delete(id)
    throw error
  }
}

/** Starts a scan on this server; its job exists if and only if the transaction commits. */
export async function startScan(deps: RequestDeps, tx: Tx, tenantId: TenantId, actor: Actor, request: ScanRequest, id = uuidV7(deps.clock)): Promise<Scan> {
  const { kind } = request
  const options = checkedOptions(deps, kind, request.options)
  await requireConnection(deps, tx, tenantId, kind, options)
  const title = request.title ?? defaultTitle(kind, options)
  await insertScan(tx, tenantId, {
    id, kind, origin: 'server', state: 'queued', title, options, withPassphrases: request.passphrases.length > 0, requestedBy: actor.name, scheduleId: request.scheduleId ?? null,
  }, deps.clock.now())
  await deps.jobs().enqueue(tx, deps.scanJob, { tenantId, scanId: id })
  const scan = await requireScan(tx, tenantId, id)
  await deps.audit.append(tx, { actor, action: 'scan.started', objectType: 'scan', objectId: id, detail: { kind, title, options: summarised(options) } })
  return scan
}

/** Leaves a scan that could not start, so that people see why. */
export async function recordUnstarted(deps: RequestDeps, tx: Tx, tenantId: TenantId, actor: Actor, request: ScanRequest, reason: string): Promise<void> {
  const { kind, options, scheduleId = null } = request
  const id = uuidV7(deps.clock)
  const now = deps.clock.now()
  await insertScan(tx, tenantId, { id, kind, origin: 'server', state: 'failed', title: defaultTitle(kind, options), options, withPassphrases: false, requestedBy: actor.name, scheduleId }, now)
  await markEnded(tx, tenantId, id, 'failed', reason, 0, now)
  await deps.audit.append(tx, { actor, action: 'scan.ended', objectType: 'scan', objectId: id, outcome: 'failure', detail: { state: 'failed', message: reason.slice(0, 1000) } })
}

/** Cancels a scan that has not ended. What it saw stays; nothing is retired. @throws MusterError object.conflict when it has ended. */
export async function cancelScan(deps: RequestDeps, may: Authorized, scanId: string): Promise<Scan> {
  const { scan, changed } = await endScan(deps, may.tenantId, scanId, { state: 'cancelled', message: `cancelled by ${may.actor.name}`, actor: may.actor })
  if (!changed) throw new MusterError('object.conflict', `the scan has ended already: ${scan.state}`, { state: scan.state })
  deps.passphrases.delete(scanId)
  deps.running.get(scanId)?.abort()
  return scan
}

/** Begins an import: a scan that runs elsewhere and sends its batches here. */
export function beginImport(deps: RequestDeps, may: Authorized, request: { readonly kind: ScanKind; readonly title: string; readonly options: Readonly<Record<string, unknown>>; readonly scannedFrom: readonly LocalIdentifier[] }): Promise<Scan> {
  return inTx(deps.db, async (tx) => {
    const id = uuidV7(deps.clock)
    const { scannedFrom, ...asked } = request
    const now = deps.clock.now()
    await insertScan(tx, may.tenantId, { id, ...asked, origin: 'import', state: 'running', withPassphrases: false, requestedBy: may.actor.name, scheduleId: null }, now)
    await markRunning(tx, may.tenantId, id, scannedFrom, now)
    const scan = await requireScan(tx, may.tenantId, id)
    await deps.audit.append(tx, { actor: may.actor, action: 'scan.import-begun', objectType: 'scan', objectId: id, detail: { kind: request.kind, title: request.title } })
    return scan
  })
}
