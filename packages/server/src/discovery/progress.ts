import type { MachineSighting, ScanBatch } from '@muster/core'
import { type Clock, MusterError, type ScanProblem, type TenantId } from '@muster/core'
import type { ScanState } from '@muster/core/api'
import type { Audit } from '../audit/index.ts'
import { fileSearchWords, forgetScan, reconcile, retireUncovered } from '../inventory/index.ts'
import { type Actor } from '../platform/actor.ts'
import { type Db, inTx, type Tx } from '../platform/db/db.ts'
import { isUnfinished, type LocalIdentifier, type Scan, type ScanKind } from './scan.ts'
import { lockScan, markEnded, readCoverage, recordBatch } from './store.ts'

export type ProgressDeps = {
  readonly db: Db
  readonly clock: Clock
  readonly audit: Audit
  /** Called in the transaction of every change to the inventory. */
  readonly onInventoryChanged: (tx: Tx, tenantId: TenantId) => Promise<void>
  /** Called in the transaction that ends a scan which saw something new. */
  readonly onNewCredentials?: (tx: Tx, tenantId: TenantId) => Promise<void>
}

/** The protocols a kind of scan tells apart at an endpoint. */
const spokenBy = { host: ['tls', 'ssh'], tls: ['tls'], ssh: ['ssh'], secrets: [], github: [], gitlab: [], kubernetes: [] } as const satisfies Record<ScanKind, readonly ('tls' | 'ssh')[]>

const MAX_COVERAGE = 1_000_000

/**
 * Applies one batch: sightings, problems, coverage, cursor and progress in one transaction. Returns the scan as it stands
 * then, or null when it had ended meanwhile and nothing was applied. A batch number that was applied already changes
 * nothing, and `fresh` is false. `ownReading` says that this release's own connectors read the batch, not another program.
 *
 * @throws MusterError object.conflict when batches before this one are missing.
 */
export async function applyBatch(deps: ProgressDeps, tenantId: TenantId, scanId: string, sequence: number, batch: ScanBatch, from: { readonly ownReading: boolean } = { ownReading: false }): Promise<{ readonly scan: Scan; readonly fresh: boolean } | null> {
  const applied = await inTx(deps.db, async (tx) => {
    const scan = await requireScan(tx, tenantId, scanId)
    if (scan.state !== 'running' || scan.startedAt === null) return null
    if (sequence < scan.nextSequence) return { scan, fresh: false }
    if (sequence > scan.nextSequence) {
      throw new MusterError('object.conflict', `batch ${sequence} came before batch ${scan.nextSequence}`, { expected: scan.nextSequence })
    }
    const now = deps.clock.now()
    const localIdentifiers = scan.localIdentifiers.length > 0 ? scan.localIdentifiers : ownIdentifiers(scan, batch)
    const counts = await reconcile(tx, { tenantId, scanId, startedAt: scan.startedAt, observations: batch.observations, localIdentifiers, speaks: spokenBy[scan.kind], ...from }, deps.clock)
    const coverage = batch.observations.filter((observation) => observation.observation === 'coverage')
    await recordBatch(tx, tenantId, scan, { ...counts, progress: batch.progress, cursor: batch.cursor, problems: batch.problems, coverage, localIdentifiers }, now)
    await deps.onInventoryChanged(tx, tenantId)
    return { scan: await requireScan(tx, tenantId, scanId), fresh: true }
  })
  if (applied?.fresh === true) void fileSearchWords(deps.db)
  return applied
}

/** How a scan ended, and by whose hand. */
export type ScanEnd = { readonly state: Exclude<ScanState, 'queued' | 'running'>; readonly message: string | null; readonly actor: Actor }

/**
 * Ends a scan; what it looked for and did not see is retired only when it ran to its end. Nothing happens to a scan that
 * has ended already, and `changed` is false.
 */
export function endScan(deps: ProgressDeps, tenantId: TenantId, scanId: string, { state, message, actor }: ScanEnd): Promise<{ readonly scan: Scan; readonly changed: boolean }> {
  return inTx(deps.db, async (tx) => {
    const scan = await requireScan(tx, tenantId, scanId)
    if (!isUnfinished(scan.state)) return { scan, changed: false }
    let locationsGone = 0
    if (state === 'complete' && scan.startedAt !== null) {
      const coverage = await readCoverage(tx, tenantId, scanId, MAX_COVERAGE)
      locationsGone = (await retireUncovered(tx, { tenantId, scanId, startedAt: scan.startedAt, coverage, localIdentifiers: scan.localIdentifiers }, deps.clock)).locationsGone
    }
    await forgetScan(tx, tenantId, scanId)
    await markEnded(tx, tenantId, scanId, state, message, locationsGone, deps.clock.now())
    await deps.onInventoryChanged(tx, tenantId)
    if (scan.counts.credentialsNew > 0) await deps.onNewCredentials?.(tx, tenantId)
    await deps.audit.append(tx, { actor, action: 'scan.ended', objectType: 'scan', objectId: scanId, outcome: state === 'failed' ? 'failure' : 'success', detail: { state, message, locationsGone } })
    return { scan: await requireScan(tx, tenantId, scanId), changed: true }
  })
}

/** @throws MusterError object.not-found, also for another tenant's scan. */
export async function requireScan(tx: Tx, tenantId: TenantId, scanId: string): Promise<Scan> {
  const scan = await lockScan(tx, tenantId, scanId)
  if (scan === null) throw new MusterError('object.not-found', 'there is no such scan', { id: scanId })
  return scan
}

/** What a host scan says of the machine it runs on: whose its loopback addresses are. */
function ownIdentifiers(scan: Scan, batch: ScanBatch): readonly LocalIdentifier[] {
  if (scan.kind !== 'host') return []
  const isSelf = (observation: ScanBatch['observations'][number]): observation is MachineSighting =>
    observation.observation === 'sighting' && observation.of === 'machine' && observation.identifiers.some((identifier) => identifier.type === 'host-id')
  return batch.observations.find(isSelf)?.identifiers ?? []
}

/** The problem of a resumed scan whose passphrases, never stored, are gone. */
export const passphrasesLost: ScanProblem = {
  code: 'keystore.passphrase',
  where: 'this scan',
  message: 'the passphrases given for this scan were lost when the server restarted; start the scan again to try them on the rest',
}
