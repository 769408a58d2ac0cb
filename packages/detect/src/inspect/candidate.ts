import type { Secret } from '@muster/core'
import type { Facts, Suppression } from '../finding.ts'
import { secretDigest } from '../fingerprint.ts'
import type { SecretReference } from './found-secret.ts'

/** One voice about one place of a text. Offsets are those of the text as written, whatever was decoded out of it. */
export type Candidate = {
  readonly ruleId: string
  readonly kind: string
  readonly description: string
  readonly secret: Secret
  readonly start: number
  readonly end: number
  /** Where it stands in the bytes that were looked at, which may have been decoded out of the text. */
  readonly inner: { readonly bytes: Buffer; readonly start: number; readonly end: number }
  readonly match: Secret
  readonly entropyBits: number
  readonly facts: Facts
  readonly decoders: readonly string[]
  readonly suppressedBy: Suppression | null
  readonly exceptedCommits: readonly string[]
  readonly reference: SecretReference | null
  /** What told it: a rule by the value itself, a format by where it stands. */
  readonly by: 'rule' | 'format'
  /** Knows little of what the value is. */
  readonly generic: boolean
}

/** Objections that mean the value whoever else speaks for it; the others are about one rule's doubt: a wrong checksum says that it is no token of that provider. */
const firm: ReadonlySet<string> = new Set(['allow-comment', 'allowlist'])

/** Formats that know the parts of what a rule sees as one. */
const inUrl: ReadonlySet<string> = new Set(['url', 'connection-string'])

function rankOf({ suppressedBy, by, generic }: Candidate): number {
  if (suppressedBy !== null) return 0
  if (by === 'rule') return generic ? 1 : 4
  return generic ? 2 : 3
}

const meet = (a: { readonly start: number; readonly end: number }, b: { readonly start: number; readonly end: number }): boolean => a.start < b.end && b.start < a.end

/** Whether two voices speak of the same bytes: several values in one encoded text share its place, but not theirs within. */
const overlap = (a: Candidate, b: Candidate): boolean => a.inner.bytes === b.inner.bytes ? meet(a.inner, b.inner) : meet(a, b)

/**
 * One candidate for each value and place: the most telling voice, with the facts of the others about the same place. A candidate that a filter objects
 * to stays only where nobody speaks for it.
 */
export function settled(candidates: readonly Candidate[]): readonly Candidate[] {
  if (candidates.length < 2) return candidates
  const kept: Candidate[] = []
  // By the value itself: a candidate that learns facts is another one with the same.
  const digests = new Map<Secret, string>()
  const digestOf = ({ secret }: Candidate): string => {
    const known = digests.get(secret) ?? secretDigest(secret)
    digests.set(secret, known)
    return known
  }
  // Places are compared with those near only: with thousands in one file, all pairs would be too many.
  const reach = new Reach(candidates)
  for (const candidate of candidates.toSorted((a, b) => rankOf(b) - rankOf(a) || a.start - b.start || (a.end - a.start) - (b.end - b.start))) {
    const others = reach.near(candidate).filter((index) => index < kept.length && overlap(kept[index]!, candidate))
    const judged = judge(candidate, others.map((index) => ({ index, other: kept[index]! })), kept, digestOf)
    if (judged === null) continue
    reach.add(judged, kept.length)
    kept.push(judged)
  }
  return kept.sort((a, b) => a.start - b.start || a.end - b.end)
}

/** What becomes of a candidate beside those that were kept before it; null for one that adds nothing but facts. */
function judge(candidate: Candidate, others: readonly { readonly index: number; readonly other: Candidate }[], kept: Candidate[], digestOf: (candidate: Candidate) => string): Candidate | null {
  const rank = rankOf(candidate)
  for (const { index, other } of others) {
    const same = digestOf(other) === digestOf(candidate)
    if (rankOf(other) === 0) return same || rank === 0 && candidate.ruleId === other.ruleId ? null : candidate
    if (rank === 0) {
      if (same && candidate.by === 'rule' && !candidate.generic && firm.has(candidate.suppressedBy!.filter)) kept[index] = { ...other, suppressedBy: candidate.suppressedBy }
      return null
    }
    if (same || rankOf(other) > rank) {
      const facts = { ...other.facts, ...candidate.facts }
      // A URL or connection string is told by a rule, the password in it by the format: the password is the credential.
      const { secret, start, end, kind } = !same && inUrl.has(candidate.ruleId) && candidate.start >= other.start && candidate.end <= other.end ? candidate : other
      kept[index] = { ...other, secret, start, end, kind, facts }
      if (same || candidate.generic || candidate.by === 'format') return null
    }
  }
  return candidate
}

const CELL = 4096

/** Which kept candidates stand near a place, by cells of the text. */
class Reach {
  readonly #cells = new Map<number, number[]>()
  readonly #few: boolean
  #count = 0

  constructor(candidates: readonly Candidate[]) {
    this.#few = candidates.length <= 64
  }

  add({ start, end }: Candidate, index: number): void {
    this.#count = index + 1
    if (this.#few) return
    for (let cell = Math.floor(start / CELL); cell * CELL <= end; cell++) this.#cells.set(cell, [...this.#cells.get(cell) ?? [], index])
  }

  near({ start, end }: Candidate): readonly number[] {
    if (this.#few) return Array.from({ length: this.#count }, (_, index) => index)
    const found = new Set<number>()
    for (let cell = Math.floor(start / CELL); cell * CELL <= end; cell++) for (const index of this.#cells.get(cell) ?? []) found.add(index)
    return [...found]
  }
}
