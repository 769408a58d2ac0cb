import { type FindingObjectType, type FindingState, severityRank } from '@muster/core'
import type { Verdict } from '@muster/rules'

/** What the store knows of a finding, as far as an evaluation asks. */
export type KnownFinding = {
  readonly id: string
  readonly objectType: FindingObjectType
  readonly objectId: string
  readonly ruleId: string
  readonly objectName: string
  readonly state: FindingState
  readonly severityRank: number
  readonly evidence: string
  readonly places: readonly string[]
  readonly due: string | null
  readonly owner: string | null
  readonly criticality: string | null
  /** Severity when it was accepted. */
  readonly acceptedRank: number | null
  readonly acceptedUntil: Date | null
}

/** An evaluated object; `verdicts` is empty for one that is gone. */
export type EvaluatedObject = {
  readonly objectType: FindingObjectType
  readonly objectId: string
  readonly objectName: string
  readonly owner: string | null
  readonly criticality: string | null
  readonly verdicts: readonly Verdict[]
}

/** The finding as it shall stand, and what happened to it; `event` null when only its evidence moved. */
export type FindingChange = {
  readonly finding: Omit<KnownFinding, 'acceptedRank' | 'acceptedUntil'>
  readonly event: 'opened' | 'reopened' | 'closed' | null
  readonly note: string
}

/**
 * What an evaluation changes: failing rules open or reopen findings, accepted ones stay accepted until their date unless
 * they got worse, and what no longer fails closes. `newId` makes ids for findings that never were.
 */
export function findingChanges(object: EvaluatedObject, known: readonly KnownFinding[], now: Date, newId: () => string): FindingChange[] {
  const byRule = new Map(known.map((finding) => [finding.ruleId, finding]))
  const changes: FindingChange[] = []
  for (const verdict of object.verdicts) {
    const before = byRule.get(verdict.rule.id)
    byRule.delete(verdict.rule.id)
    const change = changeFor(object, verdict, before, now, newId)
    if (change !== null) changes.push(change)
  }
  for (const finding of byRule.values()) {
    if (finding.state !== 'closed') changes.push({ finding: { ...finding, state: 'closed' }, event: 'closed', note: 'the rule holds again, or the object is gone' })
  }
  return changes
}

function changeFor(object: EvaluatedObject, verdict: Verdict, before: KnownFinding | undefined, now: Date, newId: () => string): FindingChange | null {
  const { objectType, objectId, objectName, owner, criticality } = object
  const facts = {
    objectType, objectId, objectName, owner, criticality, ruleId: verdict.rule.id, severityRank: severityRank(verdict.severity),
    evidence: verdict.violation.evidence, places: verdict.violation.places ?? [], due: verdict.violation.due ?? null,
  }
  if (before === undefined) return { finding: { ...facts, id: newId(), state: 'open' }, event: 'opened', note: facts.evidence }
  if (before.state === 'closed') return { finding: { ...facts, id: before.id, state: 'open' }, event: 'reopened', note: facts.evidence }
  const reason = before.state === 'accepted' ? acceptanceEnds(before, facts.severityRank, now) : null
  if (reason !== null) return { finding: { ...facts, id: before.id, state: 'open' }, event: 'reopened', note: reason }
  const same =
    before.severityRank === facts.severityRank && before.evidence === facts.evidence && before.objectName === objectName && before.owner === owner &&
    before.criticality === criticality && before.due === facts.due && JSON.stringify(before.places) === JSON.stringify(facts.places)
  return same ? null : { finding: { ...facts, id: before.id, state: before.state }, event: null, note: facts.evidence }
}

/** Why an acceptance no longer holds; null while it does. */
export function acceptanceEnds(finding: Pick<KnownFinding, 'acceptedRank' | 'acceptedUntil'>, severityRankNow: number, now: Date): string | null {
  if (finding.acceptedUntil !== null && now.getTime() >= finding.acceptedUntil.getTime()) return 'the acceptance has ended'
  return finding.acceptedRank !== null && severityRankNow < finding.acceptedRank ? 'it is worse than when it was accepted' : null
}
