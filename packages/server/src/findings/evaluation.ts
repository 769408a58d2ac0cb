import { type Clock, type TenantId, uuidV7 } from '@muster/core'
import type { Policy } from '@muster/core/api'
import { evaluate, type Subject } from '@muster/rules'
import { type Db, inTx, type Tx } from '../platform/db/db.ts'
import { applyChanges, endedAcceptances, knownFindings, openSummaries, recordDay, weaknessesOf } from './evaluation-store.ts'
import { type EvaluatedObject, type FindingChange, findingChanges } from './finding-change.ts'
import { type KeyList, listedIn } from './key-lists.ts'
import type { FindingsListener, InventoryFeed, ObjectKey, ReadPolicy } from './ports.ts'

const BATCH = 500

export type EvaluationDeps = {
  readonly db: Db
  readonly clock: Clock
  readonly inventory: InventoryFeed
  readonly readPolicy: ReadPolicy
  readonly onOpened: FindingsListener
  /** Lists of keys whose private half is public. */
  readonly keyLists: () => Promise<readonly KeyList[]>
  readonly log: { error(fields: Record<string, unknown>, message: string): void }
}

/**
 * Evaluates everything on the queue, batch by batch, each batch in one transaction with the queue entries it consumed: a
 * run that is killed leaves the rest for the next one. Returns how many objects were evaluated.
 */
export async function drainEvaluationQueue(deps: EvaluationDeps, tenantId: TenantId, signal: AbortSignal): Promise<number> {
  let evaluated = 0
  while (!signal.aborted) {
    // A short batch is not the last one: a machine taken off the queue puts what stands on it there.
    const taken = await inTx(deps.db, (tx) => evaluateBatch(deps, tx, tenantId))
    if (taken === 0) break
    evaluated += taken
  }
  if (evaluated > 0) await inTx(deps.db, (tx) => recordDay(tx, tenantId, deps.clock.now()))
  return evaluated
}

async function evaluateBatch(deps: EvaluationDeps, tx: Tx, tenantId: TenantId): Promise<number> {
  const objects = await deps.inventory.takeQueued(tx, tenantId, BATCH)
  if (objects.length === 0) return 0
  // After they were taken: whoever changes the policy puts everything on the queue with it, and what is taken from then on is judged by it.
  const policy = await deps.readPolicy(tx, tenantId)
  const now = deps.clock.now()
  const newId = () => uuidV7(deps.clock)
  const loaded = await deps.inventory.loadSubjects(tx, tenantId, objects, now)
  const subjects = await withWeaknesses(tx, tenantId, loaded, await deps.keyLists())
  const known = Map.groupBy(await knownFindings(tx, tenantId, objects), (finding) => `${finding.objectType} ${finding.objectId}`)
  const changes: FindingChange[] = []
  for (const object of evaluatedObjects(deps, objects, subjects, policy, now)) {
    changes.push(...findingChanges(object, known.get(`${object.objectType} ${object.objectId}`) ?? [], now, newId))
  }
  await applyChanges(tx, tenantId, changes, now, newId)
  if (changes.length > 0) await deps.inventory.setFindingSummaries(tx, tenantId, await openSummaries(tx, tenantId, objects))
  const opened = changes.filter((change) => change.event === 'opened' || change.event === 'reopened').map((change) => change.finding.id)
  if (opened.length > 0) await deps.onOpened(tx, tenantId, opened)
  return objects.length
}

function evaluatedObjects(deps: EvaluationDeps, objects: readonly ObjectKey[], subjects: readonly Subject[], policy: Policy, now: Date): EvaluatedObject[] {
  const byKey = new Map(subjects.map((subject) => [`${subject.type} ${subject.id}`, subject]))
  return objects.map(({ type, id }) => {
    const subject = byKey.get(`${type} ${id}`)
    // Gone: whatever was open of it closes.
    if (subject === undefined) return { objectType: type, objectId: id, objectName: '', owner: null, criticality: null, verdicts: [] }
    const { verdicts, failures } = evaluate(subject, { now, policy })
    for (const failure of failures) deps.log.error({ ruleId: failure.ruleId, objectType: type, objectId: id, err: failure.error }, 'a rule failed to decide')
    return { objectType: type, objectId: id, objectName: subject.name, owner: subject.labels.owner, criticality: subject.labels.criticality, verdicts }
  })
}

async function withWeaknesses(tx: Tx, tenantId: TenantId, subjects: readonly Subject[], lists: readonly KeyList[]): Promise<Subject[]> {
  const spkis = subjects.flatMap((subject) => (subject.type === 'credential' && subject.credential.spkiSha256 !== null ? [subject.credential.spkiSha256] : []))
  const known = await weaknessesOf(tx, tenantId, [...new Set(spkis)])
  return subjects.map((subject) =>
    subject.type === 'credential'
      ? { ...subject, weaknesses: [...(known.get(subject.credential.spkiSha256 ?? '') ?? []), ...listedIn(subject.credential, lists)] }
      : subject,
  )
}

/** Puts on the queue what time alone may have changed: everything present, and acceptances that ended. */
export async function enqueueForTime(deps: Pick<EvaluationDeps, 'inventory' | 'clock'>, tx: Tx, tenantId: TenantId): Promise<void> {
  await deps.inventory.enqueueAll(tx, tenantId)
  await enqueueEndedAcceptances(deps, tx, tenantId)
}

/** Puts objects with an acceptance that ended on the queue; true when there were any. */
export async function enqueueEndedAcceptances(deps: Pick<EvaluationDeps, 'inventory' | 'clock'>, tx: Tx, tenantId: TenantId): Promise<boolean> {
  const ended = await endedAcceptances(tx, tenantId, deps.clock.now())
  await deps.inventory.enqueue(tx, tenantId, ended)
  return ended.length > 0
}
