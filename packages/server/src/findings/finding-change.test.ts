import { ruleById, type Verdict } from '@muster/rules'
import { describe, expect, it } from 'vitest'
import { type EvaluatedObject, findingChanges, type KnownFinding } from './finding-change.ts'

const now = new Date('2026-06-01T00:00:00Z')
const verdict = (severity: Verdict['severity'] = 'high', evidence = 'expired 3 days ago'): Verdict => ({ rule: ruleById('x509.expired')!, severity, violation: { evidence } })
const object = (verdicts: readonly Verdict[]): EvaluatedObject => ({ objectType: 'credential', objectId: 'c', objectName: 'www', owner: null, criticality: null, verdicts })
const known = (change: Partial<KnownFinding> = {}): KnownFinding => ({
  id: 'f', objectType: 'credential', objectId: 'c', ruleId: 'x509.expired', objectName: 'www', state: 'open', severityRank: 1, evidence: 'expired 3 days ago',
  places: [], due: null, owner: null, criticality: null, acceptedRank: null, acceptedUntil: null, ...change,
})
const changes = (verdicts: readonly Verdict[], before: readonly KnownFinding[]) => findingChanges(object(verdicts), before, now, () => 'new')

describe('an evaluation', () => {
  it('opens what was never seen', () => {
    expect(changes([verdict()], [])).toMatchObject([{ event: 'opened', finding: { id: 'new', state: 'open' } }])
  })

  it('changes nothing when nothing changed', () => {
    expect(changes([verdict()], [known()])).toEqual([])
  })

  it('moves the evidence without an event', () => {
    expect(changes([verdict('high', 'expired 4 days ago')], [known()])).toMatchObject([{ event: null, finding: { id: 'f', evidence: 'expired 4 days ago' } }])
  })

  it('closes what no longer fails, accepted or not, once', () => {
    expect(changes([], [known()])).toMatchObject([{ event: 'closed', finding: { state: 'closed' } }])
    expect(changes([], [known({ state: 'accepted', acceptedRank: 1 })])).toMatchObject([{ event: 'closed' }])
    expect(changes([], [known({ state: 'closed' })])).toEqual([])
  })

  it('reopens what had closed, under its old id', () => {
    expect(changes([verdict()], [known({ state: 'closed' })])).toMatchObject([{ event: 'reopened', finding: { id: 'f', state: 'open' } }])
  })
})

describe('an accepted finding', () => {
  const accepted = (until: number, rank = 1) => known({ state: 'accepted', acceptedRank: rank, acceptedUntil: new Date(now.getTime() + until) })

  it('stays accepted until its date and opens at it', () => {
    expect(changes([verdict()], [accepted(1)])).toEqual([])
    expect(changes([verdict()], [accepted(0)])).toMatchObject([{ event: 'reopened', note: 'the acceptance has ended' }])
    expect(changes([verdict()], [accepted(-1)])).toMatchObject([{ event: 'reopened' }])
  })

  it('opens when it gets worse than what was accepted, not when it gets better', () => {
    expect(changes([verdict('critical')], [accepted(1000)])).toMatchObject([{ event: 'reopened', note: 'it is worse than when it was accepted' }])
    expect(changes([verdict('low')], [accepted(1000)])).toMatchObject([{ event: null, finding: { state: 'accepted' } }])
  })
})
